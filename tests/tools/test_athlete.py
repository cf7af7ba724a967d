"""Tools for the athlete: profile, totals and clubs, and the retired club tool."""

from dataclasses import replace
from typing import Any

import pytest

from strava_mcp.errors import Retired, SourceError, Unavailable
from tests.rig import Rig
from tests.tools.conftest import Call


def test_the_athlete(call: Call, rig: Rig, ctx: Any) -> None:
    original = rig.source.athlete()
    rig.forget_calls()
    reply = call("get_athlete")
    assert len(rig.calls) == 1
    assert reply["id"] == original["id"] and original["firstname"] in reply["name"]
    assert {gear["id"] for gear in reply["bikes"]} == {gear["id"] for gear in original["bikes"]}
    assert reply["bikes"][0]["distance"] == round(original["bikes"][0]["distance"] / 1000)
    imperial = call("get_athlete", context=replace(ctx, units="imperial"))
    assert imperial["weight"] == pytest.approx(original["weight"] / 0.45359237, abs=0.06)


def test_totals(call: Call, rig: Rig) -> None:
    original = rig.source.athlete_stats(rig.source.athlete()["id"])
    reply = call("get_athlete_stats")
    run = reply["all_time"]["run"]
    assert run["count"] == original["all_run_totals"]["count"]
    assert run["distance"] == pytest.approx(
        original["all_run_totals"]["distance"] / 1000, rel=0.001
    )
    imperial = call("get_athlete_stats", units="imperial")["all_time"]["run"]
    assert run["distance"] / imperial["distance"] == pytest.approx(1.609344, rel=0.001)


def test_an_id_saves_a_call(call: Call, rig: Rig) -> None:
    number = rig.source.athlete()["id"]
    rig.forget_calls()
    call("get_athlete_stats", id=number)
    assert len(rig.calls) == 1


def test_another_athletes_totals_are_refused(call: Call) -> None:
    with pytest.raises(SourceError):
        call("get_athlete_stats", id=4242)


@pytest.mark.parametrize("kind", ["wrong-type", "empty", "html", "truncated"])
def test_invalid_athlete_raises_unavailable(call: Call, rig: Rig, kind: str) -> None:
    rig.faults.add("/api/v3/athlete", kind, times=2)
    with pytest.raises(Unavailable):
        call("get_athlete")


def test_clubs(call: Call, rig: Rig) -> None:
    (original,) = rig.source.clubs()
    rig.forget_calls()
    reply = call("get_clubs")
    assert rig.calls == ["GET /api/v3/athlete/clubs"]
    assert reply["clubs"] == [
        {
            "id": original["id"],
            "name": original["name"],
            "sport": original["sport_type"],
            "members": original["member_count"],
            "place": "Zürich, Switzerland",
        }
    ]
    assert reply["link"] == "https://sandbox.invalid/clubs/{id}"
    rig.faults.add("/api/v3/athlete/clubs", "empty")
    none = call("get_clubs")
    assert none["clubs"] == [] and "not a member" in none["note"]


def test_long_list_of_clubs_is_truncated(call: Call, rig: Rig, monkeypatch: Any) -> None:
    clubs = [{"id": number, "name": "Läufer*innen " * 5} for number in range(1, 201)]
    monkeypatch.setattr(rig.source, "clubs", lambda: clubs)
    reply = call("get_clubs")
    assert 20 < len(reply["clubs"]) < 200 and "of 200 shown" in reply["note"]


def test_retired_club_tool_says_since_when_and_what_to_use(call: Call, rig: Rig) -> None:
    rig.forget_calls()
    with pytest.raises(Retired, match="2026-09-01.*get_activities"):
        call("get_club_activities", id=5, page=1, per_page=30)
    assert rig.calls == []
