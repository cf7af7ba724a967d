"""The athlete's bikes and shoes."""

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
TRAIL_SHOES: JSON = {
    "primary": False,
    "name": "Trail shoes",
    "brand_name": "Hoka",
    "model_name": "Speedgoat",
    "description": "",
}
RUNNING_SHOES = ("Novablast", "Superblast", "Gel-Nimbus")
#: Running shoes are bought every May; their ID ends in the year.
RUNNING_SHOES_PREFIX = "g2157"


def gear(gear_id: str, distance_m: float = 0.0) -> JSON | None:
    """A bike or a pair of shoes (DetailedGear), or None. ``distance_m``: how far it has been."""
    found = BIKES.get(gear_id) or _shoes(gear_id)
    if found is None:
        return None
    distance = round(distance_m)
    return {"id": gear_id, "resource_state": 3, "distance": distance, "retired": False, **found}


def summary_gear(gear_id: str, distance_m: float = 0.0) -> JSON | None:
    """The same as a SummaryGear."""
    found = gear(gear_id, distance_m)
    kept = ("id", "primary", "name", "distance", "retired")
    return {k: found[k] for k in kept} | {"resource_state": 2} if found else None


def _shoes(gear_id: str) -> JSON | None:
    if gear_id == "g21570002":
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
