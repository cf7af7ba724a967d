"""Trends against the regression and the correlation of the standard library."""

import random
from math import sqrt
from statistics import correlation, fmean, linear_regression

import pytest

from strava_mcp.training.trend import DAYS_PER_YEAR, trend
from strava_mcp.training.unmeasurable import Unmeasurable


@pytest.mark.parametrize("seed", range(5))
def test_trend_is_the_line_of_least_squares(seed: int) -> None:
    chance = random.Random(seed)
    days = [float(chance.randrange(20_000, 21_000)) for _ in range(30)]
    values = [1.2 + 0.0002 * (day - 20_000) + chance.gauss(0, 0.03) for day in days]
    slope, intercept = linear_regression(days, values)
    error = abs(slope) * sqrt((1 / correlation(days, values) ** 2 - 1) / (len(values) - 2))
    result = trend(days, values)
    percent = 100 * DAYS_PER_YEAR / fmean(values)
    assert result.percent_per_year == pytest.approx(slope * percent, rel=1e-4)
    assert result.error == pytest.approx(error * percent, rel=1e-4)
    assert result.first == pytest.approx(intercept + slope * min(days), rel=1e-6)
    assert result.last == pytest.approx(intercept + slope * max(days), rel=1e-6)
    assert result.values == 30


def test_a_line_has_no_error() -> None:
    result = trend(
        [0, 100, 200, 300, 365.25], [1 + day / 3652.5 for day in (0, 100, 200, 300, 365.25)]
    )
    assert result.error == pytest.approx(0, abs=1e-6)
    assert (result.first, result.last) == (pytest.approx(1.0), pytest.approx(1.1))


@pytest.mark.parametrize("days", [[1.0, 90.0, 100.0, 101.0], [1.0, 2.0, 3.0, 4.0, 5.0], [7.0] * 9])
def test_too_few_values_or_days(days: list[float]) -> None:
    with pytest.raises(Unmeasurable, match="needs"):
        trend(days, [1.0] * len(days))
