"""Uploads: files are read; duplicates and corrupt files are refused."""

import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sandbox import state, uploads
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sandbox.v3.uploads import FAILED, PROCESSING, READY
from strava_mcp.store import Store
from tests.conftest import require
from tests.sandbox.conftest import Caller
from tests.servers import ROOT

GPX = """<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1">
<metadata><time>2020-01-01T00:00:00Z</time></metadata><trk><type>hiking</type><trkseg>
<trkpt lat="47.0" lon="8.0"><time>2026-06-10T06:00:00Z</time></trkpt>
<trkpt lat="47.01" lon="8.0"><time>2026-06-10T06:10:00Z</time></trkpt>
</trkseg></trk></gpx>""".encode()
TCX = """<?xml version="1.0"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
<Activities><Activity Sport="Biking"><Id>2026-06-11T16:00:00Z</Id><Lap><Track>
<Trackpoint><Time>2026-06-11T16:00:00Z</Time><DistanceMeters>0</DistanceMeters></Trackpoint>
<Trackpoint><Time>2026-06-11T16:30:00.5Z</Time><DistanceMeters>15000</DistanceMeters></Trackpoint>
</Track></Lap></Activity></Activities></TrainingCenterDatabase>""".encode()


def upload(caller: Caller, file: bytes, data_type: str = "gpx", **fields: str) -> JSON:
    """Upload a file and poll until it is processed; returns the last response."""
    data = {"file": (BytesIO(file), f"a.{data_type}"), "data_type": data_type, **fields}
    reply = caller.call("POST", "/uploads", data=data)
    assert reply.status_code == 201 and reply.json, reply.data
    response: JSON = reply.json
    assert response["status"] == PROCESSING
    assert response["activity_id"] is None and response["error"] is None
    statuses = [response["status"]]
    for _ in range(4):
        response = caller.get(f"/uploads/{response['id']}")
        statuses.append(response["status"])
    assert statuses[1] == PROCESSING and len(set(statuses[2:])) == 1
    return response


@pytest.mark.parametrize(
    ("file", "data_type", "expected"),
    [
        (GPX, "gpx", ("2026-06-10T08:00:00Z", "2026-06-10T06:00:00Z", 600, 1112.0, "Hike")),
        (TCX, "tcx", ("2026-06-11T18:00:00Z", "2026-06-11T16:00:00Z", 1800, 15000.0, "Ride")),
        (gzip.compress(GPX, mtime=0), "gpx.gz", ("2026-06-10T08:00:00Z",)),
    ],
)
def test_an_upload_becomes_an_activity(
    athlete: Caller, file: bytes, data_type: str, expected: tuple[object, ...]
) -> None:
    response = upload(athlete, file, data_type, name="Früh", commute="1", external_id="ext-1")
    assert response["status"] == READY and response["error"] is None
    activity = athlete.get(f"/activities/{response['activity_id']}")
    names = ("start_date_local", "start_date", "elapsed_time", "distance", "sport_type")
    values = [activity[name] for name in names[: len(expected)]]
    assert values[:3] == list(expected[:3]) and values[4:] == list(expected[4:])
    if len(expected) > 3:
        assert activity["distance"] == pytest.approx(expected[3], abs=0.5)
    assert (activity["name"], activity["commute"], activity["manual"]) == ("Früh", True, False)
    assert (activity["external_id"], activity["upload_id"]) == ("ext-1", response["id"])
    listed = athlete.get("/athlete/activities", per_page=200)
    assert activity["id"] in {item["id"] for item in listed}


def test_same_file_or_external_id_is_a_duplicate(athlete: Caller) -> None:
    first = upload(athlete, GPX, external_id="one")
    for file, fields in ((GPX, {}), (GPX + b"\n", {"external_id": "one"})):
        again = upload(athlete, file, **fields)
        assert again["status"] == FAILED and again["activity_id"] is None
        assert f"duplicate of activity {first['activity_id']}" in again["error"]
    other = upload(athlete, GPX + b"\n", external_id="two")
    assert other["status"] == READY


def test_the_store_keeps_the_newest(
    athlete: Caller, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "MAX_ACTIVITIES", 3)
    monkeypatch.setattr(state, "MAX_UPLOADS", 4)
    uploaded: list[int] = []
    for number in range(8):
        file = GPX.replace(b"06:10", b"06:1%d" % number)
        uploaded.append(upload(athlete, file, external_id=str(number))["activity_id"])
        athlete.call("PUT", f"/activities/{uploaded[-1]}", json={"name": "Mine"})
        upload(athlete, b"<gpx", "gpx")
    expected = {"created": 3, "recordings": 3, "changes": 3, "marks": 3, "seen": 6, "uploads": 4}
    rows = {kind: len(store.records(f"sandbox-{kind}:{MIRA.id}")) for kind in expected}
    assert rows == expected
    listed = [item["id"] for item in athlete.get("/athlete/activities", per_page=200)]
    assert [number for number in uploaded if number in listed] == uploaded[-3:]
    assert athlete.call("GET", f"/activities/{uploaded[0]}").status_code == 404
    again = upload(athlete, GPX, external_id="0")
    assert again["status"] == READY, "a file that was forgotten is no duplicate"


def test_refused_duplicate_can_be_sent_under_another_id(athlete: Caller) -> None:
    first = upload(athlete, GPX, external_id="one")
    upload(athlete, TCX, "tcx", external_id="one")  # refused for its external ID
    again = upload(athlete, TCX, "tcx", external_id="other")
    assert again["status"] == READY and again["activity_id"] != first["activity_id"]


@pytest.mark.parametrize(
    ("file", "data_type"),
    [
        (b"", "gpx"),
        (b"not xml", "gpx"),
        (GPX[:200], "gpx"),
        (GPX.replace(b"47.01", b"north"), "gpx"),
        (GPX.replace(b"2026-06-10T06:10", b"some time"), "gpx"),
        (b"<gpx/>", "gpx"),
        (GPX, "tcx"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + GPX, "gpx"),
        (GPX, "gpx.gz"),
        (gzip.compress(GPX, mtime=0)[:60], "gpx.gz"),
        (b"\x0e\x10" + bytes(60), "fit"),
        (b"", "fit"),
    ],
)
def test_corrupt_files_are_refused(athlete: Caller, file: bytes, data_type: str) -> None:
    response = upload(athlete, file, data_type)
    assert response["status"] == FAILED and response["activity_id"] is None
    assert "malformed" in response["error"]


def jumps(times: Sequence[str]) -> bytes:
    """A GPX file whose positions are on opposite sides of the globe in turn."""
    points = "".join(
        f'<trkpt lat="{60 * (-1) ** number}" lon="{170 * (-1) ** number}">{time}</trkpt>'
        for number, time in enumerate(times)
    )
    return f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()


def timed(second: int) -> str:
    return f"<time>2026-06-10T06:{second // 60:02}:{second % 60:02}Z</time>"


@pytest.mark.parametrize("times", [[timed(0)] * 2000, [timed(0), timed(9), *[""] * 2000]])
def test_jumps_without_times_are_refused(athlete: Caller, times: list[str]) -> None:
    response = upload(athlete, jumps(times))
    assert "all of its points have the same time, or most have none" in response["error"]


def test_jumps_add_up_to_no_distance(athlete: Caller) -> None:
    response = upload(athlete, jumps([timed(second) for second in range(2000)]))
    activity = athlete.get(f"/activities/{response['activity_id']}")
    assert activity["distance"] == activity["average_speed"] == 0 < activity["elapsed_time"]


def test_times_without_a_zone_are_utc() -> None:
    mixed = GPX.replace(b"2026-06-10T06:00:00Z", b"2026-06-10T06:00:00")
    assert uploads.read(mixed, "gpx").elapsed_s == 600


def test_upload_requires_a_file_and_a_known_type(athlete: Caller) -> None:
    for data, field in (
        ({"data_type": "gpx"}, "file"),
        ({"data_type": "gpx", "file": "as text"}, "file"),
        ({"data_type": "kml", "file": (BytesIO(GPX), "a.kml")}, "data_type"),
        ({"file": (BytesIO(GPX), "a.gpx")}, "data_type"),
    ):
        reply = athlete.call("POST", "/uploads", data=data)
        assert reply.status_code == 400 and reply.json
        assert reply.json["errors"][0]["field"] == field
    assert athlete.call("POST", "/uploads", json={"data_type": "gpx"}).status_code == 400
    assert athlete.call("GET", "/uploads/5").status_code == 404


def test_large_uploads_are_refused(athlete: Caller) -> None:
    file = FileStorage(BytesIO(bytes((25 << 20) + 1)), "a.gpx")
    boundary, body = encode_multipart({"data_type": "gpx", "file": file})
    kind = f"multipart/form-data; boundary={boundary}"
    reply = athlete.call("POST", "/uploads", data=body, content_type=kind)
    assert reply.status_code == 413 and reply.json and reply.json["message"]


@pytest.mark.parametrize(
    ("name", "start", "elapsed_s", "distance_m", "sport"),
    [
        ("activity-small-fenix2-run.fit", "2015-08-15T14:45:08", 2832, 9008.2, "Run"),
        ("garmin-fenix-5-walk.fit", "2017-06-11T14:32:51", 45, 67.8, "Walk"),
        ("developer-types-sample.fit", "2017-01-17T17:06:47", 3424, 6754.0, "Run"),
        ("sample-activity-indoor-trainer.fit", "2011-11-02T12:54:19", 2262, 0.0, "Ride"),
    ],
)
def test_sessions_of_real_recordings(
    shared: Path, name: str, start: str, elapsed_s: int, distance_m: float, sport: str
) -> None:
    path = shared / "data" / "fit" / name
    require(path.is_file(), "the FIT recordings are not beside the project")
    recorded = uploads.read(path.read_bytes(), "fit")
    assert recorded.start.isoformat() == start and recorded.sport == sport
    assert (recorded.elapsed_s, recorded.distance_m) == (
        elapsed_s,
        pytest.approx(distance_m, abs=0.1),
    )
    assert uploads.read(gzip.compress(path.read_bytes()), "fit.gz") == recorded


def test_corrupt_real_recordings_are_refused(shared: Path) -> None:
    paths = [
        *(shared / "data" / "fit").glob("*crc.fit"),
        *(shared / "data" / "fit").glob("*eof.fit"),
    ]
    require(paths, "the FIT recordings are not beside the project")
    for path in paths:
        with pytest.raises(CorruptFile):
            uploads.read(path.read_bytes(), "fit")


#: Uploads a file of each type to a sandbox, where no library that reads recordings is installed.
WITHOUT_READERS = """
import json, sys
sys.modules |= dict.fromkeys(("garmin_fit_sdk", "defusedxml"))
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import SCOPES
from tests.sandbox.conftest import Caller
from tests.servers import ROOT
from tests.sandbox.test_uploads import GPX, TCX, upload

caller = Caller(create_app(), *SCOPES)
assert caller.get("/athlete")["firstname"] == "Mira"
fit = bytes((14, 32, 0, 0, 9, 0, 0, 0)) + b".FIT" + bytes((0, 0, 64, 0, 0, 0, 0, 1, 0, 1, 0, 0))
files = {"gpx": GPX, "tcx": TCX, "fit": fit}
print(json.dumps([upload(caller, file, kind)["error"] for kind, file in files.items()]))
"""


def test_without_reader_libraries_only_uploads_fail() -> None:
    """They are not packed for Lambda."""
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_READERS], cwd=ROOT, capture_output=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    for error in json.loads(run.stdout):
        assert "cannot be read: this server was installed without the libraries" in error
