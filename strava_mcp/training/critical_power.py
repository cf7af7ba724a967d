"""Critical power and critical speed: what can be sustained, and the store above it.

Linear fit of work on time (distance on time for speed): work = CP·t + W′. Sources: Monod and
Scherrer 1965; Morton 1996 for three parameters; Clarke and Skiba 2013 (Adv Physiol Educ 37:144).
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from strava_mcp.training.unmeasurable import Unmeasurable

#: Efforts that the model holds for, in seconds.
MIN_DURATION_S, MAX_DURATION_S = 120, 1200
MIN_POINTS = 3
#: The longest effort is at least this long, and this many times the shortest (Maturana 2018).
MIN_LONGEST_S, MIN_SPAN = 720, 3
#: Largest standard errors, as shares of the result (ours).
MAX_CRITICAL_ERROR, MAX_STORE_ERROR = 0.05, 0.10
#: Plausible stores (ours): joules above critical power, metres above critical speed.
STORE_J, STORE_M = (5_000.0, 40_000.0), (50.0, 500.0)


class Line(NamedTuple):
    """Least squares y = slope·x + intercept, with standard errors."""

    slope: float
    intercept: float
    slope_error: float
    intercept_error: float


class Critical(NamedTuple):
    """Critical power (W) or speed (m/s), and the store above it (J or m), with standard errors."""

    critical: float
    store: float
    critical_error: float
    store_error: float


def least_squares(x: Sequence[float], y: Sequence[float]) -> Line:
    """Ordinary least squares; three points or more."""
    count, mean_x, mean_y = len(x), fmean(x), fmean(y)
    spread = sum((a - mean_x) ** 2 for a in x)
    slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread
    intercept = mean_y - slope * mean_x
    residual = sum((b - slope * a - intercept) ** 2 for a, b in zip(x, y, strict=True))
    variance = residual / (count - 2)
    slope_error = (variance / spread) ** 0.5
    intercept_error = (variance * (1 / count + mean_x**2 / spread)) ** 0.5
    return Line(slope, intercept, slope_error, intercept_error)


def critical(best_of: Mapping[int, float], store: tuple[float, float]) -> Critical:
    """Fit the falling curve ``best_of`` (duration in s → W or m/s) between 2 and 20 minutes.

    ``store``: the plausible range, ``STORE_J`` or ``STORE_M``. Training is seldom maximal, so the
    result is a lower bound. Raises Unmeasurable if the efforts do not determine it.
    """
    points = {d: v for d, v in best_of.items() if MIN_DURATION_S <= d <= MAX_DURATION_S}
    if len(points) < MIN_POINTS:
        raise Unmeasurable("needs efforts of three durations from 2 to 20 minutes")
    shortest, longest = min(points), max(points)
    if longest < MIN_LONGEST_S or longest < MIN_SPAN * shortest:
        raise Unmeasurable("needs an effort of 12 minutes or more")
    line = least_squares(list(points), [value * d for d, value in points.items()])
    fit = Critical(*line)
    low, high = store
    if not low <= fit.store <= high:
        raise Unmeasurable(
            "the efforts imply an implausible store (W′ or D′); they were not all maximal"
        )
    if fit.critical_error > MAX_CRITICAL_ERROR * fit.critical:
        raise Unmeasurable("the efforts scatter too much around a line")
    if fit.store_error > MAX_STORE_ERROR * fit.store:
        raise Unmeasurable("the efforts determine W′ or D′ too poorly")
    if fit.critical > points[longest]:
        raise Unmeasurable("the fit exceeds the longest effort")
    return fit


def endurance_s(power_w: float, cp_w: float, store_j: float, max_w: float | None = None) -> float:
    """Seconds that ``power_w`` can be held; infinite up to critical power.

    ``max_w``: the power of an instant, the third parameter of Morton 1996.
    """
    if power_w <= cp_w:
        return float("inf")
    seconds = store_j / (power_w - cp_w)
    return seconds - store_j / (max_w - cp_w) if max_w else seconds
