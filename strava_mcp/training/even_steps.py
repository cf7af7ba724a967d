"""A recording in even steps of its distance or time, as a chart draws it.

Each step has the metres and the seconds in motion that belong to it, so that their quotient is the
exact speed and all steps together are the whole recording. Between samples both grow evenly.

Of other series a step has the mean over its seconds in motion (over all of its seconds if nobody
moved), as the averages of an activity are computed. Rules of gaps are those of ``per_second``: a
value holds for the interval that ends at its sample, a hole of up to ``MAX_STEP_S`` has the value
before it, and an interval longer than the recording's usual ones has none.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from operator import mul
from typing import Literal, NamedTuple

from strava_mcp.training.per_second import MAX_STEP_S, max_step_s
from strava_mcp.training.series import Number, Series, Streams, sample_durations
from strava_mcp.training.totals import moving_seconds
from strava_mcp.training.track import interpolated

#: Steps of a whole recording: more than a screen has pixels for.
MAX_STEPS = 1000
AxisName = Literal["distance", "time"]


class Step(NamedTuple):
    """A part of a recording.

    ``begin``, ``end``: on the axis. ``metres``: None if no distance was recorded; ``moving_s``: in
    motion; ``at_s``: the elapsed time at its middle. ``means``: of each series, None where nothing
    was recorded.
    """

    begin: float
    end: float
    metres: float | None
    moving_s: float
    elapsed_s: float
    at_s: float
    means: Mapping[str, Number]

    @property
    def middle(self) -> float:
        """Its middle on the axis."""
        return (self.begin + self.end) / 2

    @property
    def speed_ms(self) -> float | None:
        """Metres per second in motion; None if nothing was recorded, or without motion."""
        return None if self.metres is None or not self.moving_s else self.metres / self.moving_s


class EvenSteps:
    """A recording along its axis: metres if there is a distance that grows, else seconds.

    Both count from the first sample. ``streams``: ``time`` in s, never decreasing, with at least
    one sample; ``distance`` may have gaps and decrease, the furthest so far counts; without
    ``moving`` all time is in motion. ``series``: which of the streams have means.
    """

    def __init__(self, streams: Streams, series: Sequence[str]) -> None:
        time = streams["time"]
        #: The time of the first sample, on the clock of the recording.
        self.start_s = time[0]
        self._time = [second - time[0] for second in time]
        self._metres = _metres(streams)
        self.axis: AxisName = "distance" if self._metres else "time"
        self._at = self._metres or self._time
        self._moving = list(moving_seconds(streams))
        self._moved_s = _sums(self._moving)
        longest_s = max_step_s(time)
        intervals = [0.0, *sample_durations(time)[:-1]]
        self._held = [s if s <= longest_s else 0.0 for s in intervals]
        self._series = {
            name: bridged(streams[name], time) for name in series if any_value(streams.get(name))
        }

    @property
    def length(self) -> float:
        """The length of the axis, in m or s; 0 for a recording of one moment."""
        return self._at[-1]

    @property
    def places(self) -> Sequence[float]:
        """Where each sample is on the axis."""
        return self._at

    @property
    def series(self) -> Sequence[str]:
        """Those of the series that have a value."""
        return list(self._series)

    def at(self, second: float) -> float:
        """The place on the axis at a time from the start, within the recording."""
        if self.axis == "time":
            return min(max(0.0, second), self.length)
        return _value(self._metres, _place(self._time, second))

    def part(self, begin: float, end: float) -> Step:
        """What lies between two places on the axis."""
        return self.between([begin, end])[0]

    def steps(
        self, begin: float = 0.0, end: float | None = None, max_steps: int = MAX_STEPS
    ) -> list[Step]:
        """Even steps from ``begin`` to ``end`` (None: all), at most one per recorded interval.

        None if there is nothing in between.
        """
        begin, end = max(0.0, begin), self.length if end is None else min(end, self.length)
        if not begin < end:
            return []
        samples = bisect_left(self._at, end) - bisect_left(self._at, begin)
        count = max(1, min(max_steps, samples))
        edges = [begin + (end - begin) * i / count for i in range(count)]
        return self.between([*edges, end])

    def between(self, edges: Sequence[float]) -> list[Step]:
        """What lies between rising places on the axis; beyond its end there is nothing."""
        places = [self._edge(edge) for edge in edges]
        moved, elapsed = _between(self._moved_s, places), _between(self._time, places)
        metres: Sequence[Number] = [None] * len(moved)
        if self._metres:
            metres = _between(self._metres, places)
        means = {name: self._means(name, places) for name in self._series}
        middles = [(begin + end) / 2 for begin, end in pairwise(edges)]
        at_s = [_value(self._time, self._edge(middle)) for middle in middles]
        return [
            Step(
                begin,
                end,
                metres[i],
                moved[i],
                elapsed[i],
                at_s[i],
                {name: values[i] for name, values in means.items()},
            )
            for i, (begin, end) in enumerate(pairwise(edges))
        ]

    def _edge(self, at: float) -> float:
        """The sample at a place on the axis, with a fraction. A rest belongs to what follows it,
        and at the end of the recording to what comes before.
        """
        return len(self._at) - 1.0 if at >= self.length else _place(self._at, at)

    def _means(self, name: str, places: Sequence[float]) -> list[Number]:
        in_motion = _means_between(*self._in_motion[name], places)
        if None not in in_motion:
            return in_motion
        whole = _means_between(*self._whole[name], places)
        return [b if a is None else a for a, b in zip(in_motion, whole, strict=True)]

    @cached_property
    def _in_motion(self) -> "dict[str, tuple[array[float], array[float]]]":
        if self.axis == "time":  # there a rest is a step of its own
            return self._whole
        return self._weighted([min(a, b) for a, b in zip(self._moving, self._held, strict=True)])

    @cached_property
    def _whole(self) -> "dict[str, tuple[array[float], array[float]]]":
        return self._weighted(self._held)

    def _weighted(self, weights: Sequence[float]) -> "dict[str, tuple[array[float], array[float]]]":
        """The sums of weighted values and of their weights up to each sample."""
        everywhere = _sums(weights)
        sums = {}
        for name, values in self._series.items():
            if None in values:
                here = [0.0 if v is None else w for v, w in zip(values, weights, strict=True)]
                sums[name] = _sums(map(mul, (v or 0.0 for v in values), here)), _sums(here)
            else:
                sums[name] = _sums(map(mul, values, weights)), everywhere
        return sums


def bridged(values: Series, time_s: Sequence[float]) -> Series:
    """The values, with holes of at most ``MAX_STEP_S`` filled with the value before them."""
    if None not in values:
        return values
    filled, last = list(values), -1
    for i, value in enumerate(values):
        if value is None:
            continue
        if 0 <= last < i - 1 and time_s[i] - time_s[last] <= MAX_STEP_S:
            filled[last + 1 : i] = [values[last]] * (i - last - 1)
        last = i
    return filled


def any_value(values: Series | None) -> bool:
    """Whether a stream has a value."""
    return values is not None and any(value is not None for value in values)


def _metres(streams: Streams) -> list[float]:
    """Metres from the first sample, never decreasing; empty without a distance that grows."""
    recorded = streams.get("distance")
    if not any_value(recorded):
        return []
    metres = list(accumulate(interpolated(recorded or (), streams["time"]), max))
    return [m - metres[0] for m in metres] if metres[-1] > metres[0] else []


def _sums(values: Iterable[float]) -> "array[float]":
    return array("d", accumulate(values))


def _place(positions: Sequence[float], at: float) -> float:
    """Where ``at`` is among rising positions, as an index with a fraction."""
    after = min(bisect_left(positions, at), len(positions) - 1)
    if not after or positions[after] <= at:
        return float(after)
    span = positions[after] - positions[after - 1]
    return after - 1 + (at - positions[after - 1]) / span


def _value(values: Sequence[float], place: float) -> float:
    before = int(place)
    share = place - before
    if not share:
        return values[before]
    return values[before] + share * (values[before + 1] - values[before])


def _between(sums: Sequence[float], places: Sequence[float]) -> list[float]:
    at = [_value(sums, place) for place in places]
    return [after - before for before, after in pairwise(at)]


def _means_between(
    totals: Sequence[float], weights: Sequence[float], places: Sequence[float]
) -> list[Number]:
    pairs = zip(_between(totals, places), _between(weights, places), strict=True)
    return [total / weight if weight > 1e-9 else None for total, weight in pairs]
