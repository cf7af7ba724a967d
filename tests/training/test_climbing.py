"""Climbing: what counts, what is noise, and the ascent of the sandbox's courses."""

import random
from itertools import accumulate, pairwise
from math import cos, inf, pi
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.sandbox import recording, routes
from strava_mcp.sandbox.calendar import plans
from strava_mcp.training.climbing import (
    ROUTE_M,
    SATELLITE_M,
    AltitudeSource,
    Climbing,
    climbed_m,
    climbing,
    distance_averaged,
    gain_m,
    median_filtered,
)
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


@pytest.mark.parametrize(
    "values, threshold_m, expected",
    [
        ([0, 10, 17, 14, 20, 3, 11, 0], 0, 31),
        *(
            ([0, 2, 4, 6, 5, 7, 4, 8, 10, 0], threshold_m, expected)
            for threshold_m, expected in ((0, 14), (1, 13), (2, 13), (3, 10), (4, 10))
        ),
        ([5], 2, 0),
        ([5, 5, 5], 0, 0),
    ],
)
def test_gain_of_published_profiles(values: list[float], threshold_m: float, expected: int) -> None:
    """The profiles of Runalyze's CalculatorTest; without a threshold, its own results."""
    assert gain_m(values, threshold_m) == expected


def hills(
    length_m: float, spacing_m: float, height_m: float, wave_m: float
) -> tuple[list[float], list[float]]:
    """Distances, and heights of round hills that begin and end in valleys."""
    at = [i * spacing_m for i in range(round(length_m / spacing_m) + 1)]
    return at, [400 + height_m / 2 * (1 - cos(2 * pi * x / wave_m)) for x in at]


@pytest.mark.parametrize("spacing_m", [2, 10, 40, 100])
def test_planned_routes_keep_their_hills(spacing_m: float) -> None:
    """However far apart their points are: ten hills of 20 m, on 10 km."""
    at, heights = hills(10_000, spacing_m, 20, 1000)
    climb = climbing(heights, ROUTE_M, at)
    assert climb and climb.gain_m == pytest.approx(200, rel=0.025)


def test_ascent_of_the_sandbox_routes() -> None:
    for route in routes.ROUTES.values():
        steps = (route.course.length_m / (len(route.points) - 1) for _ in route.points[1:])
        climb = climbing([p[2] for p in route.points], ROUTE_M, list(accumulate(steps, initial=0)))
        assert climb and climb.gain_m == pytest.approx(route.course.ascent_m, rel=0.05)


@pytest.mark.parametrize("source", ["barometer", "map"])
def test_recorded_hills(source: AltitudeSource) -> None:
    """Of 6 m, above the threshold; satellites do not show them."""
    at, heights = hills(10_000, 3, 6, 500)
    assert climbed_m(heights, at, source)[-1] == pytest.approx(120, rel=0.03)
    assert climbed_m(heights, at, "satellite")[-1] == 0


def test_flat_ride_by_satellites_has_little_climbing() -> None:
    rng, drift, values = random.Random(4), 0.0, []
    for _ in range(3600):
        drift = 0.98 * drift + rng.gauss(0, 0.6)
        values.append(400 + drift + rng.gauss(0, 0.5))
    at = [8.0 * i for i in range(len(values))]
    assert climbed_m(values, at, "satellite")[-1] < 50
    assert climbed_m(values, at, "map")[-1] > 100


def test_noise_of_a_stop_is_not_climbing() -> None:
    """An hour at a café, between two flat rides."""
    rng = random.Random(5)
    at = [*(8.0 * i for i in range(600)), *[4800.0] * 3600, *(4800 + 8.0 * i for i in range(600))]
    heights = [400.0 + (rng.gauss(0, 1.5) if 600 <= i < 4200 else 0) for i in range(len(at))]
    assert climbed_m(heights, at, "map")[-1] == pytest.approx(0, abs=2)


def test_spikes_along_the_track_are_ignored() -> None:
    at = [5.0 * i for i in range(400)]
    heights = [400.0] * 400
    heights[100:103], heights[200], heights[-1] = [520.0] * 3, -300.0, 470.0
    for source in ("barometer", "map", "satellite"):
        assert climbed_m(heights, at, source)[-1] == 0  # type: ignore[arg-type]


def test_tunnel_is_bridged() -> None:
    """No altitude for 1 km; the road leaves the tunnel 30 m higher."""
    at = [10.0 * i for i in range(301)]
    heights: list[float | None] = [400 + x / 1000 * 30 for x in at]
    heights[100:200] = [None] * 100
    for source in ("barometer", "map", "satellite"):
        climbed = climbed_m(heights, at, source)  # type: ignore[arg-type]
        assert climbed[-1] == pytest.approx(90, abs=2)
        assert climbed[150] == climbed[99] and len(climbed) == len(at)


@given(st.lists(st.integers(0, 60).map(float) | st.none(), max_size=60), st.integers(1, 90))
def test_climbed_metres_add_up(values: list[float | None], step_m: int) -> None:
    """From sample to sample they never fall, and their last is the climbing of the whole."""
    at = [float(step_m * i) for i in range(len(values))]
    for source, threshold_m in (("map", 2.0), ("satellite", SATELLITE_M)):
        climbed = climbed_m(values, at, source)  # type: ignore[arg-type]
        climb = climbing(values, threshold_m, at)
        assert (climb is None) == (climbed == [])
        if climb:
            assert len(climbed) == len(values) and climbed[-1] == pytest.approx(climb.gain_m)
            assert all(a <= b for a, b in pairwise(climbed))
    barometer, whole = climbed_m(values, None, "barometer"), climbing(values)
    assert not whole or barometer[-1] == pytest.approx(whole.gain_m)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 99)), max_size=40))
def test_distance_average(steps: list[tuple[int, int]]) -> None:
    at = list(accumulate(float(step) for step, _ in steps))
    values = [float(height) for _, height in steps]
    expected = [
        fmean(h for h, there in zip(values, at, strict=True) if abs(there - here) <= 27.5)
        for here in at
    ]
    assert distance_averaged(values, at) == pytest.approx(expected)
