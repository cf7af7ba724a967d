"""Streams from a plan: a sample a second that adds up to the plan's totals.

Every quantity begins as a shape between 0 and 1 and is then fitted so that its mean and its top are
those of the plan, which is how a summary can be right before any stream was made.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Any

from strava_mcp.strava.sandbox.calendar import Plan
from strava_mcp.strava.sandbox.geo import loop

Numbers = list[float]

#: How much faster than the mean the fastest second is.
TOP_SPEED = {"Run": 1.35, "TrailRun": 1.5, "Swim": 1.3, "Hike": 1.5, "Walk": 1.3}
TOP_BEATS = {"easy": 16, "commute": 14, "interval": 34, "tempo": 26, "long": 20, "race": 12}
CADENCE = {"Run": 84, "TrailRun": 80, "Hike": 55, "Walk": 58, "Swim": 28}


def top_speed(plan: Plan) -> float:
    """The fastest second in metres per second."""
    mean = plan.distance_m / plan.moving_s if plan.moving_s else 0.0
    return round(mean * TOP_SPEED.get(plan.sport, 1.8), 1)


def top_heart_rate(plan: Plan) -> int:
    """The highest heart rate in beats a minute."""
    return min(188, plan.heart_rate + TOP_BEATS[plan.kind])


def top_watts(plan: Plan) -> int:
    """The strongest second in watts."""
    return round(plan.watts * 2.1)


def altitudes(plan: Plan, fractions: Sequence[float]) -> Numbers:
    """Metres above the sea at fractions of the way, climbing the plan's ascent in all."""
    scale, base = _hill_scale(plan), plan.place.base_altitude_m
    return [round(base + scale * height, 1) for height in _hills(plan.course, fractions)]


def has_track(plan: Plan) -> bool:
    """Whether there is a line on the map."""
    return not (plan.indoor or plan.manual)


@lru_cache(maxsize=32)
def streams(plan: Plan) -> dict[str, list[Any]]:
    """Every stream that the plan's recording has, all of one length (StreamSet)."""
    if plan.manual:
        return {}
    moving = _moving(plan)
    if plan.distance_m == 0:
        return _still(plan, moving)
    effort = _effort(plan)
    speed = _fit(effort, plan.distance_m / plan.moving_s, top_speed(plan))
    velocity = _spread(speed, moving)
    distance = list(accumulate(velocity))
    distance = [round(d * plan.distance_m / distance[-1], 1) for d in distance]
    fractions = [d / plan.distance_m for d in distance]
    found: dict[str, list[Any]] = {
        "time": list(range(len(moving))),
        "distance": distance,
        "velocity_smooth": [round(v, 2) for v in velocity],
        "moving": moving,
        "temp": _temperature(plan, len(moving)),
    }
    if plan.has_heart_rate:
        found["heartrate"] = _heart_rate(plan, effort, moving)
    if plan.sport != "Swim":
        found["cadence"] = _cadence(plan, effort, moving)
    if not plan.indoor or plan.sport == "VirtualRide":
        found["altitude"] = altitudes(plan, fractions)
        found["grade_smooth"] = _grades(plan, fractions, distance)
    if has_track(plan):
        found["latlng"] = [
            list(p) for p in loop(plan.place.latlng, plan.distance_m, plan.course, fractions)
        ]
    if plan.power == "meter":
        found["watts"] = _watts(plan, effort, moving)
    return found


def _moving(plan: Plan) -> list[bool]:
    """For each second whether the athlete moves: the pauses stand where the plan has them."""
    found = [True] * plan.moving_s
    shift = 0
    for where, length in plan.pauses:
        at = round(where * plan.moving_s) + shift
        found[at:at] = [False] * length
        shift += length
    return found


def _effort(plan: Plan) -> Numbers:
    """How hard the athlete goes in each moving second, between 0 and 1."""
    rng = Random(f"effort:{plan.id}")
    wander, found = 0.0, []
    slow, fast = rng.uniform(500, 900), rng.uniform(70, 130)
    phase = rng.uniform(0, 6)
    for second in range(plan.moving_s):
        wander = 0.985 * wander + rng.gauss(0, 0.02)
        shape = 0.5 + 0.13 * math.sin(second / slow + phase) + 0.06 * math.sin(second / fast)
        found.append(shape + wander + _session(plan.kind, second, plan.moving_s))
    low, high = min(found), max(found)
    return [(value - low) / (high - low) for value in found]


def _session(kind: str, second: int, total: int) -> float:
    """The pattern of a session: repetitions, a tempo block, a steady race with a finish."""
    share = second / total
    if kind == "interval" and 0.2 < share < 0.85:
        return 0.55 if second % 360 < 210 else -0.15
    if kind == "tempo" and 0.25 < share < 0.75:
        return 0.25 if second % 1080 < 720 else 0.0
    if kind == "race":
        return 0.3 if share > 0.96 else 0.0
    return -0.2 * max(0.0, 1 - share / 0.06)  # a few minutes of warming up


def _fit(shape: Numbers, mean: float, top: float) -> Numbers:
    """Stretch a shape to the mean and the maximum asked for, with nothing below 0."""
    centre = sum(shape) / len(shape)
    reach = max(shape) - centre
    scale = (top - mean) / reach
    deepest = centre - min(shape)
    if deepest * scale > 0.9 * mean:  # the mean is exact; the top gives way
        scale = 0.9 * mean / deepest
    return [mean + (value - centre) * scale for value in shape]


def _spread(values: Numbers, moving: list[bool]) -> Numbers:
    """Values of moving seconds over all seconds, with 0 while standing."""
    each = iter(values)
    return [next(each) if moves else 0.0 for moves in moving]


def _lagged(values: Numbers, seconds: float) -> Numbers:
    """A first-order lag: the heart follows effort with some delay."""
    state, found = values[0], []
    for value in values:
        state += (value - state) / seconds
        found.append(state)
    return found


def _heart_rate(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    drift = [value + 0.22 * i / len(effort) for i, value in enumerate(_lagged(effort, 28))]
    beats = _fit(drift, plan.heart_rate, top_heart_rate(plan))
    each, last, found = iter(beats), beats[0], []
    for moves in moving:
        last = next(each) if moves else max(92.0, last - 0.35)
        found.append(round(last))
    return found


def _cadence(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    usual = CADENCE.get(plan.sport, 86)
    return [round(v) for v in _spread([usual - 4 + 8 * value for value in effort], moving)]


def _watts(plan: Plan, effort: Numbers, moving: list[bool]) -> list[int]:
    rng = Random(f"watts:{plan.id}")
    jitter = [max(0.0, value + rng.gauss(0, 0.06)) for value in effort]
    return [max(0, round(v)) for v in _spread(_fit(jitter, plan.watts, top_watts(plan)), moving)]


def _temperature(plan: Plan, count: int) -> list[int]:
    mean = mean_temperature(plan)
    return [round(mean + 1.5 * math.sin(i / 2400)) for i in range(count)]


def mean_temperature(plan: Plan) -> int:
    """Degrees Celsius: the season outdoors, the room indoors."""
    if plan.indoor:
        return 21
    season = math.cos(2 * math.pi * (plan.start_local.timetuple().tm_yday - 200) / 365)
    return round(11 + 10 * season)


def _hills(course: int, fractions: Sequence[float]) -> Numbers:
    """Heights at fractions of the way, before they are scaled; 0 at both ends."""
    rng = Random(f"hill:{course}")
    waves = [(math.pi * n, rng.choice([-1, 1]) * rng.uniform(0.2, 1) / n) for n in (1, 2, 3, 7)]
    return [sum(size * math.sin(n * x) ** 2 for n, size in waves) for x in fractions]


@lru_cache(maxsize=4096)
def _hill_scale(plan: Plan) -> float:
    """Metres for each unit of _hill, so that the ascents add up to the plan's."""
    heights = _hills(plan.course, [i / 300 for i in range(301)])
    climbed = sum(max(0.0, b - a) for a, b in zip(heights, heights[1:], strict=False))
    return plan.ascent_m / climbed


def _grades(plan: Plan, fractions: Numbers, distance: Numbers) -> Numbers:
    """Slope in per cent over about twenty seconds."""
    heights = [
        plan.place.base_altitude_m + _hill_scale(plan) * h for h in _hills(plan.course, fractions)
    ]
    found = []
    last = len(heights) - 1
    for i in range(len(heights)):
        a, b = max(0, i - 10), min(last, i + 10)
        run = distance[b] - distance[a]
        found.append(round(100 * (heights[b] - heights[a]) / run, 1) if run > 1 else 0.0)
    return found


def _still(plan: Plan, moving: list[bool]) -> dict[str, list[Any]]:
    """Time and heart rate of a session that goes nowhere."""
    found: dict[str, list[Any]] = {"time": list(range(len(moving))), "moving": moving}
    if plan.has_heart_rate:
        found["heartrate"] = _heart_rate(plan, _effort(plan), moving)
    return found


def normalized_watts(plan: Plan) -> int:
    """Weighted average power of the summary: a little above the mean, more for uneven sessions."""
    return round(plan.watts * {"interval": 1.1, "tempo": 1.06, "race": 1.04}.get(plan.kind, 1.07))


def suffer_score(plan: Plan) -> int:
    """Strava's relative effort, in its order of magnitude."""
    share = max(0.0, (plan.heart_rate - 90) / 90)
    return round(plan.moving_s / 60 * math.pow(share, 1.6) * 1.9)


def kilojoules(plan: Plan) -> float:
    """Work in kJ: mean watts for the moving time."""
    return round(plan.watts * plan.moving_s / 1000, 1)


def calories(plan: Plan) -> int:
    """Energy in kcal, from work where there is any, else from heart rate and time."""
    if plan.watts:
        return round(kilojoules(plan) * 1.07)
    return round(plan.moving_s / 60 * (plan.heart_rate - 60) * 0.115)
