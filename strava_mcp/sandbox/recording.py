"""Streams from a plan: samples that add up to the plan's totals.

Every quantity begins as a shape between 0 and 1 and is then fitted so that its mean and its top are
those of the plan, which is how a summary can be right before any stream was made.
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
Streams = dict[str, list[Any]]

#: Fastest seconds depend on slopes, which depend on where one is, which depends on speed.
ROUNDS = 3
#: How a slope changes speed: the exponent per unit of slope, slowest, fastest.
SLOPE_SPEED = {"Run": (3.0, 0.5, 1.15), "TrailRun": (3.0, 0.4, 1.15), "Hike": (3.5, 0.4, 1.1)}
CYCLING_SPEED = (10.0, 0.35, 1.7)
#: The slowest second as a share of the mean.
MIN_SPEED_RATIO = {"Run": 0.55, "Swim": 0.7, "Walk": 0.6}
#: Kinds of session without a change of pace on purpose.
STEADY = ("easy", "long", "race", "commute")
#: Devices that write a sample only now and then, as many watches do to save memory.
SPARSE = ("Hike", "Walk")


@lru_cache(maxsize=12)  # a long ride takes some 5 MB
def streams(plan: Plan) -> Streams:
    """Every stream that the plan's recording has, all of one length (StreamSet).

    The first sample is the start: nothing has been covered, nobody moves. Each later one stands
    for the time since the one before, so ``moving`` weighted by the steps of ``time`` is the
    moving time. Empty for a manual entry.
    """
    if not plan.is_recorded:
        return {}
    moving = _moving(plan)
    found = _everything(plan, moving)
    if plan.sport in SPARSE:
        kept = _sparse(moving)
        found = {key: [data[i] for i in kept] for key, data in found.items()}
    return found


def _everything(plan: Plan, moving: list[bool]) -> Streams:
    """The recording at a sample a second."""
    found: Streams = {"time": list(range(len(moving))), "moving": moving}
    effort = _effort(plan)
    if plan.distance_m:
        velocity = _speeds(plan, effort)
        covered = list(accumulate(velocity))
        fractions = _held([d / covered[-1] for d in covered], moving)
        found["distance"] = [round(f * plan.distance_m, 1) for f in fractions]
        found["velocity_smooth"] = _spread([round(v, 2) for v in velocity], moving)
        found["temp"] = _temperatures(plan, len(moving))
        if plan.course:
            heights = courses.altitudes(plan.course, fractions)
            found["altitude"] = [round(height, 1) for height in heights]
            found["grade_smooth"] = _grades(heights, found["distance"])
            # Uphill is harder than it is fast.
            slopes = courses.slopes(plan.course, [d / covered[-1] for d in covered])
            effort = _unit([e + 2.5 * s for e, s in zip(effort, slopes, strict=True)])
        if plan.has_track and plan.course:
            found["latlng"] = _track(plan, fractions)
        if plan.sport != "WeightTraining":
            found["cadence"] = _cadence(plan, effort, moving)
    if plan.has_heart_rate:
        found["heartrate"] = _heart_rate(plan, effort, moving)
    if plan.has_meter:
        found["watts"] = _watts(plan, effort, moving)
    return found


def _moving(plan: Plan) -> list[bool]:
    """For each second whether the athlete moved in it; the first sample is the start."""
    found = [True] * plan.moving_s
    shift = 0
    for where, length in plan.pauses:
        at = round(where * plan.moving_s) + shift
        found[at:at] = [False] * length
        shift += length
    return [False, *found]


def _sparse(moving: list[bool]) -> list[int]:
    """Indices of every seventh sample and of those on both sides of a pause."""
    last = len(moving) - 1
    return [i for i in range(last + 1) if i % 7 == 0 or i == last or moving[i] != moving[i + 1]]


def _effort(plan: Plan) -> Numbers:
    """How hard the athlete goes in each moving second, between 0 and 1."""
    rng = Random(f"effort:{plan.id}")
    wander, found = 0.0, []
    swing = 0.05 if plan.kind in STEADY else 0.11
    slow, fast = rng.uniform(500, 900), rng.uniform(70, 130)
    phase = rng.uniform(0, 6)
    for second in range(plan.moving_s):
        wander = 0.985 * wander + rng.gauss(0, 0.008)
        shape = 0.5 + swing * math.sin(second / slow + phase) + 0.03 * math.sin(second / fast)
        found.append(shape + wander + _session(plan.kind, second, plan.moving_s))
    return _unit(found)


def _session(kind: str, second: int, total: int) -> float:
    """The pattern of a session: repetitions, tempo blocks, a steady race with a finish."""
    share = second / total
    warming_up = -0.25 * max(0.0, 1 - share / 0.08)
    if kind == "interval" and 0.2 < share < 0.85:
        return 0.55 if second % 360 < 210 else -0.2
    if kind == "tempo" and 0.25 < share < 0.75:
        return 0.3 if second % 1080 < 720 else 0.0
    if kind == "race":
        return 0.25 if share > 0.97 else 0.0
    return warming_up


def _unit(values: Numbers) -> Numbers:
    """The same shape between 0 and 1."""
    low, high = min(values), max(values)
    return [(value - low) / (high - low) for value in values]


def _fit(shape: Numbers, low: float, mean: float, top: float) -> Numbers:
    """Bend a shape so that it runs from ``low`` to ``top`` with exactly this mean.

    A power of the shape brings the mean near; what is missing is added where the shape is between
    its ends, so that these stay where they are.
    """
    some = shape[:: max(1, len(shape) // 800)]
    wanted = (mean - low) / (top - low)
    small, large = 0.05, 20.0
    for _ in range(24):
        power = math.sqrt(small * large)
        is_high = sum(value**power for value in some) / len(some) > wanted
        small, large = (power, large) if is_high else (small, power)
    bent = [value**power for value in shape]
    room = sum(b * (1 - b) for b in bent)
    missing = (wanted * len(bent) - sum(bent)) / room
    return [low + (top - low) * (b + missing * b * (1 - b)) for b in bent]


def _spread(values: Sequence[float], moving: list[bool]) -> Numbers:
    """Values of moving seconds over all seconds, with 0 while standing."""
    each = iter(values)
    return [next(each) if moves else 0.0 for moves in moving]


def _held(values: Sequence[float], moving: list[bool]) -> Numbers:
    """The same for what grows: it stays where it was while standing."""
    each, last, found = iter(values), 0.0, []
    for moves in moving:
        last = next(each) if moves else last
        found.append(last)
    return found


def _speeds(plan: Plan, effort: Numbers) -> Numbers:
    """Metres per second in each moving second, slower uphill; they add up to the distance."""
    mean, top = plan.mean_speed, plan.top_speed
    low = mean * MIN_SPEED_RATIO.get(plan.sport, 0.3)
    speeds = _fit(effort, low, mean, top)
    if plan.course is None:
        return speeds
    steep, slowest, fastest = SLOPE_SPEED.get(plan.sport, CYCLING_SPEED)
    for _ in range(ROUNDS):
        covered = list(accumulate(speeds))
        slopes = courses.slopes(plan.course, [d / covered[-1] for d in covered])
        shape, lagged = [], 1.0
        for slope, hard in zip(slopes, effort, strict=True):
            wanted = min(fastest, max(slowest, math.exp(-steep * slope)))
            lagged += (wanted - lagged) / 8  # inertia: speed follows the slope within seconds
            shape.append(lagged * (0.75 + 0.5 * hard))
        speeds = _fit(_unit(shape), low, mean, top)
    return speeds


def _heart_rate(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    """Beats a minute: they follow effort with a lag (a first-order one of 28 s) and drift up."""
    state, lagged = effort[0] * 0.3, []
    for i, value in enumerate(effort):
        state += (value - state) / 28
        lagged.append(state + 0.22 * i / len(effort))
    low = max(72.0, plan.heart_rate - 48)
    beats = _fit(_unit(lagged), low, plan.heart_rate, plan.top_heart_rate)
    each, last, found = iter(beats), beats[0], []
    for moves in moving[1:]:
        last = next(each) if moves else max(low, last - 0.35)
        found.append(round(last))
    return [found[0], *found]


def _cadence(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    turns = _fit(effort, plan.cadence - 9, plan.cadence, plan.cadence + 8)
    return [round(value) for value in _spread(turns, moving)]


def _watts(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    rng = Random(f"watts:{plan.id}")
    uneven = _unit([max(0.0, value + rng.gauss(0, 0.1)) for value in effort])
    return [round(v) for v in _spread(_fit(uneven, 0.0, plan.watts, plan.top_watts), moving)]


def _temperatures(plan: Plan, count: int) -> list[int]:
    swing = 0.0 if plan.indoor else 1.4
    mean = plan.mean_temperature
    return [round(mean + swing * math.sin(2 * math.pi * i / count)) for i in range(count)]


def _grades(heights: Numbers, distance: Numbers) -> Numbers:
    """Slope in per cent over about twenty seconds."""
    found, last = [], len(heights) - 1
    for i in range(len(heights)):
        a, b = max(0, i - 10), min(last, i + 10)
        run = distance[b] - distance[a]
        found.append(round(100 * (heights[b] - heights[a]) / run, 1) if run > 3 else 0.0)
    return found


def _track(plan: Plan, fractions: Numbers) -> list[list[float]]:
    """Latitude and longitude, a few metres beside the course as a receiver has it."""
    assert plan.course
    phase = plan.id % 63 / 10
    waves = plan.course.length_m / 60
    found = []
    for (lat, lng), x in zip(courses.line(plan.course, fractions), fractions, strict=True):
        astray = 2.5e-5 * math.sin(math.pi * x)  # about 3 m, and none at home
        lat += astray * math.sin(waves * x + phase)
        lng += astray * math.cos(waves * x * 0.7 + phase)
        found.append([round(lat, 6), round(lng, 6)])
    return found
