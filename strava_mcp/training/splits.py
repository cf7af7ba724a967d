"""A recording cut at given moments: splits of a kilometre or a mile, and laps."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.training.series import Series, mean
from strava_mcp.training.totals import seconds_moved, totals, weights

Streams = Mapping[str, Sequence[Any]]

#: What is left after the last full split belongs to that one if it is shorter than this, in metres.
MIN_M = 5.0
#: Streams that have a value between two samples; those of all others hold for a whole step.
CONTINUOUS = ("time", "distance", "altitude")
#: What Strava's Lap has of the values of ``totals``.
OF_LAPS = (
    *("max_speed", "total_elevation_gain", "average_heartrate", "max_heartrate"),
    *("average_cadence", "average_watts"),
)


def splits(
    time_s: Sequence[float],
    distance_m: Sequence[float],
    moving: Sequence[bool],
    altitude_m: Series | None = None,
    heartrate: Series | None = None,
    watts: Series | None = None,
    *,
    every_m: float,
) -> list[JSON]:
    """The splits (Split) of a recording, one every ``every_m`` metres; none below MIN_M.

    The arguments have one length; ``moving`` tells of the step that ends in a sample. A split ends
    when its distance is full, within a step if need be, where it is taken that the speed was even.
    The last one is shorter, and they add up to the whole. Raises ValueError unless ``every_m`` is
    at least MIN_M.
    """
    if every_m < MIN_M:
        raise ValueError(f"A split is at least {MIN_M:g} m long.")
    given: dict[str, Sequence[Any]] = {"time": time_s, "distance": distance_m, "moving": moving}
    given |= {"altitude": altitude_m or (), "heartrate": heartrate or (), "watts": watts or ()}
    streams = {key: values for key, values in given.items() if values}
    moments = _moments(time_s, distance_m, every_m)
    return [
        _facts(_cut(streams, begin_s, end_s)) | {"split": number}
        for number, (begin_s, end_s) in enumerate(pairwise(moments), 1)
    ]


def between(streams: Streams, begin_s: float, end_s: float) -> JSON:
    """What Strava's Lap says of the part between two moments, in seconds from the start.

    ``streams`` as in ``totals``, of at least one sample; moments outside of the recording mean its
    ends. Beside the facts of a split: those of OF_LAPS, ``start_index`` and ``end_index``.
    """
    time = streams["time"]
    begin_s, end_s = (min(max(moment, time[0]), time[-1]) for moment in (begin_s, end_s))
    part = _cut(streams, begin_s, end_s)
    known = totals(part)
    return {
        **{name: known[name] for name in OF_LAPS if name in known},
        **_facts(part),
        "start_index": bisect_left(time, begin_s),
        "end_index": bisect_left(time, end_s),
    }


def _moments(time_s: Sequence[float], distance_m: Sequence[float], every_m: float) -> list[float]:
    """When each split begins, and when the last one ends."""
    if not time_s or distance_m[-1] - distance_m[0] < MIN_M:
        return []
    found = [float(time_s[0])]
    mark = distance_m[0] + every_m
    for i, covered in enumerate(distance_m):
        while covered >= mark:
            over = (covered - mark) / (covered - distance_m[i - 1])
            found.append(time_s[i] - over * (time_s[i] - time_s[i - 1]))
            mark = distance_m[0] + every_m * len(found)
    if distance_m[-1] - (mark - every_m) < MIN_M:
        found.pop()
    return [*found, float(time_s[-1])]


def _cut(streams: Streams, begin_s: float, end_s: float) -> dict[str, list[Any]]:
    """The recording between two moments, with a sample at each of them.

    The first is where the part begins: nobody has moved yet, and nothing was measured.
    """
    time = streams["time"]
    first, last = bisect_right(time, begin_s), bisect_left(time, end_s)
    part = {}
    for key, values in streams.items():
        if key in CONTINUOUS:
            ends = _at(time, values, begin_s), _at(time, values, end_s)
        else:
            ends = (False if key == "moving" else None), values[last]
        part[key] = [ends[0], *values[first:last], ends[1]]
    return part


def _at(time: Sequence[float], values: Series, moment: float) -> float | None:
    """The value at a moment, on the line between its neighbours; None beside a gap."""
    after = bisect_left(time, moment)
    upper = values[after]
    if time[after] == moment or upper is None:
        return upper
    lower = values[after - 1]
    if lower is None:
        return None
    share = (moment - time[after - 1]) / (time[after] - time[after - 1])
    return lower + share * (upper - lower)


def _facts(part: Streams) -> JSON:
    """What a split and a lap have in common.

    Whole seconds are those between moments that were rounded first, so that they add up.
    """
    begin_s, end_s = part["time"][0], part["time"][-1]
    elapsed_s = round(end_s) - round(begin_s)
    moving_s = sum(seconds_moved(part))
    found: JSON = {"elapsed_time": elapsed_s}
    if "moving" in part:
        found["moving_time"] = max(0, elapsed_s - round(end_s - begin_s - moving_s))
    if "distance" in part:
        metres = part["distance"][-1] - part["distance"][0]
        found["distance"] = round(metres, 1)
        if "moving" in part:
            found["average_speed"] = round(metres / moving_s, 3) if moving_s else 0.0
    heights = [height for height in part.get("altitude", ()) if height is not None]
    if heights:
        found["elevation_difference"] = round(heights[-1] - heights[0], 1)
    seconds = weights(part)
    for key in ("heartrate", "watts"):
        average = mean(part[key], seconds) if key in part else None
        if average is not None:
            found[f"average_{key}"] = round(average, 1)
    return found
