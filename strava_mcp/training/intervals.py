"""Stretches of hard work in a session, from laps pressed by hand or from the output itself.

The rules are ours; no published algorithm has authority. The output is power in W or grade-adjusted
speed in m/s, one value per second, 0 in pauses. ``interval_sets`` decides whether the stretches are
intervals.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import accumulate
from math import exp, log
from statistics import fmean
from typing import NamedTuple

from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

#: Seconds of the median that removes surges and dropouts.
SMOOTHING_S = 11
#: Work and rest differ at least this much; otherwise there are no intervals. Laps are means.
MIN_CONTRAST, MIN_LAP_CONTRAST = 0.15, 0.10
#: Where work begins and ends between the two levels, as shares of their distance.
ENTER, LEAVE = 0.6, 0.4
#: A hole in a repetition does not end it: up to this many seconds, or this share of the shorter
#: stretch beside it (a corner, a gate).
MAX_HOLE_S, MAX_HOLE_SHARE = 8, 0.04
#: The shortest repetition; of those pressed by hand, a sprint.
MIN_REPETITION_S, MIN_LAP_S = 10, 5
#: Outputs below this are standing still.
MIN_OUTPUT = 0.1
#: Less than this share of the mean is as good as rest: coasting, walking.
FLOOR_SHARE = 0.4
#: The lower level has at least this share of the time: a few short stops are no rests.
MIN_LOW_SHARE = 0.08
MIN_LAPS = 3
#: Less than this many seconds between two laps is no rest.
MIN_REST_S = 5
#: A device begins a lap by itself after these distances, exact to this share of them.
AUTOMATIC_LAPS_M = tuple(
    count * unit for unit in (METRES_PER_KM, METRES_PER_MILE) for count in (0.5, 1, 2, 5, 10)
)
LAP_TOLERANCE = 0.015


class Repetition(NamedTuple):
    """A stretch of work: seconds from the start (end exclusive), and its mean output."""

    begin_s: int
    end_s: int
    output: float

    @property
    def duration_s(self) -> int:
        """Elapsed seconds."""
        return self.end_s - self.begin_s


class Levels(NamedTuple):
    """The logarithms of the two levels of an output.

    ``separation``: the share of its variance, from 0 to 1, that the two levels explain.
    """

    low: float
    high: float
    separation: float


def levels(outputs: Sequence[float], min_contrast: float = MIN_CONTRAST) -> Levels | None:
    """The two levels that explain most of the logarithm of the output; None if they hardly differ.

    Standing does not count (Otsu 1979, for the histogram of a picture).
    """
    moving = [value for value in outputs if value >= MIN_OUTPUT]
    if not moving:
        return None
    floor = FLOOR_SHARE * fmean(moving)
    moving.sort()
    floored = bisect_left(moving, floor)
    logs = [log(floor)] * floored + [log(value) for value in moving[floored:]]
    sums = list(accumulate(logs, initial=0.0))
    size, total = len(logs), sums[-1]
    mean = total / size
    variance = sum([(value - mean) ** 2 for value in logs])
    if variance < 1e-9 * size:
        return None
    best, cut = 0.0, 0
    for count in range(max(1, round(MIN_LOW_SHARE * size)), size):
        # Between-class sum of squares, up to a constant.
        between = (sums[count] - count * mean) ** 2 / (count * (size - count))
        if between > best:
            best, cut = between, count
    if not cut:
        return None
    low, high = sums[cut] / cut, (total - sums[cut]) / (size - cut)
    if high - low < log(1 + min_contrast):
        return None
    return Levels(low, high, best * size / variance)


def smoothed(output: Sequence[float], step_s: float = 1.0) -> list[float]:
    """The median of the SMOOTHING_S values around each; fewer near the ends.

    ``step_s``: seconds between samples. Where there are few, a single one of them is smoothed away.
    """
    half = max(SMOOTHING_S // 2, round(step_s))
    window = sorted(output[:half])
    medians = []
    for i in range(len(output)):
        if i + half < len(output):
            insort(window, output[i + half])
        if i > half:
            del window[bisect_left(window, output[i - half - 1])]
        medians.append(window[len(window) // 2])
    return medians


def from_output(output: Sequence[float], smooth: Sequence[float], two: Levels) -> list[Repetition]:
    """Stretches of work, whatever their length from ``MIN_REPETITION_S``.

    ``output``: one value per second; ``smooth``: the same, ``smoothed``.
    """
    gap = two.high - two.low
    enter, leave = two.low + ENTER * gap, two.low + LEAVE * gap
    stretches: list[tuple[int, int]] = []
    begin = -1
    for second, value in enumerate(smooth):
        level = log(max(value, MIN_OUTPUT))
        if begin < 0 and level >= enter:
            begin = second
        elif begin >= 0 and level < leave:
            stretches.append((begin, second))
            begin = -1
    if begin >= 0:
        stretches.append((begin, len(smooth)))
    return [
        Repetition(begin, end, fmean(output[begin:end]))
        for begin, end in _without_holes(stretches)
        if end - begin >= MIN_REPETITION_S
    ]


def upper(outputs: Sequence[float], two: Levels) -> list[float]:
    """The outputs of the upper of two levels."""
    middle = exp((two.low + two.high) / 2)
    return [value for value in outputs if value >= middle]


def without_walking(outputs: Sequence[float], two: Levels) -> list[float]:
    """The outputs, with the upper level of the lower ones in place of all that is below it."""
    middle = exp((two.low + two.high) / 2)
    in_motion = [value for value in outputs if value >= MIN_OUTPUT]
    below = levels([value for value in in_motion if value < middle])
    return [max(value, exp(below.high)) for value in in_motion] if below else []


def laps_in_motion(
    output: Sequence[float], moving: Sequence[bool], laps: Sequence[tuple[int, int]]
) -> list[Repetition]:
    """Laps pressed by hand, without the standing at their ends; none if they are too few.

    ``moving``: one flag per second. ``laps``: begin and end in seconds.
    """
    parts = [_trimmed(begin, min(end, len(output)), moving) for begin, end in laps]
    active = [
        Repetition(begin, end, fmean(output[begin:end])) for begin, end in parts if begin < end
    ]
    return active if len(laps) >= MIN_LAPS and len(active) > 1 else []


def work_laps(laps: Sequence[Repetition], two: Levels) -> list[Repetition]:
    """The laps that are work; laps without a rest in between are one, as over and under FTP."""
    middle = (two.low + two.high) / 2
    joined: list[Repetition] = []
    for lap in laps:
        if lap.duration_s < MIN_LAP_S or log(max(lap.output, MIN_OUTPUT)) < middle:
            continue
        if joined and lap.begin_s - joined[-1].end_s < MIN_REST_S:
            before = joined.pop()
            work = before.output * before.duration_s + lap.output * lap.duration_s
            lap = Repetition(before.begin_s, lap.end_s, work / (lap.end_s - before.begin_s))
        joined.append(lap)
    return joined


def are_automatic(laps_m: Sequence[float]) -> bool:
    """Whether a device began laps of these distances (m) by itself; the last one is a remainder."""
    full = laps_m[:-1]
    return any(
        full and all(abs(metres - size) <= LAP_TOLERANCE * size for metres in full)
        for size in AUTOMATIC_LAPS_M
    )


def _without_holes(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join stretches that only a hole separates."""
    joined: list[tuple[int, int]] = []
    for begin, end in stretches:
        if joined:
            before, last = joined[-1]
            shorter = min(last - before, end - begin)
            if begin - last < max(MAX_HOLE_S, MAX_HOLE_SHARE * shorter):
                joined[-1] = before, end
                continue
        joined.append((begin, end))
    return joined


def _trimmed(begin: int, end: int, moving: Sequence[bool]) -> tuple[int, int]:
    while begin < end and not moving[begin]:
        begin += 1
    while begin < end and not moving[end - 1]:
        end -= 1
    return begin, end
