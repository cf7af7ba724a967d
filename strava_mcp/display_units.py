"""Convert SI values to metric or imperial display units, rounded to sensor precision.

Strava's API uses metres, seconds, metres per second and °C (API v3); only replies are converted.
``units`` is ``metric`` or ``imperial``.
"""

from typing import TypedDict

from strava_mcp.sports import PACED, SWIMS
from strava_mcp.units import METRES_PER_FOOT, METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

#: Stated once in every reply that contains quantities.
UNITS = {
    "metric": "metric: km, elevation m, speed km/h, pace min/km (swims min/100 m), times h:mm:ss",
    "imperial": "imperial: mi, elevation ft, speed mph, pace min/mi (swims min/100 yd), "
    "times h:mm:ss",
}


class Movement(TypedDict, total=False):
    """How fast: ``pace`` (``m:ss``) or ``speed`` (km/h or mph)."""

    pace: str
    speed: float


def distance(metres: float, units: str) -> float:
    """Kilometres or miles: two decimals, or three below 5 km."""
    unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    return round(metres / unit_m, 3 if metres < 5000 else 2)


def elevation(metres: float, units: str) -> int:
    """Whole metres or feet."""
    return round(metres / METRES_PER_FOOT if units == "imperial" else metres)


def temperature(celsius: float, units: str) -> str:
    """Whole degrees with their unit: ``21 °C`` or ``70 °F``."""
    if units == "imperial":
        return f"{round(celsius * 9 / 5 + 32)} °F"
    return f"{round(celsius)} °C"


def speed(metres_per_s: float, units: str) -> float:
    """Kilometres or miles per hour, one decimal."""
    unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    return round(metres_per_s * 3600 / unit_m, 1)


def pace(metres_per_s: float, units: str, sport: str) -> str:
    """``m:ss`` per kilometre or mile; for swims, per 100 metres or yards.

    ``metres_per_s`` is above zero.
    """
    if sport in SWIMS:
        unit_m = 100 * METRES_PER_YARD if units == "imperial" else 100
    else:
        unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    minutes, seconds = divmod(round(unit_m / metres_per_s), 60)
    return f"{minutes}:{seconds:02d}"


def movement(metres_per_s: float, units: str, sport: str) -> Movement:
    """The pace of sports that are reported as pace (``sports.PACED``), the speed of all others."""
    if sport in PACED:
        return {"pace": pace(metres_per_s, units, sport)}
    return {"speed": speed(metres_per_s, units)}


def duration(seconds: float) -> str:
    """``h:mm:ss``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
