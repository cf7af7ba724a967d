"""Mira's bikes and shoes."""

from datetime import date

from strava_mcp.json_types import JSON
from strava_mcp.sports import RIDES

BIKES: dict[str, JSON] = {
    "b11570001": {
        "primary": True,
        "name": "Alpenrose",
        "brand_name": "Canyon",
        "model_name": "Endurace CF 7",
        "frame_type": 3,
        "description": "Road bike with a power meter",
    },
    "b11570002": {
        "primary": False,
        "name": "Kiesel",
        "brand_name": "Canyon",
        "model_name": "Grizl 6",
        "frame_type": 5,
        "description": "Gravel bike",
    },
    "b11570003": {
        "primary": False,
        "name": "Stadtvelo",
        "brand_name": "Tour de Suisse",
        "model_name": "Emotion",
        "frame_type": 4,
        "description": "To work and back",
    },
}
TRAIL_SHOES_ID = "g21570002"
TRAIL_SHOES: JSON = {
    "primary": False,
    "name": "Trail shoes",
    "brand_name": "Hoka",
    "model_name": "Speedgoat",
    "description": "",
}
RUNNING_SHOES = ("Novablast", "Superblast", "Gel-Nimbus")
#: She buys running shoes every May; their id ends in the year. Then the old ones are retired, after
#: more or fewer kilometres, as she ran more or less.
RUNNING_SHOES_PREFIX, SHOE_MONTH = "g2157", 5
#: Fields of a SummaryGear.
SUMMARY = ("id", "primary", "name", "distance", "retired")


def gear_of(sport: str, kind: str, day: date) -> str | None:
    """The bike or shoes of one of Mira's activities."""
    if sport == "Run":
        return f"{RUNNING_SHOES_PREFIX}{_newest_shoes(day)}"
    if kind == "commute":
        return "b11570003" if sport == "Ride" else None
    gear_ids = {"TrailRun": TRAIL_SHOES_ID, "GravelRide": "b11570002"}
    return gear_ids.get(sport, "b11570001" if sport in RIDES else None)


def _newest_shoes(day: date) -> int:
    """The year in which she bought the newest pair of a date."""
    return day.year if day.month >= SHOE_MONTH else day.year - 1


def gear(gear_id: str, today: date | None = None, distance_m: float = 0.0) -> JSON | None:
    """A bike or a pair of shoes as a DetailedGear; None for an unknown id.

    ``today``: whether it is retired is a matter of the date.
    """
    description = BIKES.get(gear_id) or _shoes(gear_id)
    if description is None:
        return None
    is_retired = bool(today and gear_id in _old_shoes(today))
    totals = {"distance": round(distance_m), "retired": is_retired}
    return {"id": gear_id, "resource_state": 3, **totals, **description}


def summary_gear(gear_id: str, today: date | None = None, distance_m: float = 0.0) -> JSON | None:
    """A bike or a pair of shoes as a SummaryGear; None for an unknown id."""
    detail = gear(gear_id, today, distance_m)
    return {name: detail[name] for name in SUMMARY} | {"resource_state": 2} if detail else None


def _old_shoes(today: date) -> set[str]:
    """The ids of the running shoes that she retired in the last years."""
    newest = _newest_shoes(today)
    return {f"{RUNNING_SHOES_PREFIX}{year}" for year in range(newest - 6, newest)}


def _shoes(gear_id: str) -> JSON | None:
    if gear_id == TRAIL_SHOES_ID:
        return TRAIL_SHOES
    year = gear_id.removeprefix(RUNNING_SHOES_PREFIX)
    is_known = gear_id.startswith(RUNNING_SHOES_PREFIX) and len(year) == 4
    if not (is_known and year.isascii() and year.isdigit()):
        return None
    model = RUNNING_SHOES[int(year) % len(RUNNING_SHOES)]
    return {
        "primary": False,
        "name": f"{model} {year}",
        "brand_name": "ASICS",
        "model_name": model,
        "description": "",
    }
