"""Render one activity in full: what a list shows, and its description, gear, laps and efforts."""

from collections.abc import Iterator
from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.sports import ON_FOOT
from strava_mcp.tools.activity_reader import has_place, sport_of
from strava_mcp.tools.activity_view import (
    Extent,
    SortValue,
    Summary,
    extent_of,
    link,
    max_speed,
    summary,
)
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
        "max_speed": max_speed(activity, units),
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
        "note": " ".join(_notes(activity, left_out)) or None,
        "polyline": _polyline(activity),
    }


def _notes(activity: JSONObject, left_out: int) -> Iterator[str]:
    if left_out > 0:
        yield f"{left_out} more segment efforts with include_all_efforts."
    if get_object(activity, "map").get("summary_polylines"):
        yield "The polyline is the longest part of the track: the way near home is hidden."


def _polyline(activity: JSONObject) -> str | None:
    """The track's outline; None in a virtual world."""
    if not has_place(activity):
        return None
    return get_str(get_object(activity, "map"), "summary_polyline")


def _lap(lap: JSONObject, units: str, sport: str) -> LapRow:
    row: LapRow = {
        "name": get_str(lap, "name"),
        **extent_of(lap, units, sport),
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
