"""Strava's responses without readings and totals that cannot be (see ``training.plausible``).

A device's error reaches Strava's API unchanged. What is malformed is left to whoever reads it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite
from operator import le, sub
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.sources.stream_samples import MAX_NUMBER
from strava_mcp.training.plausible import (
    NO_READING,
    READINGS,
    TOTALS,
    Bounds,
    is_position,
    is_within,
)
from strava_mcp.training.readings import consistent
from strava_mcp.training.series import Number
from strava_mcp.training.track import MAX_ACCELERATION_MS2, MAX_SPEED_MS, odometer_m

#: Any step between two samples may be as long.
MAX_STEP_M = MAX_ACCELERATION_MS2 / 2
#: The parts of an activity that have totals of their own (API v3, DetailedActivity).
PARTS = ("laps", "splits_metric", "splits_standard", "best_efforts", "segment_efforts")


def plausible_streams(streams: Mapping[str, Any]) -> JSON:
    """Copy a StreamSet, with None for each implausible reading, counted as ``left_out``.

    The distance never decreases and has no gaps: it goes on where it jumped.
    """
    time = _data(streams, "time")
    result: JSON = dict(streams)
    for key in streams:
        data = _data(streams, key)
        if key == "latlng":
            values, count = _positions(data)
        elif key == "distance":
            values, count = _distance(data, time)
        elif key in READINGS:
            values, count = _readings(data, READINGS[key], NO_READING.get(key, ()))
        else:
            continue
        if values is not data:
            result[key] = {**streams[key], "data": values}
        if count:
            result[key] = {**result[key], "left_out": count}
    return result


def plausible_totals(activity: JSON) -> JSON:
    """Copy an activity, lap or effort without totals that cannot be, also of its parts."""
    wrong = {
        key
        for key, bounds in TOTALS.items()
        if _is_number(activity.get(key)) and not is_within(bounds, activity[key])
    }
    parts = {
        key: [plausible_totals(part) if isinstance(part, dict) else part for part in activity[key]]
        for key in PARTS
        if isinstance(activity.get(key), list)
    }
    if not wrong and not parts:
        return activity
    return {key: value for key, value in activity.items() if key not in wrong} | parts


def _data(streams: Mapping[str, Any], key: str) -> Sequence[Any]:
    stream = streams.get(key)
    data = stream.get("data") if isinstance(stream, dict) else None
    return data if isinstance(data, list) else ()


def _readings(
    data: Sequence[Any], bounds: Bounds, no_reading: Sequence[object]
) -> tuple[Sequence[Any], int]:
    """The readings, None for implausible ones, and how many of these there were."""
    if _all_within(data, bounds):
        return data, 0
    wrong = [_is_number(value) and not is_within(bounds, value) for value in data]
    values = [None if is_wrong else value for value, is_wrong in zip(data, wrong, strict=True)]
    counted = [value for value, is_wrong in zip(data, wrong, strict=True) if is_wrong]
    return values, sum(value not in no_reading for value in counted)


def _all_within(data: Sequence[Any], bounds: Bounds) -> bool:
    """Whether there are nothing but numbers and gaps, and all numbers within the bounds."""
    present = [value for value in data if value is not None]
    if not set(map(type, present)) <= {int, float}:
        return False
    if not present:
        return True
    is_bounded: bool = bounds[0] <= min(present) and max(present) <= bounds[1]
    return is_bounded and isfinite(sum(present))  # NaN passes comparisons


def _positions(data: Sequence[Any]) -> tuple[Sequence[Any], int]:
    wrong = [
        isinstance(point, list)
        and len(point) == 2
        and all(map(_is_number, point))
        and not is_position(*point)
        for point in data
    ]
    if not any(wrong):
        return data, 0
    values = [None if is_wrong else point for point, is_wrong in zip(data, wrong, strict=True)]
    return values, sum(is_wrong and any(point) for point, is_wrong in zip(data, wrong, strict=True))


def _distance(data: Sequence[Any], time: Sequence[Any]) -> tuple[Sequence[Any], int]:
    """The metres up to each sample, and how many readings contradict the others."""
    if not _is_timed(data, time):
        return _readings(data, READINGS["distance"], ())
    within, count = _readings(data, READINGS["distance"], ())
    if not count and _is_steady(within, time):
        return data, 0
    readings: list[Number] = [value if _is_number(value) else None for value in within]
    present = [i for i, reading in enumerate(readings) if reading is not None]
    if not present:
        return within, count
    kept = [present[i] for i in consistent([readings[i] or 0.0 for i in present])]
    jumps = sum(
        (readings[i] or 0.0) - (readings[before] or 0.0) > _max_step_m(time[i] - time[before])
        for before, i in pairwise(kept)
    )
    metres = odometer_m(readings, [second - time[0] for second in time])
    return [round(covered, 1) for covered in metres], count + len(present) - len(kept) + jumps


def _is_timed(data: Sequence[Any], time: Sequence[Any]) -> bool:
    """Whether each value has its time, and time passes."""
    return (
        len(data) == len(time) > 0
        and set(map(type, time)) <= {int, float}
        and abs(time[0]) < MAX_NUMBER > abs(time[-1])
        and all(map(le, time, time[1:]))
    )


def _is_steady(metres: Sequence[Any], time: Sequence[float]) -> bool:
    """Whether a distance never decreases nor jumps, and has no gaps."""
    if not set(map(type, metres)) <= {int, float} or not all(map(le, metres, metres[1:])):
        return False
    steps = list(map(sub, metres[1:], metres))
    if max(steps, default=0.0) <= MAX_STEP_M:
        return True
    return all(map(le, steps, map(_max_step_m, map(sub, time[1:], time))))


def _max_step_m(seconds: float) -> float:
    """The longest way between two samples, as ``odometer_m`` has it."""
    return max(MAX_SPEED_MS * seconds, MAX_STEP_M)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
