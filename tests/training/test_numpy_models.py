"""Fits, race times and costs of a grade, recomputed with numpy."""

import json
from pathlib import Path

import numpy as np
import pytest

from strava_mcp.training import age_grade, race_times, swimming
from strava_mcp.training.critical_power import (
    STORE_J,
    STORE_M,
    critical,
    endurance_s,
    least_squares,
)
from strava_mcp.training.grade_adjusted import energy_ratio, pace_factor
from strava_mcp.training.heart_rate_load import Sex
from strava_mcp.training.mean_maximal import DURATIONS_S, curve, hull
from strava_mcp.training.per_second import per_second
from strava_mcp.training.trend import trend
from strava_mcp.training.unmeasurable import Unmeasurable
from tests.training.vectorized import RIDES_WITH_POWER, Array, streams_of

pytestmark = pytest.mark.no_cover

SEEDS = range(10)
TARGETS = np.array([800, 1500, 5000, 10_000, 21_097.5, 42_195])


def line(x: Array, y: Array) -> tuple[float, float, float, float]:
    """Slope, intercept and their standard errors, from the normal equations' covariance."""
    design = np.column_stack([x, np.ones_like(x)])
    solution, residual, _, _ = np.linalg.lstsq(design, y, rcond=None)
    covariance = residual[0] / (len(x) - 2) * np.linalg.inv(design.T @ design)
    return (*solution.tolist(), *np.sqrt(np.diag(covariance)).tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_least_squares(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.uniform(100, 1300, 8)
    y = 260 * x + 18_000 + rng.normal(0, 900, 8)
    assert least_squares(x.tolist(), y.tolist()) == pytest.approx(line(x, y), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("level, store, bounds", [(260, 18_000, STORE_J), (4.1, 190, STORE_M)])
def test_critical_power_and_speed(
    seed: int, level: float, store: float, bounds: tuple[float, float]
) -> None:
    rng = np.random.default_rng(seed)
    durations = np.array([d for d in DURATIONS_S if 120 <= d <= 1200], float)
    best = level + store / durations * rng.normal(1, 0.03, len(durations))
    expected = line(durations, best * durations)
    everything = {
        60: 2 * level,
        **dict(zip(durations.astype(int).tolist(), best.tolist(), strict=True)),
    }
    fit = critical({**everything, 1800: 1.01 * level}, bounds)
    assert (fit.critical, fit.store) == pytest.approx(expected[:2], rel=1e-6)
    assert (fit.critical_error, fit.store_error) == pytest.approx(expected[2:], rel=1e-6)


@pytest.mark.parametrize("name", RIDES_WITH_POWER)
def test_critical_power_of_a_real_ride(shared: Path, name: str) -> None:
    streams = streams_of(shared, name)
    bests = curve(per_second(streams["time"], streams["watts"]).or_zero())
    points = hull({d: best.value for d, best in bests.items()})
    durations = np.array([d for d in points if 120 <= d <= 1200], float)
    expected = line(durations, durations * [points[int(d)] for d in durations])
    try:
        fit = critical(points, STORE_J)
    except Unmeasurable:
        (power, store), (power_error, store_error) = expected[:2], expected[2:]
        refused = store_error > 0.1 * store or power_error > 0.05 * power
        assert refused or not 5000 <= store <= 40_000
    else:
        assert tuple(fit) == pytest.approx(expected, rel=1e-6)


def test_endurance_is_the_root_of_its_model() -> None:
    """The hyperbola of Morton 1996, (t + W′/(Pmax − CP)) · (P − CP) = W′, solved for t."""
    for watts in np.linspace(300, 700, 20).tolist():
        shift = 20_000 / (900 - 250)
        root = np.roots([watts - 250, shift * (watts - 250) - 20_000])[0]
        assert endurance_s(watts, 250, 20_000, 900) == pytest.approx(root)
        assert endurance_s(watts, 250, 20_000) == pytest.approx(root + shift)


def vdot(metres: Array, seconds: Array) -> Array:
    """Daniels and Gilbert 1979, with the exponentials and the polynomial apart."""
    minutes = seconds / 60
    cost = np.polyval([0.000104, 0.182258, -4.60], metres / minutes)
    share = 0.8 + np.array([0.1894393, 0.2989558]) @ np.exp(
        np.outer([-0.012778, -0.1932605], minutes)
    )
    result: Array = cost / share
    return result


@pytest.mark.parametrize("time_s", [840, 1200, 1800])
def test_race_times(time_s: float) -> None:
    level = vdot(np.array([5000.0]), np.array([float(time_s)]))[0]
    assert race_times.oxygen_power(5000, time_s) == pytest.approx(level)
    for target in TARGETS.tolist():
        grid = np.linspace(target / 9, target / 1.2, 400_000)  # falling VDOT
        expected = np.interp(-level, -vdot(np.full_like(grid, target), grid), grid)
        assert race_times.daniels_s(5000, time_s, target) == pytest.approx(expected, abs=0.02)
        riegel = np.exp(np.log(time_s) + 1.06 * np.log(target / 5000))
        assert race_times.riegel_s(5000, time_s, target) == pytest.approx(riegel)
    a = np.polyval([-0.000030363, 13.49681], TARGETS) + 835.7114 * np.power(TARGETS, -0.7905)
    at = 13.49681 - 0.15181500 + 835.7114 / np.power(5000, 0.7905)
    cameron = time_s * TARGETS / 5000 * at / a
    ours = [race_times.cameron_s(5000, time_s, target) for target in TARGETS.tolist()]
    assert ours == pytest.approx(cameron.tolist())
    speed = np.roots([0.000104, 0.182258, -4.60 - level]).max()
    assert race_times.threshold_speed_ms(level) == pytest.approx(0.9 * speed / 60)


def test_critical_speed_of_two_trials_is_a_slope() -> None:
    for long_s in np.linspace(300, 600, 10).tolist():
        slope, store = np.polyfit([170, long_s], [200, 400], 1)
        ours = swimming.critical_speed_ms(200, 170, 400, long_s)
        assert ours == pytest.approx(slope)
        seconds = race_times.critical_speed_s(slope, store, 400)
        assert seconds == (pytest.approx(long_s) if 120 <= long_s <= 1200 else None)
    assert swimming.swolf(25.4, 18) == pytest.approx(np.sum([25.4, 18]))


@pytest.mark.parametrize("sex", ["F", "M"])
def test_age_grade(sex: Sex) -> None:
    table = json.loads(age_grade.TABLES.read_text("ascii"))[sex]
    factors = np.array(table["factors"]) / 10_000
    standards = np.array(table["standards_s"]) / factors
    assert factors.shape == (96, len(table["distances_m"])) and (factors <= 1).all()
    assert (factors.max(axis=0) == 1).all(), "the open class is somewhere"
    for age in range(5, 101):
        for metres, standard in zip(table["distances_m"], standards[age - 5], strict=True):
            grade = age_grade.age_grade(metres, 1.3 * standard, age, sex)
            assert grade == pytest.approx((1 / 1.3, standard))


def test_costs_of_a_grade() -> None:
    grades = np.linspace(-60, 60, 2401)
    minetti = np.polyval([155.4, -30.4, -43.3, 46.3, 19.5, 3.6], np.clip(grades, -45, 45) / 100)
    assert [energy_ratio(g) for g in grades.tolist()] == pytest.approx((minetti / 3.6).tolist())
    at = [-20, -10, -8, -4, 0, 4, 10, 20, 30]
    strava = np.interp(grades, at, [1.09, 0.88, 0.88, 0.91, 1, 1.14, 1.47, 2.30, 3.16])
    assert [pace_factor(g) for g in grades.tolist()] == pytest.approx(strava.tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_trend(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days = np.sort(rng.uniform(0, 700, 25))
    values = 200 + 0.05 * days + rng.normal(0, 6, 25)
    result = trend(days.tolist(), values.tolist())
    slope, intercept, error, _ = line(days, values)
    per_year = 36_525 / values.mean()
    assert result.first == pytest.approx(intercept + slope * days[0])
    assert result.last == pytest.approx(intercept + slope * days[-1])
    assert result.percent_per_year == pytest.approx(slope * per_year)
    assert result.error == pytest.approx(error * per_year, rel=1e-6)
