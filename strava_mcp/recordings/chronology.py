"""Putting samples in order, and leaving out those whose time cannot be true."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from strava_mcp.geo import haversine_m
from strava_mcp.recordings.samples import (
    DAY_S,
    MAX_DURATION_S,
    Pause,
    Sample,
    Session,
    counted,
    plausible,
    without_time,
)

#: With fewer samples, it is plausible that all of them have the same time.
MIN_TRACK_POINTS = 3
#: Nobody pauses a recording for as long without the pause button.
MAX_UNMARKED_GAP_S = 7 * DAY_S
#: A sample that is out of order adds nothing to a track whose samples are at most so many seconds
#: apart, unless it is on it.
DENSE_S, MAX_DETOUR_M = 10.0, 1.0
#: In a longer gap it is wrong if going there and back is longer than twice the direct way and
#: faster than a GPS receiver's error explains.
MAX_DETOUR_FACTOR, MAX_DETOUR_MS = 2.0, 10.0


def sort_by_time(session: Session) -> tuple[list[Sample], list[str]]:
    """Return a session's samples, one per second in chronological order, and what was left out.

    The last value of a second wins. If less than half of the samples have a plausible time, or all
    have the same one, times are removed and the order of the file is kept. Samples are changed in
    place, because a day's samples should not be in memory twice.
    """
    cleaned = [sample for sample in map(plausible, session.samples) if sample]
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
    consistent.sort(key=lambda sample: sample["time"])
    kept, jump_s = _without_jumps(consistent, session)
    if jump_s:
        days = counted(round(jump_s / DAY_S), "day")
        problems += _left_out(len(consistent) - len(kept), f"beyond a jump of the clock by {days}")
    by_second: dict[int, Sample] = {}
    for sample in kept:
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
    legs = _metres(begin, end), _metres(begin, sample), _metres(sample, end)
    direct_m, there_m, back_m = legs
    if direct_m is None or there_m is None or back_m is None:
        return False
    seconds = float(end["time"] - begin["time"])
    if seconds <= DENSE_S:
        return bool(there_m + back_m > direct_m + MAX_DETOUR_M)
    return bool(there_m + back_m > MAX_DETOUR_FACTOR * direct_m + MAX_DETOUR_MS * seconds)


def _metres(one: Sample, other: Sample) -> float | None:
    """Return how far apart two samples are; None if neither position nor distance says it."""
    if "latlng" in one and "latlng" in other:
        return haversine_m(one["latlng"], other["latlng"])
    if "distance" in one and "distance" in other:
        return float(abs(one["distance"] - other["distance"]))
    return None


def _without_jumps(samples: list[Sample], session: Session) -> tuple[list[Sample], float]:
    """Return the largest part without a jump of the clock, and the longest jump (0 if none).

    A gap is a jump if neither the timer nor the device's elapsed time accounts for it. A gap of
    less than a day is never one: nights out stay part of a recording.
    """
    begins, jump_s = [0], 0.0
    span_s = samples[-1]["time"] - samples[0]["time"] if samples else 0.0
    for i in range(1, len(samples) if span_s > DAY_S else 0):
        begin, end = samples[i - 1]["time"], samples[i]["time"]
        if end - begin > DAY_S and _is_jump(begin, end, span_s, session):
            begins.append(i)
            jump_s = max(jump_s, end - begin)
    parts = zip(begins, [*begins[1:], len(samples)], strict=True)
    first, last = max(parts, key=lambda part: part[1] - part[0])
    return samples[first:last], jump_s


def _is_jump(begin: float, end: float, span_s: float, session: Session) -> bool:
    gap_s = end - begin
    if _paused_s(session.pauses, begin, end) > gap_s / 2:
        return False
    elapsed_s = session.totals.get("elapsed_time")
    if elapsed_s and span_s > elapsed_s + gap_s / 2:
        return True
    return gap_s > MAX_UNMARKED_GAP_S


def _paused_s(pauses: Iterable[Pause], begin: float, end: float) -> float:
    """Return how long the timer was stopped between two times."""
    return sum(max(0.0, min(pause.end, end) - max(pause.start, begin)) for pause in pauses)
