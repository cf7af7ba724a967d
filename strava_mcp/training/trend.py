"""The trend of a quantity over time: a line through all values, by least squares."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from strava_mcp.training.unmeasurable import Unmeasurable

DAYS_PER_YEAR = 365.25
#: Fewer values, or a shorter time, say nothing about a trend.
MIN_VALUES, MIN_DAYS = 5, 28


class Trend(NamedTuple):
    """``first``, ``last``: the line on the first and the last day, in the unit of the values.

    ``percent_per_year``: the slope as a share of the mean; ``error``: its standard error;
    ``values``: how many there are.
    """

    first: float
    last: float
    percent_per_year: float
    error: float
    values: int


def trend(days: Sequence[float], values: Sequence[float]) -> Trend:
    """The trend of positive values. ``days``: of each, from any origin.

    Raises Unmeasurable for fewer than MIN_VALUES values or MIN_DAYS days.
    """
    if len(values) < MIN_VALUES:
        raise Unmeasurable(
            f"a trend needs {MIN_VALUES} activities with it, there are {len(values)}"
        )
    if max(days) - min(days) < MIN_DAYS:
        raise Unmeasurable(f"a trend needs {MIN_DAYS} days")
    mean_day, mean = fmean(days), fmean(values)
    spread = sum((day - mean_day) ** 2 for day in days)
    pairs = list(zip(days, values, strict=True))
    slope = sum((day - mean_day) * (value - mean) for day, value in pairs) / spread
    rest = sum((value - mean - slope * (day - mean_day)) ** 2 for day, value in pairs)
    error = sqrt(rest / (len(values) - 2) / spread)
    percent = 100 * DAYS_PER_YEAR / mean
    return Trend(
        first=mean + slope * (min(days) - mean_day),
        last=mean + slope * (max(days) - mean_day),
        percent_per_year=slope * percent,
        error=error * percent,
        values=len(values),
    )
