"""The athlete, their totals and zones, their clubs, and the retired club tool."""

from dataclasses import replace
from typing import Any

import pytest

from strava_mcp.errors import MissingScope, Retired, SourceError, Unavailable
from tests.rig import Rig
from tests.tools.conftest import Call


def test_the_athlete(call: Call, rig: Rig, ctx: Any) -> None:
    truth = rig.source.athlete()
    rig.forget_calls()
    reply = call("get_athlete")
    assert len(rig.calls) == 1
    assert reply["id"] == truth["id"] and truth["firstname"] in reply["name"]
    assert {gear["id"] for gear in reply["bikes"]} == {gear["id"] for gear in truth["bikes"]}
    assert reply["bikes"][0]["distance"] == round(truth["bikes"][0]["distance"] / 1000)
    imperial = call("get_athlete", context=replace(ctx, units="imperial"))
    assert imperial["weight"] == pytest.approx(truth["weight"] / 0.45359237, abs=0.06)


def test_totals_are_stravas(call: Call, rig: Rig) -> None:
    truth = rig.source.athlete_stats(rig.source.athlete()["id"])
    reply = call("get_athlete_stats")
    run = reply["all_time"]["run"]
    assert run["count"] == truth["all_run_totals"]["count"]
    assert run["distance"] == pytest.approx(truth["all_run_totals"]["distance"] / 1000, rel=0.001)
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
def test_an_answer_that_is_none_is_said_to_be(call: Call, rig: Rig, kind: str) -> None:
    rig.faults.add("/api/v3/athlete", kind, times=2)
    with pytest.raises(Unavailable):
        call("get_athlete")


def test_zones_have_stravas_bounds(call: Call, rig: Rig) -> None:
    truth = rig.source.athlete_zones()
    rig.forget_calls()
    reply = call("get_athlete_zones")
    assert rig.calls == ["GET /api/v3/athlete/zones"]
    for kind in ("heart_rate", "power"):
        assert reply[kind][:-1] == truth[kind]["zones"][:-1]
        assert reply[kind][-1] == {"min": truth[kind]["zones"][-1]["min"]}, "it never ends"
    assert reply["heart_rate"][0]["min"] == 0 and reply["units"] == "heart_rate bpm, power W"


def test_zones_need_their_scope(call: Call, rig: Rig) -> None:
    rig.restrict_scopes("read", "activity:read_all")
    with pytest.raises(MissingScope, match="profile:read_all"):
        call("get_athlete_zones")


@pytest.mark.parametrize("answer", [{}, {"heart_rate": None}, {"power": {"zones": []}}])
def test_no_zones_are_said(call: Call, rig: Rig, monkeypatch: Any, answer: Any) -> None:
    monkeypatch.setattr(rig.source, "athlete_zones", lambda: answer)
    assert "No zones" in call("get_athlete_zones")["note"]


@pytest.mark.parametrize("zone", [{}, {"min": "0 or so", "max": 115}, {"min": None}])
def test_a_zone_without_a_bound_is_none(call: Call, rig: Rig, monkeypatch: Any, zone: Any) -> None:
    monkeypatch.setattr(rig.source, "athlete_zones", lambda: {"power": {"zones": [zone]}})
    with pytest.raises(Unavailable, match="invalid zone"):
        call("get_athlete_zones")


def test_clubs(call: Call, rig: Rig) -> None:
    (truth,) = rig.source.clubs()
    rig.forget_calls()
    reply = call("get_clubs")
    assert rig.calls == ["GET /api/v3/athlete/clubs"]
    assert reply["clubs"] == [
        {
            "id": truth["id"],
            "name": truth["name"],
            "sport": truth["sport_type"],
            "members": truth["member_count"],
            "place": "Zürich, Switzerland",
        }
    ]
    assert reply["link"] == "https://www.strava.com/clubs/{id}"
    rig.faults.add("/api/v3/athlete/clubs", "empty")
    none = call("get_clubs")
    assert none["clubs"] == [] and "not a member" in none["note"]


def test_of_many_clubs_as_many_as_fit(call: Call, rig: Rig, monkeypatch: Any) -> None:
    clubs = [{"id": number, "name": "Läufer*innen " * 5} for number in range(1, 201)]
    monkeypatch.setattr(rig.source, "clubs", lambda: clubs)
    reply = call("get_clubs")
    assert 20 < len(reply["clubs"]) < 200 and "of 200 shown" in reply["note"]


def test_the_club_tool_says_since_when_and_what_instead(call: Call, rig: Rig) -> None:
    rig.forget_calls()
    with pytest.raises(Retired, match="2026-09-01.*get_activities"):
        call("get_club_activities", id=5, page=1, per_page=30)
    assert rig.calls == []
