"""Whether stretches of work are intervals, and which of them belong together.

The rules are ours, chosen on the sandbox's sessions and on real recordings: hills, traffic and
surges of a free ride must not look like a plan.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Literal, NamedTuple

from strava_mcp.training.intervals import (
    MIN_CONTRAST,
    MIN_LAP_CONTRAST,
    MIN_OUTPUT,
    MIN_REPETITION_S,
    Levels,
    Repetition,
    from_output,
    laps_in_motion,
    levels,
    smoothed,
    upper,
    without_walking,
    work_laps,
)
from strava_mcp.training.repetition_sets import Set, is_regular, planned, sets
from strava_mcp.training.unmeasurable import Unmeasurable

#: Sets that are the session: their least share of the work, and of the stretches that are as long;
#: two repetitions alone have at least so many seconds.
MIN_SET_SHARE, MIN_SET_COUNT, MIN_PAIR_S = 0.6, 0.75, 240
#: Without a clear separation of work and rest also the least repetitions, and the least rest as a
#: share of a repetition: a stop at a gate is none.
MIN_UNSEPARATED, MIN_REST_SHARE = 3, 0.12
#: Work and rest are clearly separate if two levels explain this share of the variance.
MIN_SEPARATION = 0.8
#: Efforts that differ (fartlek): at least and at most so many, none with more than this share of
#: the work. A run with walks is none: together they have at most this share of the time from the
#: first to the last, unless their rests are regular.
MIN_EFFORTS, MAX_EFFORTS, MAX_EFFORT_SHARE, MAX_WORK_SHARE = 3, 30, 0.5, 0.65
#: Irregular sets, two or more, have on average so many repetitions: pairs agree by chance.
MIN_MEAN_REPETITIONS = 3
#: One block of work (a time trial, a fast finish): its least share of the work, its least seconds,
#: its largest share of the session, and how much its output may vary. Efforts beside it (of a test)
#: have this share of its seconds.
MIN_BLOCK_SHARE, MIN_BLOCK_S, MAX_SESSION_SHARE, MAX_BLOCK_VARIATION = 0.5, 300, 0.65, 0.08
MIN_EFFORT_SHARE = 0.1
#: Rests of a swim, in seconds.
MIN_SWIM_REST_S, MAX_SWIM_REST_S = 5, 180


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
    seconds; they count first, unless the output shows intervals inside of them. ``step_s``: seconds
    between samples. ``is_swim``: standing separates repetitions. Raises Unmeasurable if nothing
    stands out as intervals.
    """
    smooth = smoothed(output, step_s)
    two = levels(smooth)

    @cache
    def from_levels(of: Levels) -> list[Repetition]:
        return from_output(output, smooth, of)

    by_hand = laps_in_motion(output, moving, laps)
    outputs = [lap.output for lap in by_hand]
    of_laps = levels(outputs, MIN_LAP_CONTRAST)
    pressed = _chosen(outputs, of_laps, lambda of: work_laps(by_hand, of), MIN_LAP_CONTRAST)
    if pressed and not _are_finer(from_levels(two) if two else (), pressed[0]):
        return Structure("laps", *pressed)
    swum = _accepted(_between_rests(output), 1.0) if is_swim else None
    if swum and swum[1]:
        return Structure("output", *swum)
    chosen = _chosen(smooth, two, from_levels, MIN_CONTRAST)
    if chosen and (chosen[1] or not swum):
        return Structure("output", *chosen)
    if swum:
        return Structure("output", *swum)
    if pressed:
        return Structure("laps", *pressed)
    if two and (blocks := _blocks(from_levels(two), smooth, two.separation)):
        return Structure("output", blocks, [])
    raise Unmeasurable("no intervals: work and rest do not alternate clearly")


#: The repetitions and sets of a session.
Chosen = tuple[list[Repetition], list[Set]]


def _chosen(
    outputs: Sequence[float],
    two: Levels | None,
    work: Callable[[Levels], list[Repetition]],
    min_contrast: float,
) -> Chosen | None:
    """The intervals of a session by its two levels; where rests are walked, there are three.

    Then the two levels are walking and running, and the work stands out within the upper one; or
    they are work and all the rest, which walking spreads. ``work``: the stretches of work for two
    levels.
    """
    if two is None:
        return None
    stretches = work(two)
    chosen = _accepted(stretches, two.separation)
    if chosen and chosen[1] and len(chosen[0]) == len(stretches):
        return chosen
    for changed in (upper, without_walking):
        other = levels(changed(outputs, two), min_contrast)
        if other and other.separation >= MIN_SEPARATION:
            third = _accepted(work(other), other.separation)
            if third and _is_better(third, chosen):
                return third
    return chosen


def _is_better(third: Chosen, chosen: Chosen | None) -> bool:
    """Whether to prefer the intervals of three levels: sets, or else regular rests. Of two with
    sets, that with more repetitions: a warm-up may lead into the first one.
    """
    if chosen and chosen[1]:
        return bool(third[1]) and len(third[0]) > len(chosen[0])
    return bool(third[1]) or is_regular(third[0])


def _accepted(repetitions: Sequence[Repetition], separation: float) -> Chosen | None:
    """The repetitions and sets of a session with intervals; None if it has none."""
    pairs = list(pairwise(repetitions))
    if pairs and all(after.begin_s == before.end_s for before, after in pairs):
        return None  # without any rest: steps of a ramp, or the kilometres of a tempo run
    work_s = sum(repetition.duration_s for repetition in repetitions)
    is_separate = separation >= MIN_SEPARATION
    grouped = planned([one for one in sets(repetitions) if is_separate or _is_plain(one)])
    members = [repetition for group in grouped for repetition in group.repetitions]
    if members and _are_session(members, repetitions):
        is_chance = len(grouped) > 1 and len(members) < MIN_MEAN_REPETITIONS * len(grouped)
        if not is_chance or is_regular(members):
            return members, grouped
    if is_separate and MIN_EFFORTS <= len(repetitions) <= MAX_EFFORTS:
        span_s = repetitions[-1].end_s - repetitions[0].begin_s
        if max(one.duration_s for one in repetitions) <= MAX_EFFORT_SHARE * work_s:
            if work_s <= MAX_WORK_SHARE * span_s or is_regular(repetitions):
                return list(repetitions), []
    return None


def _are_session(members: Sequence[Repetition], repetitions: Sequence[Repetition]) -> bool:
    """Whether most of the work, and most stretches that are as long, are in sets."""
    shortest_s = min(one.duration_s for one in members) / 2
    as_long = [one for one in repetitions if one.duration_s >= shortest_s]
    work_s, all_s = (sum(one.duration_s for one in some) for some in (members, repetitions))
    is_pair = len(members) == 2 and shortest_s < MIN_PAIR_S / 2
    return (
        not is_pair
        and work_s >= MIN_SET_SHARE * all_s
        and len(members) >= MIN_SET_COUNT * len(as_long)
    )


def _is_plain(group: Set) -> bool:
    """Whether a set is one even where work and rest are not clearly separate."""
    duration = median(one.duration_s for one in group.repetitions)
    return (
        len(group.repetitions) >= MIN_UNSEPARATED
        and median(group.rests_s) >= MIN_REST_SHARE * duration
    )


def _blocks(
    stretches: Sequence[Repetition], smooth: Sequence[float], separation: float
) -> list[Repetition]:
    """The one long stretch of steady work, and the shorter efforts beside it; empty if none."""
    if separation < MIN_SEPARATION or not stretches:
        return []
    block = max(stretches, key=lambda stretch: stretch.duration_s)
    if block.duration_s < max(
        MIN_BLOCK_S, MIN_BLOCK_SHARE * sum(stretch.duration_s for stretch in stretches)
    ):
        return []
    if block.duration_s > MAX_SESSION_SHARE * len(smooth):
        return []
    inside = smooth[block.begin_s : block.end_s]
    if pstdev(inside) > MAX_BLOCK_VARIATION * fmean(inside):
        return []
    least_s = MIN_EFFORT_SHARE * block.duration_s
    return [stretch for stretch in stretches if stretch.duration_s >= least_s]


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
