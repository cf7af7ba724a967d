"""Whether stretches of work are intervals, and which of them belong together.

The rules are ours, chosen on the sandbox's sessions and on real recordings: hills, traffic and
surges of a free ride must not look like a plan.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Literal, NamedTuple

from strava_mcp.training.intervals import (
    MIN_OUTPUT,
    MIN_REPETITION_S,
    Repetition,
    from_laps,
    from_output,
    levels,
    smoothed,
)
from strava_mcp.training.unmeasurable import Unmeasurable

#: Repetitions of one set agree within these shares of their median.
DURATION_TOLERANCE, OUTPUT_TOLERANCE = 0.20, 0.10
MIN_REPETITIONS = 2
#: Sets that are the session: their least share of the work. Without a clear separation of work and
#: rest also the least repetitions, and the least rest as a share of a repetition: a stop at a gate
#: is none.
MIN_SET_SHARE, MIN_UNSEPARATED, MIN_REST_SHARE = 0.6, 3, 0.12
#: Work and rest are clearly separate if two levels explain this share of the variance.
MIN_SEPARATION = 0.8
#: Efforts that differ (fartlek): at least so many, none with more than this share of the work.
MIN_EFFORTS, MAX_EFFORT_SHARE = 3, 0.5
#: One block of work (a time trial, a fast finish): its least share of the work, its least seconds,
#: its largest share of the session, and how much its output may vary.
MIN_BLOCK_SHARE, MIN_BLOCK_S, MAX_SESSION_SHARE, MAX_BLOCK_VARIATION = 0.8, 300, 0.65, 0.08
#: Rests of a swim, in seconds.
MIN_SWIM_REST_S, MAX_SWIM_REST_S = 5, 180


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


class Structure(NamedTuple):
    """The intervals of a session.

    ``origin``: what they were read from. ``sets``: like repetitions; empty where the efforts
    differ, as in a fartlek. ``repetitions``: all of them, in order.
    """

    origin: Literal["laps", "output"]
    repetitions: list[Repetition]
    sets: list[Set]


def structure(
    output: Sequence[float],
    moving: Sequence[bool],
    laps: Sequence[tuple[int, int]] = (),
    *,
    step_s: float = 1.0,
    is_swim: bool = False,
) -> Structure:
    """The intervals of a session.

    ``output``, ``moving``: one value per second. ``laps``: those pressed by hand, begin and end in
    seconds; they count first, unless work and rest alternate inside of them. ``step_s``: seconds
    between samples. ``is_swim``: standing separates repetitions. Raises Unmeasurable if nothing
    stands out as intervals.
    """
    smooth = smoothed(output, step_s)
    two = levels(smooth)
    stretches = from_output(output, smooth, two) if two else []
    pressed, separation = from_laps(output, moving, laps)
    if pressed and not _are_finer(stretches, pressed):
        if chosen := _chosen(pressed, separation):
            return Structure("laps", *chosen)
    if two and (chosen := _chosen(stretches, two.separation)):
        return Structure("output", *chosen)
    if is_swim and (chosen := _chosen(_between_rests(output), 1.0)):
        return Structure("output", *chosen)
    if two and (block := _block(stretches, smooth, two.separation)):
        return Structure("output", [block], [])
    raise Unmeasurable("no intervals: work and rest do not alternate clearly")


def sets(repetitions: Sequence[Repetition]) -> list[Set]:
    """Group neighbouring repetitions of like duration and output; others are left out."""
    groups: list[_Group] = []
    for repetition in repetitions:
        if not groups or not groups[-1].fits(repetition):
            groups.append(_Group())
        groups[-1].add(repetition)
    members = [group.repetitions for group in groups]
    return [Set(group) for group in members if len(group) >= MIN_REPETITIONS]


class _Group:
    """Like repetitions, with their durations and outputs in order, so that medians cost little."""

    def __init__(self) -> None:
        self.repetitions: list[Repetition] = []
        self._durations: list[int] = []
        self._outputs: list[float] = []

    def add(self, repetition: Repetition) -> None:
        self.repetitions.append(repetition)
        insort(self._durations, repetition.duration_s)
        insort(self._outputs, repetition.output)

    def fits(self, repetition: Repetition) -> bool:
        """Whether a repetition is like the median of the group."""
        duration, output = _middle(self._durations), _middle(self._outputs)
        return (
            abs(repetition.duration_s - duration) <= DURATION_TOLERANCE * duration
            and abs(repetition.output - output) <= OUTPUT_TOLERANCE * output
        )


def _middle(ordered: Sequence[float]) -> float:
    """The median of values in order."""
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2


def _chosen(
    repetitions: Sequence[Repetition], separation: float
) -> tuple[list[Repetition], list[Set]] | None:
    """The repetitions and sets of a session with intervals; None if it has none."""
    pairs = list(pairwise(repetitions))
    if pairs and all(after.begin_s == before.end_s for before, after in pairs):
        return None  # without any rest: steps of a ramp, or the kilometres of a tempo run
    work_s = sum(repetition.duration_s for repetition in repetitions)
    is_separate = separation >= MIN_SEPARATION
    grouped = sets(repetitions)
    members = [repetition for group in grouped for repetition in group.repetitions]
    if members and sum(one.duration_s for one in members) >= MIN_SET_SHARE * work_s:
        if is_separate or any(map(_is_plain, grouped)):
            return members, grouped
    if is_separate and len(repetitions) >= MIN_EFFORTS:
        if max(one.duration_s for one in repetitions) <= MAX_EFFORT_SHARE * work_s:
            return list(repetitions), []
    return None


def _is_plain(group: Set) -> bool:
    """Whether a set is one even where work and rest are not clearly separate."""
    duration = median(one.duration_s for one in group.repetitions)
    return (
        len(group.repetitions) >= MIN_UNSEPARATED
        and median(group.rests_s) >= MIN_REST_SHARE * duration
    )


def _block(
    stretches: Sequence[Repetition], smooth: Sequence[float], separation: float
) -> Repetition | None:
    """The one long stretch of steady work, if the session has only that."""
    if separation < MIN_SEPARATION or not stretches:
        return None
    block = max(stretches, key=lambda stretch: stretch.duration_s)
    if block.duration_s < max(
        MIN_BLOCK_S, MIN_BLOCK_SHARE * sum(stretch.duration_s for stretch in stretches)
    ):
        return None
    if block.duration_s > MAX_SESSION_SHARE * len(smooth):
        return None
    inside = smooth[block.begin_s : block.end_s]
    return block if pstdev(inside) <= MAX_BLOCK_VARIATION * fmean(inside) else None


def _between_rests(output: Sequence[float]) -> list[Repetition]:
    """Stretches of motion between rests at the wall."""
    repetitions: list[Repetition] = []
    begin, last = -1, -1
    for second, value in enumerate([*output, *[0.0] * (MIN_SWIM_REST_S + 1)]):
        if value >= MIN_OUTPUT:
            begin = second if begin < 0 else begin
            last = second
        elif begin >= 0 and second - last >= MIN_SWIM_REST_S:
            if last + 1 - begin >= MIN_REPETITION_S:
                mean = fmean(output[begin : last + 1])
                repetitions.append(Repetition(begin, last + 1, mean))
            begin = -1
    rests = [after.begin_s - before.end_s for before, after in pairwise(repetitions)]
    return repetitions if not rests or median(rests) <= MAX_SWIM_REST_S else []


def _are_finer(stretches: Sequence[Repetition], laps: Sequence[Repetition]) -> bool:
    """Whether work and rest alternate inside of the laps, which are in order."""
    begins = [lap.begin_s for lap in laps]
    inside = 0
    for stretch in stretches:
        lap = bisect_right(begins, stretch.begin_s) - 1
        inside += lap >= 0 and stretch.end_s <= laps[lap].end_s
    return inside >= 2 * len(laps)
