"""How training time is distributed over intensity: three zones and the polarization index.

Sources: Seiler 2006 (Scand J Med Sci Sports 16:49) for three zones; Treff et al. 2019 (Front
Physiol 10:707) for the index. Time in zone is not the same as counting sessions by their goal.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import log10
from typing import NamedTuple

#: The first threshold as a share of the second, where only that is known (ours): the top of zone 2.
FIRST_OF_POWER, FIRST_OF_HEART_RATE, FIRST_OF_SPEED = 0.75, 0.89, 0.88
#: An index of less training is an accident (ours), in seconds.
MIN_DURATION_S = 5 * 3600
#: Above, and with more time in zone 3 than in 2, training is polarized.
POLARIZED = 2.0


class Shares(NamedTuple):
    """The shares of time below the first threshold, between, and above the second."""

    easy: float
    moderate: float
    hard: float


def shares(easy_s: float, moderate_s: float, hard_s: float) -> Shares | None:
    """Seconds to shares; None without any."""
    total = easy_s + moderate_s + hard_s
    return Shares(easy_s / total, moderate_s / total, hard_s / total) if total else None


def polarization_index(distribution: Shares) -> float | None:
    """log10(Z1/Z2 · Z3 · 100); 0 without time in zone 3, None if zone 3 exceeds zone 1.

    Without time in zone 2, a hundredth is taken from zone 1 for it.
    """
    easy, moderate, hard = distribution
    if hard > easy:
        return None
    if not hard:
        return 0.0
    if not moderate:
        easy, moderate = easy - 0.01, 0.01
    return log10(easy / moderate * hard * 100)


def is_polarized(distribution: Shares) -> bool:
    """Whether the index exceeds 2 and zone 1 > zone 3 > zone 2."""
    index = polarization_index(distribution)
    easy, moderate, hard = distribution
    return index is not None and index > POLARIZED and easy > hard > moderate


def seconds_between(
    edges: Sequence[float], seconds_at: Sequence[tuple[float, float]]
) -> list[float]:
    """Seconds in each zone of a histogram.

    ``edges``: lower ends of all zones but the first; a zone includes its lower end and not its
    upper. ``seconds_at``: values with the seconds spent there. Returns one more than ``edges``.
    """
    totals = [0.0] * (len(edges) + 1)
    for value, seconds in seconds_at:
        totals[bisect_right(edges, value)] += seconds
    return totals
