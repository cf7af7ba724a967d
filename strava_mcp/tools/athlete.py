"""Tools about the athlete: who they are, their totals, their zones."""

from collections.abc import Mapping
from typing import Any

from strava_mcp.context import Context
from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import display_units as measure
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import ActivityId, units
from strava_mcp.tools.gear import brief
from strava_mcp.tools.registry import tool

ATHLETE: JSON = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["units", "id"],
}
STATS: JSON = {"type": "object", "required": ["units"]}
ZONES: JSON = {
    "type": "object",
    "properties": {"heart_rate": {"type": "array"}, "power": {"type": "array"}},
    "required": ["units"],
}

PLAIN = ("city", "state", "country", "sex", "bio", "measurement_preference")


@tool(title="The athlete", output=ATHLETE)
def get_athlete(ctx: Context, arguments: JSON) -> JSON:
    """Who the athlete is: name, place, weight, FTP, bikes and shoes with their distances."""
    found = view.identified(profile(ctx.source.athlete(), ctx.units), "athlete")
    return {"units": "mi, lb" if ctx.units == "imperial" else "km, kg"} | found


def profile(athlete: Mapping[str, Any], system: str) -> JSON:
    """A DetailedAthlete as a reply shows it."""
    weight_kg = view.number(athlete, "weight")
    names = [view.text(athlete, key) for key in ("firstname", "lastname")]
    found = {
        "id": view.whole(athlete, "id"),
        "name": " ".join(name for name in names if name),
        **{key: view.text(athlete, key) for key in PLAIN},
        "weight": _weight(weight_kg, system) if weight_kg else None,
        "ftp_watts": view.number(athlete, "ftp"),
        "since": (view.text(athlete, "created_at") or "")[:10],
        "bikes": [brief(gear, system) for gear in view.items(athlete, "bikes")],
        "shoes": [brief(gear, system) for gear in view.items(athlete, "shoes")],
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
    stats = ctx.source.athlete_stats(arguments.get("id") or own_id(ctx.source))
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


@tool(title="The athlete's zones", output=ZONES)
def get_athlete_zones(ctx: Context, arguments: JSON) -> JSON:
    """The bounds of the athlete's heart-rate zones (bpm) and power zones (W), as set on Strava."""
    zones = ctx.source.athlete_zones()
    found = view.known({kind: _bounds(zones.get(kind)) for kind in ("heart_rate", "power")})
    if not found:
        found["note"] = "No zones are set on Strava."
    link = "https://www.strava.com/settings/performance"
    return {"units": "heart_rate bpm, power W"} | found | {"link": link}


def own_id(source: Source) -> int:
    """The athlete's own id; costs a read. Raises Unavailable for an answer without one."""
    found = view.known({"id": view.whole(source.athlete(), "id")})
    return int(view.identified(found, "athlete")["id"])


def _bounds(kind: Any) -> list[JSON]:
    """One kind of zones (ZoneRanges), the lowest first; the last has no ``max``.

    Raises Unavailable for zones without bounds.
    """
    found = []
    for zone in view.items(kind, "zones") if isinstance(kind, dict) else []:
        ends = {end: view.whole(zone, end) for end in ("min", "max")}
        if ends["min"] is None:
            raise Unavailable("Strava answered something that is no zone. Try again later.")
        found.append(
            {end: value for end, value in ends.items() if value is not None and value >= 0}
        )
    return found


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


def _weight(kilograms: float, system: str) -> float:
    return round(kilograms / 0.45359237 if system == "imperial" else kilograms, 1)
