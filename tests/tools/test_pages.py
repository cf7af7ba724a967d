"""Pages of lists: what does not fit is reached by following the notes."""

import re
from typing import Any

import pytest

from tests.rig import Rig
from tests.tools.conftest import Call

ROWS = [{"id": number, "name": f"皇居 内堀通り {number} " * 3} for number in range(1, 412)]


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("per_page", [200, 199, 150, 64, 30, 7, 1])
def test_following_the_notes_lists_every_row_once(
    call: Call, rig: Rig, monkeypatch: pytest.MonkeyPatch, page: int, per_page: int
) -> None:
    def starred(*, page: int, per_page: int) -> list[dict[str, Any]]:
        return ROWS[(page - 1) * per_page : page * per_page]

    monkeypatch.setattr(rig.source, "starred_segments", starred)
    first = (page - 1) * per_page
    listed: list[int] = []
    while True:
        reply = call("list_starred_segments", page=page, per_page=per_page)
        listed += [row["id"] for row in reply["segments"]]
        rest = re.search(r"lower per_page: per_page=(\d+), page=(\d+)", reply.get("note", ""))
        if rest:
            per_page, page = int(rest[1]), int(rest[2])
        elif "next_page" in reply:
            page = reply["next_page"]
        else:
            break
    assert listed == [row["id"] for row in ROWS[first:]]
