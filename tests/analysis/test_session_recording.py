"""Recordings with spikes, dropouts, few samples, pauses, no altitude, and of a whole day."""

import time
from contextlib import suppress
from math import sin
from random import Random
from typing import Any

import pytest

from strava_mcp.analysis.session_intervals import Intervals, intervals_of
from strava_mcp.analysis.session_power import power_of
from strava_mcp.analysis.session_recording import SessionRecording, read
from strava_mcp.analysis.session_splits import climbs_of, splits_of
from strava_mcp.analysis.session_zones import zones_of
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.unmeasurable import Unmeasurable

THRESHOLDS: Any = {"ftp": Threshold(250, "given", ""), "lthr": Threshold(165, "given", "")}


def interval_ride(seconds: int = 3600) -> dict[str, list[Any]]:
    """12 minutes easy, 5 × 4 minutes at 300 W with 4 minutes at 120 W between, easy again."""
    watts = []
    for second in range(seconds):
        phase = second - 720
        is_work = 0 <= phase < 9 * 240 and phase // 240 % 2 == 0
        watts.append(300 if is_work else 120)
    return {
        "time": list(range(seconds)),
        "distance": [8.0 * second for second in range(seconds)],
        "moving": [True] * seconds,
        "heartrate": [120 + watt // 10 for watt in watts],
        "watts": watts,
    }


def recorded(streams: dict[str, list[Any]], sport: str = "Ride") -> SessionRecording:
    return read(
        {key: {"data": data} for key, data in streams.items()}, sport, has_measured_power=True
    )


def every(streams: dict[str, list[Any]], step: int) -> dict[str, list[Any]]:
    return {key: data[::step] for key, data in streams.items()}


def shape(intervals: Intervals) -> list[tuple[int, int]]:
    return [(one.begin_s, one.duration_s) for group in intervals.sets for one in group.repetitions]


EXPECTED = [(720 + 480 * i, 240) for i in range(5)]


def test_every_second() -> None:
    recording = recorded(interval_ride())
    intervals = intervals_of(recording, [])
    assert shape(intervals) == EXPECTED
    (group,) = intervals.sets
    assert {one.watts for one in group.repetitions} == {300}
    assert {one.heart_rate for one in group.repetitions} == {150}
    assert [one.rest_s for one in group.repetitions] == [240] * 4 + [None]
    assert [one.distance_m for one in group.repetitions] == [1920] * 5


def test_one_sample_below_the_level_does_not_end_a_repetition() -> None:
    streams = every(interval_ride(), 15)
    streams["watts"][55] = 130  # in the first repetition
    reported = shape(intervals_of(recorded(streams), []))
    assert len(reported) == 5 and abs(reported[0][1] - 240) <= 30


@pytest.mark.parametrize("step", [2, 5, 8, 15])
def test_few_samples(step: int) -> None:
    for (begin, duration), (expected, _) in zip(
        shape(intervals_of(recorded(every(interval_ride(), step)), [])), EXPECTED, strict=True
    ):
        assert abs(begin - expected) <= step and abs(duration - 240) <= step


def test_spikes_and_dropouts() -> None:
    streams = interval_ride()
    rng = Random(5)
    for _ in range(40):
        streams["watts"][rng.randrange(3600)] = rng.choice((None, 0, 3000, 65535))
    recording = recorded(streams)
    reported = shape(intervals_of(recording, []))
    assert len(reported) == 5
    assert all(abs(a - b) <= 3 for (a, _), (b, _) in zip(reported, EXPECTED, strict=True))
    figures = power_of(recording, 250, {})
    clean = power_of(recorded(interval_ride()), 250, {})
    assert figures.normalized_w == pytest.approx(clean.normalized_w, rel=0.02)
    assert figures.max_w <= 300


def test_a_pause_is_no_sample() -> None:
    streams = interval_ride()
    later = [second + (600 if second >= 3000 else 0) for second in streams["time"]]
    recording = recorded({**streams, "time": later})
    assert shape(intervals_of(recording, [])) == EXPECTED
    times, _ = zones_of(recording, THRESHOLDS)
    assert [sum(one.seconds) for one in times] == [3600, 3600]
    splits = splits_of(recording, imperial=False, has_intervals=True)
    assert sum(one.values["elapsed_time"] for one in splits.rows) == 4199


def test_without_altitude_distance_or_sensors() -> None:
    streams = interval_ride()
    recording = recorded(streams)
    with pytest.raises(Unmeasurable, match="no altitude"):
        climbs_of(recording)
    indoor = recorded({key: streams[key] for key in ("time", "watts")})
    (group,) = intervals_of(indoor, []).sets
    assert group.repetitions[0].distance_m is None and group.repetitions[0].heart_rate is None
    with pytest.raises(Unmeasurable, match="no distance"):
        splits_of(indoor, imperial=False, has_intervals=False)
    with pytest.raises(Unmeasurable, match="no heart rate"):
        zones_of(recorded({"time": [0, 1, 2]}), THRESHOLDS)
    with pytest.raises(Unmeasurable, match="no ftp is known; .*no lthr|no lthr.*no ftp"):
        zones_of(recording, {})


def test_coasting_and_traffic_do_not_hide_the_plan() -> None:
    streams = interval_ride()
    rng = Random(9)
    watts = [max(0, round(rng.gauss(watt, 0.12 * watt))) for watt in streams["watts"]]
    for begin in (900, 1800, 3100):
        watts[begin : begin + 6] = [0] * 6
    assert len(shape(intervals_of(recorded({**streams, "watts": watts}), []))) == 5


@pytest.mark.parametrize(
    "streams",
    [
        {},
        {"time": {"data": []}},
        {"time": {"data": [0, None, 2]}},
        {"time": {"data": [0, 2, 1]}},
        {"time": {"data": [0, float("nan"), 2]}},
        {"time": {"data": "0,1,2"}},
        {"time": [0, 1, 2]},
        {"time": {"data": [True, False]}},
    ],
)
def test_streams_without_a_time_are_no_recording(streams: Any) -> None:
    with pytest.raises(Unmeasurable, match="no recording"):
        read(streams, "Run", has_measured_power=False)


def test_malformed_streams_are_gaps() -> None:
    streams = interval_ride(900)
    streams["heartrate"][10:40] = ["x", None, [], {}, True, float("inf")] * 5
    streams["distance"][100:110] = [None] * 10
    streams["distance"][200] = -5.0
    streams["watts"] = streams["watts"][:-1]  # of another length
    recording = recorded(streams)
    assert not recording.has_power
    rates = recording.seconds.heart_rate.values
    assert all(rate is None or 100 < rate < 200 for rate in rates)
    distance = recording.streams["distance"]
    assert all(a <= b for a, b in zip(distance, distance[1:], strict=False))


def test_a_whole_day_takes_bounded_time() -> None:
    size = 86_400
    rng = Random(2)
    streams: dict[str, list[Any]] = {
        "time": list(range(size)),
        "distance": [2.8 * second for second in range(size)],
        "moving": [True] * size,
        "altitude": [500 + 300 * sin(second / 2000) for second in range(size)],
        "heartrate": [round(rng.gauss(130, 8)) for _ in range(size)],
    }
    began = time.process_time()
    recording = recorded(streams, "TrailRun")
    with suppress(Unmeasurable):
        intervals_of(recording, [])
    splits = splits_of(recording, imperial=False, has_intervals=False)
    assert len(splits.rows) <= 50 and splits.every_m == 5000
    assert len(climbs_of(recording)) > 5
    assert zones_of(recording, THRESHOLDS)
    assert time.process_time() - began < 20


def test_laps_fit_together_where_samples_are_few() -> None:
    streams = every(interval_ride(), 15)
    ends = [0, 719, *(720 + 240 * i for i in range(1, 10)), 3585]
    laps = [
        {"start_index": -(-begin // 15), "elapsed_time": end - begin, "distance": 1.0}
        for begin, end in zip(ends, ends[1:], strict=False)
    ]
    intervals = intervals_of(recorded(streams), laps)
    assert intervals.origin == "laps"
    (group,) = intervals.sets
    assert [one.duration_s for one in group.repetitions] == [241, 240, 240, 240, 240]
    assert [one.rest_s for one in group.repetitions] == [240, 240, 240, 240, None]
    overlapping = [{**lap, "elapsed_time": 900} for lap in laps]
    assert intervals_of(recorded(streams), overlapping).origin == "output"
    kilometres = [{**lap, "distance": 1000.0} for lap in laps]
    assert intervals_of(recorded(streams), kilometres).origin == "output"


def test_durability_needs_an_effort_after_the_work() -> None:
    hard, easy = [320] * 1200, [180] * 6000
    for watts, problem in (
        ([*hard, *easy, *[300] * 1200], None),
        ([*hard, *easy], "no hard effort after 1000 kJ"),
        (hard, "less than 1000 kJ"),
    ):
        streams: dict[str, list[Any]] = {"time": list(range(len(watts))), "watts": watts}
        recording = recorded(streams)
        figures = power_of(recording, 250, {})
        assert figures.problems.get("durability", "").startswith(problem or ""), figures.problems
        assert bool(figures.declines) is (problem is None)
        for one in figures.declines:
            assert one.percent == pytest.approx((320 - one.best_w) / 320 * 100)
    fresher = {1: bests_of(400)}
    assert (
        "near the best of 90 days"
        in power_of(
            recorded({"time": list(range(8400)), "watts": [*hard, *easy, *hard]}), 250, fresher
        ).problems["durability"]
    )


def bests_of(watts: float) -> Bests:
    return Bests({d: (watts, 0) for d in (60, 300, 1200)}, {}, {}, {}, None, {})


def test_a_day_of_laps_is_bounded() -> None:
    laps = [{"start_index": 0, "elapsed_time": 10}] * 100_000
    assert shape(intervals_of(recorded(interval_ride()), laps)) == EXPECTED
