"""Durability: what is left of the best power after much work.

Source: Maunder et al. 2021 (Sports Med 51:1619), who give no formula; the convention of comparing
bests after a given work with fresh ones is common. How hard the work was matters more than its kJ.
"""

from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from typing import NamedTuple

#: Work done before, in kJ, and durations compared, in s.
WORK_KJ = (0, 1000, 2000, 3000)
DURATIONS_S = (60, 300, 1200)
#: Only rides whose effort reaches this share of the fresh best count (ours): otherwise a missing
#: effort looks like fatigue.
MIN_SHARE_OF_FRESH = 0.95


class Decline(NamedTuple):
    """``best_w``: the best power over ``duration_s`` after ``work_kj``; ``percent``: the loss."""

    work_kj: int
    duration_s: int
    best_w: float
    percent: float


def bests_after(watts: Sequence[float], work_kj: float) -> dict[int, float]:
    """The best mean power (W) of each duration that begins after ``work_kj``.

    ``watts``: one value per second, 0 in pauses. Durations that no longer fit are absent.
    """
    sums = list(accumulate(watts, initial=0.0))
    begin = next((i for i, joules in enumerate(sums) if joules >= work_kj * 1000), len(sums))
    rest = sums[begin:]
    return {
        duration: max(map(sub, rest[duration:], rest)) / duration
        for duration in DURATIONS_S
        if len(rest) > duration
    }


def decline_percent(fresh_w: float, tired_w: float) -> float:
    """How much less the tired best is, in percent of the fresh one."""
    return (fresh_w - tired_w) / fresh_w * 100


def declines(watts: Sequence[float]) -> list[Decline]:
    """The declines within one ride, for each work and duration that it has."""
    fresh = bests_after(watts, 0)
    return [
        Decline(work, duration, best, decline_percent(fresh[duration], best))
        for work in WORK_KJ[1:]
        for duration, best in bests_after(watts, work).items()
        if fresh.get(duration)
    ]
