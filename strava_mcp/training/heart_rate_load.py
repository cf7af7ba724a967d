"""Load from heart rate: Banister's TRIMP, heart-rate stress score, and Edwards' zone sum.

Sources: Banister 1991 (Modeling elite athletic performance); Morton, Fitz-Clarke and Banister 1990
(J Appl Physiol 69:1171) for the coefficients of women; Edwards 1993 (The Heart Rate Monitor Book).
"""

from collections.abc import Mapping
from math import exp
from typing import Literal

Sex = Literal["F", "M"]
#: Sex → a, b of a·e^(b·x).
COEFFICIENTS: Mapping[Sex, tuple[float, float]] = {"M": (0.64, 1.92), "F": (0.86, 1.67)}
#: Lower ends of Edwards' five zones, as shares of the maximal heart rate.
EDWARDS_ZONES = (0.5, 0.6, 0.7, 0.8, 0.9)
#: Without a threshold, it is taken at this share of the heart-rate reserve.
DEFAULT_THRESHOLD_RESERVE = 0.85

#: Seconds at each heart rate (bpm).
Histogram = Mapping[int, float]


def reserve(heart_rate: float, max_bpm: float, rest_bpm: float) -> float:
    """The share of the heart-rate reserve in use, from 0 at rest to 1 at the maximum."""
    return min(1.0, max(0.0, (heart_rate - rest_bpm) / (max_bpm - rest_bpm)))


def trimp(seconds_at: Histogram, max_bpm: float, rest_bpm: float, sex: Sex | None) -> float:
    """Training impulse: Σ minutes · x · a·e^(b·x), summed over every second and not from the mean.

    ``sex``: None uses men's coefficients; the caller says so.
    """
    a, b = COEFFICIENTS[sex or "M"]
    total = 0.0
    for bpm, seconds in seconds_at.items():
        x = reserve(bpm, max_bpm, rest_bpm)
        total += seconds / 60 * x * a * exp(b * x)
    return total


def stress_score(
    seconds_at: Histogram, threshold_bpm: float, max_bpm: float, rest_bpm: float, sex: Sex | None
) -> float:
    """Heart-rate stress score: TRIMP as a percentage of an hour at the threshold."""
    a, b = COEFFICIENTS[sex or "M"]
    x = reserve(threshold_bpm, max_bpm, rest_bpm)
    hour = 60 * x * a * exp(b * x)
    return 100 * trimp(seconds_at, max_bpm, rest_bpm, sex) / hour


def default_threshold_bpm(max_bpm: float, rest_bpm: float) -> float:
    """A threshold heart rate where none is known: 85 % of the reserve."""
    return rest_bpm + DEFAULT_THRESHOLD_RESERVE * (max_bpm - rest_bpm)


def edwards(seconds_at: Histogram, max_bpm: float) -> float:
    """Σ minutes · 1..5 in the zones from 50 to 100 % of the maximal heart rate."""
    points = 0.0
    for bpm, seconds in seconds_at.items():
        weight = sum(bpm >= edge * max_bpm for edge in EDWARDS_ZONES)
        points += seconds / 60 * weight
    return points
