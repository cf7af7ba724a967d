"""Render what only the athlete's own export has: notes, perceived exertion and weather."""

from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.json_types import JSON
from strava_mcp.tools.activity_reader import has_place
from strava_mcp.tools.quantities import get_temperature
from strava_mcp.tools.safe_json import JSONObject, get_number, get_object, get_str

#: The highest value of each word on Strava's scale from 1 to 10 (support.strava.com, Perceived
#: Exertion).
EXERTIONS = ((3, "easy"), (6, "moderate"), (9, "hard"), (10, "maximum effort"))
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
TEMPERATURES = ("temperature", "apparent_temperature", "dew_point")
SPEEDS = ("wind_speed", "wind_gust")
SHARES = ("humidity", "cloud_cover", "precipitation_probability")
WORDS = ("condition", "precipitation_type", "observation_time")


class ExportFields(TypedDict, total=False):
    """What only the athlete's own export has, and the names of values computed from recordings."""

    private_note: str | None
    perceived_exertion: str | None
    weather: JSON
    computed: list[str]


def export_fields(activity: JSONObject, units: str) -> ExportFields:
    """Render the fields of an export; those that are missing are None or empty.

    Without a place there is no weather: that of a virtual world is nobody's.
    """
    computed = activity.get("computed")
    weather = get_object(activity, "weather") if has_place(activity) else {}
    return {
        "private_note": get_str(activity, "private_note"),
        "perceived_exertion": _exertion(get_number(activity, "perceived_exertion")),
        "weather": _weather(weather, units),
        "computed": [str(name) for name in computed] if isinstance(computed, list) else [],
    }


def _exertion(value: float | None) -> str | None:
    """Return ``6 of 10 (moderate)``."""
    word = next((word for most, word in EXERTIONS if value and 1 <= value <= most), None)
    return f"{value:g} of 10 ({word})" if word else None


def _weather(weather: JSONObject, units: str) -> JSON:
    """Render the weather at the start (see ``catalog.weather``), each value with its unit."""
    rendered: JSON = {name: get_str(weather, name) for name in WORDS}
    rendered |= {name: get_temperature(weather, name, units) for name in TEMPERATURES}
    speed_unit = "mph" if units == "imperial" else "km/h"
    for name in SPEEDS:
        metres_per_s = get_number(weather, name)
        if metres_per_s is not None:
            rendered[name] = f"{display_units.speed(metres_per_s, units):g} {speed_unit}"
    for name in SHARES:
        share = get_number(weather, name)
        rendered[name] = None if share is None else f"{round(share * 100)} %"
    rendered["wind_from"] = _direction(get_number(weather, "wind_bearing"))
    for name, unit in (("pressure", "hPa"), ("precipitation_intensity", "mm/h")):
        value = get_number(weather, name)
        rendered[name] = None if value is None else f"{round(value, 1):g} {unit}"
    rendered["uv_index"] = get_number(weather, "uv_index")
    return {name: value for name, value in rendered.items() if value is not None}


def _direction(degrees: float | None) -> str | None:
    """Return the point of the compass from which the wind comes, and its degrees."""
    if degrees is None:
        return None
    return f"{COMPASS[round(degrees / 45) % 8]} ({round(degrees)}°)"
