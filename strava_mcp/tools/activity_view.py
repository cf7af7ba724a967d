"""Render an activity for a reply: few short keys, no empty values, local time.

Quantities are in the units of ``display_units``. In every TypedDict here, keys without a
value are absent.
"""

from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.sources.activity_facts import WORKOUTS
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.sports import ON_FOOT
from strava_mcp.tools.activity_reader import has_place, local_start, sport_of
from strava_mcp.tools.export_view import ExportFields, export_fields
from strava_mcp.tools.quantities import (
    Intensity,
    get_distance,
    get_duration,
    get_elevation,
    get_intensity,
    get_temperature,
)
from strava_mcp.tools.reply_schema import Rare
from strava_mcp.tools.safe_json import (
    JSONObject,
    drop_empty,
    get_int,
    get_number,
    get_object,
    get_objects,
    get_str,
)

MAX_EFFORTS = 10
MAX_CALORIE_FREE_S = 600


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


class LapRow(Extent, Intensity, total=False):
    """A lap or a split."""

    name: str | None
    elevation_change: Rare[int | None]


class EffortRow(Intensity, total=False):
    """A segment effort or a best effort."""

    name: str | None
    segment_id: int | None
    distance: float | None
    time: str | None
    pr_rank: int | None
    kom_rank: int | None


class ActivityParts(TypedDict, total=False):
    """What full detail adds to an activity."""

    laps: list[LapRow]
    splits: list[LapRow]
    best_efforts: list[EffortRow]
    segment_efforts: list[EffortRow]
    note: Rare[str | None]
    polyline: Rare[str | None]


class Described(Summary, ActivityParts, total=False):
    """What the schema of get_activity_by_id declares."""

    units: str
    link: str | None
    description: Rare[str | None]


class Activity(Described, SortValue, ExportFields, total=False):
    """One activity."""

    average_cadence: int | None
    max_watts: int | None
    calories: int | None
    elevation_low: int | None
    elevation_high: int | None
    average_temp: str | None
    gear: str | None
    gear_id: str | None
    device: str | None
    timezone: str
    timezone_from: str | None
    comments: int | None
    achievements: int | None
    personal_records: int | None
    hide_from_home: bool


class ChangedActivity(TypedDict, total=False):
    """What the schemas of create_activity and update_activity declare."""

    units: str
    id: int
    link: str


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
        **_extent(activity, units, sport),
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


def detail(activity: JSONObject, units: str, full: bool, all_efforts: bool = False) -> Activity:
    """Render a DetailedActivity; ``full`` adds laps, splits, efforts and the polyline.

    Segment efforts are the ten best, or with ``all_efforts`` all of them.
    """
    sport = sport_of(activity)
    number = get_int(activity, "id")
    parts: ActivityParts = _parts(activity, units, sport, all_efforts) if full else {}
    rendered: Activity = {
        "units": display_units.UNITS[units],
        **summary(activity, units),
        "description": get_str(activity, "description"),
        "elapsed_time": get_duration(activity, "elapsed_time"),
        "max_speed": _max_speed(activity, units),
        "max_heartrate": get_int(activity, "max_heartrate"),
        "average_cadence": _cadence(activity, sport),
        "max_watts": get_int(activity, "max_watts"),
        "kilojoules": get_int(activity, "kilojoules"),
        "calories": _calories(activity),
        "elevation_low": get_elevation(activity, "elev_low", units),
        "elevation_high": get_elevation(activity, "elev_high", units),
        "average_temp": get_temperature(activity, "average_temp", units),
        "gear": get_str(get_object(activity, "gear"), "name"),
        "gear_id": get_str(activity, "gear_id"),
        "device": get_str(activity, "device_name"),
        "timezone": (get_str(activity, "timezone") or "").rpartition(" ")[2],
        "timezone_from": get_str(activity, "timezone_from"),
        "kudos": get_int(activity, "kudos_count"),
        "comments": get_int(activity, "comment_count"),
        "achievements": get_int(activity, "achievement_count"),
        "personal_records": get_int(activity, "pr_count"),
        "hide_from_home": activity.get("hide_from_home") is True,
        **export_fields(activity, units),
        **parts,
        "link": link(number) if number else None,
    }
    return drop_empty(rendered)


def _sort_value(activity: JSONObject, units: str, fact: str) -> SortValue:
    """What a list is sorted by, if its rows do not show that otherwise."""
    match fact:
        case "elapsed_time":
            return {"elapsed_time": get_duration(activity, "elapsed_time")}
        case "max_speed":
            return {"max_speed": _max_speed(activity, units)}
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


def _extent(activity: JSONObject, units: str, sport: str) -> Extent:
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


def _parts(activity: JSONObject, units: str, sport: str, all_efforts: bool) -> ActivityParts:
    splits = get_objects(activity, "splits_standard" if units == "imperial" else "splits_metric")
    efforts = sorted(get_objects(activity, "segment_efforts"), key=_rank)
    laps = get_objects(activity, "laps")
    count = len(efforts) if all_efforts else MAX_EFFORTS
    left_out = len(efforts) - count
    return {
        "laps": [_lap(lap, units, sport) for lap in laps] if len(laps) > 1 else [],
        "splits": [_lap(split, units, sport) for split in splits],
        "best_efforts": [
            _effort(effort, units) for effort in get_objects(activity, "best_efforts")
        ],
        "segment_efforts": [_effort(effort, units) for effort in efforts[:count]],
        "note": (
            f"{left_out} more segment efforts with include_all_efforts." if left_out > 0 else None
        ),
        "polyline": _polyline(activity),
    }


def _polyline(activity: JSONObject) -> str | None:
    """The track's outline; None in a virtual world."""
    if not has_place(activity):
        return None
    return get_str(get_object(activity, "map"), "summary_polyline")


def _lap(lap: JSONObject, units: str, sport: str) -> LapRow:
    row: LapRow = {
        "name": get_str(lap, "name"),
        **_extent(lap, units, sport),
        "elevation_change": get_elevation(lap, "elevation_difference", units),
        **get_intensity(lap),
    }
    return drop_empty(row)


def _effort(effort: JSONObject, units: str) -> EffortRow:
    row: EffortRow = {
        "name": get_str(effort, "name"),
        "segment_id": get_int(get_object(effort, "segment"), "id"),
        "distance": get_distance(effort, "distance", units),
        "time": get_duration(effort, "elapsed_time"),
        **get_intensity(effort),
        "pr_rank": get_int(effort, "pr_rank"),
        "kom_rank": get_int(effort, "kom_rank"),
    }
    return drop_empty(row)


def _rank(effort: JSONObject) -> tuple[float, float]:
    """Sort by KOM rank, then by PR rank; efforts without either keep their order."""
    return (get_number(effort, "kom_rank") or 99, get_number(effort, "pr_rank") or 99)


def _max_speed(activity: JSONObject, units: str) -> float | None:
    value = get_number(activity, "max_speed")
    return None if value is None else display_units.speed(value, units)


def _calories(activity: JSONObject) -> int | None:
    """Strava returns 0 if it does not know them; nobody burns less than 1 kcal in ten minutes."""
    value = get_int(activity, "calories")
    is_long = (get_number(activity, "elapsed_time") or 0) > MAX_CALORIE_FREE_S
    return None if value == 0 and is_long else value


def _cadence(activity: JSONObject, sport: str) -> int | None:
    """Strava counts the steps of one leg; runners count both."""
    value = get_number(activity, "average_cadence")
    if value is None:
        return None
    return round(value * 2 if sport in ON_FOOT else value)
