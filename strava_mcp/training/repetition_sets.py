"""Which stretches of work belong together as a set, and whether their rests are regular.

The rules are ours.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import NamedTuple

from strava_mcp.training.intervals import Repetition

#: Repetitions of one set agree with the median of the last few within these shares, and always
#: within so many seconds.
DURATION_TOLERANCE, MIN_TOLERANCE_S, OUTPUT_TOLERANCE = 0.20, 4, 0.30
MIN_REPETITIONS, LAST_FEW = 2, 9
#: Repetitions of one duration are two sets if all of the later ones have more output than all of
#: the earlier ones, or less, and on average by this share; of a few repetitions that is chance.
MIN_STEP, MIN_BESIDE_STEP = 0.10, 3
#: The time of the repetitions of a plan varies at most by this share or by so many seconds, or
#: their distance by its share; of several sets in one session by less: others are alike by chance.
MAX_TIME_VARIATION, MAX_DISTANCE_VARIATION, MAX_VARIATION_S = 0.07, 0.05, 3.0
MAX_VARIATION_OF_SEVERAL = 0.04
#: At least half of the rests differ from the median by at most this share, or by so many seconds.
REST_TOLERANCE, MIN_REST_TOLERANCE_S = 0.25, 10
#: A rest that is so many times the usual one, and so many seconds, is between two sets.
LONG_REST, MIN_LONG_REST_S = 2.5, 45
#: Rests are regular if they, or their shares of the repetitions before them, vary at most so much.
MAX_REST_VARIATION = 0.2


class Set(NamedTuple):
    """Repetitions that belong together."""

    repetitions: list[Repetition]

    @property
    def rests_s(self) -> list[int]:
        """Seconds between each repetition and the next."""
        return [after.begin_s - before.end_s for before, after in pairwise(self.repetitions)]

    @property
    def fade_percent(self) -> float:
        """How much less the output of the last repetition was than of the first, in percent."""
        first, last = self.repetitions[0].output, self.repetitions[-1].output
        return (first - last) / first * 100


def sets(repetitions: Sequence[Repetition]) -> list[Set]:
    """Group neighbouring repetitions of like duration and output; others are left out."""
    groups: list[list[Repetition]] = []
    for repetition in repetitions:
        if groups and _belongs(repetition, groups[-1]):
            groups[-1].append(repetition)
        else:
            groups.append([repetition])
    return [
        Set(series)
        for group in groups
        if len(group) >= MIN_REPETITIONS
        for part in _by_output(group)
        for series in _series(part)
    ]


def planned(groups: Sequence[Set]) -> list[Set]:
    """The sets that look like those of a plan: their repetitions are even, and so are their rests.

    That is one time or one distance.
    """
    time, distance = MAX_TIME_VARIATION, MAX_DISTANCE_VARIATION
    if len(groups) > 1:
        time = distance = MAX_VARIATION_OF_SEVERAL
    return [
        group
        for group in groups
        if _has_even_rests(group)
        and (
            _variation([float(one.duration_s) for one in group.repetitions], MAX_VARIATION_S)
            <= time
            or _variation([one.duration_s * one.output for one in group.repetitions]) <= distance
        )
    ]


def _variation(values: Sequence[float], negligible: float = 0.0) -> float:
    """The standard deviation as a share of the mean; 0 if it is negligible."""
    deviation = pstdev(values)
    return 0.0 if deviation <= negligible else deviation / fmean(values)


def _has_even_rests(group: Set) -> bool:
    usual_s = median(group.rests_s)
    allowed_s = max(MIN_REST_TOLERANCE_S, REST_TOLERANCE * usual_s)
    even = [rest for rest in group.rests_s if abs(rest - usual_s) <= allowed_s]
    return 2 * len(even) >= len(group.rests_s)


def _by_output(group: list[Repetition]) -> list[list[Repetition]]:
    """A group cut where its output takes a step, as of 3 × 4 min at 250 W and 3 at 290."""
    outputs = [one.output for one in group]
    steps = []
    for cut in range(MIN_BESIDE_STEP, len(group) - MIN_BESIDE_STEP + 1):
        before, after = outputs[:cut], outputs[cut:]
        if max(before) < min(after) or min(before) > max(after):
            steps.append((abs(fmean(after) - fmean(before)), cut))
    step, cut = max(steps, default=(0.0, 0))
    if not cut or step < MIN_STEP * fmean(outputs):
        return [group]
    return [*_by_output(group[:cut]), *_by_output(group[cut:])]


def _series(group: list[Repetition]) -> list[list[Repetition]]:
    """A group cut at its long rests, as in 3 × (10 × 40/20), unless one repetition stays alone."""
    rests = Set(group).rests_s
    long_s = max(MIN_LONG_REST_S, LONG_REST * median(rests))
    cuts = [i for i, rest in enumerate(rests, 1) if rest >= long_s]
    parts = [group[begin:end] for begin, end in pairwise([0, *cuts, len(group)])]
    return parts if all(len(part) >= MIN_REPETITIONS for part in parts) else [group]


def is_regular(repetitions: Sequence[Repetition]) -> bool:
    """Whether the rests are alike, or in proportion to the repetitions before them."""
    rests = [after.begin_s - before.end_s for before, after in pairwise(repetitions)]
    shares = [rest / one.duration_s for rest, one in zip(rests, repetitions, strict=False)]
    return any(pstdev(some) <= MAX_REST_VARIATION * fmean(some) for some in (rests, shares))


def _belongs(repetition: Repetition, group: Sequence[Repetition]) -> bool:
    duration = median(other.duration_s for other in group[-LAST_FEW:])
    output = median(other.output for other in group[-LAST_FEW:])
    allowed_s = max(MIN_TOLERANCE_S, DURATION_TOLERANCE * duration)
    return (
        abs(repetition.duration_s - duration) <= allowed_s
        and abs(repetition.output - output) <= OUTPUT_TOLERANCE * output
    )
