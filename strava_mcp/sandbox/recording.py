"""Generates the streams of an activity from its plan, so that they add up to the plan's totals.

``motion`` moves the athlete second by second, and ``sensors`` record it. Both are fitted to the
totals, which follow from the same physiology in closed form; therefore a summary is right before
any stream is generated.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from strava_mcp.sandbox import sensors
from strava_mcp.sandbox.motion import distances, motion
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.signals import Numbers

#: Columns of equal length, by Strava's stream types.
Streams = dict[str, list[Any]]

#: Sports recorded with few samples, as by watches that save memory.
SPARSE = ("Hike", "Walk")
#: Streams whose highest value is kept in any case.
PEAKS = ("velocity_smooth", "heartrate")


@lru_cache(maxsize=12)  # a long ride takes about 5 MB
def streams(plan: Plan) -> Streams:
    """The streams of an activity, all of equal length; empty for a manual entry.

    The first sample is the start, with no distance covered and nobody moving. Each other sample
    covers the time since the one before, so that the steps of ``time`` in which ``moving`` is true
    add up to the moving time.
    """
    if not plan.is_recorded:
        return {}
    moving = _moving(plan)
    recorded = _full_streams(plan, moving)
    if plan.sport in SPARSE:
        kept = _sparse(recorded)
        recorded = {key: [data[i] for i in kept] for key, data in recorded.items()}
    return recorded


def _full_streams(plan: Plan, moving: list[bool]) -> Streams:
    """The streams at one sample per second."""
    result: Streams = {"time": list(range(len(moving))), "moving": moving}
    done = motion(plan)
    if plan.distance_m:
        metres = _held(distances(plan, done.speeds), moving)
        result["distance"] = [round(metre, 1) for metre in metres]
        result["velocity_smooth"] = _zero_in_pauses((round(v, 2) for v in done.speeds), moving)
        if plan.athlete.has_barometer:  # which comes with a thermometer
            result["temp"] = sensors.temperatures(plan, len(moving))
        if plan.course:
            latlng, heights = sensors.surveyed(plan, metres)
            result["altitude"] = [round(height, 1) for height in heights]
            result["grade_smooth"] = sensors.grades(heights, metres)
            if latlng:
                result["latlng"] = latlng
        steps = sensors.cadence(plan, done.shares, done.speeds, done.watts)
        result["cadence"] = _zero_in_pauses(steps, moving)
    if plan.has_heart_rate:
        result["heartrate"] = sensors.heart_rate(plan, done.shares, moving)
    if plan.has_meter and done.watts:
        result["watts"] = _zero_in_pauses((round(power) for power in done.watts), moving)
    return result


def _moving(plan: Plan) -> list[bool]:
    """Whether the athlete moved, for the start and each second."""
    result = [True] * plan.moving_s
    shift = 0
    for where, length in plan.pauses:
        at = round(where * plan.moving_s) + shift
        result[at:at] = [False] * length
        shift += length
    return [False, *result]


def _sparse(recorded: Streams) -> list[int]:
    """Indices of every seventh sample, of those before and after a pause, and of the highest."""
    moving = recorded["moving"]
    last = len(moving) - 1
    peaks = {recorded[key].index(max(recorded[key])) for key in PEAKS if key in recorded}
    kept = {*range(0, last + 1, 7), last, *peaks}
    return [i for i in range(last + 1) if i in kept or moving[i] != moving[i + 1]]


def _zero_in_pauses(values: Iterable[float], moving: list[bool]) -> list[float]:
    """Spread the values of moving seconds over all seconds, with 0 in pauses."""
    remaining = iter(values)
    return [next(remaining) if moves else 0 for moves in moving]


def _held(values: Numbers, moving: list[bool]) -> Numbers:
    """Spread the values of moving seconds over all seconds, with the last one in pauses."""
    remaining, last, result = iter(values), 0.0, []
    for moves in moving:
        last = next(remaining) if moves else last
        result.append(last)
    return result
