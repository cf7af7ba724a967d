"""Mira's bikes and shoes."""

from strava_mcp.json_types import JSON

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
#: She buys running shoes every May; their id ends in the year.
RUNNING_SHOES_PREFIX = "g2157"
#: Fields of a SummaryGear.
SUMMARY = ("id", "primary", "name", "distance", "retired")


def gear(gear_id: str, distance_m: float = 0.0) -> JSON | None:
    """A bike or a pair of shoes as a DetailedGear; None for an unknown id."""
    description = BIKES.get(gear_id) or _shoes(gear_id)
    if description is None:
        return None
    totals = {"distance": round(distance_m), "retired": False}
    return {"id": gear_id, "resource_state": 3, **totals, **description}


def summary_gear(gear_id: str, distance_m: float = 0.0) -> JSON | None:
    """A bike or a pair of shoes as a SummaryGear; None for an unknown id."""
    detail = gear(gear_id, distance_m)
    return {name: detail[name] for name in SUMMARY} | {"resource_state": 2} if detail else None


def _shoes(gear_id: str) -> JSON | None:
    if gear_id == TRAIL_SHOES_ID:
        return TRAIL_SHOES
    year = gear_id.removeprefix(RUNNING_SHOES_PREFIX)
    if not gear_id.startswith(RUNNING_SHOES_PREFIX) or not (len(year) == 4 and year.isdigit()):
        return None
    model = RUNNING_SHOES[int(year) % len(RUNNING_SHOES)]
    return {
        "primary": False,
        "name": f"{model} {year}",
        "brand_name": "ASICS",
        "model_name": model,
        "description": "",
    }
