"""The distance of a recording and its splits end at the device's own total where that is sane."""

import re
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.recordings import read
from strava_mcp.recordings.recording import Recording
from strava_mcp.training.splits import splits
from tests.recordings.fit_maker import Message, activity, fit, record, timer
from tests.recordings.test_gpx import gpx, only
from tests.recordings.test_gpx import point as gpx_point


def run(*messages: Message, **session: Any) -> Recording:
    """Read the FIT file of a run."""
    data = fit(activity(*messages, sport="running", **session))
    (recording,) = read(data)
    return recording


def lasting(seconds: int, metres: float, timer_s: float | None = None) -> dict[str, float]:
    """Totals of a session."""
    return {
        "total_elapsed_time": float(seconds),
        "total_timer_time": float(seconds if timer_s is None else timer_s),
        "total_distance": metres,
    }


@pytest.mark.parametrize("has_time", [False, True])
def test_positions_that_jump_without_times_have_no_distance(has_time: bool) -> None:
    """Nothing shows how fast the jumps are, and they add up to more than anybody covers."""
    there = gpx_point(0, 0, time=has_time), gpx_point(0, 4_000_000, time=has_time)
    recording = only(gpx("".join(there) * 500))
    assert not {"distance", "grade_smooth"} & recording.streams.keys()
    assert not recording.computed and len(recording.streams["latlng"]) == 1000
    assert re.fullmatch(
        r"distance of [34],\d\d\d,\d{3}\.\d\d km is left out: it is impossible",
        recording.problems[0],
    )


def split_metres(recording: Recording) -> float:
    streams = recording.streams
    parts = splits(*(streams[key] for key in ("time", "distance", "moving")), every_m=1000)
    return sum(part["distance"] for part in parts)


def test_an_odometer_that_catches_up(shared: Path) -> None:
    name = "03a_odometer_stands_and_catches_up_223_m.tcx"
    (recording,) = read((shared / "data/imports_that_fail" / name).read_bytes())
    assert recording.streams["distance"][-1] == recording.totals["distance"] == 745.5
    assert split_metres(recording) == pytest.approx(745.5, abs=0.1)
    assert all(recording.streams["moving"])


@pytest.mark.parametrize("has_total", [True, False])
def test_spikes_and_a_restart_in_a_file(has_total: bool) -> None:
    metres = [3.0 * s for s in range(600)]
    metres[100], metres[101], metres[400] = metres[100] + 90, 0.0, 9000.0
    readings = [*metres, *metres[1:300]]
    records = [record(s, distance=m) for s, m in enumerate(readings)]
    total = {"total_distance": 2694.0} if has_total else {}
    recording = run(*records, total_elapsed_time=898.0, **total)
    assert recording.streams["distance"][-1] == pytest.approx(2694, abs=6)
    assert split_metres(recording) == pytest.approx(recording.streams["distance"][-1], abs=0.3)


def test_what_the_odometer_counts_in_a_pause_is_not_in_the_total() -> None:
    """The watch of a runner who paused it on the tram."""
    records = [record(s, distance=3.0 * s) for s in range(901)]
    pause = timer(300, "stop_all"), timer(600, "start")
    recording = run(*records, *pause, **lasting(900, 1800.0, 600))
    assert recording.streams["distance"][-1] == pytest.approx(1800, abs=3)
    assert recording.streams["distance"][300] == recording.streams["distance"][599] == 900
    assert "distance" not in recording.computed
    # A device that counts them in its total has them in the stream.
    counted = run(*records, *pause, **lasting(900, 2700.0, 600))
    assert counted.streams["distance"][-1] == 2700


def test_a_jump_that_the_device_counts() -> None:
    """3 km within a second are no run, but the total says that they belong to it."""
    metres = [3.0 * s + (3000 if s > 300 else 0) for s in range(601)]
    records = [record(s, distance=m) for s, m in enumerate(metres)]
    assert run(*records, **lasting(600, 4800.0)).streams["distance"][-1] == 4800
    assert run(*records, total_elapsed_time=600.0).streams["distance"][-1] == 1797


def test_a_total_that_nobody_covers_does_not_make_a_jump_true() -> None:
    metres = [3.0 * s + (1_204_000 if s > 150 else 0) for s in range(301)]
    records = [record(s, distance=m) for s, m in enumerate(metres)]
    recording = run(*records, **lasting(300, 1_204_900.0))
    assert recording.streams["distance"][-1] == 897
    assert "distance" not in recording.totals


def test_the_distance_along_positions_is_scaled_to_the_total() -> None:
    """A phone counts steps on a hike, and saves few positions."""
    records = [record(s, latlng=(47 + s * 1e-5, 8.5)) for s in range(0, 1801, 10)]
    recording = run(*records, **lasting(1800, 2600.0))
    along_m = 1800 * 1e-5 * 111_195
    assert along_m == pytest.approx(2001, abs=2)
    assert recording.streams["distance"][-1] == pytest.approx(2600, abs=0.1)
    assert recording.streams["distance"][90] == pytest.approx(1300, abs=0.1)
    assert "distance" in recording.computed
    assert split_metres(recording) == pytest.approx(2600, abs=0.2)


def test_an_odometer_that_differs_slightly_is_scaled() -> None:
    records = [record(s, distance=3.0 * s) for s in range(601)]
    recording = run(*records, **lasting(600, 1830.0))
    assert recording.streams["distance"][-1] == 1830 and "distance" in recording.computed
    near = run(*records, **lasting(600, 1804.0))
    assert near.streams["distance"][-1] == 1800 and "distance" not in near.computed


@pytest.mark.parametrize(
    "totals",
    [
        lasting(3600, 10_800.0),  # samples of the first ten minutes
        lasting(600, 30_000.0),  # far beyond the samples
        lasting(600, 90.0),
        {"total_distance": 0.0},
    ],
)
def test_a_total_of_something_else_does_not_count(totals: dict[str, Any]) -> None:
    records = [record(s, distance=3.0 * s) for s in range(601)]
    assert run(*records, **totals).streams["distance"][-1] == 1800


def test_a_leg_of_a_triathlon_begins_at_0() -> None:
    records = [record(s, distance=42_577.0 + 4.0 * s) for s in range(601)]
    recording = run(*records, **lasting(600, 2400.0))
    assert (recording.streams["distance"][0], recording.streams["distance"][-1]) == (0, 2400)


def test_positions_that_jump_to_and_fro() -> None:
    """Two receivers 60 m apart, in turn: 90 s at 1.5 m/s and not at 60."""
    zigzag = "".join(gpx_point(s, s * 1.5 + 60 * (s % 2)) for s in range(90))
    assert only(gpx(zigzag)).streams["distance"][-1] == pytest.approx(133.5, abs=62)
    spiked = "".join(gpx_point(s, s * 1.5 + 80 * (s in (20, 50))) for s in range(90))
    assert only(gpx(spiked)).streams["distance"][-1] == pytest.approx(133.5, abs=0.5)


@pytest.mark.parametrize(
    "name",
    [
        "Edge810-Vector-2013-08-16-15-35-10.fit",
        "activity-small-fenix2-run.fit",
        "developer-types-sample.fit",
        "sample-activity.fit",
    ],
)
def test_real_recordings_end_at_their_total(shared: Path, name: str) -> None:
    (recording,) = read((shared / "data/fit" / name).read_bytes())
    total_m = recording.totals["distance"]
    assert recording.streams["distance"][-1] == pytest.approx(total_m, rel=0.005)
    assert split_metres(recording) == pytest.approx(total_m, rel=0.005)
