"""Splits and laps compared with hand calculations, a second algorithm, and the sandbox."""

from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.sandbox import laps, recording
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sports import ON_FOOT
from strava_mcp.training.splits import MIN_SPLIT_M, lap_between, splits
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE
from tests.sandbox.conftest import TODAY

Streams = dict[str, list[Any]]


@pytest.fixture(scope="module")
def on_foot() -> dict[Plan, Streams]:
    """Runs, walks and hikes, with and without a pause; walks and hikes have sparse samples."""
    chosen: dict[object, Plan] = {}
    for plan in sorted(plans(TODAY), key=lambda plan: plan.moving_s):
        if plan.sport in ON_FOOT and plan.is_recorded:
            chosen.setdefault((plan.sport, bool(plan.pauses)), plan)
    assert len(chosen) >= 6
    return {plan: recording.streams(plan) for plan in chosen.values()}


@st.composite
def recordings(draw: st.DrawFn) -> Streams:
    """Samples 1 to 9 s and up to 40 m apart; the athlete stands where the distance is 0."""
    steps = draw(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 40)), max_size=40))
    distance = list(accumulate((metres for _, metres in steps), initial=0))
    return {
        "time": list(accumulate((seconds for seconds, _ in steps), initial=0)),
        "distance": [float(d) for d in distance],
        "moving": [False, *(metres > 0 for _, metres in steps)],
    }


def cut(streams: Streams, every_m: float) -> list[dict[str, Any]]:
    keys = ("time", "distance", "moving", "altitude", "heartrate", "watts")
    return splits(*(streams.get(key) for key in keys), every_m=every_m)  # type: ignore[arg-type]


def moving_s_until(streams: Streams, goal: float) -> float:
    """Moving seconds until ``goal`` metres were covered, added up interval by interval."""
    seconds = 0.0
    for (t, d), (t_next, d_next) in pairwise(
        zip(streams["time"], streams["distance"], strict=True)
    ):
        if d_next > d:
            seconds += (t_next - t) * min(1.0, max(0.0, (goal - d) / (d_next - d)))
    return seconds


def test_steady_run() -> None:
    size = 501
    parts = splits(
        list(range(size)),
        [5.0 * i for i in range(size)],
        [False] + [True] * (size - 1),
        [400 + i / 10 for i in range(size)],
        [140] * 201 + [150] * 200 + [160] * 100,
        every_m=1000,
    )
    common = {"average_speed": 5.0}
    assert parts == [
        common
        | {"split": 1, "distance": 1000, "elapsed_time": 200, "moving_time": 200}
        | {"elevation_difference": 20, "average_heartrate": 140},
        common
        | {"split": 2, "distance": 1000, "elapsed_time": 200, "moving_time": 200}
        | {"elevation_difference": 20, "average_heartrate": 150},
        common
        | {"split": 3, "distance": 500, "elapsed_time": 100, "moving_time": 100}
        | {"elevation_difference": 10, "average_heartrate": 160},
    ]


def test_boundary_between_samples() -> None:
    # 30 m every 7 s: 1000 m are complete after 233.33 s, between two samples.
    time = [7 * i for i in range(101)]
    parts = splits(time, [30.0 * i for i in range(101)], [True] * 101, every_m=1000)
    assert [split["elapsed_time"] for split in parts] == [233, 234, 233]
    assert {split["average_speed"] for split in parts} == {4.286}
    assert {split["distance"] for split in parts} == {1000}


def test_several_splits_between_two_samples() -> None:
    parts = splits([0, 60, 90], [0.0, 250.0, 260.0], [False, True, True], every_m=100)
    assert [split["elapsed_time"] for split in parts] == [24, 24, 42]


def test_standing_is_elapsed_and_not_moving() -> None:
    run = {"time": [0, 20, 80, 100], "distance": [0.0, 80.0, 80.0, 160.0]}
    parts = cut(run | {"moving": [False, True, False, True], "heartrate": [90, 150, 99, 170]}, 120)
    assert [split["elapsed_time"] for split in parts] == [90, 10]
    assert [split["moving_time"] for split in parts] == [30, 10]
    assert {split["average_speed"] for split in parts} == {4.0}
    assert parts[0]["average_heartrate"] == pytest.approx((150 * 20 + 170 * 10) / 30, abs=0.05)


def test_short_remainder_is_merged() -> None:
    time, moving = list(range(1011)), [True] * 1011
    over = splits(time[:1005], [float(i) for i in range(1005)], moving[:1005], every_m=1000)
    assert [(split["distance"], split["elapsed_time"]) for split in over] == [(1004, 1004)]
    more = splits(time, [float(i) for i in range(1011)], moving, every_m=1000)
    assert [split["distance"] for split in more] == [1000, 10]
    full = splits([0, 500, 1000, 1060], [0.0, 500.0, 1000.0, 1000.0], [True] * 4, every_m=500)
    assert [split["elapsed_time"] for split in full] == [500, 560]
    assert splits([0, 60], [0.0, MIN_SPLIT_M - 1], [False, True], every_m=1000) == []
    assert splits([], [], [], every_m=1000) == []


def test_too_short_split_length_is_rejected() -> None:
    for every_m in (0.0, -1000.0, 0.001):
        with pytest.raises(ValueError, match="at least"):
            splits([0, 1], [0.0, 10.0], [False, True], every_m=every_m)


def test_gaps_are_ignored() -> None:
    parts = splits(
        [0, 100, 200, 300, 400],
        [0.0, 300.0, 600.0, 900.0, 1200.0],
        [False, True, True, True, True],
        [None, 410.0, None, 420.0, 430.0],
        [None, 140, None, 160, None],
        [None] * 5,
        every_m=600,
    )
    assert [split.get("elevation_difference") for split in parts] == [0, 10]
    assert [split["average_heartrate"] for split in parts] == [140, 160]
    assert not any("average_watts" in split for split in parts)


@settings(max_examples=200)
@given(recordings(), st.sampled_from([7.0, 33.3, 100.0]))
def test_splits_add_up(streams: Streams, every_m: float) -> None:
    parts = cut(streams, every_m)
    total_m = streams["distance"][-1]
    if total_m < MIN_SPLIT_M:
        assert parts == []
        return
    assert sum(split["elapsed_time"] for split in parts) == streams["time"][-1]
    assert sum(split["moving_time"] for split in parts) == moving_s_until(streams, total_m)
    assert sum(split["distance"] for split in parts) == pytest.approx(
        total_m, abs=0.051 * len(parts)
    )
    assert [split["split"] for split in parts] == list(range(1, len(parts) + 1))
    for number, split in enumerate(parts, 1):
        end_m = total_m if number == len(parts) else number * every_m
        moving_s = moving_s_until(streams, end_m) - moving_s_until(streams, (number - 1) * every_m)
        metres = end_m - (number - 1) * every_m
        assert split["distance"] == pytest.approx(metres, abs=0.051)
        assert split["moving_time"] == pytest.approx(moving_s, abs=1)
        assert split["average_speed"] == pytest.approx(metres / moving_s, abs=0.001)
        assert 0 <= split["moving_time"] <= split["elapsed_time"]


@pytest.mark.parametrize("every_m", [METRES_PER_KM, METRES_PER_MILE])
def test_the_sandbox_has_the_same_splits(on_foot: dict[Plan, Streams], every_m: float) -> None:
    """The sandbox ends a split at the first sample that completes it, up to one sample later.

    So both ends may differ by one interval, while the sums agree. Its heart rate weights every
    sample equally, including pauses.
    """
    for plan, streams in on_foot.items():
        ours, theirs = cut(streams, every_m), laps.splits(plan, every_m)
        step_s = max(b - a for a, b in pairwise(streams["time"]))
        step_m = max(b - a for a, b in pairwise(streams["distance"]))
        assert len(ours) == len(theirs) and ours
        for mine, other in zip(ours, theirs, strict=True):
            assert mine["elapsed_time"] == pytest.approx(other["elapsed_time"], abs=step_s)
            assert mine["moving_time"] == pytest.approx(other["moving_time"], abs=step_s)
            assert mine["distance"] == pytest.approx(other["distance"], abs=step_m)
            assert mine["average_speed"] == pytest.approx(other["average_speed"], rel=0.01)
            if "elevation_difference" in mine:
                climbed = other["elevation_difference"]
                assert mine["elevation_difference"] == pytest.approx(climbed, abs=1 + step_m / 5)
            if "heartrate" in streams and not plan.pauses:
                assert mine["average_heartrate"] == pytest.approx(
                    other["average_heartrate"], abs=0.5
                )
        assert sum(split["elapsed_time"] for split in ours) == plan.elapsed_s
        assert sum(split["moving_time"] for split in ours) == plan.moving_s
        total_m = sum(split["distance"] for split in ours)
        assert total_m == pytest.approx(plan.distance_m, abs=0.05 * len(ours))


def test_the_sandbox_has_the_same_laps(on_foot: dict[Plan, Streams]) -> None:
    """The sandbox cuts laps at samples; cut at the same times, the values agree after rounding."""
    for plan, streams in on_foot.items():
        for lap in laps.laps(plan):
            began = datetime.fromisoformat(lap["start_date"]).replace(tzinfo=None)
            begin_s = (began - plan.start_utc).total_seconds()
            computed = lap_between(streams, begin_s, begin_s + lap["elapsed_time"])
            exact = ("elapsed_time", "moving_time", "start_index", "end_index")
            assert {key: computed[key] for key in exact} == {key: lap[key] for key in exact}
            assert computed["distance"] == pytest.approx(lap["distance"], abs=0.11)
            assert computed["average_speed"] == pytest.approx(lap["average_speed"], abs=0.002)
            assert computed.get("max_heartrate") == lap.get("max_heartrate")
            if not plan.pauses:
                assert computed["average_cadence"] == pytest.approx(lap["average_cadence"], abs=0.5)


def test_lap_at_rest_has_a_heart_rate() -> None:
    streams = {
        "time": [0, 60, 90, 120],
        "distance": [0.0, 300.0, 300.0, 300.0],
        "moving": [False, True, False, False],
        "heartrate": [100, 170, 150, 120],
    }
    rest = lap_between(streams, 60, 120)
    assert rest["average_heartrate"] == 135 and rest["max_heartrate"] == 150
    assert (rest["elapsed_time"], rest["moving_time"], rest["average_speed"]) == (60, 0, 0.0)


def test_lap_between_samples_and_beyond_the_end() -> None:
    streams = {"time": [0, 10, 20], "distance": [0.0, 50.0, 150.0], "moving": [False, True, True]}
    part = lap_between(streams, 5, 12)
    assert part["distance"] == 45 and part["moving_time"] == 7 and part["average_speed"] == 6.429
    assert lap_between(streams, 15, 99)["distance"] == 50
    nothing = lap_between(streams, 30, 40)
    assert nothing["elapsed_time"] == nothing["distance"] == nothing["average_speed"] == 0


def test_lap_without_distance_and_moving() -> None:
    computed = lap_between(
        {"time": [0, 10, 20], "watts": [200, 210, 230], "altitude": [None] * 3}, 0, 20
    )
    assert computed == {
        **{"elapsed_time": 20, "average_watts": 220},
        **{"start_index": 0, "end_index": 2},
    }
