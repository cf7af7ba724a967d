"""Grade-adjusted pace and the cost of grades."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.training.grade_adjusted import POINTS, adjusted_m, energy_ratio, pace_factor


@pytest.mark.parametrize(
    "grade, expected",
    [
        *((-15, 0.5099), (-10, 0.5977), (-5, 0.7628), (-1, 0.9471), (0, 1.0)),
        *((1, 1.0554), (5, 1.3014), (10, 1.6578), (15, 2.0603), (-18.14, 0.4948)),
    ],
)
def test_minetti(grade: float, expected: float) -> None:
    """Minetti 2002, as in Runalyze's MinettiTest."""
    assert energy_ratio(grade) == pytest.approx(expected, abs=5e-5)


def test_cost_is_bounded_by_the_grades_that_were_measured() -> None:
    assert energy_ratio(45) * 3.6 == pytest.approx(19.426, abs=5e-4)
    assert energy_ratio(90) == energy_ratio(45) and energy_ratio(-90) == energy_ratio(-45)


def test_points_of_strava_s_curve() -> None:
    assert all(pace_factor(grade) == pytest.approx(factor) for grade, factor in POINTS)
    assert 300 / pace_factor(10) == pytest.approx(204.08, abs=0.01), "5:00 at 10 % is 3:24"
    assert pace_factor(2) == pytest.approx(1.07)
    assert (pace_factor(-50), pace_factor(50)) == (1.09, 3.16)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 20), max_size=200))
def test_the_flat_is_returned_exactly(steps: list[float]) -> None:
    distance = [0.0]
    for step in steps:
        distance.append(distance[-1] + step)
    assert adjusted_m(distance, [123.4] * len(distance)) == distance


def test_a_hill_costs_its_factor_after_the_first_metres() -> None:
    distance = [i * 3.0 for i in range(1001)]
    altitude = [0.1 * metres for metres in distance]
    adjusted = adjusted_m(distance, altitude)
    assert adjusted[10] == 30 * 1.0 + 3 * 0.47, "a grade is taken over 30 m"
    assert adjusted[-1] == pytest.approx(3000 * 1.47, rel=0.01)
    assert adjusted_m([], []) == []


def test_standing_adds_nothing() -> None:
    distance = [0, 50, 100, *[100] * 50]
    assert adjusted_m(distance, [float(i % 3) for i in range(53)])[-1] < 130
