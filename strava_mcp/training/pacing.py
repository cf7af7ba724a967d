"""How evenly an effort was paced: its halves compared.

A run or a swim by the time of both halves of the (grade-adjusted) distance, a ride by the power of
both halves of the time. The tolerance is ours.
"""

from collections.abc import Sequence
from itertools import accumulate
from statistics import fmean
from typing import NamedTuple

from strava_mcp.training.unmeasurable import Unmeasurable

#: Halves that differ by less, in percent, are even.
EVEN_PERCENT = 1.0
#: A shorter effort has no halves worth comparing.
MIN_DURATION_S = 600


class Pacing(NamedTuple):
    """The halves, in seconds or in W, and how much the second one faded, in percent.

    Below 0 the second half was faster or harder.
    """

    first: float
    second: float
    faded_percent: float

    @property
    def verdict(self) -> str:
        """``even``, ``negative split: second half 2.1 % faster``, or ``faded by 3.4 %``."""
        if abs(self.faded_percent) < EVEN_PERCENT:
            return "even"
        if self.faded_percent > 0:
            return f"faded by {self.faded_percent:.1f} %"
        word = "faster" if self.first >= self.second else "harder"
        return f"negative split: second half {-self.faded_percent:.1f} % {word}"


def of_speed(speeds_ms: Sequence[float]) -> Pacing:
    """Compare the seconds of both halves of the distance. ``speeds_ms``: of each second in motion.

    Raises Unmeasurable if it is too short.
    """
    _check(speeds_ms)
    covered = list(accumulate(speeds_ms))
    half = covered[-1] / 2
    if not half:
        raise Unmeasurable("no distance")
    after = next(i for i, metres in enumerate(covered) if metres >= half)
    first_s = after + 1 - (covered[after] - half) / speeds_ms[after]
    second_s = len(speeds_ms) - first_s
    return Pacing(first_s, second_s, (second_s - first_s) / first_s * 100)


def of_power(watts: Sequence[float]) -> Pacing:
    """Compare the mean power of both halves of the time. ``watts``: of each second in motion.

    Raises Unmeasurable if it is too short.
    """
    _check(watts)
    middle = len(watts) // 2
    first, second = fmean(watts[:middle]), fmean(watts[middle:])
    if not first:
        raise Unmeasurable("no power in the first half")
    return Pacing(first, second, (first - second) / first * 100)


def _check(values: Sequence[float]) -> None:
    if len(values) < MIN_DURATION_S:
        raise Unmeasurable("shorter than 10 minutes in motion")
