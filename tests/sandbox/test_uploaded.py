"""An uploaded recording becomes an activity with streams, totals, laps, splits, zones and a map."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Recording
from strava_mcp.sandbox import activities, recording, uploaded
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.streams import STREAM_TYPES
from tests.conftest import require
from tests.sandbox.conftest import TODAY, Caller
from tests.sandbox.description import Description
from tests.sandbox.test_uploads import GPX, READY, upload
from tests.sources.archive.maker_fit import fit
from tests.sources.archive.maker_sandbox import recording_of

pytestmark = pytest.mark.no_cover

ALL = ",".join(STREAM_TYPES)
REAL = {
    "activity-small-fenix2-run.fit": ("Run", {"distance", "heartrate", "altitude"}),
    "Edge810-Vector-2013-08-16-15-35-10.fit": ("Ride", {"distance", "heartrate", "watts"}),
    "sample-activity-indoor-trainer.fit": ("Ride", {"watts", "cadence"}),
    "garmin-fenix-5-walk.fit": ("Walk", {"distance", "latlng"}),
}


def uploaded_activity(athlete: Caller, file: bytes, data_type: str, **fields: str) -> JSON:
    response = upload(athlete, file, data_type, **fields)
    assert response["status"] == READY
    activity: JSON = athlete.get(f"/activities/{response['activity_id']}")
    return activity


@pytest.mark.parametrize("name", REAL)
def test_files_of_devices(shared: Path, athlete: Caller, name: str) -> None:
    path = shared / "data" / "fit" / name
    require(path.is_file(), "the FIT recordings are not beside the project")
    sport, kinds = REAL[name]
    activity = uploaded_activity(athlete, path.read_bytes(), "fit")
    assert activity["sport_type"] == sport and not activity["manual"]
    number = activity["id"]
    streams = athlete.get(f"/activities/{number}/streams", keys=ALL, key_by_type="true")
    assert kinds <= set(streams)
    sizes = {len(stream["data"]) for stream in streams.values()}
    assert len(sizes) == 1
    assert all(None not in stream["data"] for stream in streams.values())
    assert activity["has_heartrate"] == ("heartrate" in streams)
    if "heartrate" in streams:
        assert activity["max_heartrate"] == max(streams["heartrate"]["data"])
    assert 0 < activity["moving_time"] <= activity["elapsed_time"]
    laps = athlete.get(f"/activities/{number}/laps")
    assert laps == activity["laps"] != []
    zones = athlete.get(f"/activities/{number}/zones")
    assert [zone["type"] for zone in zones] == activity["available_zones"]
    if "latlng" in streams:
        assert activity["start_latlng"] == streams["latlng"]["data"][0]
        assert activity["map"]["summary_polyline"] and activity["map"]["polyline"]
    began = round(datetime.fromisoformat(activity["start_date"]).timestamp())
    (row,) = athlete.get("/athlete/activities", before=began + 1, after=began - 1)
    assert row["id"] == number
    assert row["distance"] == activity["distance"] and "laps" not in row


def test_a_recording_of_the_sandbox_comes_back(athlete: Caller) -> None:
    """Field by field: the file holds the totals and laps of the activity that it was made from."""
    plan = next(p for p in plans(TODAY) if p.workout == "5 × 1 km" and p.has_heart_rate)
    original, summary = recording.streams(plan), activities.summary(plan)
    file = fit(recording_of(plan))
    activity = uploaded_activity(athlete, file, "fit", name=plan.name)
    for key in ("distance", "moving_time", "elapsed_time", "average_heartrate", "max_heartrate"):
        assert activity[key] == pytest.approx(summary[key], abs=0.06), key
    assert activity["start_date"] == summary["start_date"]
    number = activity["id"]
    streams = athlete.get(f"/activities/{number}/streams", keys=ALL, key_by_type="true")
    for key in ("time", "heartrate", "cadence"):
        assert streams[key]["data"] == original[key], key
    detail = activities.detail(plan)
    assert len(activity["laps"]) == len(detail["laps"])
    for lap, other in zip(activity["laps"], detail["laps"], strict=True):
        assert lap["distance"] == pytest.approx(other["distance"], abs=0.1)
        assert lap["moving_time"] == other["moving_time"]
    assert len(activity["splits_metric"]) == len(detail["splits_metric"])
    efforts = {effort["name"]: effort["elapsed_time"] for effort in activity["best_efforts"]}
    for effort in detail["best_efforts"]:
        assert efforts[effort["name"]] == pytest.approx(effort["elapsed_time"], abs=2)


def test_an_upload_answers_the_api_description(shared: Path, athlete: Caller) -> None:
    path = shared / "data" / "strava-api-v3.yaml"
    require(path.is_file(), "Strava's API description is not beside the project")
    description = Description(path)
    plan = next(p for p in plans(TODAY) if p.sport == "Run" and p.has_heart_rate and p.has_track)
    for file, data_type in ((fit(recording_of(plan)), "fit"), (GPX, "gpx")):
        number = uploaded_activity(athlete, file, data_type)["id"]
        for part in ("", "/laps", "/zones", "/comments", "/kudos"):
            url = f"/activities/{{id}}{part}"
            description.check("GET", url, 200, athlete.get(url.format(id=number)))
        query = {"keys": "time,distance,altitude", "key_by_type": "true", "resolution": "low"}
        streams = athlete.get(f"/activities/{number}/streams", **query)
        description.check("GET", "/activities/{id}/streams", 200, streams)
    description.check("GET", "/athlete/activities", 200, athlete.get("/athlete/activities"))


def test_a_long_recording_is_kept_within_bounds() -> None:
    seconds = 150_000
    streams = {
        "time": list(range(seconds)),
        "heartrate": [100 + i * 7919 % 97 for i in range(seconds)],
        "watts": [i * 104_729 % 997 for i in range(seconds)],
    }
    whole = Recording(start=datetime(2026, 6, 1, tzinfo=UTC), streams=streams)
    text = uploaded.packed(uploaded.bounded(whole).streams)
    assert len(text) <= uploaded.MAX_STORED_BYTES
    kept = uploaded.unpacked(text)["time"]
    assert kept[0] == 0 and kept[-1] == seconds - 1
    assert all(a < b for a, b in pairwise(kept))


def test_upload_with_an_unknown_sport_is_refused(athlete: Caller) -> None:
    data = {"file": (BytesIO(GPX), "a.gpx"), "data_type": "gpx", "sport_type": "MoonWalk"}
    reply = athlete.call("POST", "/uploads", data=data)
    assert reply.status_code == 400 and reply.json
    assert reply.json["errors"][0]["field"] == "sport_type"
