"""Best efforts: the least time in which a run covered each of the usual distances."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from strava_mcp.json_types import JSON
from strava_mcp.units import BEST_EFFORTS_M

Seconds = tuple[float, float]

#: Metres per second that no runner exceeds: the fastest 10 m of a 100 m world record took 0.81 s.
TOP_SPEED = 12.4


def best_efforts(time_s: Sequence[float], distance_m: Sequence[float]) -> list[JSON]:
    """The fastest stretch of each distance of BEST_EFFORTS_M that the run is long enough for.

    ``time_s``, ``distance_m``: seconds and metres from the start, one a sample. Each effort has
    ``name``, ``distance`` (m) and ``elapsed_time`` (s) as Strava's have; ``start_s``, the seconds
    from the start of the recording to its begin; ``start_index`` and ``end_index``, the samples
    that it lies between. Time standing counts: Strava's best efforts go by elapsed time.

    Where a position leaps, or the watch ran on in a car, no record may come of it: a step faster
    than TOP_SPEED, or backwards, ends a stretch, and no effort reaches across it.
    """
    parts = [
        fastest(time_s[first:end], distance_m[first:end], BEST_EFFORTS_M.values())
        for first, end in _plausible(time_s, distance_m)
    ]
    found = []
    for (name, metres), stretches in zip(
        BEST_EFFORTS_M.items(), zip(*parts, strict=True), strict=True
    ):
        stretch = _shortest(stretches)
        if stretch:
            begin_s, end_s = stretch
            found.append(
                {
                    "name": name,
                    "distance": round(metres),
                    "elapsed_time": round(end_s - begin_s),
                    "start_s": begin_s,
                    "start_index": bisect_right(time_s, begin_s) - 1,
                    "end_index": bisect_left(time_s, end_s),
                }
            )
    return found


def fastest(
    time_s: Sequence[float], distance_m: Sequence[float], lengths_m: Iterable[float]
) -> list[Seconds | None]:
    """Begin and end of the fastest stretch of exactly each length, in seconds; None if too long.

    ``distance_m`` never falls. Between samples the speed is even, so that a stretch may begin and
    end anywhere. The time that one takes is then a line from each begin to the next, and least
    where either its begin or its end is a sample: two passes over the recording are enough, the
    second one backwards.
    """
    times = [-time for time in reversed(time_s)]
    distances = [-covered for covered in reversed(distance_m)]
    found: list[Seconds | None] = []
    for metres in lengths_m:
        onward = _from_samples(time_s, distance_m, metres)
        backward = _from_samples(times, distances, metres)
        found.append(_shortest([onward, (-backward[1], -backward[0]) if backward else None]))
    return found


def _from_samples(
    time_s: Sequence[float], distance_m: Sequence[float], metres: float
) -> Seconds | None:
    """The same for stretches that begin at a sample.

    A later begin has no earlier end. After a stretch that took so many seconds more than the best,
    begins within those seconds cannot win, and are left out.
    """
    found: Seconds | None = None
    least, begin, last, size = inf, 0, 1, len(distance_m)
    while begin < size:
        goal = distance_m[begin] + metres
        last = bisect_left(distance_m, goal, last)
        if last == size:
            break
        over = (distance_m[last] - goal) / (distance_m[last] - distance_m[last - 1])
        end_s = time_s[last] - over * (time_s[last] - time_s[last - 1])
        took = end_s - time_s[begin]
        if took < least:
            least, found = took, (time_s[begin], end_s)
        begin = max(begin + 1, bisect_left(time_s, time_s[begin] + took - least))
    return found


def _plausible(time_s: Sequence[float], distance_m: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Begin and end (excluded) of each run of samples without an impossible step."""
    begin = 0
    for i in range(1, len(time_s)):
        step_m = distance_m[i] - distance_m[i - 1]
        if not 0 <= step_m <= TOP_SPEED * (time_s[i] - time_s[i - 1]):
            yield begin, i
            begin = i
    yield begin, len(time_s)


def _shortest(stretches: Iterable[Seconds | None]) -> Seconds | None:
    known = (stretch for stretch in stretches if stretch)
    return min(known, key=lambda stretch: stretch[1] - stretch[0], default=None)
