"""Segments, stars, and efforts over the API."""

import pytest

from strava_mcp.geo import haversine_m
from strava_mcp.sandbox.segments import SEGMENTS
from tests.sandbox.conftest import Caller

pytestmark = pytest.mark.no_cover


def test_efforts_lie_on_their_segment(athlete: Caller) -> None:
    checked = 0
    for segment in SEGMENTS.values():
        detail = athlete.get(f"/segments/{segment.id}")
        for effort in athlete.get("/segment_efforts", segment_id=segment.id, per_page=3):
            checked += 1
            assert athlete.get(f"/segment_efforts/{effort['id']}") == effort
            keys = "latlng,distance,time,moving"
            path = f"/segment_efforts/{effort['id']}/streams"
            streams = athlete.get(path, keys=keys, key_by_type="true")
            first, last = streams["latlng"]["data"][0], streams["latlng"]["data"][-1]
            assert haversine_m(first, detail["start_latlng"]) < 60
            assert haversine_m(last, detail["end_latlng"]) < 60
            length = streams["distance"]["data"][-1] - streams["distance"]["data"][0]
            assert length == pytest.approx(detail["distance"], rel=0.03)
            seconds = streams["time"]["data"][-1] - streams["time"]["data"][0]
            assert seconds == effort["elapsed_time"] >= effort["moving_time"] > 0
            activity = athlete.get(f"/activities/{effort['activity']['id']}", include_all_efforts=1)
            assert effort in activity["segment_efforts"]
    assert checked > 10


def test_efforts_on_flat_segments_are_shown_on_request(athlete: Caller) -> None:
    flat = next(s for s in SEGMENTS.values() if s.ascent_m < 12 and s.sport == "Run")
    efforts = athlete.get(f"/segments/{flat.id}/all_efforts", per_page=1)
    path = f"/activities/{efforts[0]['activity']['id']}"
    few = athlete.get(path)["segment_efforts"]
    every = athlete.get(path, include_all_efforts="true")["segment_efforts"]
    assert len(few) < len(every)


def test_efforts_can_be_limited_to_dates(athlete: Caller) -> None:
    query = {"segment_id": 7011002, "per_page": 200}
    every = athlete.get("/segment_efforts", **query)
    middle = every[len(every) // 2]["start_date_local"][:10]
    later = athlete.get("/segment_efforts", start_date_local=middle, **query)
    assert 0 < len(later) < len(every)
    assert athlete.call("GET", "/segment_efforts?segment_id=1").status_code == 404
    assert athlete.call("GET", "/segment_efforts/12").status_code == 404


def test_segment_streams_match_the_segment(athlete: Caller) -> None:
    query = {"keys": "latlng,distance,altitude", "key_by_type": "true"}
    streams = athlete.get("/segments/7011002/streams", **query)
    detail = athlete.get("/segments/7011002")
    heights = streams["altitude"]["data"]
    climbed = sum(max(0.0, b - a) for a, b in zip(heights, heights[1:], strict=False))
    assert climbed == pytest.approx(detail["total_elevation_gain"], abs=2)
    assert streams["distance"]["data"][-1] == detail["distance"]


def test_stars_are_kept(athlete: Caller) -> None:
    before = {segment["id"] for segment in athlete.get("/segments/starred")}
    assert before and 7011003 not in before
    reply = athlete.call("PUT", "/segments/7011003/starred", data={"starred": "true"})
    assert reply.json and reply.json["starred"] is True
    removed = min(before)
    athlete.call("PUT", f"/segments/{removed}/starred", json={"starred": False})
    after = {segment["id"] for segment in athlete.get("/segments/starred")}
    assert after == (before | {7011003}) - {removed}
    assert athlete.get("/segments/7011003")["starred"] is True
    assert athlete.call("PUT", "/segments/7011003/starred").status_code == 400
    assert athlete.call("PUT", "/segments/1/starred", data={"starred": "1"}).status_code == 404


def test_explore_is_refused(athlete: Caller) -> None:
    reply = athlete.call("GET", "/segments/explore?bounds=47,8,48,9")
    assert reply.status_code == 403 and reply.json and reply.json["message"] == "Forbidden"
