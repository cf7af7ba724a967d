"""Intervals: repetitions of hard work, from laps pressed by hand or from the output itself.

The rules are ours; no published algorithm has authority. The output is power in W or grade-adjusted
speed in m/s, one value per second, 0 in pauses.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from math import log
from statistics import fmean, median
from typing import NamedTuple

#: Seconds of the median that removes surges and dropouts.
SMOOTHING_S = 11
#: Work and rest differ at least this much; otherwise there are no intervals.
MIN_CONTRAST = 0.15
#: Where work begins and ends between the two levels, as shares of their distance.
ENTER, LEAVE = 0.6, 0.4
#: A hole in a repetition that does not end it, and the shortest repetition.
MAX_HOLE_S, MIN_REPETITION_S = 5, 10
#: Repetitions of one set agree within these shares of their median.
DURATION_TOLERANCE, OUTPUT_TOLERANCE = 0.20, 0.10
MIN_REPETITIONS = 2
#: Outputs below this are standing still.
MIN_OUTPUT = 0.1
MIN_LAPS = 3


class Repetition(NamedTuple):
    """A stretch of work: seconds from the start (end exclusive), and its mean output."""

    begin_s: int
    end_s: int
    output: float

    @property
    def duration_s(self) -> int:
        """Elapsed seconds."""
        return self.end_s - self.begin_s


class Set(NamedTuple):
    """Repetitions that belong together."""

    repetitions: list[Repetition]

    @property
    def rests_s(self) -> list[int]:
        """Seconds between each repetition and the next."""
        pairs = zip(self.repetitions, self.repetitions[1:], strict=False)
        return [after.begin_s - before.end_s for before, after in pairs]

    @property
    def fade_percent(self) -> float:
        """How much less the output of the last repetition was than of the first, in percent."""
        first, last = self.repetitions[0].output, self.repetitions[-1].output
        return (first - last) / first * 100


def levels(outputs: Sequence[float]) -> tuple[float, float] | None:
    """The two levels of the output, by 2-means of its logarithm; None if they hardly differ."""
    logs = sorted(log(value) for value in outputs if value >= MIN_OUTPUT)
    if not logs or logs[0] == logs[-1]:
        return None
    low, high = logs[0], logs[-1]
    for _ in range(20):
        middle = (low + high) / 2
        below = [value for value in logs if value < middle]
        above = [value for value in logs if value >= middle]
        means = fmean(below), fmean(above)
        if means == (low, high):
            break
        low, high = means
    if high - low < log(1 + MIN_CONTRAST):
        return None
    return low, high


def from_output(output: Sequence[float]) -> list[Repetition]:
    """Stretches of work, whatever their length from ``MIN_REPETITION_S``; empty without intervals.

    ``output``: one value per second.
    """
    smooth = _rolling_median(output)
    two = levels(smooth)
    if two is None:
        return []
    low, high = two
    enter, leave = low + ENTER * (high - low), low + LEAVE * (high - low)
    stretches: list[list[int]] = []
    is_work = False
    for second, value in enumerate(smooth):
        level = log(max(value, MIN_OUTPUT))
        if not is_work and level >= enter:
            if stretches and second - stretches[-1][1] < MAX_HOLE_S:
                is_work = True
            else:
                stretches.append([second, second])
                is_work = True
        elif is_work and level < leave:
            is_work = False
        if is_work:
            stretches[-1][1] = second + 1
    return [
        Repetition(begin, end, fmean(output[begin:end]))
        for begin, end in stretches
        if end - begin >= MIN_REPETITION_S
    ]


def from_laps(laps: Sequence[Repetition]) -> list[Repetition]:
    """The laps that are work, of laps pressed by hand; empty if they do not alternate in effort."""
    if len(laps) < MIN_LAPS:
        return []
    two = levels([lap.output for lap in laps])
    if two is None:
        return []
    middle = sum(two) / 2
    work = [lap for lap in laps if lap.output >= MIN_OUTPUT and log(lap.output) >= middle]
    return work if len(work) >= MIN_REPETITIONS else []


def sets(repetitions: Sequence[Repetition]) -> list[Set]:
    """Group neighbouring repetitions of like duration and output; others are left out."""
    groups: list[list[Repetition]] = []
    for repetition in repetitions:
        if groups and _belongs(repetition, groups[-1]):
            groups[-1].append(repetition)
        else:
            groups.append([repetition])
    return [Set(group) for group in groups if len(group) >= MIN_REPETITIONS]


def _rolling_median(values: Sequence[float]) -> list[float]:
    """The median of the SMOOTHING_S values around each; fewer near the ends."""
    half = SMOOTHING_S // 2
    window = sorted(values[:half])
    medians = []
    for i in range(len(values)):
        if i + half < len(values):
            insort(window, values[i + half])
        if i > half:
            del window[bisect_left(window, values[i - half - 1])]
        medians.append(window[len(window) // 2])
    return medians


def _belongs(repetition: Repetition, group: Sequence[Repetition]) -> bool:
    duration = median(other.duration_s for other in group)
    output = median(other.output for other in group)
    return (
        abs(repetition.duration_s - duration) <= DURATION_TOLERANCE * duration
        and abs(repetition.output - output) <= OUTPUT_TOLERANCE * output
    )
