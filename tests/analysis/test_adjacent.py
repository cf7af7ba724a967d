"""The activities before and after one, in every source, with starts that repeat."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis import adjacent as module
from strava_mcp.analysis.adjacent import Adjacent, adjacent
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.sports import RIDES
from tests.season import SOURCES, season, source_of


@pytest.fixture(params=SOURCES)
def source(request: Any, tmp_path: Path) -> Iterator[Source]:
    with source_of(request.param, season(), tmp_path) as opened:
        yield opened


def in_order(sports: Any = None) -> list[int]:
    """The ids of the season, the newest first, and in the order of ids within one second."""
    rows: list[JSON] = [row for row in season() if not sports or row["sport_type"] in sports]
    rows.sort(key=lambda row: row["id"])
    rows.sort(key=lambda row: row["start_date"], reverse=True)
    return [row["id"] for row in rows]


def ids(answer: Adjacent) -> tuple[int | None, int | None]:
    earlier, later = answer.earlier, answer.later
    return earlier.id if earlier else None, later.id if later else None


@pytest.mark.parametrize("max_rows", [200, 4])
def test_every_activity_is_passed_once(
    source: Source, monkeypatch: pytest.MonkeyPatch, max_rows: int
) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", max_rows)
    order = in_order()
    for earlier, own, later in zip([*order[1:], None], order, [None, *order], strict=False):
        assert ids(adjacent(source, own)) == (earlier, later)


def test_of_some_sports_only_these_are_next(source: Source) -> None:
    rides, everything = in_order(RIDES), in_order()
    answer = adjacent(source, rides[1], RIDES)
    assert ids(answer) == (rides[2], rides[0])
    assert [one.id for one in answer.newest] == rides[:20]
    other = next(one for one in everything[3:] if one not in rides)
    after = [one for one in everything[everything.index(other) :] if one in rides]
    before = [one for one in everything[: everything.index(other)] if one in rides]
    assert ids(adjacent(source, other, RIDES)) == (after[0], before[-1] if before else None)
    assert ids(adjacent(source, other, ("Kitesurf",))) == (None, None)


def test_a_rare_sport_is_looked_for_on_few_pages(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 2)
    pages: list[Any] = []
    read = source.activities
    monkeypatch.setattr(source, "activities", lambda **asked: pages.append(asked) or read(**asked))
    middle = in_order()[16]
    assert ids(adjacent(source, middle, ("Kitesurf",))) == (None, None)
    assert len(pages) == 1 + 2 * module.MAX_PAGES


def test_an_unknown_activity_is_not_found(source: Source) -> None:
    with pytest.raises(NotFound):
        adjacent(source, 1)
