"""Mean-maximal curves against brute force and known samples."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.training.mean_maximal import DURATIONS_S, Best, curve, envelope, hull


def test_known_samples() -> None:
    """sauce4strava, peakpower.js: the best 5 of 0, 0, 1, 2, 3, 4, 5 is 3."""
    assert curve([0, 0, 1, 2, 3, 4, 5], [5]) == {5: Best(3, 2)}
    assert curve([1] * 5, [6]) == {}
    assert len(DURATIONS_S) == 24


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 900)), max_size=80))
def test_it_is_the_best_window_without_a_hole(values: list[int | None]) -> None:
    result = curve(values, [1, 2, 5, 10, 20])
    for duration in (1, 2, 5, 10, 20):
        windows = [values[i : i + duration] for i in range(len(values) - duration + 1)]
        means = [sum(w) / duration for w in windows if None not in w]  # type: ignore[arg-type]
        assert (duration in result) == bool(means)
        if means:
            best = result[duration]
            assert best.value == pytest.approx(max(means))
            window = values[best.start_s : best.start_s + duration]
            assert sum(window) / duration == pytest.approx(best.value)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=60), st.floats(0.1, 5))
def test_scaling_scales_the_curve(values: list[int], factor: float) -> None:
    plain = curve([float(v) for v in values], [1, 5, 10])
    scaled = curve([v * factor for v in values], [1, 5, 10])
    assert {d: b.value for d, b in scaled.items()} == pytest.approx(
        {d: b.value * factor for d, b in plain.items()}
    )


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(1, 7200), st.floats(0, 1500), max_size=24))
def test_hull_falls_and_covers(best_of: dict[int, float]) -> None:
    result = hull(best_of)
    values = list(result.values())
    assert list(result) == sorted(best_of)
    assert values == sorted(values, reverse=True)
    assert all(result[d] >= value for d, value in best_of.items())


def test_a_longer_effort_proves_a_shorter_one() -> None:
    assert hull({180: 272.9, 240: 282.1, 300: 273.1}) == {180: 282.1, 240: 282.1, 300: 273.1}


def test_envelope_names_the_activity() -> None:
    curves = [(1, {60: 300.0, 300: 250.0}), (2, {60: 310.0}), (3, {300: 240.0, 1200: 220.0})]
    assert envelope(curves) == {60: (310.0, 2), 300: (250.0, 1), 1200: (220.0, 3)}
