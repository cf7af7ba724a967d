"""Render an activity as a row of a list: few short keys, no empty values, local time.

Quantities are in the units of ``display_units``. In every TypedDict here, keys without a
value are absent.
"""

from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.sources.activity_facts import WORKOUTS
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.tools.activity_reader import local_start, sport_of
from strava_mcp.tools.quantities import (
    Intensity,
    get_distance,
    get_duration,
    get_elevation,
    get_intensity,
    get_temperature,
)
from strava_mcp.tools.reply_schema import Rare
from strava_mcp.tools.safe_json import JSONObject, drop_empty, get_int, get_number, get_str


class Start(TypedDict, total=False):
    """The local start, or the UTC start if the local time is unknown (ISO 8601, no offset)."""

    start_local: str | None
    start_utc: Rare[str]


class Extent(TypedDict, total=False):
    """How far, how long, how high and how fast; ``pace`` or ``speed``, depending on the sport."""

    distance: float | None
    moving_time: str | None
    elevation_gain: int | None
    pace: str
    speed: float


class SortValue(TypedDict, total=False):
    """What a list is sorted by; rows of other lists do not show it."""

    elapsed_time: str | None
    max_speed: float | None
    max_heartrate: int | None
    kilojoules: int | None
    kudos: int | None
    temperature: str | None


class Summary(Start, Extent, Intensity, total=False):
    """An activity in any list."""

    id: int | None
    name: str | None
    sport_type: str
    relative_effort: Rare[int | None]
    workout: Rare[str | None]
    commute: Rare[bool]
    trainer: Rare[bool]
    manual: Rare[bool]
    visibility: Rare[str | None]


class ActivityRow(Summary, SortValue, total=False):
    """An activity in a list that is sorted."""


def link(activity_id: int | str) -> str:
    """The activity's page on Strava, which Strava's brand guidelines require beside its data.

    An activity that exists only in an archive has no page: the link is the athlete's own list.
    """
    if isinstance(activity_id, int) and activity_id >= FIRST_OWN_ID:
        return "https://www.strava.com/athlete/training"
    return f"https://www.strava.com/activities/{activity_id}"


def summary(activity: JSONObject, units: str, sorted_by: str = "") -> ActivityRow:
    """Render a SummaryActivity as a row of a list.

    ``sorted_by``: the fact that the list is sorted by (``activity_query.SORTABLE``), shown too.
    """
    sport = sport_of(activity)
    is_private = activity.get("private") is True
    visibility = get_str(activity, "visibility") or ("only_me" if is_private else None)
    row: ActivityRow = {
        "id": get_int(activity, "id"),
        "name": get_str(activity, "name"),
        "sport_type": sport,
        **_start(activity),
        **extent_of(activity, units, sport),
        **get_intensity(activity),
        "relative_effort": get_int(activity, "suffer_score"),
        "workout": WORKOUTS.get(int(get_number(activity, "workout_type") or 0)),
        "commute": activity.get("commute") is True,
        "trainer": activity.get("trainer") is True,
        "manual": activity.get("manual") is True,
        "visibility": visibility if visibility != "everyone" else None,
        **_sort_value(activity, units, sorted_by),
    }
    return drop_empty(row)


def _sort_value(activity: JSONObject, units: str, fact: str) -> SortValue:
    """What a list is sorted by, if its rows do not show that otherwise."""
    match fact:
        case "elapsed_time":
            return {"elapsed_time": get_duration(activity, "elapsed_time")}
        case "max_speed":
            return {"max_speed": max_speed(activity, units)}
        case "max_heartrate":
            return {"max_heartrate": get_int(activity, "max_heartrate")}
        case "kilojoules":
            return {"kilojoules": get_int(activity, "kilojoules")}
        case "kudos":
            return {"kudos": get_int(activity, "kudos_count")}
        case "temperature":
            return {"temperature": get_temperature(activity, "average_temp", units)}
    return {}


def _start(activity: JSONObject) -> Start:
    local, utc = local_start(activity), get_str(activity, "start_date")
    return {"start_local": local} if local or not utc else {"start_utc": utc.removesuffix("Z")}


def extent_of(activity: JSONObject, units: str, sport: str) -> Extent:
    """Distance, moving time, climb and average speed of an activity, lap or split."""
    metres, seconds = get_number(activity, "distance"), get_number(activity, "moving_time")
    extent: Extent = {
        "distance": get_distance(activity, "distance", units),
        "moving_time": get_duration(activity, "moving_time"),
        "elevation_gain": get_elevation(activity, "total_elevation_gain", units),
    }
    if metres and seconds and metres > 0 and seconds > 0:
        extent = {**extent, **display_units.movement(metres / seconds, units, sport)}
    return drop_empty(extent)


def max_speed(activity: JSONObject, units: str) -> float | None:
    value = get_number(activity, "max_speed")
    return None if value is None else display_units.speed(value, units)
