"""Normalized power against vectors recomputed from Coggan's definition and published results."""

from itertools import accumulate
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.training.per_second import PerSecond, per_second, runs
from strava_mcp.training.power import (
    intensity,
    mean_power_w,
    normalized_power_w,
    stress_score,
    without_spikes,
    work_kj,
)
from strava_mcp.training.unmeasurable import Unmeasurable


def at_1_hz(watts: list[float]) -> PerSecond:
    return per_second(range(len(watts)), watts)


@pytest.mark.parametrize(
    "watts, expected",
    [
        ([0] * 60 + [300] * 60, 238.7631),  # windows with zeros before the start: 222.8087
        ([250] * 60, 250.0),  # a mean that begins at 0: 220.8048
        ([300] * 200 + [0] * 200 + [200] * 200, 234.0060),  # partial windows: 238.6750
        (([100] * 60 + [400] * 60) * 30, 315.1522),  # partial windows: 314.5221
    ],
)
def test_full_windows_only(watts: list[float], expected: float) -> None:
    assert normalized_power_w(at_1_hz(watts)) == pytest.approx(expected, abs=5e-5)


def test_a_pause_is_rest_and_not_joined() -> None:
    time = [*range(600), *range(660, 1260)]
    assert normalized_power_w(per_second(time, [250] * 1200)) == pytest.approx(248.7368, abs=5e-5)


def test_sampling_of_five_seconds_is_the_same_effort() -> None:
    coarse = per_second(range(0, 3600, 5), [200.0] * 720)
    assert normalized_power_w(coarse) == pytest.approx(200)
    assert coarse.recorded_s == 3596, "the last sample stands for one second"


def test_a_recording_with_few_samples_has_no_pauses() -> None:
    sparse = per_second(range(0, 3600, 15), [200.0] * 240)
    assert sparse.recorded_s == 3586 and normalized_power_w(sparse) == pytest.approx(200)
    paused = per_second([*range(0, 1800, 15), *range(3600, 5400, 15)], [200.0] * 240)
    assert paused.recorded_s == 1786 + 1786


def test_short_dropouts_are_held_and_long_ones_count_as_zero() -> None:
    short = [250.0] * 100 + [None] * 9 + [250.0] * 100
    assert normalized_power_w(per_second(range(209), short)) == pytest.approx(250)
    long = per_second(range(300), [250.0] * 120 + [None] * 60 + [250.0] * 120)
    assert long.values[119:121] == [250, None] and long.coverage == 0.8
    assert normalized_power_w(long) < 240


def test_too_little_power_is_refused() -> None:
    with pytest.raises(Unmeasurable, match="shorter than 30 s"):
        normalized_power_w(at_1_hz([250] * 29))
    with pytest.raises(Unmeasurable, match="only 30%"):
        normalized_power_w(per_second(range(300), [250.0] * 90 + [None] * 210))
    with pytest.raises(Unmeasurable):
        normalized_power_w(per_second([], []))


def test_stress_score_and_intensity() -> None:
    assert stress_score(3600, 250, 250) == pytest.approx(100)
    assert stress_score(5400, 240, 300) == pytest.approx(96)
    assert intensity(240, 300) == pytest.approx(0.8)


def test_mean_and_work_count_coasting() -> None:
    ride = at_1_hz([0, 0, 300, 300])
    assert mean_power_w(ride) == 150 and work_kj(ride) == 0.6
    assert mean_power_w(per_second([], [])) is None


def test_spikes_are_no_power() -> None:
    assert without_spikes(at_1_hz([200, 2501, 2500])).values == [200, None, 2500]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=30, max_size=400))
def test_it_is_the_definition(watts: list[int]) -> None:
    windows = [fmean(watts[i : i + 30]) for i in range(len(watts) - 29)]
    expected = fmean(window**4 for window in windows) ** 0.25
    assert normalized_power_w(at_1_hz([float(w) for w in watts])) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 900), min_size=60, max_size=300), st.floats(0.2, 3))
def test_scaling_the_ride_scales_the_result(watts: list[int], factor: float) -> None:
    scaled = [factor * watt for watt in watts]
    plain = normalized_power_w(at_1_hz([float(w) for w in watts]))
    assert normalized_power_w(at_1_hz(scaled)) == pytest.approx(factor * plain)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.one_of(st.none(), st.floats(0, 9))), max_size=60))
def test_every_second_of_a_recording_is_there_once(samples: list[tuple[int, float | None]]) -> None:
    time = list(accumulate(step for step, _ in samples))
    series = per_second(time, [value for _, value in samples])
    expected = time[-1] - time[0] + 1 if time else 0
    assert len(series.values) == len(series.recorded) == expected
    assert 0 <= series.coverage <= 1
    for begin, stretch in runs(series.values):
        assert series.values[begin : begin + len(stretch)] == stretch
