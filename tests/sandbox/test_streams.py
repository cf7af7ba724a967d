"""Streams over the API: keys, series and resolution."""

import pytest

from strava_mcp.sandbox import recording
from strava_mcp.sandbox.plan import Plan
from tests.sandbox.conftest import TODAY, Caller

pytestmark = pytest.mark.no_cover

Recorded = dict[Plan, recording.Streams]


@pytest.fixture
def outdoors(recorded: Recorded) -> Plan:
    """An activity whose recording has positions."""
    return next(p for p in recorded if p.has_track and p.start_local.date() < TODAY)


def test_streams_by_type_and_as_a_list(athlete: Caller, outdoors: Plan) -> None:
    path = f"/activities/{outdoors.id}/streams"
    recorded = recording.streams(outdoors)
    by_type = athlete.get(path, keys="time,altitude", key_by_type="true")
    assert set(by_type) == {"time", "altitude", "distance"}
    assert by_type["altitude"]["data"] == recorded["altitude"]
    listed = athlete.get(path, keys="time,altitude")
    assert {stream.pop("type"): stream for stream in listed} == by_type


def test_streams_that_were_not_recorded_are_left_out(athlete: Caller, recorded: Recorded) -> None:
    plan = next(p for p in recorded if p.has_track and not p.has_meter)
    streams = athlete.get(f"/activities/{plan.id}/streams", keys="watts,time", key_by_type="true")
    assert "watts" not in streams and "time" in streams


def test_resolution_thins_along_a_series(athlete: Caller, outdoors: Plan) -> None:
    path = f"/activities/{outdoors.id}/streams"
    query = {"keys": "heartrate,altitude", "key_by_type": "true", "resolution": "low"}
    streams = athlete.get(path, series_type="time", **query)
    assert "time" in streams and len(streams["time"]["data"]) == 100
    assert streams["time"]["series_type"] == "time" and streams["time"]["resolution"] == "low"
    assert streams["time"]["original_size"] == len(recording.streams(outdoors)["time"])


@pytest.mark.parametrize(
    "query", ["", "keys=", "keys=pulse", "keys=time&resolution=all", "keys=time&series_type=x"]
)
def test_streams_reject_invalid_parameters(athlete: Caller, outdoors: Plan, query: str) -> None:
    assert athlete.call("GET", f"/activities/{outdoors.id}/streams?{query}").status_code == 400


def test_manual_entries_have_no_streams(athlete: Caller, sample: list[Plan]) -> None:
    plan = next(p for p in sample if p.manual and p.start_local.date() < TODAY)
    assert athlete.get(f"/activities/{plan.id}")["manual"]
    assert athlete.call("GET", f"/activities/{plan.id}/streams?keys=time").status_code == 404
