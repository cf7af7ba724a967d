"""Tools for the athlete: their profile and totals."""

from datetime import date
from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import UnitsArguments, units_field, unlisted
from strava_mcp.tools.gear import GearRow, gear_row
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import Rare, reply_schema
from strava_mcp.tools.safe_json import (
    JSONObject,
    drop_empty,
    get_int,
    get_number,
    get_object,
    get_objects,
    get_str,
    require_id,
)
from strava_mcp.training.activity_stats import recent_since
from strava_mcp.units import KG_PER_POUND


class Athlete(TypedDict, total=False):
    """What the schema of get_athlete declares."""

    units: str
    id: int
    name: str
    weight: Rare[float]
    ftp_watts: Rare[float]
    bikes: list[GearRow]
    shoes: list[GearRow]
    clubs: Rare[list[str]]


class SportTotal(TypedDict, total=False):
    """The total of one sport."""

    count: int
    distance: float
    moving_time: str
    elevation_gain: int


class Stats(TypedDict, total=False):
    """The reply of get_athlete_stats; totals by ``run``, ``ride``, ``swim``.

    ``dates``: the days that totals are of, ``first..last``.
    """

    units: str
    last_4_weeks: dict[str, SportTotal]
    this_year: dict[str, SportTotal]
    all_time: dict[str, SportTotal]
    longest_ride: Rare[float]
    biggest_climb: Rare[int]
    dates: Rare[dict[str, str]]


ATHLETE = reply_schema(Athlete, "units", "id")
STATS = reply_schema(Stats, "units")

STRAVAS_TOTALS = (
    "Strava's own totals: of activities that everyone can see, by Strava's own calendar. "
    "get_activities with a date_range counts all of them by local days."
)
#: Text fields of a DetailedAthlete that a reply has under the same name.
TEXT_FIELDS = ("city", "state", "country", "sex", "bio", "measurement_preference")


@tool(title="The athlete", arguments=UnitsArguments, output=ATHLETE)
def get_athlete(ctx: Context, arguments: JSON) -> JSON:
    """The athlete's profile, as far as known: name, place, weight, FTP, bikes and shoes with
    distances.
    """
    units = arguments.get("units", ctx.units)
    names = "mi, lb" if units == "imperial" else "km, kg"
    return {"units": names} | _profile(ctx.source.athlete(), units)


def _profile(athlete: JSONObject, units: str) -> JSON:
    """Render a DetailedAthlete. Raises Unavailable if it is not one."""
    number = require_id(get_int(athlete, "id"), "athlete")
    weight_kg = get_number(athlete, "weight")
    names = [get_str(athlete, key) for key in ("firstname", "lastname")]
    row = {
        "id": number,
        "name": " ".join(name for name in names if name),
        **{key: get_str(athlete, key) for key in TEXT_FIELDS},
        "weight": _weight(weight_kg, units) if weight_kg else None,
        "ftp_watts": get_number(athlete, "ftp") or None,  # Strava writes 0 if none is set
        "since": (get_str(athlete, "created_at") or "")[:10],
        "bikes": [gear_row(gear, units) for gear in get_objects(athlete, "bikes")],
        "shoes": [gear_row(gear, units) for gear in get_objects(athlete, "shoes")],
        "clubs": [get_str(club, "name") for club in get_objects(athlete, "clubs")],
    }
    return drop_empty(row) | {"link": f"https://www.strava.com/athletes/{number}"}


class StatsArguments(Arguments):
    """Arguments of ``get_athlete_stats``."""

    id = PositiveId("athlete", **unlisted())  # of the original; only the athlete's own works
    units = units_field()


@tool(title="Totals", arguments=StatsArguments, output=STATS)
def get_athlete_stats(ctx: Context, arguments: JSON) -> JSON:
    """Totals of runs, rides and swims: the last four weeks, this year, all time."""
    stats = ctx.source.athlete_stats(arguments.get("id") or own_id(ctx.source))
    units = arguments.get("units", ctx.units)
    reply: JSON = {"units": display_units.UNITS[units]}
    for span, name in (("recent", "last_4_weeks"), ("ytd", "this_year"), ("all", "all_time")):
        totals = {
            sport: _total(get_object(stats, f"{span}_{sport}_totals"), units)
            for sport in ("run", "ride", "swim")
        }
        reply[name] = drop_empty(totals)
    longest_m = get_number(stats, "biggest_ride_distance")
    climb_m = get_number(stats, "biggest_climb_elevation_gain")
    reply["longest_ride"] = display_units.distance(longest_m, units) if longest_m else None
    reply["biggest_climb"] = display_units.elevation(climb_m, units) if climb_m else None
    return {**drop_empty(reply), **_counted_days(stats)}


def _counted_days(stats: JSONObject) -> JSON:
    """The days that totals are of; Strava does not say which days its own are of."""
    as_of = get_str(stats, "as_of")
    if not as_of:
        return {"note": STRAVAS_TOTALS}
    today = date.fromisoformat(as_of)
    return {
        "dates": {
            "last_4_weeks": f"{recent_since(today)}..{today}",
            "this_year": f"{today.year}-01-01..{today}",
        }
    }


def own_id(source: Source) -> int:
    """The athlete's own id; costs a request. Raises Unavailable if the response has none."""
    return require_id(get_int(source.athlete(), "id"), "athlete")


def _total(total: JSONObject, units: str) -> JSON:
    """Render an ActivityTotal; only the count if it is 0, empty if it is unknown."""
    count = get_number(total, "count")
    if not count:
        return drop_empty({"count": count})
    return {
        "count": count,
        "distance": display_units.distance(get_number(total, "distance") or 0, units),
        "moving_time": display_units.duration(get_number(total, "moving_time") or 0),
        "elevation_gain": display_units.elevation(get_number(total, "elevation_gain") or 0, units),
    }


def _weight(weight_kg: float, units: str) -> float:
    """Kilograms or pounds, one decimal."""
    return round(weight_kg / KG_PER_POUND if units == "imperial" else weight_kg, 1)
