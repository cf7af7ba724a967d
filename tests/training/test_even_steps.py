"""Even steps of synthetic recordings against their own samples, and what must hold for any."""

import random
from itertools import pairwise
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.training.even_steps import MAX_STEPS, EvenSteps, Step, bridged

SERIES = ("heartrate", "watts", "altitude")


def recorded(size: int, **streams: Any) -> dict[str, Any]:
    """A recording at 1 Hz and 3 m/s, with a heart rate that rises by 1 bpm a second."""
    given = {
        "time": list(range(size)),
        "distance": [3.0 * i for i in range(size)],
        "moving": [True] * size,
        "heartrate": [100 + i for i in range(size)],
    }
    return {key: values for key, values in {**given, **streams}.items() if values is not None}


def steps_of(streams: dict[str, Any], max_steps: int = MAX_STEPS) -> list[Step]:
    return EvenSteps(streams, SERIES).steps(max_steps=max_steps)


def test_each_step_is_its_samples() -> None:
    steps = steps_of(recorded(101), 10)
    assert [step.metres for step in steps] == pytest.approx([30.0] * 10)
    assert [step.moving_s for step in steps] == pytest.approx([10.0] * 10)
    assert [step.at_s for step in steps] == pytest.approx([5 + 10 * i for i in range(10)])
    assert [step.middle for step in steps] == pytest.approx([15 + 30 * i for i in range(10)])
    for i, step in enumerate(steps):  # a value holds for the interval that ends at its sample
        assert step.means["heartrate"] == pytest.approx(100 + 10 * i + 5.5)
        assert step.speed_ms == pytest.approx(3.0)


def test_standing_costs_no_pace_and_no_heart_rate() -> None:
    """30 m, a rest of 20 s at 60 bpm, 30 m: the pace is that in motion."""
    metres = [3.0 * min(i, 10) + 3.0 * max(0, i - 30) for i in range(41)]
    moving = [not 10 < i <= 30 for i in range(41)]
    rates = [150 if is_moving else 60 for is_moving in moving]
    recording = EvenSteps(recorded(41, distance=metres, moving=moving, heartrate=rates), SERIES)
    steps = recording.steps(max_steps=4)
    assert [step.speed_ms for step in steps] == pytest.approx([3.0] * 4)
    assert [step.means["heartrate"] for step in steps] == pytest.approx([150] * 4)
    assert sum(step.elapsed_s for step in steps) == pytest.approx(40)
    assert recording.at(20) == pytest.approx(30) and recording.at(40) == pytest.approx(60)


def test_without_distance_steps_are_of_time_and_rests_have_their_own_heart_rate() -> None:
    moving = [i < 50 for i in range(101)]
    rates = [140 if i <= 50 else 90 for i in range(101)]
    recording = EvenSteps(recorded(101, distance=None, moving=moving, heartrate=rates), SERIES)
    assert recording.axis == "time" and recording.length == 100
    steps = recording.steps(max_steps=10)
    assert [step.means["heartrate"] for step in steps] == pytest.approx([140] * 5 + [90] * 5)
    assert {step.metres for step in steps} == {step.speed_ms for step in steps} == {None}
    flat = EvenSteps(recorded(101, distance=[5.0] * 101), SERIES)
    assert flat.axis == "time" and flat.steps(max_steps=3)[0].metres is None


def test_dropouts_are_bridged_and_gaps_stay_gaps() -> None:
    rates: list[Any] = [120] * 200
    rates[20:29] = [None] * 9
    rates[100:140] = [None] * 40
    steps = steps_of(recorded(200, heartrate=rates))
    values = [step.means["heartrate"] for step in steps]
    assert len(steps) == 199
    assert all(value == pytest.approx(120) for value in values[:99])
    assert values[99:139] == [None] * 40 and values[139] == pytest.approx(120)
    assert bridged([1.0, *[None] * 9, 2.0], range(11)) == [1.0] * 10 + [2.0]
    assert bridged([1.0, *[None] * 10, 2.0], range(12))[1] is None
    assert bridged([None, 1.0, None], range(3)) == [None, 1.0, None]


def test_a_long_interval_has_speed_but_no_heart_rate() -> None:
    """Five minutes in a tunnel: the metres count, the heart rate of them is unknown."""
    seconds = [*range(100), *range(400, 500)]
    metres = [3.0 * second for second in seconds]
    streams = recorded(200, time=seconds, distance=metres, heartrate=[130] * 200)
    steps = EvenSteps(streams, SERIES).steps(max_steps=100)
    inside = [step for step in steps if 330 < step.begin and step.end < 1180]
    assert inside and all(step.means["heartrate"] is None for step in inside)
    assert all(step.speed_ms == pytest.approx(3.0) for step in steps)


def test_a_distance_that_decreases_or_has_gaps_is_never_lost() -> None:
    metres: list[Any] = [3.0 * i for i in range(101)]
    metres[40], metres[60:63] = 20.0, [None] * 3
    steps = steps_of(recorded(101, distance=metres), 10)
    assert sum(step.metres or 0 for step in steps) == pytest.approx(300)
    assert all((step.metres or 0) > 0 for step in steps)


def test_a_range_has_finer_steps_of_the_same_values() -> None:
    recording = EvenSteps(recorded(5001), SERIES)
    coarse, fine = recording.steps(), recording.steps(3000, 3300)
    assert len(coarse) == MAX_STEPS and len(fine) == 100
    assert fine[0].begin == 3000 and fine[-1].end == 3300
    whole = recording.part(3000, 3300)
    assert sum(step.moving_s for step in fine) == pytest.approx(whole.moving_s)
    assert whole.means["heartrate"] == pytest.approx(100 + 1050.5)
    assert recording.steps(3300, 3300) == [] and recording.steps(20_000, 30_000) == []


@pytest.mark.parametrize("size", [1, 2])
def test_one_or_two_samples(size: int) -> None:
    recording = EvenSteps(recorded(size), SERIES)
    steps = recording.steps()
    assert len(steps) == size - 1
    assert recording.part(0, recording.length).means["heartrate"] == (101 if size == 2 else None)
    assert recording.at(100) == recording.length


@st.composite
def recordings(draw: st.DrawFn) -> dict[str, Any]:
    size = draw(st.integers(2, 80))
    seconds, metres = 0, draw(st.floats(0, 1000))
    rows = []
    for _ in range(size):
        rows.append((seconds, metres))
        seconds += draw(st.sampled_from([0, 1, 1, 1, 2, 7, 90]))
        metres += draw(st.sampled_from([0.0, 0.0, 2.5, 3.1, 40.0, -2.0]))
    values = st.none() | st.floats(-50, 300)
    return {
        "time": [second for second, _ in rows],
        "distance": draw(st.sampled_from([[m for _, m in rows], None])),
        "moving": draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size)),
        "altitude": draw(st.none() | st.lists(values, min_size=size, max_size=size)),
    }


@given(recordings(), st.integers(1, 30))
def test_steps_add_up_to_the_recording(streams: dict[str, Any], max_steps: int) -> None:
    streams = {key: values for key, values in streams.items() if values is not None}
    recording = EvenSteps(streams, SERIES)
    steps = recording.steps(max_steps=max_steps)
    assert len(steps) <= max_steps
    if not steps:
        assert recording.length == 0
        return
    seconds = streams["time"]
    durations = [b - a for a, b in pairwise(seconds)]
    flags = streams.get("moving") or [True] * len(seconds)
    moved = sum(s for s, is_moving in zip(durations, flags[1:], strict=True) if is_moving)
    assert isclose(sum(step.elapsed_s for step in steps), sum(durations), abs_tol=1e-6)
    assert isclose(sum(step.moving_s for step in steps), moved, abs_tol=1e-6)
    assert all(a.end == b.begin for a, b in pairwise(steps))
    if recording.axis == "distance":
        way = max(streams["distance"]) - streams["distance"][0]
        assert isclose(sum(step.metres or 0 for step in steps), way, abs_tol=1e-6)
    heights = [value for value in streams.get("altitude", ()) if value is not None]
    for step in steps:
        assert seconds[0] <= step.at_s + seconds[0] <= seconds[-1] + 1e-6
        value = step.means.get("altitude")
        assert value is None or min(heights) - 1e-3 <= value <= max(heights) + 1e-3


@pytest.mark.parametrize("size", [86_400, 1_000_000])
def test_a_day_and_a_million_samples(size: int) -> None:
    noise = random.Random(3)
    streams = recorded(size, watts=[noise.randrange(0, 400) for _ in range(size)])
    steps = steps_of(streams)
    assert len(steps) == MAX_STEPS
    assert sum(step.metres or 0 for step in steps) == pytest.approx(3 * (size - 1))
