"""The quantities that charts of activities show, in metric or imperial units."""

from strava_mcp.charts.chart import Quantity
from strava_mcp.sports import PACED, SWIMS
from strava_mcp.units import METRES_PER_FOOT, METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

HEART_RATE = Quantity("number", "bpm")
POWER = Quantity("number", "W")
CLOCK = Quantity("clock")
#: Seconds ahead (+) or behind (−).
SECONDS = Quantity("signed", "s")
MINUTES = Quantity("signed", "min", 1 / 60, 1)


def is_imperial(units: str) -> bool:
    """Whether ``units`` (``metric`` or ``imperial``) are miles and feet."""
    return units == "imperial"


def length(units: str, sport: str = "") -> Quantity:
    """Metres as kilometres or miles; of swims as metres or yards."""
    if sport in SWIMS:
        return (
            Quantity("number", "yd", 1 / METRES_PER_YARD)
            if is_imperial(units)
            else Quantity("number", "m")
        )
    unit, metres = ("mi", METRES_PER_MILE) if is_imperial(units) else ("km", METRES_PER_KM)
    return Quantity("number", unit, 1 / metres, 2)


def rate(units: str, sport: str) -> Quantity:
    """Metres per second as the pace of sports that have one, as the speed of others."""
    unit, metres = ("mi", METRES_PER_MILE) if is_imperial(units) else ("km", METRES_PER_KM)
    if sport in SWIMS:
        per_m = 100 * (METRES_PER_YARD if is_imperial(units) else 1)
        return Quantity("pace", f"/100 {'yd' if is_imperial(units) else 'm'}", per_m)
    if sport in PACED:
        return Quantity("pace", f"/{unit}", metres)
    return Quantity("number", "mph" if is_imperial(units) else "km/h", 3600 / metres, 1)


def rate_name(sport: str) -> str:
    """``Pace`` or ``Speed``."""
    return "Pace" if sport in PACED else "Speed"


def height(units: str) -> Quantity:
    """Metres as whole metres or feet."""
    if is_imperial(units):
        return Quantity("number", "ft", 1 / METRES_PER_FOOT)
    return Quantity("number", "m")
