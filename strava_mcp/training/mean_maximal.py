"""Mean-maximal curves: the best mean over each duration, and their envelope."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from strava_mcp.training.per_second import runs
from strava_mcp.training.series import Series

#: Durations of every curve, in seconds.
DURATIONS_S = (
    *(1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800),
    *(2400, 3000, 3600, 5400, 7200),
)


class Best(NamedTuple):
    """``value``: the highest mean; ``start_s``: where it begins, in seconds from the start."""

    value: float
    start_s: int


#: Duration in seconds → the best over it.
Curve = Mapping[int, Best]


def curve(values: Series, durations_s: Sequence[int] = DURATIONS_S) -> dict[int, Best]:
    """The best mean of each duration, of one value per second.

    No window spans a None; so power has 0 in pauses, and heart rate None. Durations longer than
    every stretch are absent.
    """
    bests: dict[int, Best] = {}
    for begin, stretch in runs(values):
        sums = list(accumulate(stretch, initial=0.0))
        for duration in durations_s:
            if duration > len(stretch):
                continue
            gains = list(map(sub, sums[duration:], sums))
            highest = max(gains)
            if duration not in bests or highest / duration > bests[duration].value:
                bests[duration] = Best(highest / duration, begin + gains.index(highest))
    return {duration: bests[duration] for duration in durations_s if duration in bests}


def hull(best_of: Mapping[int, float]) -> dict[int, float]:
    """The curve made falling: an effort of a longer duration proves itself for a shorter one."""
    highest, result = float("-inf"), {}
    for duration in sorted(best_of, reverse=True):
        highest = max(highest, best_of[duration])
        result[duration] = highest
    return dict(sorted(result.items()))


def envelope(curves: Iterable[tuple[int, Mapping[int, float]]]) -> dict[int, tuple[float, int]]:
    """The best of many activities: duration → value and the id of the activity it is from."""
    bests: dict[int, tuple[float, int]] = {}
    for activity_id, values in curves:
        for duration, value in values.items():
            if duration not in bests or value > bests[duration][0]:
                bests[duration] = (value, activity_id)
    return dict(sorted(bests.items()))
