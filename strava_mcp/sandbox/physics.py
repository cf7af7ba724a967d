"""Speed from power on a bicycle, and what a course does to speed.

The forces are those of Martin 1998 (Validation of a mathematical model for road cycling power):
gravity, rolling resistance and air. Running uphill costs what Strava's grade-adjusted pace says
(Robb 2017, as a quadratic that others fitted to it); hiking follows Tobler 1993.
"""

import math
from collections import Counter
from functools import lru_cache

from strava_mcp.sandbox.courses import Course, slopes

GRAVITY, AIR_DENSITY = 9.81, 1.15
#: Mass of bicycle and clothes in kg; drag area in m² and rolling resistance of a road bike.
BICYCLE_KG, DRAG_AREA, ROLLING = 9.5, 0.36, 0.005
#: The same of other bikes: thicker tyres on gravel, an upright position in the city.
ROUGH = {"GravelRide": (0.42, 0.011), "commute": (0.5, 0.008)}
#: Riders brake in bends: no faster than this, in m/s.
MAX_SPEED = 16.5
#: Riders push harder uphill, by this much per unit of slope, and ease off downhill.
EFFORT_PER_SLOPE, MIN_EFFORT = 6.0, -0.3
#: Below this slope they stop pedalling once they are fast.
COASTING_SLOPE = -0.022
#: Powers are rounded to this when speeds are looked up.
WATTS_STEP = 10


def resistance(bike: str) -> tuple[float, float]:
    """Drag area in m² and rolling resistance of a sport, or of a commute."""
    return ROUGH.get(bike, (DRAG_AREA, ROLLING))


@lru_cache(maxsize=8192)
def steady_speed(watts: float, mass_kg: float, bike: str, percent: float) -> float:
    """The steady speed in m/s on a slope in per cent without wind, found by bisection."""
    drag_area, rolling = resistance(bike)
    drag, pull = 0.5 * AIR_DENSITY * drag_area, mass_kg * GRAVITY * (rolling + percent / 100)
    low, high = 0.5, MAX_SPEED
    for _ in range(14):
        speed = (low + high) / 2
        is_too_fast = (drag * speed * speed + pull) * speed > watts
        low, high = (low, speed) if is_too_fast else (speed, high)
    return low


def flat_speed(watts: float, mass_kg: float, bike: str = "Ride") -> float:
    """The steady speed in m/s on the flat without wind."""
    return steady_speed(round(watts), mass_kg, bike, 0.0)


def power_on(slope: float, push: float) -> float:
    """Power on a slope, as a multiple of that on the flat; ``push``: the most that is added."""
    return 1 + min(push, max(MIN_EFFORT, EFFORT_PER_SLOPE * slope))


def mean_speed(watts: float, mass_kg: float, course: Course, bike: str, push: float) -> float:
    """The mean speed in m/s over a hilly course, with ``push`` on its climbs."""
    flat_w = WATTS_STEP * round(watts / WATTS_STEP)
    seconds = 0.0
    for percent, share in _slope_shares(course):
        is_coasting = percent / 100 < COASTING_SLOPE
        power = 0.0 if is_coasting else flat_w * power_on(percent / 100, push)
        seconds += share / steady_speed(power, mass_kg, bike, percent)
    return math.pow(watts / flat_w, 0.4) / seconds


@lru_cache(maxsize=256)
def _slope_shares(course: Course) -> tuple[tuple[float, float], ...]:
    """The shares of a course's length on each slope, in steps of half a per cent."""
    halves = Counter(round(200 * slope) for slope in slopes(course))
    return tuple((half / 2, count / halves.total()) for half, count in halves.items())


def top_speed(watts: float, mass_kg: float, course: Course, bike: str) -> float:
    """About the highest speed in m/s: on the steepest descent, or at ``watts`` on the flat."""
    drag_area, rolling = resistance(bike)
    push = mass_kg * GRAVITY * max(0.0, -_steepest_descent(course) - rolling)
    downhill = 0.9 * math.sqrt(push / (0.5 * AIR_DENSITY * drag_area))
    return min(MAX_SPEED, max(downhill, 0.95 * flat_speed(watts, mass_kg, bike)))


@lru_cache(maxsize=256)
def _steepest_descent(course: Course) -> float:
    """The steepest slope downhill that goes on for 400 m, below 0."""
    values = slopes(course)
    wide = max(1, round(400 / (course.loop_m or course.length_m) * len(values)))
    return min(sum(values[i : i + wide]) / wide for i in range(len(values) - wide + 1))


def slowness(sport: str, slope: float) -> float:
    """Time per metre on foot on a slope, relative to the flat."""
    if sport in ("Hike", "Walk"):
        return math.exp(3.5 * (abs(slope + 0.05) - 0.05))
    grade = min(30.0, max(-12.0, 100 * slope))
    return 1 + 0.02869556 * grade + 0.001520768 * grade**2


@lru_cache(maxsize=256)
def slownesses(course: Course, sport: str) -> tuple[float, ...]:
    """Time per metre on each stretch of a course, relative to the flat."""
    return tuple(slowness(sport, slope) for slope in slopes(course))


@lru_cache(maxsize=256)
def mean_slowness(course: Course, sport: str) -> float:
    """Time per metre over a whole loop, relative to the flat."""
    values = slownesses(course, sport)
    return sum(values) / len(values)
