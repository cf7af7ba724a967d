"""Best efforts compared with a brute-force search and with the sandbox."""

import random
from bisect import bisect_left
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.sandbox import recording
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.efforts import best_efforts as efforts_of_sandbox
from strava_mcp.training.activity_metrics import metrics
from strava_mcp.training.efforts import best_efforts, fastest
from strava_mcp.units import BEST_EFFORTS_M
from tests.sandbox.conftest import TODAY

Recorded = tuple[list[int], list[float]]


@st.composite
def recordings(draw: st.DrawFn) -> Recorded:
    """Samples that are 1 to 5 s and 0 to 30 m apart."""
    steps = draw(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 30)), max_size=14))
    time = list(accumulate((seconds for seconds, _ in steps), initial=0))
    return time, [float(d) for d in accumulate((metres for _, metres in steps), initial=0)]


def interpolate(along: list[float], values: list[float], goal: float) -> float:
    """The value when ``along`` first reaches ``goal``, interpolated."""
    i = bisect_left(along, goal)
    if i == 0 or along[i] == goal:
        return values[i]
    share = (goal - along[i - 1]) / (along[i] - along[i - 1])
    return values[i - 1] + share * (values[i] - values[i - 1])


def steady(seconds: int, speed: float) -> Recorded:
    return list(range(seconds + 1)), [i * speed for i in range(seconds + 1)]


def by_name(time: list[int], distance: list[float]) -> dict[str, int]:
    return {effort["name"]: effort["elapsed_time"] for effort in best_efforts(time, distance)}


@settings(max_examples=300)
@given(recordings(), st.integers(1, 90))
def test_no_other_start_is_faster(recorded: Recorded, metres: int) -> None:
    time, distance = [float(t) for t in recorded[0]], recorded[1]
    [stretch] = fastest(time, distance, [metres])
    if stretch is None:
        assert distance[-1] < metres
        return
    begin, end = stretch
    covered = interpolate(time, distance, end) - interpolate(time, distance, begin)
    assert covered == pytest.approx(metres, abs=1e-6)
    for eighth in range(int(time[-1]) * 8 + 1):
        goal = interpolate(time, distance, eighth / 8) + metres
        if goal <= distance[-1]:
            assert end - begin <= interpolate(distance, time, goal) - eighth / 8 + 1e-6


def test_stretch_may_begin_and_end_between_samples() -> None:
    # 10 m in 4 s, 1 s and 4 s: the fastest 12 m extend 2 m into a slow interval.
    time, distance = [0, 4, 5, 9], [0.0, 10.0, 20.0, 30.0]
    short, whole, more = fastest(time, distance, [12, 30, 30.1])
    assert short and short[1] - short[0] == pytest.approx(1.8)
    assert whole == (0, 9) and more is None


def test_every_best_effort_distance() -> None:
    efforts = best_efforts(*steady(12_600, 4.0))
    assert [effort["name"] for effort in efforts] == list(BEST_EFFORTS_M)
    for effort in efforts:
        metres = BEST_EFFORTS_M[effort["name"]]
        assert effort["distance"] == round(metres)
        assert effort["elapsed_time"] == round(metres / 4)
    assert by_name(*steady(100, 4.0)) == {"400m": 100}
    assert best_efforts(*steady(99, 4.0)) == [] == best_efforts([], [])


def test_position_of_the_fastest_stretch() -> None:
    speeds = [3.0] * 300 + [5.0] * 100 + [3.0] * 300
    distance = list(accumulate(speeds, initial=0.0))
    quarter = best_efforts(list(range(701)), distance)[0]
    assert quarter["name"] == "400m" and quarter["elapsed_time"] == 80
    assert 300 <= quarter["start_s"] <= 320
    first, last = quarter["start_index"], quarter["end_index"]
    assert distance[last] - distance[first] >= 400 and last - first <= 82


def test_standing_time_counts() -> None:
    time, distance = steady(100, 4.0)
    paused = [t if t <= 50 else t + 60 for t in time]
    assert by_name(paused, distance) == {"400m": 160}


def test_jump_is_not_a_record() -> None:
    time, distance = steady(400, 3.0)
    leap = [d if t < 200 else d + 300 for t, d in zip(time, distance, strict=True)]
    assert by_name(time, leap) == {"400m": 133}  # within either half, not across the jump
    assert by_name(time, [d if t < 200 else d - 50 for t, d in zip(time, leap, strict=True)]) == {
        "400m": 133
    }
    early = [d if t < 110 else d + 300 for t, d in zip(*steady(220, 3.0), strict=True)]
    assert by_name(list(range(221)), early) == {}


def test_drive_home_is_not_a_record() -> None:
    run, ride = [3.0] * 400, [14.0] * 300
    distance = list(accumulate(run + ride, initial=0.0))
    assert by_name(list(range(701)), distance) == {"400m": 133, "1/2 mile": 268, "1K": 333}


@pytest.mark.parametrize("seconds", [1, 5, 60])
def test_a_jump_at_70_km_h_is_in_no_record_of_a_run(seconds: int) -> None:
    speeds = [3.0] * 500 + [70 / 3.6] * seconds + [3.0] * 500
    distance = list(accumulate(speeds, initial=0.0))
    streams = {"time": list(range(len(distance))), "distance": distance}
    bests = metrics(streams, "Run", has_measured_power=False, efforts=None).bests
    assert bests.efforts["400m"][0] == 133
    assert {speed for speed, _ in bests.speed.values()} == {3.0}
    assert max(bests.speed) <= 500


def test_backward_step_is_not_a_record() -> None:
    time, distance = steady(300, 3.0)
    distance[150:] = [d - 20 for d in distance[150:]]
    assert by_name(time, distance) == {"400m": 133}


def test_pace_slows_with_distance() -> None:
    rng = random.Random(5)
    distance = list(accumulate((rng.uniform(2.5, 4.5) for _ in range(4000)), initial=0.0))
    efforts = best_efforts(list(range(4001)), distance)
    paces = [effort["elapsed_time"] / effort["distance"] for effort in efforts]
    assert len(efforts) == 7
    assert all(b >= a - 0.002 for a, b in zip(paces, paces[1:], strict=False))


def test_the_sandbox_has_the_same_efforts() -> None:
    """The sandbox takes whole samples, one per second, that cover at least the distance.

    So it is slower by up to two samples, and times are rounded to a second.
    """
    runs = [plan for plan in plans(TODAY) if plan.sport == "Run" and plan.has_track]
    runs.sort(key=lambda plan: plan.moving_s)
    for plan in [*runs[:3], *(plan for plan in runs if plan.pauses and plan.kind == "long")][:4]:
        streams = recording.streams(plan)
        ours = best_efforts(streams["time"], streams["distance"])
        theirs = efforts_of_sandbox(plan)
        assert [effort["name"] for effort in ours] == [effort["name"] for effort in theirs]
        for mine, other in zip(ours, theirs, strict=True):
            assert 0 <= other["elapsed_time"] - mine["elapsed_time"] <= 2
            assert mine["distance"] == other["distance"]
