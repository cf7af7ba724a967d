"""Generates the streams of an activity from its plan, so that they add up to the plan's totals.

Every quantity starts as a shape between 0 and 1, which is then fitted to the plan's mean and
maximum. Therefore a summary is right before any stream is generated.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Any

from strava_mcp.sandbox import courses
from strava_mcp.sandbox.plan import Plan

Numbers = list[float]
#: Columns of equal length, by Strava's stream types.
Streams = dict[str, list[Any]]

#: Iterations of fitting speeds: they depend on slopes, and slopes on the distance covered.
SPEED_ITERATIONS = 3
#: Effect of a slope on speed: exponent per unit of slope, lowest and highest factor.
SLOPE_SPEED = {"Run": (3.0, 0.5, 1.15), "TrailRun": (3.0, 0.4, 1.15), "Hike": (3.5, 0.4, 1.1)}
CYCLING_SPEED = (10.0, 0.35, 1.7)
#: The slowest second as a fraction of the mean speed.
MIN_SPEED_RATIO = {"Run": 0.55, "Swim": 0.7, "Walk": 0.6}
#: Kinds of session without deliberate changes of pace.
STEADY = ("easy", "long", "race", "commute")
#: Sports recorded with few samples, as by watches that save memory.
SPARSE = ("Hike", "Walk")


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
        kept = _sparse(moving)
        recorded = {key: [data[i] for i in kept] for key, data in recorded.items()}
    return recorded


def _full_streams(plan: Plan, moving: list[bool]) -> Streams:
    """The streams at one sample per second."""
    result: Streams = {"time": list(range(len(moving))), "moving": moving}
    effort = _effort(plan)
    if plan.distance_m:
        velocity = _speeds(plan, effort)
        covered = list(accumulate(velocity))
        fractions = _with_held_pauses([d / covered[-1] for d in covered], moving)
        result["distance"] = [round(f * plan.distance_m, 1) for f in fractions]
        result["velocity_smooth"] = _with_zero_pauses([round(v, 2) for v in velocity], moving)
        result["temp"] = _temperatures(plan, len(moving))
        if plan.course:
            heights = courses.altitudes(plan.course, fractions)
            result["altitude"] = [round(height, 1) for height in heights]
            result["grade_smooth"] = _grades(heights, result["distance"])
            # Uphill is harder than it is fast.
            slopes = courses.slopes(plan.course, [d / covered[-1] for d in covered])
            effort = _normalized([e + 2.5 * s for e, s in zip(effort, slopes, strict=True)])
        if plan.has_track and plan.course:
            result["latlng"] = _track(plan, fractions)
        if plan.sport != "WeightTraining":
            result["cadence"] = _cadence(plan, effort, moving)
    if plan.has_heart_rate:
        result["heartrate"] = _heart_rate(plan, effort, moving)
    if plan.has_meter:
        result["watts"] = _watts(plan, effort, moving)
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


def _sparse(moving: list[bool]) -> list[int]:
    """Indices of every seventh sample, and of those before and after a pause."""
    last = len(moving) - 1
    return [i for i in range(last + 1) if i % 7 == 0 or i == last or moving[i] != moving[i + 1]]


def _effort(plan: Plan) -> Numbers:
    """The effort in each moving second, between 0 and 1."""
    rng = Random(f"effort:{plan.id}")
    wander, result = 0.0, []
    swing = 0.05 if plan.kind in STEADY else 0.11
    slow, fast = rng.uniform(500, 900), rng.uniform(70, 130)
    phase = rng.uniform(0, 6)
    for second in range(plan.moving_s):
        wander = 0.985 * wander + rng.gauss(0, 0.008)
        shape = 0.5 + swing * math.sin(second / slow + phase) + 0.03 * math.sin(second / fast)
        result.append(shape + wander + _session_pattern(plan.kind, second, plan.moving_s))
    return _normalized(result)


def _session_pattern(kind: str, second: int, total_s: int) -> float:
    """The pattern of a session: intervals, tempo blocks, a steady race with a sprint."""
    share = second / total_s
    warming_up = -0.25 * max(0.0, 1 - share / 0.08)
    if kind == "interval" and 0.2 < share < 0.85:
        return 0.55 if second % 360 < 210 else -0.2
    if kind == "tempo" and 0.25 < share < 0.75:
        return 0.3 if second % 1080 < 720 else 0.0
    if kind == "race":
        return 0.25 if share > 0.97 else 0.0
    return warming_up


def _normalized(values: Numbers) -> Numbers:
    """Scale values to between 0 and 1."""
    low, high = min(values), max(values)
    return [(value - low) / (high - low) for value in values]


def _fit(shape: Numbers, low: float, mean: float, top: float) -> Numbers:
    """Bend a shape so that it ranges from ``low`` to ``top`` with exactly this mean.

    A power of the shape brings the mean close. The rest is added in proportion to the distance
    from both ends, so that the ends keep their values.
    """
    samples = shape[:: max(1, len(shape) // 800)]
    wanted = (mean - low) / (top - low)
    small, large = 0.05, 20.0
    for _ in range(24):
        power = math.sqrt(small * large)
        is_high = sum(value**power for value in samples) / len(samples) > wanted
        small, large = (power, large) if is_high else (small, power)
    bent = [value**power for value in shape]
    room = sum(b * (1 - b) for b in bent)
    missing = (wanted * len(bent) - sum(bent)) / room
    return [low + (top - low) * (b + missing * b * (1 - b)) for b in bent]


def _with_zero_pauses(values: Sequence[float], moving: list[bool]) -> Numbers:
    """Spread the values of moving seconds over all seconds, with 0 in pauses."""
    remaining = iter(values)
    return [next(remaining) if moves else 0.0 for moves in moving]


def _with_held_pauses(values: Sequence[float], moving: list[bool]) -> Numbers:
    """Spread the values of moving seconds over all seconds, with the last one in pauses."""
    remaining, last, result = iter(values), 0.0, []
    for moves in moving:
        last = next(remaining) if moves else last
        result.append(last)
    return result


def _speeds(plan: Plan, effort: Numbers) -> Numbers:
    """Speed in metres per second in each moving second, slower uphill. Adds up to the distance."""
    mean, top = plan.mean_speed, plan.top_speed
    low = mean * MIN_SPEED_RATIO.get(plan.sport, 0.3)
    speeds = _fit(effort, low, mean, top)
    if plan.course is None:
        return speeds
    steep, slowest, fastest = SLOPE_SPEED.get(plan.sport, CYCLING_SPEED)
    for _ in range(SPEED_ITERATIONS):
        covered = list(accumulate(speeds))
        slopes = courses.slopes(plan.course, [d / covered[-1] for d in covered])
        shape, lagged = [], 1.0
        for slope, hard in zip(slopes, effort, strict=True):
            wanted = min(fastest, max(slowest, math.exp(-steep * slope)))
            lagged += (wanted - lagged) / 8  # inertia: speed follows the slope within seconds
            shape.append(lagged * (0.75 + 0.5 * hard))
        speeds = _fit(_normalized(shape), low, mean, top)
    return speeds


def _heart_rate(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    """Heart rate in bpm: follows effort with a first-order lag of 28 s, and drifts upward."""
    state, lagged = effort[0] * 0.3, []
    for i, value in enumerate(effort):
        state += (value - state) / 28
        lagged.append(state + 0.22 * i / len(effort))
    low = max(72.0, plan.heart_rate - 48)
    beats = _fit(_normalized(lagged), low, plan.heart_rate, plan.top_heart_rate)
    remaining, last, result = iter(beats), beats[0], []
    for moves in moving[1:]:
        last = next(remaining) if moves else max(low, last - 0.35)
        result.append(round(last))
    return [result[0], *result]


def _cadence(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    cadence = _fit(effort, plan.cadence - 9, plan.cadence, plan.cadence + 8)
    return [round(value) for value in _with_zero_pauses(cadence, moving)]


def _watts(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    rng = Random(f"watts:{plan.id}")
    uneven = _normalized([max(0.0, value + rng.gauss(0, 0.1)) for value in effort])
    return [
        round(v) for v in _with_zero_pauses(_fit(uneven, 0.0, plan.watts, plan.top_watts), moving)
    ]


def _temperatures(plan: Plan, count: int) -> list[int]:
    swing = 0.0 if plan.indoor else 1.4
    mean = plan.mean_temperature
    return [round(mean + swing * math.sin(2 * math.pi * i / count)) for i in range(count)]


def _grades(heights: Numbers, distance: Numbers) -> Numbers:
    """Slope in per cent over about 20 seconds."""
    result, last = [], len(heights) - 1
    for i in range(len(heights)):
        a, b = max(0, i - 10), min(last, i + 10)
        run = distance[b] - distance[a]
        result.append(round(100 * (heights[b] - heights[a]) / run, 1) if run > 3 else 0.0)
    return result


def _track(plan: Plan, fractions: Numbers) -> list[list[float]]:
    """Latitude and longitude in degrees, a few metres off the course as from a GPS receiver."""
    assert plan.course
    phase = plan.id % 63 / 10
    waves = plan.course.length_m / 60
    result = []
    for (lat, lng), x in zip(courses.positions(plan.course, fractions), fractions, strict=True):
        error = 2.5e-5 * math.sin(math.pi * x)  # up to about 3 m, and none at both ends
        lat += error * math.sin(waves * x + phase)
        lng += error * math.cos(waves * x * 0.7 + phase)
        result.append([round(lat, 6), round(lng, 6)])
    return result
