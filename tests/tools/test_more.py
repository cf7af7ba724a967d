"""Zones, gear, segments, routes, clubs, kudos: against the sandbox's own data, and its faults."""

import re
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, MissingScope, NotFound, SourceError
from strava_mcp.identity import WRITE
from strava_mcp.strava.sandbox.faults import IN_THE_REPLY
from strava_mcp.strava.sandbox.grants import SPACE as GRANTS
from strava_mcp.tools import load_tools
from strava_mcp.tools import routes as route_tools
from tests.strava.doors import Door
from tests.tools.conftest import WRITER, Call

GRAVEL, SEGMENT, ROUTE = "b11570002", 7011001, "3150000000000000001"
ALL: dict[str, dict[str, Any]] = {
    "get_athlete_zones": {},
    "get_gear": {"id": GRAVEL},
    "list_starred_segments": {},
    "get_segment": {"id": SEGMENT},
    "star_segment": {"id": SEGMENT, "starred": False},
    "get_routes": {},
    "get_route": {"id": ROUTE},
    "export_route": {"id": ROUTE},
    "get_clubs": {},
    "get_activity_social": {},
}


def arguments(door: Door, name: str) -> dict[str, Any]:
    given = dict(ALL[name])
    if name == "get_activity_social":
        every = door.everything()
        given["id"] = next(a["id"] for a in every if a["comment_count"] and a["kudos_count"])
    return given


@pytest.mark.parametrize("name", ALL)
def test_each_answers(call: Call, door: Door, name: str) -> None:
    assert call(name, **arguments(door, name))


@pytest.mark.parametrize("kind", [kind for kind in IN_THE_REPLY if kind != "skew"])
@pytest.mark.parametrize("name", ALL)
def test_no_odd_answer_is_more_than_an_error_in_words(
    call: Call, door: Door, name: str, kind: str
) -> None:
    given = arguments(door, name)
    door.faults.add("/api/v3/", kind, times=9)
    try:
        call(name, **given)
    except SourceError as exc:
        assert len(str(exc)) > 20


@pytest.mark.parametrize("name", [name for name in ALL if name != "get_gear"])
def test_a_scope_that_was_not_granted_is_named(call: Call, door: Door, name: str) -> None:
    given = arguments(door, name)
    for record in door.store.records(GRANTS):
        if record.key.startswith("access:"):
            value = {**record.value, "scopes": ["none"]}
            door.store.put(GRANTS, record.key, value, record.expires_at)
    with pytest.raises(MissingScope, match="leave every box ticked"):
        call(name, **given)


@pytest.mark.parametrize(
    "name, number",
    [
        ("get_gear", "b99999999"),
        ("get_segment", 1),
        ("star_segment", 1),
        ("get_route", "1"),
        ("export_route", "1"),
        ("get_activity_social", 1),
    ],
)
def test_what_is_not_there(call: Call, name: str, number: Any) -> None:
    with pytest.raises(NotFound):
        call(name, id=number)


@pytest.mark.parametrize(
    "name, number",
    [
        *(("get_gear", bad) for bad in ("", "x1", "b", "B1", "b1/../athlete", 5, ["b1"])),
        *(("get_segment", bad) for bad in (0, -1, "x", 1.5, True, 2**63)),
        *(("get_route", bad) for bad in ("", "x", "0", "-1", 2**60, 1.5, True, "1/..", "9" * 20)),
    ],
)
def test_a_bad_id_says_what_is_wanted(call: Call, name: str, number: Any) -> None:
    with pytest.raises(InvalidArguments, match="id: Must be"):
        call(name, id=number)


def test_zones_are_bounds(call: Call) -> None:
    zones = call("get_athlete_zones")
    for kind in ("heart_rate", "power"):
        rows = zones[kind]
        assert "max" not in rows[-1] and len(rows) >= 5
        assert [row["max"] for row in rows[:-1]] == [row["min"] for row in rows[1:]]


def test_gear_in_the_units_asked_for(call: Call, door: Door) -> None:
    km = call("get_gear", id=GRAVEL)
    assert (km["name"], km["brand"], km["units"]) == ("Kiesel", "Canyon", "km")
    miles = call("get_gear", id=GRAVEL, context=Context(WRITER, door=door.source, units="imperial"))
    assert miles["units"] == "mi" and miles["distance"] == pytest.approx(
        km["distance"] / 1.609344, abs=1
    )


def test_a_segment_with_own_efforts(call: Call) -> None:
    found = call("get_segment", id=SEGMENT)
    assert found["own_efforts"] > 10 == len(found["efforts"])
    starts = [effort["start_local"] for effort in found["efforts"]]
    assert starts == sorted(starts, reverse=True)
    assert all(found["best"]["time"] <= effort["time"] for effort in found["efforts"])
    few = call("get_segment", id=SEGMENT, date_range="2025")
    assert 0 < few["own_efforts"] < found["own_efforts"]
    assert all(effort["start_local"].startswith("2025") for effort in few["efforts"])


def test_a_star_sticks_and_needs_the_write_scope(call: Call) -> None:
    for starred in (False, True, True):
        assert call("star_segment", id=SEGMENT, starred=starred)["starred"] is starred
        listed = [one["id"] for one in call("list_starred_segments")["segments"]]
        assert (SEGMENT in listed) is starred
    tool = load_tools()["star_segment"]
    assert tool.scope == WRITE and tool.annotations["idempotentHint"] is True


def test_route_ids_are_text_and_lead_to_the_route(call: Call) -> None:
    routes = call("get_routes")["routes"]
    assert len(routes) == 3 and all(re.fullmatch(r"\d{19}", one["id"]) for one in routes)
    for one in routes:
        whole = call("get_route", id=one["id"])
        assert (whole["name"], whole["distance"]) == (one["name"], one["distance"])
    page = call("get_routes", per_page=2)
    assert page["next_page"] == 2
    assert [one["id"] for one in call("get_routes", per_page=2, page=2)["routes"]] == [
        routes[2]["id"]
    ]


@pytest.mark.parametrize("kind, root", [("gpx", "<gpx"), ("tcx", "<TrainingCenterDatabase")])
def test_a_route_as_a_file(
    ctx: Context, call: Call, kind: str, root: str, monkeypatch: Any
) -> None:
    tool = load_tools()["export_route"]
    loaded = tool.load({"id": ROUTE, "format": kind})
    reply: Any = tool.function(ctx, loaded)
    text = reply.content[1]["resource"]["text"]
    assert root in text and reply.structured["bytes"] == len(text.encode())
    assert reply.structured["download"].endswith(f"{ROUTE}/export_{kind}")
    monkeypatch.setattr(route_tools, "LARGEST_FILE", 10)
    large: Any = tool.function(ctx, loaded)
    assert large.content is None and "download link" in large.structured["note"]


def test_kudos_and_comments_name_others_by_initial(call: Call, door: Door) -> None:
    given = arguments(door, "get_activity_social")
    activity = door.source.activity(given["id"])
    found = call("get_activity_social", **given)
    assert found["kudos"] == activity["kudos_count"]
    assert found["comments"] == activity["comment_count"] >= len(found["latest_comments"])
    names = [*found["kudos_from"], *(one["from"] for one in found["latest_comments"])]
    assert names and all(re.search(r" \w\.$", name) for name in names)
    said = [one["at_utc"] for one in found["latest_comments"]]
    assert said == sorted(said, reverse=True)


def test_an_activity_without_any_costs_no_call_for_them(call: Call, door: Door) -> None:
    quiet = [a for a in door.everything() if not a["comment_count"] and not a["kudos_count"]]
    if not quiet:
        fields = {"name": "x", "sport_type": "Run", "elapsed_time": 60}
        made = door.source.create_activity({**fields, "start_date_local": "2026-03-01T18:30:00Z"})
        quiet = [made]
    door.forget()
    found = call("get_activity_social", id=quiet[0]["id"])
    assert (found["kudos"], found["comments"]) == (0, 0) and len(door.calls) == 1


def test_clubs(call: Call, door: Door) -> None:
    clubs = call("get_clubs")["clubs"]
    assert clubs and all(club["id"] and club["members"] for club in clubs)
