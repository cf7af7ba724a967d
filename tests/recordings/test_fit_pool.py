"""FIT: pool swims, whose watches count lengths."""

from pathlib import Path

import pytest

from strava_mcp.recordings import read
from tests.recordings.fit_maker import MORNING, activity, fit, record


def length(begin: int, seconds: float, kind: str):
    return "LENGTH", {
        **{"start_time": MORNING + begin, "total_elapsed_time": seconds, "length_type": kind},
        "timestamp": MORNING + begin + int(seconds),
    }


def test_pool_distance_from_lengths() -> None:
    (recording,) = read(
        fit(
            activity(
                *(record(s, heart_rate=120) for s in range(0, 101, 5)),
                length(0, 25.0, "active"),
                length(25, 25.0, "active"),
                length(50, 20.0, "idle"),
                length(70, 30.0, "active"),
                sport="swimming",
                sub_sport="lap_swimming",
                pool_length=25.0,
                total_elapsed_time=100.0,
                total_distance=75.0,
            )
        )
    )
    streams = recording.streams
    at = dict(zip(streams["time"], streams["distance"], strict=True))
    assert (at[0], at[25], at[50], at[70], at[100]) == (0, 25, 50, 50, 75)
    assert at[10] == pytest.approx(10)
    moving = dict(zip(streams["time"], streams["moving"], strict=True))
    assert moving[50] and not moving[65] and not moving[70] and moving[75]
    assert streams["heartrate"] == [120] * len(streams["time"])


def test_pool_distance_of_samples_takes_precedence() -> None:
    (recording,) = read(
        fit(
            activity(
                *(record(s, distance=s * 1.1) for s in range(0, 51)),
                length(0, 25.0, "active"),
                sport="swimming",
                pool_length=25.0,
            )
        )
    )
    assert recording.streams["distance"][-1] == 55.0


def swim(*messages, **fields):
    """Make a swim of three lengths of 25 m in 100 seconds, with a rest of 20 seconds."""
    lengths = [
        *(length(0, 25.0, "active"), length(25, 25.0, "active")),
        *(length(50, 20.0, "idle"), length(70, 30.0, "active")),
    ]
    session = {"sport": "swimming", "sub_sport": "lap_swimming", "pool_length": 25.0}
    session |= {"total_elapsed_time": 100.0, "total_distance": 75.0, **fields}
    (recording,) = read(fit(activity(*messages, *lengths, **session)))
    return recording


@pytest.mark.parametrize("has_records", [True, False])
def test_lengths_time_the_records(has_records: bool) -> None:
    """Records of some watches have no time, but there is one for each length."""
    rates = (110, 120, 100, 130) if has_records else ()
    streams = swim(*(("RECORD", {"heart_rate": rate}) for rate in rates)).streams
    assert streams["time"] == [0, 25, 50, 70, 100]
    assert streams["distance"] == [0, 25, 50, 50, 75]
    assert streams["moving"] == [True, True, True, False, True]
    assert streams.get("heartrate") == ([None, *rates] if has_records else None)


def test_records_that_no_length_times_are_left_out_and_said_so() -> None:
    recording = swim(("RECORD", {"heart_rate": 110}), ("RECORD", {"heart_rate": 120}))
    assert recording.streams["time"] == [0, 25, 50, 70, 100]
    assert recording.problems == ("2 records without a time are left out",)


def test_pool_of_unknown_length() -> None:
    assert swim(pool_length=None).streams["distance"][-1] == 75


def test_length_of_negative_duration_is_left_out() -> None:
    """Watches write -5 s as 131,067 s."""
    recording = swim(length(72, 131_067.0, "active"), length(60, 131_067.0, "idle"))
    assert recording.streams["time"][-1] == 100
    assert recording.streams["distance"][-1] == 75


def test_rest_laps_swim_no_distance() -> None:
    lap = {"total_elapsed_time": 20.0, "total_distance": 0.0, "total_calories": 0}
    rest = ("LAP", {"start_time": MORNING + 50, **lap})
    assert swim(rest).laps[0].totals == {"elapsed_time": 20, "distance": 0, "calories": 0}


def test_swim_of_a_watch_with_untimed_records(shared: Path) -> None:
    data = shared / "data/imports_that_fail/07_pool_swim_of_910xt_records_without_time.fit"
    (recording,) = read(data.read_bytes())
    streams = recording.streams
    assert streams["distance"][-1] == pytest.approx(60 * 22.86, abs=0.05)
    assert streams["time"][-1] == pytest.approx(recording.totals["elapsed_time"], rel=0.1)
    steps = zip(streams["time"], streams["time"][1:], streams["moving"][1:], strict=False)
    # The lengths that were swum; the timer started some of them late, and says 1374 s.
    assert sum(after - now for now, after, moves in steps if moves) == pytest.approx(1418, rel=0.02)


def test_rest_laps_of_a_watch(shared: Path) -> None:
    data = shared / "data/imports_that_fail/04_pool_lap_of_131067_s_and_rest_laps.fit"
    (recording,) = read(data.read_bytes())
    assert len(recording.laps) == 27
    assert sum(lap.totals["distance"] for lap in recording.laps) == pytest.approx(599.94)
    assert [lap.totals["distance"] for lap in recording.laps].count(0) == 13
    assert recording.streams["distance"][-1] == pytest.approx(599.94, abs=0.05)
    assert recording.streams["time"][-1] <= recording.totals["elapsed_time"]
