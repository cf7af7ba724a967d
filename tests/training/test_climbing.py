"""Climbing: what counts, what is noise, and the ascent of the sandbox's courses."""

import random
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.sandbox import recording
from strava_mcp.sandbox.calendar import plans
from strava_mcp.training.climbing import SATELLITE_M, Climbing, climbing, gain_m, median_filtered
from tests.sandbox.conftest import TODAY

heights = st.lists(st.integers(0, 12).map(float), min_size=1, max_size=40)


def ramp(*corners: float) -> list[float]:
    """Heights from corner to corner, 0.2 m per sample, level at each for longer than the filter."""
    heights_m = [corners[0]] * 8
    for goal in corners[1:]:
        start, steps = heights_m[-1], round(abs(goal - heights_m[-1]) / 0.2)
        heights_m += [start + (goal - start) * i / steps for i in range(1, steps + 1)] + [goal] * 8
    return heights_m


def best_climbs(values: list[float], fee: float) -> float:
    """The total rise of the disjoint climbs with the largest sum when each one costs ``fee``.

    Two climbs are worth more than one across the dip between them exactly when the dip is deeper
    than the fee, which is also the criterion of hysteresis.
    """
    below, up = (0.0, 0.0), (-inf, -inf)  # (rise minus fees, rise)
    for value in values:
        up = max(up, (below[0] - value - fee, below[1] - value))
        below = max(below, (up[0] + value, up[1] + value))
    return below[1]


def test_climbs_count_from_lowest_to_highest_point() -> None:
    climb = climbing(ramp(400, 430, 410, 425))
    assert climb == pytest.approx(Climbing(45, 400, 430))


def test_rises_below_the_threshold_are_ignored() -> None:
    assert climbing(ramp(400, 401.8, 400.2, 402, 400)) == pytest.approx(Climbing(0, 400, 402))
    rolling = climbing(ramp(400, 410, 408.4, 418))
    assert rolling and rolling.gain_m == pytest.approx(18)  # the dip is ignored
    assert climbing(ramp(400, 405, 395), threshold_m=SATELLITE_M) == pytest.approx(
        Climbing(0, 395, 405)
    )


def test_slow_climb_counts() -> None:
    climb = climbing([400 + i / 100 for i in range(3001)])
    assert climb and climb.gain_m == pytest.approx(30, abs=0.1)


@given(heights)
def test_hysteresis_finds_the_best_climbs(values: list[float]) -> None:
    assert gain_m(values, 2.7) == pytest.approx(best_climbs(values, 2.7))


@given(heights)
def test_median_filter(values: list[float]) -> None:
    filtered = median_filtered(values)
    assert len(filtered) == len(values)
    for i in range(3, len(values) - 3):
        assert filtered[i] == sorted(values[i - 3 : i + 4])[3]
    assert min(values) <= min(filtered) and max(filtered) <= max(values)


def test_spikes_are_ignored() -> None:
    settling = [55.0, 142.4, 142.4, 142.4] + [56.0] * 60  # recorded by a real watch
    settling[40] = -300.0
    assert climbing(settling) == Climbing(0, 56, 56)


def test_barometer_noise_is_not_climbing() -> None:
    rng = random.Random(3)
    climb = climbing([round((400 + rng.gauss(0, 0.3)) * 5) / 5 for _ in range(7200)])
    assert climb and climb.gain_m == 0


def test_satellite_noise_is_little_climbing() -> None:
    rng, drift, values = random.Random(4), 0.0, []
    for _ in range(3600):
        drift = 0.98 * drift + rng.gauss(0, 0.6)  # about 3 m either way
        values.append(400 + drift + rng.gauss(0, 0.5))
    raw = sum(max(0.0, b - a) for a, b in zip(values, values[1:], strict=False))
    climb = climbing(values, SATELLITE_M)
    assert raw > 1000 and climb and climb.gain_m < 60


def test_gaps_are_bridged() -> None:
    hill = ramp(400, 430, 410)
    gappy = [None if i % 3 == 1 else height for i, height in enumerate(hill)]
    gappy[60:90] = [None] * 30
    climb = climbing(gappy)
    assert climb and climb.gain_m == pytest.approx(30, abs=0.3)
    assert climbing([None, None]) is None is climbing([])
    assert climbing([7.0]) == Climbing(0, 7, 7)


def test_ascent_of_the_sandbox_courses() -> None:
    """Within 2 %, or 4 m for two bumps below the threshold on a flat course.

    Seven samples of a hike are 49 s, so the filter flattens its summits.
    """
    chosen = {}
    for plan in sorted(plans(TODAY), key=lambda plan: plan.moving_s):
        if plan.is_recorded and plan.course:
            chosen.setdefault(plan.sport, plan)
    assert len(chosen) > 4
    for plan in chosen.values():
        climb = climbing(recording.streams(plan)["altitude"])
        assert climb and climb.gain_m == pytest.approx(plan.ascent_m, rel=0.02, abs=4)
        assert climb.gain_m <= plan.ascent_m + 0.5
