"""Statistics and downsampling of recorded series."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.training.series import downsample, mean, sample_durations

numbers = st.integers(-50, 50).map(float) | st.none()
sizes = st.integers(0, 60)


def test_sample_durations() -> None:
    assert sample_durations([0, 1, 5, 6]) == [1, 4, 1, 1]
    assert sample_durations([]) == []
    assert sample_durations([3, 1]) == [0, 1]


def test_mean_is_weighted_and_ignores_gaps() -> None:
    assert mean([100, None, 200], [1, 5, 3]) == 175
    assert mean([None], [1]) is None
    assert mean([7], [0]) is None


@given(st.lists(st.lists(numbers, min_size=60, max_size=60), min_size=1, max_size=3), sizes)
def test_first_last_and_extremes_are_kept(series: list[list[float | None]], size: int) -> None:
    named = {str(n): values[:size] for n, values in enumerate(series)}
    for max_points in (2, 10, 30):
        kept = downsample(named, max_points)
        assert kept == sorted(set(kept))
        assert len(kept) <= max_points or size <= max_points
        if size > max_points:
            assert kept[0] == 0 and kept[-1] == size - 1
            if max_points >= 2 + 2 * len(named):
                for values in named.values():
                    recorded = [v for v in values if v is not None]
                    if recorded:
                        sampled = [values[i] for i in kept if values[i] is not None]
                        assert max(sampled) == max(recorded) and min(sampled) == min(recorded)
        else:
            assert kept == list(range(size))


def test_short_peaks_are_kept() -> None:
    values: list[float | None] = [100 + random.Random(1).random() for _ in range(5000)]
    for peak in (700, 2500, 4100):
        values[peak] = 150.0 + peak / 1000
    kept = downsample({"hr": values}, 60)
    assert {700, 2500, 4100} <= set(kept)


def test_straight_line_is_downsampled() -> None:
    line: list[float | None] = [float(i) for i in range(1000)]
    kept = downsample({"d": line}, 20)
    drawn = [line[i] for i in kept]
    assert drawn == [float(i) for i in kept] and len(kept) == 20


@pytest.mark.parametrize("max_points", [2, 3, 5, 200])
def test_limit_holds_for_several_series(max_points: int) -> None:
    rng = random.Random(2)
    series = {k: [rng.random() for _ in range(1000)] for k in "abcdef"}
    kept = downsample(series, max_points)  # type: ignore[arg-type]
    assert len(kept) <= max_points
