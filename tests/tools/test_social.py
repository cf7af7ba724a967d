"""get_activity_social: kudos and comments of an activity."""

from typing import Any

import pytest

from strava_mcp.tools.social import MAX_COMMENT_LENGTH
from tests.rig import Rig
from tests.tools.conftest import Call

ACTIVITY = {"id": 5, "kudos_count": 1, "comment_count": 200}


def comment(number: int, text: str = "Stark!", last: str = "M.") -> dict[str, Any]:
    author = {"firstname": "Jonas", "lastname": last}
    return {"id": number, "text": text, "athlete": author, "created_at": "2026-03-01T10:00:00Z"}


def test_kudos_and_comments(call: Call, rig: Rig) -> None:
    activity = next(a for a in rig.all_activities() if a["comment_count"] == 2 and a["kudos_count"])
    number = activity["id"]
    original = rig.source.activity_comments(number)
    rig.forget_calls()
    reply = call("get_activity_social", id=number)
    path = f"GET /api/v3/activities/{number}"
    assert rig.calls == [path, f"{path}/kudos", f"{path}/comments"]
    assert (reply["kudos"], reply["comments"]) == (activity["kudos_count"], 2)
    assert len(reply["kudos_from"]) == activity["kudos_count"] and "Jonas M." in reply["kudos_from"]
    assert [one["text"] for one in reply["latest_comments"]] == [t["text"] for t in original[::-1]]
    assert reply["latest_comments"][-1]["from"] == "Jonas M."
    assert reply["latest_comments"][0]["at_utc"] + "Z" == original[1]["created_at"]
    assert reply["link"].endswith(f"/activities/{number}")


def test_no_call_without_kudos_or_comments(call: Call, rig: Rig) -> None:
    activity = next(
        a for a in rig.all_activities() if not a["comment_count"] and not a["kudos_count"]
    )
    reply = call("get_activity_social", id=activity["id"])
    assert reply["kudos"] == reply["comments"] == 0
    assert not {"kudos_from", "latest_comments"} & set(reply)
    assert len(rig.calls) == 1


@pytest.fixture
def many_comments(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Two hundred comments on one activity, oldest first."""
    comments = [comment(number, f"No {number}") for number in range(200)]
    monkeypatch.setattr(rig.source, "activity", lambda number: ACTIVITY)
    monkeypatch.setattr(rig.source, "activity_kudoers", lambda number, **options: [{"lastname": 7}])
    monkeypatch.setattr(rig.source, "activity_comments", lambda number, **options: comments)
    return comments


def test_only_the_latest_comments_are_listed(
    call: Call, many_comments: list[dict[str, Any]]
) -> None:
    reply = call("get_activity_social", id=5)
    assert [one["text"] for one in reply["latest_comments"]] == [
        f"No {number}" for number in range(199, 179, -1)
    ]
    assert reply["comments"] == 200 and reply["kudos_from"] == []


def test_long_comments_are_truncated(call: Call, many_comments: list[dict[str, Any]]) -> None:
    many_comments[-20:] = [comment(number, "語" * 2000) for number in range(20)]
    reply = call("get_activity_social", id=5)
    assert 0 < len(reply["latest_comments"]) < 20 and "size limit" in reply["note"]
    assert len(reply["latest_comments"][0]["text"]) == MAX_COMMENT_LENGTH + 1


def test_no_surname_is_passed_on(call: Call, many_comments: list[dict[str, Any]]) -> None:
    many_comments[-1] = comment(1, last="Meier-Huber")
    assert call("get_activity_social", id=5)["latest_comments"][0]["from"] == "Jonas M."
