"""Fitness and fatigue against Banister's sums as published, and their closed forms."""

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.training import fitness
from strava_mcp.training.fitness import FATIGUE_ALPHA, FITNESS_ALPHA
from strava_mcp.training.monotony import monotony

LOADS = [150, 50, 40, 0, 0, 60, 30, 100]


def test_rates() -> None:
    assert FITNESS_ALPHA == pytest.approx(0.0235283, abs=5e-8)
    assert FATIGUE_ALPHA == pytest.approx(0.1331221, abs=5e-8)


def test_banister_s_sums() -> None:
    """Runalyze, BanisterModelTest (42 and 7 days): the means divided by their rates."""
    states = fitness.days(LOADS)
    assert [round(s.fitness / FITNESS_ALPHA) for s in states] == [
        *(150, 196, 232, 226, 221, 276, 299, 392)
    ]
    assert [round(s.fatigue / FATIGUE_ALPHA) for s in states] == [
        *(150, 180, 196, 170, 147, 188, 193, 267)
    ]
    assert states[-1].fitness == pytest.approx(9.2309, abs=5e-5)
    assert states[-1].fatigue == pytest.approx(35.5539, abs=5e-5)


def test_one_load_fades() -> None:
    states = fitness.days([1000, *[0] * 100])
    days = (1, 10, 25, 50, 75, 100)
    assert [round(states[d].fitness / FITNESS_ALPHA) for d in days] == [976, 788, 551, 304, 168, 92]
    days = (1, 5, 10, 15, 20, 25)
    assert [round(states[d].fatigue / FATIGUE_ALPHA) for d in days] == [867, 490, 240, 117, 57, 28]


def test_constant_load() -> None:
    states = fitness.days([100] * 51)
    sums = [
        (round(states[d].fitness / FITNESS_ALPHA), round(states[d].fatigue / FATIGUE_ALPHA))
        for d in (10, 20, 50)
    ]
    assert sums == [(979, 595), (1672, 714), (2988, 751)]
    one = fitness.days([100])[0]  # ljcl/strava-mcp, fitnessTrend.test.ts
    assert (round(one.fatigue, 3), round(one.fitness, 3)) == (13.312, 2.353)
    assert fitness.days([100] * 42)[-1].fitness == pytest.approx(63.212, abs=5e-4)


def test_other_time_constants() -> None:
    """Clarke and Skiba 2013, sheet 6 (27 and 10 days): the sums on the second day."""
    for days, expected in ((27, 196.36404), (10, 190.48374)):
        assert 100 * exp(-1 / days) + 100 == pytest.approx(expected, abs=5e-6)
        rate = fitness.alpha(days)
        assert (rate * 100 * (1 - rate) + rate * 100) / rate == pytest.approx(expected, abs=5e-6)


def test_form_is_that_of_the_morning() -> None:
    first, second = fitness.days([100, 0])
    assert first.form == 0 and first.form_after < -10
    assert second.form == first.form_after


def test_projection_is_the_recurrence() -> None:
    rest = fitness.days([0] * 14, 60, 75)[-1]
    assert (rest.fitness, rest.fatigue) == pytest.approx((42.9919, 10.1501), abs=5e-5)
    steady = fitness.days([30] * 14, 60, 75)[-1]
    assert (steady.fitness, steady.fatigue) == pytest.approx((51.4959, 36.0901), abs=5e-5)
    assert steady.fitness == pytest.approx(30 + 30 * exp(-1 / 3))
    taper = fitness.days([50] * 7 + [25] * 7, 60, 75)[-1]
    assert (taper.fitness, taper.fatigue) == pytest.approx((53.3274, 37.5804), abs=5e-5)


def test_rest_until_fresh() -> None:
    last = fitness.days([100] * 7)[-1]
    days = fitness.rest_days_until_fresh(last.fitness, last.fatigue)
    assert days == pytest.approx(11.888, abs=5e-4)
    assert fitness.rest_days_until_fresh(60, 50) == 0


@pytest.mark.parametrize("form", [-20, 0, 10])
def test_load_of_a_day_for_a_form(form: float) -> None:
    load = fitness.load_for_form(60, 75, form)
    assert fitness.days([load], 60, 75)[0].form_after == pytest.approx(form)
    assert FATIGUE_ALPHA - FITNESS_ALPHA == pytest.approx(0.109594, abs=5e-7)


@pytest.mark.parametrize("days_left", [3, 7, 14, 28])
@pytest.mark.parametrize("form", [-30, -15, 0])
def test_taper_reaches_its_form(days_left: int, form: float) -> None:
    load = fitness.taper_load(60, 75, days_left, form)
    assert load is not None
    assert fitness.days([load] * days_left + [0], 60, 75)[-1].form == pytest.approx(form)


def test_taper_that_rest_does_not_reach() -> None:
    assert fitness.taper_load(60, 75, 3, 30) is None


def test_ramp() -> None:
    states = fitness.days([100] * 8, 60, 60)
    assert fitness.ramp(fitness.days([0, *[100] * 7], 60 / (1 - FITNESS_ALPHA), 0)) == (
        pytest.approx(6.1407, abs=5e-5)
    )
    assert fitness.ramp(states[:7]) is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 400), min_size=1, max_size=80))
def test_without_load_fatigue_fades_faster_than_fitness(loads: list[float]) -> None:
    last = fitness.days(loads)[-1]
    rested = fitness.days([0] * 60, last.fitness, last.fatigue)
    assert all(
        after.fitness <= before.fitness for before, after in zip(rested, rested[1:], strict=False)
    )
    assert rested[-1].form >= 0 or rested[-1].fitness < 1e-3


@pytest.mark.parametrize(
    "loads, expected, strain",
    [
        ([0, 20, 10, 10, 10, 10, 10], 1.870829, 130.958),  # Runalyze, MonotonyTest
        ([5, 15, 20, 20, 20, 25, 35], 2.366432, 331.30),
        ([0, 0, 0, 10, 20, 30, 40], 0.953463, 95.3463),
    ],
)
def test_monotony(loads: list[float], expected: float, strain: float) -> None:
    result = monotony(loads)
    assert result is not None
    assert result.monotony == pytest.approx(expected, abs=5e-7)
    assert result.strain == pytest.approx(strain, abs=5e-3)
    assert monotony([999, *loads]) == result, "only the last seven days"


def test_monotony_is_unknown_of_equal_days_and_of_fewer_than_seven() -> None:
    assert monotony([50] * 7) is None and monotony([1, 2, 3]) is None
