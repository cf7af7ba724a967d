"""Streams over the API; segments, efforts, routes, clubs; what Strava has retired."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from strava_mcp.geo import haversine_m
from strava_mcp.sandbox import recording
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.segments import SEGMENTS
from tests.sandbox.conftest import TODAY, Caller

pytestmark = pytest.mark.no_cover

Recorded = dict[Plan, recording.Streams]


@pytest.fixture
def outdoors(recorded: Recorded) -> Plan:
    """A run on the map."""
    return next(p for p in recorded if p.has_track and p.start_local.date() < TODAY)


def test_streams_by_type_and_as_a_list(athlete: Caller, outdoors: Plan) -> None:
    path = f"/activities/{outdoors.id}/streams"
    streams = recording.streams(outdoors)
    by_type = athlete.get(path, keys="time,altitude", key_by_type="true")
    assert set(by_type) == {"time", "altitude", "distance"}
    assert by_type["altitude"]["data"] == streams["altitude"]
    listed = athlete.get(path, keys="time,altitude")
    assert {stream.pop("type"): stream for stream in listed} == by_type


def test_a_missing_stream_is_left_out(athlete: Caller, recorded: Recorded) -> None:
    plan = next(p for p in recorded if p.has_track and not p.has_meter)
    found = athlete.get(f"/activities/{plan.id}/streams", keys="watts,time", key_by_type="true")
    assert "watts" not in found and "time" in found


def test_series_and_resolution(athlete: Caller, outdoors: Plan) -> None:
    path = f"/activities/{outdoors.id}/streams"
    query = {"keys": "heartrate,altitude", "key_by_type": "true", "resolution": "low"}
    found = athlete.get(path, series_type="time", **query)
    assert "time" in found and len(found["time"]["data"]) == 100
    assert found["time"]["series_type"] == "time" and found["time"]["resolution"] == "low"
    assert found["time"]["original_size"] == len(recording.streams(outdoors)["time"])


@pytest.mark.parametrize(
    "query", ["", "keys=", "keys=pulse", "keys=time&resolution=all", "keys=time&series_type=x"]
)
def test_streams_refuse_nonsense(athlete: Caller, outdoors: Plan, query: str) -> None:
    assert athlete.ask("GET", f"/activities/{outdoors.id}/streams?{query}").status_code == 400


def test_no_streams_for_a_manual_entry(athlete: Caller, sample: list[Plan]) -> None:
    plan = next(p for p in sample if p.manual and p.start_local.date() < TODAY)
    assert athlete.get(f"/activities/{plan.id}")["manual"]
    assert athlete.ask("GET", f"/activities/{plan.id}/streams?keys=time").status_code == 404


def test_efforts_lie_on_their_segment(athlete: Caller) -> None:
    seen = 0
    for segment in SEGMENTS.values():
        told = athlete.get(f"/segments/{segment.id}")
        for effort in athlete.get("/segment_efforts", segment_id=segment.id, per_page=3):
            seen += 1
            assert athlete.get(f"/segment_efforts/{effort['id']}") == effort
            keys = "latlng,distance,time,moving"
            path = f"/segment_efforts/{effort['id']}/streams"
            found = athlete.get(path, keys=keys, key_by_type="true")
            first, last = found["latlng"]["data"][0], found["latlng"]["data"][-1]
            assert haversine_m(first, told["start_latlng"]) < 60
            assert haversine_m(last, told["end_latlng"]) < 60
            length = found["distance"]["data"][-1] - found["distance"]["data"][0]
            assert length == pytest.approx(told["distance"], rel=0.03)
            seconds = found["time"]["data"][-1] - found["time"]["data"][0]
            assert seconds == effort["elapsed_time"] >= effort["moving_time"] > 0
            detail = athlete.get(f"/activities/{effort['activity']['id']}", include_all_efforts=1)
            assert effort in detail["segment_efforts"]
    assert seen > 10


def test_all_efforts_are_more_than_the_special_ones(athlete: Caller) -> None:
    flat = next(s for s in SEGMENTS.values() if s.ascent_m < 12 and s.sport == "Run")
    efforts = athlete.get(f"/segments/{flat.id}/all_efforts", per_page=1)
    path = f"/activities/{efforts[0]['activity']['id']}"
    few = athlete.get(path)["segment_efforts"]
    every = athlete.get(path, include_all_efforts="true")["segment_efforts"]
    assert len(few) < len(every)


def test_efforts_within_dates(athlete: Caller) -> None:
    query = {"segment_id": 7011002, "per_page": 200}
    every = athlete.get("/segment_efforts", **query)
    middle = every[len(every) // 2]["start_date_local"][:10]
    later = athlete.get("/segment_efforts", start_date_local=middle, **query)
    assert 0 < len(later) < len(every)
    assert athlete.ask("GET", "/segment_efforts?segment_id=1").status_code == 404
    assert athlete.ask("GET", "/segment_efforts/12").status_code == 404


def test_segment_streams(athlete: Caller) -> None:
    query = {"keys": "latlng,distance,altitude", "key_by_type": "true"}
    found = athlete.get("/segments/7011002/streams", **query)
    told = athlete.get("/segments/7011002")
    heights = found["altitude"]["data"]
    climbed = sum(max(0.0, b - a) for a, b in zip(heights, heights[1:], strict=False))
    assert climbed == pytest.approx(told["total_elevation_gain"], abs=2)
    assert found["distance"]["data"][-1] == told["distance"]


def test_stars_stick(athlete: Caller) -> None:
    before = {segment["id"] for segment in athlete.get("/segments/starred")}
    assert before and 7011003 not in before
    reply = athlete.ask("PUT", "/segments/7011003/starred", data={"starred": "true"})
    assert reply.json and reply.json["starred"] is True
    gone = min(before)
    athlete.ask("PUT", f"/segments/{gone}/starred", json={"starred": False})
    after = {segment["id"] for segment in athlete.get("/segments/starred")}
    assert after == (before | {7011003}) - {gone}
    assert athlete.get("/segments/7011003")["starred"] is True
    assert athlete.ask("PUT", "/segments/7011003/starred").status_code == 400
    assert athlete.ask("PUT", "/segments/1/starred", data={"starred": "1"}).status_code == 404


def test_explore_is_for_the_extended_tier(athlete: Caller) -> None:
    reply = athlete.ask("GET", "/segments/explore?bounds=47,8,48,9")
    assert reply.status_code == 403 and reply.json and reply.json["message"] == "Forbidden"


def test_routes_and_their_files(athlete: Caller, caller: Callable[..., Caller]) -> None:
    owner = athlete.get("/athlete")["id"]
    found = athlete.get(f"/athletes/{owner}/routes")
    assert len(found) == 3
    for route in found:
        assert athlete.get(f"/routes/{route['id']}") == route
        streams = {s["type"]: s for s in athlete.get(f"/routes/{route['id']}/streams")}
        assert streams["distance"]["data"][-1] == route["distance"]
        for path, tag in (("export_gpx", "trkpt"), ("export_tcx", "Trackpoint")):
            reply = athlete.ask("GET", f"/routes/{route['id']}/{path}")
            points = list(ElementTree.fromstring(reply.data).iterfind(f".//{{*}}{tag}"))
            assert len(points) == len(streams["latlng"]["data"])
    other = caller("read")
    shown = other.get(f"/athletes/{owner}/routes")
    assert [route["id"] for route in shown] == [r["id"] for r in found if not r["private"]]
    hidden = next(route["id"] for route in found if route["private"])
    assert other.ask("GET", f"/routes/{hidden}").status_code == 404
    assert other.ask("GET", f"/routes/{hidden}/export_gpx").status_code == 404
    assert athlete.ask("GET", "/routes/1").status_code == 404
    assert athlete.ask("GET", "/athletes/1/routes").status_code == 404


def test_clubs(athlete: Caller) -> None:
    clubs = athlete.get("/athlete/clubs")
    told = athlete.get(f"/clubs/{clubs[0]['id']}")
    assert told["name"] == clubs[0]["name"] and told["membership"] == "member"
    assert athlete.ask("GET", "/clubs/1").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/clubs/8157001/activities",
        "/clubs/8157001/members",
        "/clubs/8157001/admins",
        "/segments/7011001/leaderboard",
        "/running_races",
        "/running_races/1",
    ],
)
def test_retired_operations_are_gone(athlete: Caller, path: str) -> None:
    reply = athlete.ask("GET", path)
    assert reply.status_code == 410 and reply.json and reply.json["errors"]


def test_unknown_paths_answer_with_a_fault(athlete: Caller) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("DELETE", "/athlete", 405)):
        reply = athlete.ask(method, path)
        assert reply.status_code == status and reply.json and "message" in reply.json
