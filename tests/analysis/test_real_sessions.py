"""Recordings of real devices through the whole of it: no exception, and what the devices say."""

import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any, cast

import pytest

from strava_mcp.analysis import session_recording
from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.session import Session, analyze
from strava_mcp.analysis.session_intervals import intervals_of
from strava_mcp.analysis.session_power import power_of
from strava_mcp.analysis.session_splits import climbs_of, splits_of
from strava_mcp.analysis.session_zones import zones_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.recordings import read, read_activities
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sources.archive.source import Archive
from strava_mcp.store import open_store
from strava_mcp.training.activity_metrics import STREAMS
from strava_mcp.training.per_second import PerSecond, per_second
from strava_mcp.training.power import normalized_power_w
from strava_mcp.training.unmeasurable import Unmeasurable
from tests.conftest import require
from tests.sources.archive.imported import archive_of, import_into

#: File → id in the export that is made of them.
FILES = {
    "Edge810-Vector-2013-08-16-15-35-10.fit": 1,
    "activity-small-fenix2-run.fit": 2,
    "developer-types-sample.fit": 3,
    "garmin-edge-820-bike.fit": 4,
    "garmin-fenix-5-bike.fit": 5,
    "garmin-fenix-5-run.fit": 6,
    "garmin-fenix-5-walk.fit": 7,
    "sample-activity-indoor-trainer.fit": 8,
    "sample-activity.fit": 9,
}
POWER = {
    "Edge810-Vector-2013-08-16-15-35-10.fit": 315,
    "sample-activity-indoor-trainer.fit": 250,
}


@pytest.fixture(scope="module")
def archive(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("devices")
    lines = ["Activity ID,Activity Date,Activity Name,Activity Type,Filename"]
    with zipfile.ZipFile(folder / "export.zip", "w") as export:
        for name, number in FILES.items():
            path = shared / "data/fit" / name
            require(path.is_file(), f"{name} is not beside the project")
            (recording,) = read(path.read_bytes())
            assert recording.start
            began = f"{recording.start:%b %d, %Y, %I:%M:%S %p}"
            lines.append(f'{number},"{began}",{number},{recording.sport},activities/{name}')
            export.write(path, f"activities/{name}")
        export.writestr("activities.csv", "\n".join(lines) + "\n")
    import_into(folder / "home", folder / "export.zip")
    return archive_of(folder / "home")


def look(archive: Archive, name: str, **thresholds: float) -> Session:
    store = open_store("sqlite://:memory:")
    try:
        settings = AthleteSettings(store, "owner")
        for key, value in thresholds.items():
            settings.set(key, value, date(2010, 1, 1))  # type: ignore[arg-type]
        return analyze(Subject(archive, date(2020, 1, 1), settings), FILES[name])
    finally:
        store.close()


def messages_of(path: Path) -> dict[str, Any]:
    """What the device wrote, as its maker's library reads it."""
    from garmin_fit_sdk import Decoder, Stream

    messages, _ = Decoder(Stream.from_file(str(path))).read(convert_types_to_strings=False)
    return cast(dict[str, Any], messages)


def session_of(path: Path) -> dict[str, Any]:
    """The device's own summary."""
    messages = messages_of(path)
    session: dict[str, Any] = messages["session_mesgs"][0]
    zones = messages.get("time_in_zone_mesgs", [{}])[-1]
    return {**zones, **session} if zones.get("time_in_hr_zone") is None else {**session, **zones}


@pytest.mark.parametrize("name", POWER)
def test_power_and_load_agree_with_the_device(shared: Path, archive: Archive, name: str) -> None:
    device = session_of(shared / "data/fit" / name)
    assert device["threshold_power"] == POWER[name]
    session = look(archive, name, ftp=POWER[name])
    assert session.power and session.load
    assert session.power.normalized_w == pytest.approx(device["normalized_power"], abs=1)
    assert session.power.mean_w == pytest.approx(device["avg_power"], abs=0.6)
    assert session.power.max_w == device["max_power"]
    assert session.power.intensity == pytest.approx(device["intensity_factor"], abs=0.005)
    # The trainer's 50.8 is not that of its own normalized power and time, which is 52.4.
    assert session.load.value == pytest.approx(device["training_stress_score"], rel=0.024)
    seconds = device["total_timer_time"]
    own = seconds * device["normalized_power"] * device["intensity_factor"] / POWER[name] / 36
    assert session.load.value == pytest.approx(own, rel=0.01)
    assert session.load.kind == "power"


@pytest.mark.parametrize("name", POWER)
def test_means_of_laps_agree_with_the_device(shared: Path, archive: Archive, name: str) -> None:
    """Of every sample within a lap: the archive's own laps have the device's values."""
    streams = {k: s["data"] for k, s in archive.streams(FILES[name], STREAMS).items()}
    watts, rates = (
        per_second(streams["time"], streams[key]).values for key in ("watts", "heartrate")
    )
    begin = 0.0
    for lap in messages_of(shared / "data/fit" / name)["lap_mesgs"]:
        inside = slice(round(begin), round(begin + lap["total_elapsed_time"]))
        begin += lap["total_elapsed_time"]
        assert mean(watts[inside]) == pytest.approx(lap["avg_power"], abs=2.5)
        assert mean(rates[inside]) == pytest.approx(lap["avg_heart_rate"], abs=0.8)
        if lap["total_elapsed_time"] > 600:  # the device's 30 s begin before a lap, ours within it
            part = PerSecond(watts[inside], [True] * len(watts[inside]))
            assert normalized_power_w(part) == pytest.approx(lap["normalized_power"], rel=0.015)


def mean(values: Sequence[float | None]) -> float:
    return fmean(value for value in values if value is not None)


@pytest.mark.parametrize(
    "name, watts, rates",
    [
        ("Edge810-Vector-2013-08-16-15-35-10.fit", [311, 305], [163, 165]),
        ("sample-activity-indoor-trainer.fit", [258, 263], [159, 166]),
    ],
)
def test_repetitions_are_the_laps_of_the_device(
    archive: Archive, name: str, watts: list[float], rates: list[float]
) -> None:
    """2 × 20 minutes in traffic, after 5 and 4:26 minutes of work, and 2 × 10 on a trainer."""
    intervals = look(archive, name, ftp=POWER[name]).intervals
    assert intervals and intervals.origin == "laps"
    (group,) = intervals.sets
    assert [one.watts for one in group.repetitions] == pytest.approx(watts, abs=0.8)
    assert [one.heart_rate for one in group.repetitions] == pytest.approx(rates, abs=0.8)


@pytest.mark.parametrize("name", ["garmin-fenix-5-bike.fit", "garmin-fenix-5-run.fit"])
def test_time_in_zones_agrees_with_the_device(shared: Path, archive: Archive, name: str) -> None:
    device = session_of(shared / "data/fit" / name)
    session = look(archive, name, lthr=device["threshold_heart_rate"])
    assert session.zones
    (zones,) = [one for one in session.zones if one.quantity == "heart rate"]
    # The device's second zone ends at 131 bpm, 80 % of LTHR; Friel's first at 81 or 85 %.
    low = sum(device["time_in_hr_zone"][:2])
    assert sum(zones.seconds) == pytest.approx(sum(device["time_in_hr_zone"]), abs=3)
    assert zones.seconds[0] == pytest.approx(low, abs=3)


@pytest.mark.parametrize("name", FILES)
def test_every_recording_gets_plausible_figures(archive: Archive, name: str) -> None:
    session = look(archive, name, ftp=280, lthr=164, max_hr=185)
    parts = {"intervals", "drift", "splits", "climbs", "zones", "load", "power"}
    for part in parts:
        value = getattr(session, part)
        assert (value is not None) != bool(session.not_measured.get(part)), part
    if session.splits:
        metres = sum(one.values["distance"] for one in session.splits.rows)
        assert metres == pytest.approx(session.activity.facts.distance, rel=0.01, abs=10)
    if session.load:
        hours = (session.activity.facts.elapsed_time or 0) / 3600
        assert 0 < session.load.value < 130 * hours + 3
    for climb in session.climbs or ():
        assert 3 <= climb.grade_percent < 30 and 100 < climb.vertical_m_per_h < 2500
    if session.drift:
        assert abs(session.drift.percent) < 25
    if session.intervals:
        for group in session.intervals.sets:
            assert all(one.duration_s >= 10 for one in group.repetitions)


def test_no_recording_fails(shared: Path) -> None:
    """Also of files that once failed to be imported: a figure, or the reason why there is none."""
    measured = 0
    for path in sorted((shared / "data").rglob("*.*")):
        if path.suffix not in (".fit", ".gpx", ".tcx"):
            continue
        try:
            recordings = read_activities(path.read_bytes())
        except CorruptFile:
            continue
        for one in recordings:
            streams = {key: {"data": data} for key, data in one.streams.items()}
            for sport in (one.sport or "Workout", "Run", "Ride"):
                recording = session_recording.read(streams, sport, has_measured_power=True)
                for measure in (
                    lambda: intervals_of(recording, []),
                    lambda: splits_of(recording, imperial=False, has_intervals=False),
                    lambda: climbs_of(recording),
                    lambda: zones_of(recording, {"lthr": Threshold(165, "given", "")}),
                    lambda: power_of(recording, 250, {}),
                ):
                    with suppress(Unmeasurable):
                        measure()
                        measured += 1
    assert measured > 100
