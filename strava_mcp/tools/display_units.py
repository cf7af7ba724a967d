"""Quantities as an athlete reads them: metric or imperial, rounded to what was really measured.

Strava speaks metres, seconds and metres per second (API v3); only replies are converted.
"""

from strava_mcp.sports import PACED, SWIMS
from strava_mcp.units import METRES_PER_FOOT, METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

#: Said once in every reply that holds quantities.
UNITS = {
    "metric": "metric: km, elevation m, speed km/h, pace min/km (swims min/100 m), times h:mm:ss",
    "imperial": "imperial: mi, elevation ft, speed mph, pace min/mi (swims min/100 yd), "
    "times h:mm:ss",
}


def distance(metres: float, units: str) -> float:
    """Kilometres or miles: to ten metres, and to the metre below five kilometres."""
    unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    return round(metres / unit_m, 3 if metres < 5000 else 2)


def elevation(metres: float, units: str) -> int:
    """Whole metres or feet."""
    return round(metres / METRES_PER_FOOT if units == "imperial" else metres)


def speed(metres_per_s: float, units: str) -> float:
    """Kilometres or miles an hour, to a tenth."""
    unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    return round(metres_per_s * 3600 / unit_m, 1)


def pace(metres_per_s: float, units: str, sport: str) -> str:
    """``m:ss`` for a kilometre or mile, and for 100 metres or yards of swimming.

    ``metres_per_s`` is above zero.
    """
    if sport in SWIMS:
        unit_m = 100 * METRES_PER_YARD if units == "imperial" else 100
    else:
        unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    minutes, seconds = divmod(round(unit_m / metres_per_s), 60)
    return f"{minutes}:{seconds:02d}"


def movement(metres_per_s: float, units: str, sport: str) -> tuple[str, str | float]:
    """The word and value that say how fast: ``pace`` on foot and in water, else ``speed``."""
    if sport in PACED:
        return "pace", pace(metres_per_s, units, sport)
    return "speed", speed(metres_per_s, units)


def duration(seconds: float) -> str:
    """``h:mm:ss``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
