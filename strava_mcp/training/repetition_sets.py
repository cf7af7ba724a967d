"""Which stretches of work belong together as a set, and whether their rests are regular.

The rules are ours.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import NamedTuple

from strava_mcp.training.intervals import Repetition

#: Repetitions of one set agree with the median of the last few within these shares, and always
#: within so many seconds. Those of less than ``SHORT_S`` (sprints) are less even in output.
DURATION_TOLERANCE, MIN_TOLERANCE_S = 0.20, 4
OUTPUT_TOLERANCE, SHORT_OUTPUT_TOLERANCE, SHORT_S = 0.10, 0.20, 30
MIN_REPETITIONS, LAST_FEW = 2, 9
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
        Set(part) for group in groups if len(group) >= MIN_REPETITIONS for part in _series(group)
    ]


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
    tolerance = SHORT_OUTPUT_TOLERANCE if duration < SHORT_S else OUTPUT_TOLERANCE
    allowed_s = max(MIN_TOLERANCE_S, DURATION_TOLERANCE * duration)
    return (
        abs(repetition.duration_s - duration) <= allowed_s
        and abs(repetition.output - output) <= tolerance * output
    )
