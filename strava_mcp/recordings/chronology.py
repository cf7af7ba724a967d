"""Putting samples in order, and leaving out those whose time cannot be true."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from strava_mcp.recordings.clock_jumps import metres_between
from strava_mcp.recordings.samples import (
    MAX_DURATION_S,
    Sample,
    counted,
    plausible,
    without_time,
)

#: With fewer samples, it is plausible that all of them have the same time.
MIN_TRACK_POINTS = 3
#: A sample that is out of order adds nothing to a track whose samples are at most so many seconds
#: apart, unless it is on it.
DENSE_S, MAX_DETOUR_M = 10.0, 1.0
#: In a longer gap it is wrong if going there and back is longer than twice the direct way and
#: faster than a GPS receiver's error explains.
MAX_DETOUR_FACTOR, MAX_DETOUR_MS = 2.0, 10.0


def sort_by_time(
    samples: Iterable[Sample], left_out: Counter[str] | None = None
) -> tuple[list[Sample], list[str]]:
    """Return one sample per second in chronological order, and which samples were left out.

    ``left_out``: counts the implausible readings of the others, by stream type.

    The last value of a second wins. If less than half of the samples have a plausible time, or all
    have the same one, times are removed and the order of the file is kept. Samples are changed in
    place, because a day's samples should not be in memory twice.
    """
    cleaned = [kept for sample in samples if (kept := plausible(sample, left_out))]
    timed = [sample for sample in cleaned if "time" in sample]
    seconds = {int(sample["time"]) for sample in timed}
    is_single_time = len(seconds) == 1 and len(cleaned) >= MIN_TRACK_POINTS
    if 2 * len(timed) < len(cleaned) or is_single_time:
        return [without_time(sample) for sample in cleaned], []
    middle = sorted(seconds)[len(seconds) // 2] if seconds else 0
    near = [sample for sample in timed if abs(sample["time"] - middle) <= MAX_DURATION_S]
    problems = _left_out(len(cleaned) - len(near), "without a plausible time")
    consistent = _without_contradictions(near)
    problems += _left_out(len(near) - len(consistent), "whose time runs backward")
    by_second: dict[int, Sample] = {}
    for sample in sorted(consistent, key=lambda sample: sample["time"]):
        second = int(sample["time"])
        sample["time"] = second
        by_second.setdefault(second, sample).update(sample)
    return list(by_second.values()), problems


def _left_out(number: int, reason: str) -> list[str]:
    if not number:
        return []
    return [f"{counted(number, 'sample')} {reason} {'is' if number == 1 else 'are'} left out"]


def _without_contradictions(samples: list[Sample]) -> list[Sample]:
    """Return the samples without those that their time puts where the athlete was not.

    Segments of a file may be in any order, and several samples of a second belong together. But
    where a clock was set back, later positions would lie between earlier ones. The longest run of
    samples that is in order counts as true.
    """
    times = [sample["time"] for sample in samples]
    if all(now <= after for now, after in zip(times, times[1:], strict=False)):
        return samples
    in_order = _longest_run(times)
    ordered = [samples[i] for i in in_order]
    ordered_times = [times[i] for i in in_order]
    true = set(in_order)
    return [
        sample
        for i, sample in enumerate(samples)
        if i in true or not _contradicts(sample, ordered, bisect_right(ordered_times, times[i]))
    ]


def _longest_run(times: Sequence[float]) -> list[int]:
    """Return the indices of the longest subsequence that never decreases."""
    ends: list[float] = []
    ends_at: list[int] = []
    previous = [-1] * len(times)
    for i, now in enumerate(times):
        length = bisect_right(ends, now)
        previous[i] = ends_at[length - 1] if length else -1
        ends[length : length + 1] = [now]
        ends_at[length : length + 1] = [i]
    run, at = [], ends_at[-1]
    while at >= 0:
        run.append(at)
        at = previous[at]
    return run[::-1]


def _contradicts(sample: Sample, ordered: Sequence[Sample], after: int) -> bool:
    """Whether nobody can have been there between two samples. ``after``: index of the second."""
    if not 0 < after < len(ordered):
        return False
    begin, end = ordered[after - 1], ordered[after]
    legs = metres_between(begin, end), metres_between(begin, sample), metres_between(sample, end)
    direct_m, there_m, back_m = legs
    if direct_m is None or there_m is None or back_m is None:
        return False
    seconds = float(end["time"] - begin["time"])
    if seconds <= DENSE_S:
        return bool(there_m + back_m > direct_m + MAX_DETOUR_M)
    return bool(there_m + back_m > MAX_DETOUR_FACTOR * direct_m + MAX_DETOUR_MS * seconds)
