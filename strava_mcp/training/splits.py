"""Cut a recording at given times: splits of a kilometre or a mile, and laps."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypedDict, cast

from strava_mcp.training.series import Series, Streams, mean
from strava_mcp.training.totals import moving_seconds, sample_weights, totals

#: A remainder shorter than this (metres) is merged into the last full split.
MIN_SPLIT_M = 5.0
#: Streams that are interpolated between samples; all others hold for a whole interval.
CONTINUOUS = ("time", "distance", "altitude", "climb")
#: Values of ``totals`` that a lap has too.
LAP_TOTALS = (
    *("max_speed", "total_elevation_gain", "average_heartrate", "max_heartrate"),
    *("average_cadence", "average_watts"),
)


class PartValues(TypedDict, total=False):
    """Values of a split or a lap, in seconds, metres, m/s, bpm and watts.

    Values that the recording does not have are absent.
    """

    elapsed_time: int
    moving_time: int
    distance: float
    average_speed: float
    elevation_difference: float
    average_heartrate: float
    average_watts: float


class Split(PartValues, total=False):
    """A split (API v3, Split), numbered from 1."""

    split: int


class LapValues(PartValues, total=False):
    """Values of a lap (API v3, Lap), and the indices of its first and last sample."""

    max_speed: float
    total_elevation_gain: float
    max_heartrate: float
    average_cadence: float
    start_index: int
    end_index: int


def splits(
    time_s: Sequence[float],
    distance_m: Sequence[float],
    moving: Sequence[bool],
    altitude_m: Series | None = None,
    heartrate: Series | None = None,
    watts: Series | None = None,
    *,
    every_m: float,
) -> list[Split]:
    """The splits of a recording, one per ``every_m`` metres; none if it is below MIN_SPLIT_M.

    The series have the same length; ``moving`` refers to the interval ending at each sample. A
    split ends where its distance is complete, interpolated between samples. The last one may be
    shorter; together they add up to the whole recording. Raises ValueError unless ``every_m`` is at
    least MIN_SPLIT_M.
    """
    if every_m < MIN_SPLIT_M:
        raise ValueError(f"A split is at least {MIN_SPLIT_M:g} m long.")
    given: dict[str, Series] = {"time": time_s, "distance": distance_m, "moving": moving}
    given |= {"altitude": altitude_m or (), "heartrate": heartrate or (), "watts": watts or ()}
    streams = {key: values for key, values in given.items() if values}
    boundaries = _boundaries_s(time_s, distance_m, every_m)
    return [
        cast(Split, {**_values(_part(streams, begin_s, end_s)), "split": number})
        for number, (begin_s, end_s) in enumerate(pairwise(boundaries), 1)
    ]


def lap_between(streams: Streams, begin_s: float, end_s: float) -> LapValues:
    """The values of a lap between two times, in seconds from the start.

    ``streams``: at least one sample. Times outside of the recording are moved to its ends.
    """
    time = streams["time"]
    begin_s, end_s = (min(max(moment, time[0]), time[-1]) for moment in (begin_s, end_s))
    part = _part(streams, begin_s, end_s)
    sums = totals(part).items()
    lap = {
        **{name: value for name, value in sums if name in LAP_TOTALS},
        **_values(part),
        "start_index": bisect_left(time, begin_s),
        "end_index": bisect_left(time, end_s),
    }
    return cast(LapValues, lap)


def _boundaries_s(
    time_s: Sequence[float], distance_m: Sequence[float], every_m: float
) -> list[float]:
    """When each split begins, and when the last one ends."""
    if not time_s or distance_m[-1] - distance_m[0] < MIN_SPLIT_M:
        return []
    boundaries = [float(time_s[0])]
    next_m = distance_m[0] + every_m
    for i, covered in enumerate(distance_m):
        while covered >= next_m:
            excess = (covered - next_m) / (covered - distance_m[i - 1])
            boundaries.append(time_s[i] - excess * (time_s[i] - time_s[i - 1]))
            next_m = distance_m[0] + every_m * len(boundaries)
    if distance_m[-1] - (next_m - every_m) < MIN_SPLIT_M:
        boundaries.pop()
    return [*boundaries, float(time_s[-1])]


def _part(streams: Streams, begin_s: float, end_s: float) -> dict[str, list[Any]]:
    """The recording between two times, with a sample at each of them.

    The first sample only marks the start: not moving, and without measurements.
    """
    time = streams["time"]
    first, last = bisect_right(time, begin_s), bisect_left(time, end_s)
    part = {}
    for key, values in streams.items():
        if key in CONTINUOUS:
            ends = _interpolate(time, values, begin_s), _interpolate(time, values, end_s)
        else:
            ends = (False if key == "moving" else None), values[last]
        part[key] = [ends[0], *values[first:last], ends[1]]
    return part


def _interpolate(time: Sequence[float], values: Series, at_s: float) -> float | None:
    """The value at a time, linear between its neighbours; None next to a gap."""
    after = bisect_left(time, at_s)
    upper = values[after]
    if time[after] == at_s or upper is None:
        return upper
    lower = values[after - 1]
    if lower is None:
        return None
    share = (at_s - time[after - 1]) / (time[after] - time[after - 1])
    return lower + share * (upper - lower)


def _values(part: Streams) -> PartValues:
    """The values of a split or lap.

    Its ends are rounded before they are subtracted, so that the parts add up.
    """
    begin_s, end_s = part["time"][0], part["time"][-1]
    elapsed_s = round(end_s) - round(begin_s)
    moving_s = sum(moving_seconds(part))
    values: PartValues = {"elapsed_time": elapsed_s}
    if "moving" in part:
        values["moving_time"] = max(0, elapsed_s - round(end_s - begin_s - moving_s))
    if "distance" in part:
        metres = part["distance"][-1] - part["distance"][0]
        values["distance"] = round(metres, 1)
        if "moving" in part:
            values["average_speed"] = round(metres / moving_s, 3) if moving_s else 0.0
    heights = [height for height in part.get("altitude", ()) if height is not None]
    if heights:
        values["elevation_difference"] = round(heights[-1] - heights[0], 1)
    weights = sample_weights(part)
    heartrate = mean(part["heartrate"], weights) if "heartrate" in part else None
    if heartrate is not None:
        values["average_heartrate"] = round(heartrate, 1)
    watts = mean(part["watts"], weights) if "watts" in part else None
    if watts is not None:
        values["average_watts"] = round(watts, 1)
    return values
