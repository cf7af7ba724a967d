"""Best efforts: the fastest time in which a run covered each of the usual distances."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple, TypedDict

from strava_mcp.units import BEST_EFFORTS_M

#: Metres per second that no runner exceeds: the fastest 10 m of a 100 m world record took 0.81 s.
MAX_SPEED_MS = 12.4


class Stretch(NamedTuple):
    """A part of a recording, in seconds from its start."""

    begin_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Elapsed seconds."""
        return self.end_s - self.begin_s


class BestEffort(TypedDict):
    """A best effort: Strava's fields (API v3, DetailedSegmentEffort) and where it begins.

    ``distance``: metres; ``elapsed_time``: seconds; ``start_s``: seconds from the start of the
    recording; ``start_index`` and ``end_index``: the samples that enclose it.
    """

    name: str
    distance: int
    elapsed_time: int
    start_s: float
    start_index: int
    end_index: int


def best_efforts(time_s: Sequence[float], distance_m: Sequence[float]) -> list[BestEffort]:
    """The fastest stretch of each distance of BEST_EFFORTS_M that the run is long enough for.

    ``time_s``, ``distance_m``: seconds and metres from the start, one value per sample. Time spent
    standing counts: Strava's best efforts are by elapsed time.

    A jumping position, or a watch left running in a car, must not produce a record: a step faster
    than MAX_SPEED_MS, or backwards, ends a stretch, and no effort spans it.
    """
    parts = [
        fastest(time_s[first:end], distance_m[first:end], BEST_EFFORTS_M.values())
        for first, end in _plausible_parts(time_s, distance_m)
    ]
    efforts: list[BestEffort] = []
    for (name, metres), stretches in zip(
        BEST_EFFORTS_M.items(), zip(*parts, strict=True), strict=True
    ):
        stretch = _shortest(stretches)
        if stretch:
            efforts.append(
                {
                    "name": name,
                    "distance": round(metres),
                    "elapsed_time": round(stretch.duration_s),
                    "start_s": stretch.begin_s,
                    "start_index": bisect_right(time_s, stretch.begin_s) - 1,
                    "end_index": bisect_left(time_s, stretch.end_s),
                }
            )
    return efforts


def fastest(
    time_s: Sequence[float], distance_m: Sequence[float], lengths_m: Iterable[float]
) -> list[Stretch | None]:
    """The fastest stretch of exactly each length; None if the recording is shorter.

    ``distance_m`` never decreases. Between samples the speed is taken as constant, so a stretch may
    begin and end anywhere. The duration is piecewise linear in the start point, so its minimum lies
    where the start or the end is a sample: two passes over the recording suffice, the second one
    backwards.
    """
    times = [-time for time in reversed(time_s)]
    distances = [-covered for covered in reversed(distance_m)]
    stretches: list[Stretch | None] = []
    for metres in lengths_m:
        forward = _from_samples(time_s, distance_m, metres)
        mirrored = _from_samples(times, distances, metres)
        backward = Stretch(-mirrored.end_s, -mirrored.begin_s) if mirrored else None
        stretches.append(_shortest([forward, backward]))
    return stretches


def _from_samples(
    time_s: Sequence[float], distance_m: Sequence[float], metres: float
) -> Stretch | None:
    """The fastest stretch of ``metres`` that begins at a sample.

    Moving the start forward never moves the end back. If a stretch is t seconds slower than the
    best so far, no start within the next t seconds can beat it, so those are skipped.
    """
    best: Stretch | None = None
    best_s, begin, last, size = inf, 0, 1, len(distance_m)
    while begin < size:
        goal_m = distance_m[begin] + metres
        last = bisect_left(distance_m, goal_m, last)
        if last == size:
            break
        excess = (distance_m[last] - goal_m) / (distance_m[last] - distance_m[last - 1])
        end_s = time_s[last] - excess * (time_s[last] - time_s[last - 1])
        duration_s = end_s - time_s[begin]
        if duration_s < best_s:
            best_s, best = duration_s, Stretch(time_s[begin], end_s)
        begin = max(begin + 1, bisect_left(time_s, time_s[begin] + duration_s - best_s))
    return best


def _plausible_parts(
    time_s: Sequence[float], distance_m: Sequence[float]
) -> Iterator[tuple[int, int]]:
    """Index ranges (end exclusive) of consecutive samples without an impossible step."""
    begin = 0
    for i in range(1, len(time_s)):
        step_m = distance_m[i] - distance_m[i - 1]
        if not 0 <= step_m <= MAX_SPEED_MS * (time_s[i] - time_s[i - 1]):
            yield begin, i
            begin = i
    yield begin, len(time_s)


def _shortest(stretches: Iterable[Stretch | None]) -> Stretch | None:
    existing = (stretch for stretch in stretches if stretch)
    return min(existing, key=lambda stretch: stretch.duration_s, default=None)
