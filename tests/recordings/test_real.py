"""Recordings of real devices agree with their own session messages."""

from pathlib import Path

import pytest

from strava_mcp.recordings import read

GOOD = {
    "Edge810-Vector-2013-08-16-15-35-10.fit": ("Ride", "Garmin Edge 810", 4700, 41339.38),
    "activity-small-fenix2-run.fit": ("Run", "Garmin Fenix 2", 2832, 9008.22),
    "developer-types-sample.fit": ("Run", "Stryd", 3424, 6753.99),
    "garmin-edge-820-bike.fit": ("Ride", "Garmin Edge 820", 65, 457.12),
    "garmin-fenix-5-bike.fit": ("Ride", "Garmin Fenix 5", 60, 459.52),
    "garmin-fenix-5-run.fit": ("Run", "Garmin Fenix 5", 57, 157.56),
    "garmin-fenix-5-walk.fit": ("Walk", "Garmin Fenix 5", 45, 67.85),
    "sample-activity-indoor-trainer.fit": ("Ride", "Garmin Edge 800", 2262, None),
    "sample-activity.fit": ("Ride", "Garmin Edge 500", 11742, 88797.21),
}
WRONG = {
    "invalid-activity-filecrc.fit": "checksum",
    "invalid-activity-settings-corruptheader.fit": "not a FIT file",
    "invalid-activity-unexpected-eof.fit": "ends early",
}


@pytest.mark.parametrize("name", GOOD)
def test_streams_agree_with_the_session(shared: Path, name: str) -> None:
    sport, device, elapsed_s, metres = GOOD[name]
    (recording,) = read((shared / "data/fit" / name).read_bytes())
    assert (recording.sport, recording.device, recording.problems) == (sport, device, ())
    # Half a percent; in clips of one minute two seconds, for the first and the last sample.
    assert recording.streams["time"][-1] == pytest.approx(elapsed_s, rel=0.005, abs=2)
    assert recording.totals["elapsed_time"] == elapsed_s
    if metres is None:
        assert "distance" not in recording.streams and "distance" not in recording.totals
    else:
        assert recording.streams["distance"][-1] == pytest.approx(metres, rel=0.005)
        assert recording.totals["distance"] == metres
    assert {len(values) for values in recording.streams.values()} == {
        len(recording.streams["time"])
    }


@pytest.mark.parametrize("name", WRONG)
def test_damage_is_reported_and_the_rest_kept(shared: Path, name: str) -> None:
    (recording,) = read((shared / "data/fit" / name).read_bytes())
    assert WRONG[name] in recording.problems[0]
    assert recording.streams["distance"][-1] == 5.7


def test_moving_time_is_timer_time(shared: Path) -> None:
    (recording,) = read((shared / "data/fit/sample-activity.fit").read_bytes())
    assert recording.totals["moving_time"] == 10699
    streams = recording.streams
    steps = zip(streams["time"], streams["time"][1:], streams["moving"][1:], strict=False)
    moved_s = sum(after - now for now, after, moves in steps if moves)
    assert moved_s == pytest.approx(10699, rel=0.03)


def test_utc_offset_from_the_device_clock(shared: Path) -> None:
    (recording,) = read((shared / "data/fit/garmin-edge-820-bike.fit").read_bytes())
    assert recording.offset_s == -7 * 3600
