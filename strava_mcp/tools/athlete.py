"""Tools about the athlete: who they are, and their totals."""

from collections.abc import Mapping
from typing import Any

from strava_mcp.context import Context
from strava_mcp.errors import Unavailable
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import units as measure
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import ActivityId, units
from strava_mcp.tools.registry import tool

JSON = dict[str, Any]

ATHLETE: JSON = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["units", "id"],
}
STATS: JSON = {"type": "object", "required": ["units"]}

PLAIN = ("city", "state", "country", "sex", "bio", "measurement_preference")


@tool(title="The athlete", output=ATHLETE)
def get_athlete(ctx: Context, arguments: JSON) -> JSON:
    """Who the athlete is: name, place, weight, FTP, bikes and shoes with their distances."""
    found = profile(ctx.source.athlete(), ctx.units)
    if not isinstance(found.get("id"), int):
        raise Unavailable("Strava answered something that is no athlete. Try again later.")
    return {"units": "mi, lb" if ctx.units == "imperial" else "km, kg"} | found


def profile(athlete: Mapping[str, Any], system: str) -> JSON:
    """A DetailedAthlete as a reply shows it."""
    weight_kg = view.number(athlete, "weight")
    names = [view.text(athlete, key) for key in ("firstname", "lastname")]
    found = {
        "id": view.number(athlete, "id"),
        "name": " ".join(name for name in names if name),
        **{key: view.text(athlete, key) for key in PLAIN},
        "weight": _weight(weight_kg, system) if weight_kg else None,
        "ftp_watts": view.number(athlete, "ftp"),
        "since": (view.text(athlete, "created_at") or "")[:10],
        "bikes": [_gear(gear, system) for gear in view.items(athlete, "bikes")],
        "shoes": [_gear(gear, system) for gear in view.items(athlete, "shoes")],
        "clubs": [view.text(club, "name") for club in view.items(athlete, "clubs")],
    }
    number = found["id"]
    return view.known(found) | {"link": f"https://www.strava.com/athletes/{number}"}


class StatsArguments(Arguments):
    """Of get_athlete_stats."""

    id = ActivityId()
    units = units()


@tool(title="Totals", arguments=StatsArguments, output=STATS)
def get_athlete_stats(ctx: Context, arguments: JSON) -> JSON:
    """Totals of runs, rides and swims: the last four weeks, this year, all time."""
    number = arguments.get("id") or view.number(ctx.source.athlete(), "id")
    stats = ctx.source.athlete_stats(int(number or 0))
    system = arguments.get("units", ctx.units)
    found: JSON = {"units": measure.UNITS[system]}
    for span, word in (("recent", "last_4_weeks"), ("ytd", "this_year"), ("all", "all_time")):
        totals = {
            sport: _total(stats.get(f"{span}_{sport}_totals"), system)
            for sport in ("run", "ride", "swim")
        }
        found[word] = view.known(totals)
    longest = view.number(stats, "biggest_ride_distance")
    climb = view.number(stats, "biggest_climb_elevation_gain")
    return view.known(
        found
        | {
            "longest_ride": measure.distance(longest, system) if longest else None,
            "biggest_climb": measure.elevation(climb, system) if climb else None,
        }
    )


def _total(total: Any, system: str) -> JSON:
    """One ActivityTotal; empty where there is nothing in it."""
    if not isinstance(total, dict) or not view.number(total, "count"):
        return {}
    return {
        "count": view.number(total, "count"),
        "distance": measure.distance(view.number(total, "distance") or 0, system),
        "moving_time": measure.duration(view.number(total, "moving_time") or 0),
        "elevation_gain": measure.elevation(view.number(total, "elevation_gain") or 0, system),
    }


def _gear(gear: Mapping[str, Any], system: str) -> JSON:
    metres = view.number(gear, "distance") or 0
    unit_m = measure.METRES_A_MILE if system == "imperial" else 1000
    return view.known(
        {
            "id": view.text(gear, "id"),
            "name": view.text(gear, "name"),
            "distance": round(metres / unit_m),
            "primary": gear.get("primary") is True,
            "retired": gear.get("retired") is True,
        }
    )


def _weight(kilograms: float, system: str) -> float:
    return round(kilograms / 0.45359237 if system == "imperial" else kilograms, 1)
