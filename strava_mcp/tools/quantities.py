"""Read quantities from Strava's JSON and convert them to display units.

Every function returns None if the field is missing or invalid (``tools.safe_json``); units are
those of ``display_units``.
"""

from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.tools.reply_schema import Rare
from strava_mcp.tools.safe_json import JSONObject, drop_empty, get_int, get_number


class Intensity(TypedDict, total=False):
    """Heart rate in bpm and power in watts; values that are unknown are absent."""

    average_heartrate: int | None
    average_watts: Rare[int | None]
    estimated_watts: Rare[int | None]
    weighted_watts: Rare[int | None]


def get_duration(source: JSONObject, key: str) -> str | None:
    """A number of seconds, not below 0, as ``h:mm:ss``."""
    seconds = get_number(source, key)
    return None if seconds is None or seconds < 0 else display_units.duration(seconds)


def get_distance(source: JSONObject, key: str, units: str) -> float | None:
    """A distance, from metres to kilometres or miles."""
    metres = get_number(source, key)
    return None if metres is None else display_units.distance(metres, units)


def get_elevation(source: JSONObject, key: str, units: str) -> int | None:
    """An altitude or a climb, from metres to metres or feet."""
    metres = get_number(source, key)
    return None if metres is None else display_units.elevation(metres, units)


def get_temperature(source: JSONObject, key: str, units: str) -> str | None:
    """A temperature, from °C to text in °C or °F."""
    celsius = get_number(source, key)
    return None if celsius is None else display_units.temperature(celsius, units)


def get_intensity(source: JSONObject) -> Intensity:
    """Heart rate and power of an activity, lap or effort.

    Power that Strava estimated from speed is named ``estimated_watts``.
    """
    intensity: Intensity = {"average_heartrate": get_int(source, "average_heartrate")}
    if source.get("device_watts") is True:
        intensity["average_watts"] = get_int(source, "average_watts")
    else:
        intensity["estimated_watts"] = get_int(source, "average_watts")
    intensity["weighted_watts"] = get_int(source, "weighted_average_watts")
    return drop_empty(intensity)
