"""Generated exports: readable by other parsers of each format, and reproducible."""

import csv
import gzip
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import gpxpy
import pytest
from defusedxml import ElementTree
from garmin_fit_sdk import Decoder, Stream

from strava_mcp.sandbox import calendar, recording
from strava_mcp.sources.archive.catalog.entry import Entry
from tests.sources.archive import maker_csv, maker_harm
from tests.sources.archive.maker import Truth, bulk_export, format_of, sandbox_export

TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
NS3 = "{http://www.garmin.com/xmlschemas/ActivityExtension/v2}"
TPX = "{http://www.garmin.com/xmlschemas/TrackPointExtension/v1}"
SEMICIRCLES = 2**31 / 180
Bulk = tuple[Path, list[Truth]]
Sandbox = tuple[Path, list[Entry]]


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Bulk:
    path = tmp_path_factory.mktemp("bulk") / "export.zip"
    return path, bulk_export(path, 80)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    path = tmp_path_factory.mktemp("sandbox") / "export.zip"
    return path, sandbox_export(path, most=30, every_s=30)


def read(path: Path, name: str) -> bytes:
    with ZipFile(path) as archive:
        data = archive.read(name)
    return gzip.decompress(data) if name.endswith(".gz") else data


def catalog(path: Path) -> list[list[str]]:
    text = read(path, "activities.csv").decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def of_format(truths: list[Truth], kind: str) -> list[Truth]:
    matching = [truth for truth in truths if truth.file and format_of(truth.file) == kind]
    assert matching, kind
    return matching


def fit_messages(data: bytes) -> dict[str, list[dict[str, Any]]]:
    messages: Any
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    by_name: dict[str, list[dict[str, Any]]] = messages
    return by_name


def test_every_format_is_there_and_every_file_is_named(bulk: Bulk, sandbox: Sandbox) -> None:
    assert any(item.file is None for item in bulk[1])
    for path, items in (bulk, sandbox):
        with ZipFile(path) as archive:
            assert archive.testzip() is None
            recordings = {n for n in archive.namelist() if n.startswith("activities/")}
        assert recordings == {item.file for item in items if item.file}
        endings = {name.partition(".")[2] for name in recordings}
        assert endings == {"fit", "fit.gz", "gpx", "gpx.gz", "tcx", "tcx.gz"}


def test_fit_files_hold_what_was_written(bulk: Bulk) -> None:
    path, truths = bulk
    for truth in of_format(truths, "fit"):
        messages = fit_messages(read(path, truth.file or ""))
        (session,) = messages["session_mesgs"]
        assert session["total_distance"] == truth.distance
        assert session["total_elapsed_time"] == truth.elapsed_time
        assert session["total_timer_time"] == truth.moving_time
        assert session["start_time"] == datetime.fromisoformat(truth.start_date)
        laps = messages["lap_mesgs"]
        assert sum(lap["total_timer_time"] for lap in laps) == truth.moving_time
        assert sum(lap["total_distance"] for lap in laps) == pytest.approx(truth.distance)
        records, streams = messages["record_mesgs"], truth.streams
        begun = session["start_time"]
        assert [(r["timestamp"] - begun).seconds for r in records] == streams["time"]
        for field, key in (
            ("distance", "distance"),
            ("enhanced_altitude", "altitude"),
            ("enhanced_speed", "velocity_smooth"),
            ("heart_rate", "heartrate"),
            ("cadence", "cadence"),
            ("power", "watts"),
            ("temperature", "temp"),
        ):
            values = [r[field] for r in records if field in r]
            assert values == pytest.approx(streams.get(key, []), abs=1e-9), key
        track = [
            [round(r["position_lat"] / SEMICIRCLES, 6), round(r["position_long"] / SEMICIRCLES, 6)]
            for r in records
            if "position_lat" in r
        ]
        assert track == streams.get("latlng", [])


def test_timer_of_a_fit_file_stops_in_pauses(bulk: Bulk) -> None:
    path, truths = bulk
    paused = 0
    for truth in of_format(truths, "fit"):
        messages = fit_messages(read(path, truth.file or ""))
        events = [(e["timestamp"], e["event_type"]) for e in messages["event_mesgs"]]
        ran = timedelta()
        for (at, kind), (until, following) in zip(events, events[1:], strict=False):
            assert {kind, following} & {"stop", "stop_all"} and "start" in (kind, following)
            ran += until - at if kind == "start" else timedelta()
        assert ran.seconds == truth.moving_time
        paused += truth.moving_time < truth.elapsed_time
    assert paused


def test_fit_files_contain_local_time(bulk: Bulk) -> None:
    path, truths = bulk
    epoch = datetime(1989, 12, 31, tzinfo=UTC)
    for truth in of_format(truths, "fit")[:6]:
        (activity,) = fit_messages(read(path, truth.file or ""))["activity_mesgs"]
        local = epoch + timedelta(seconds=activity["local_timestamp"])
        assert (local - activity["timestamp"]).total_seconds() == truth.offset_s


def test_gpx_files_hold_what_was_written(bulk: Bulk) -> None:
    path, truths = bulk
    for truth in of_format(truths, "gpx"):
        parsed = gpxpy.parse(read(path, truth.file or "").decode())
        assert parsed.tracks[0].name == truth.name
        points = parsed.tracks[0].segments[0].points
        start = datetime.fromisoformat(truth.start_date)
        assert [p.time for p in points] == [
            start + timedelta(seconds=s) for s in truth.streams["time"]
        ]
        assert [[p.latitude, p.longitude] for p in points] == truth.streams["latlng"]
        assert [p.elevation for p in points] == truth.streams["altitude"]
        for name, key in (("hr", "heartrate"), ("cad", "cadence"), ("atemp", "temp")):
            values = [e.text for p in points for x in p.extensions for e in x.iter(TPX + name)]
            assert [int(text or "") for text in values] == truth.streams[key]
        power = [x.text for p in points for x in p.extensions if x.tag.endswith("power")]
        assert [int(text or "") for text in power] == truth.streams.get("watts", [])


def test_tcx_files_hold_what_was_written(bulk: Bulk) -> None:
    path, truths = bulk
    for truth in of_format(truths, "tcx"):
        text = read(path, truth.file or "").decode()
        assert text.startswith(" ")  # before the declaration, where XML allows none
        root = ElementTree.fromstring(text.lstrip())
        streams = truth.streams
        for tag, key in (
            (TCX + "DistanceMeters", "distance"),
            (TCX + "AltitudeMeters", "altitude"),
            (NS3 + "Speed", "velocity_smooth"),
            (NS3 + "Watts", "watts"),
        ):
            points = root.iter(TCX + "Trackpoint")
            values = [float(e.text or "") for point in points for e in point.iter(tag)]
            assert values == streams.get(key, []), key
        laps = list(root.iter(TCX + "Lap"))
        assert len(laps) == 2
        times = [float(lap.findtext(TCX + "TotalTimeSeconds") or "") for lap in laps]
        assert sum(times) == truth.moving_time


def test_second_of_duplicate_columns_is_in_base_units(bulk: Bulk) -> None:
    path, truths = bulk
    header, *rows = catalog(path)
    doubled = {name for name in header if header.count(name) == 2}
    assert len(header) == 103
    assert doubled == {
        *("Elapsed Time", "Distance", "Max Heart Rate", "Relative Effort", "Commute")
    }
    assert len(rows) == len(truths)
    for row, truth in zip(rows, truths, strict=True):
        assert (int(row[0]), row[2], row[12] or None) == (truth.id, truth.name, truth.file)
        unit_m, step = (1, 0.51) if truth.sport_type == "Swim" else (1000, 0.0051)
        assert float(row[6]) == pytest.approx(truth.distance / unit_m, abs=step)
        assert float(row[17]) == truth.distance
        assert float(row[16]) == truth.moving_time
    assert any("\n" in row[4] for row in rows)


@pytest.mark.parametrize(
    ("wording", "units", "date", "distance", "columns"),
    [
        ("english", "kilometres", "Mar 1, 2014, 6:32:23 AM", "0.31", 103),
        ("english", "miles", "Mar 1, 2014, 6:32:23 AM", "0.19", 103),
        ("german", "kilometres", "01.03.2014, 06:32:23", "0,31", 101),
        ("old", "kilometres", "2014-03-01 06:32:23", "309.18", 10),
    ],
)
def test_headers_and_formats_follow_the_account(
    tmp_path: Path,
    wording: maker_csv.Wording,
    units: maker_csv.Units,
    date: str,
    distance: str,
    columns: int,
) -> None:
    path = tmp_path / "export.zip"
    truth, *_ = bulk_export(path, 1, wording, units)
    header, row = catalog(path)
    assert (len(header), len(row)) == (columns, columns)
    assert (int(row[0]), row[1], row[6]) == (truth.id, date, distance)
    assert row[3] == ("Wandern" if wording == "german" else truth.sport_type)


def test_the_sandbox_is_exported_with_its_own_numbers(sandbox: Sandbox) -> None:
    path, entries = sandbox
    rows = {int(row[0]): row for row in catalog(path)[1:]}
    assert [entry.id for entry in entries] == list(rows)
    for entry in entries:
        plan = calendar.find(entry.id)
        assert plan
        row = dict(zip(maker_csv.ENGLISH[13:], rows[entry.id][13:], strict=True))
        assert float(row["Distance"]) == plan.distance_m
        assert float(row["Elapsed Time"]) == plan.elapsed_s
        number = row["Bike"] or row["Gear"]
        assert (number and int(float(number))) == (plan.gear_id and int(plan.gear_id[1:]) or "")
        if entry.file and format_of(entry.file) == "fit":
            messages = fit_messages(read(path, entry.file))
            (session,) = messages["session_mesgs"]
            assert session["total_elapsed_time"] == plan.elapsed_s
            assert session["total_timer_time"] == plan.moving_s
            streams = recording.streams(plan)
            heights = dict(zip(streams["time"], streams.get("altitude", ()), strict=False))
            for record in messages["record_mesgs"]:
                height = heights.get((record["timestamp"] - session["start_time"]).seconds)
                assert record.get("enhanced_altitude") == pytest.approx(height, abs=0.11)
    assert {"private_note", "weather", "perceived_exertion", "media"} <= {
        key for entry in entries for key in entry.fields
    }


def test_profile_tables_of_the_sandbox(sandbox: Sandbox) -> None:
    path, _ = sandbox
    tables = {
        name: list(csv.DictReader(io.StringIO(read(path, name).decode())))
        for name in ("profile.csv", "bikes.csv", "shoes.csv", "routes.csv", "starred_segments.csv")
    }
    assert tables["profile.csv"][0]["First Name"] == "Mira"
    assert [bike["Bike Name"] for bike in tables["bikes.csv"]][:2] == ["Alpenrose", "Kiesel"]
    assert len(tables["starred_segments.csv"]) == 2
    for route in tables["routes.csv"]:
        parsed = gpxpy.parse(read(path, route["Route Filename"]).decode())
        assert parsed.tracks[0].name == route["Route Name"]


def test_the_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        bulk_export(tmp_path / name, 12)
        sandbox_export(tmp_path / f"s{name}", most=4, every_s=60)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "sa.zip").read_bytes() == (tmp_path / "sb.zip").read_bytes()


def test_a_folder_has_the_files_of_the_zip(tmp_path: Path) -> None:
    bulk_export(tmp_path / "export.zip", 5)
    bulk_export(tmp_path / "written", 5)
    unpacked = maker_harm.as_folder(tmp_path / "export.zip", tmp_path / "unpacked")
    files = {p.relative_to(unpacked): p.read_bytes() for p in unpacked.rglob("*") if p.is_file()}
    written = tmp_path / "written"
    assert len(files) > 15
    assert files == {
        p.relative_to(written): p.read_bytes() for p in written.rglob("*") if p.is_file()
    }
