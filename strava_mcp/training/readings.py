"""Which readings of an odometer to believe, when some of them contradict each other."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import le

#: A drop is a restart of the odometer if more readings than this follow from there; fewer are
#: errors. In a short recording a tenth of its readings, but two.
MAX_WRONG_READINGS, MIN_WRONG_READINGS, WRONG_SHARE = 10, 2, 0.1


def consistent(readings: Sequence[float]) -> Sequence[int]:
    """The indices of the longest subsequence that never decreases, in order.

    It leaves out spikes in either direction, and of two odometers in one recording one. It may
    decrease where the odometer was restarted, which counts as up to MAX_WRONG_READINGS readings
    fewer: a restart must gain as many.

    Patience sorting (Fredman 1975) with as many piles: a subsequence shorter than those of the
    piles is never better than to restart after the longest. So the time is linear.
    """
    if all(map(le, readings, readings[1:])):
        return range(len(readings))
    share = round(WRONG_SHARE * len(readings))
    piles = min(MAX_WRONG_READINGS, max(MIN_WRONG_READINGS, share))
    previous = [-1] * len(readings)
    # Of the subsequences of each length, longest last, the one that ends lowest: where and at what.
    ends: list[int] = []
    lowest: list[float] = []
    for i, reading in enumerate(readings):
        pile = bisect_right(lowest, reading)
        if pile:
            previous[i] = ends[pile - 1]
        elif len(ends) == piles:
            previous[i] = ends[-1]
        ends[pile : pile + 1] = [i]
        lowest[pile : pile + 1] = [reading]
        if len(ends) > piles:
            del ends[0], lowest[0]
    kept, i = [], ends[-1]
    while i >= 0:
        kept.append(i)
        i = previous[i]
    return kept[::-1]
