"""The tool for the athlete's zones and thresholds."""

from math import ceil
from typing import TypedDict

from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.setting_text import text_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.zones import Zone, ZoneSet, athlete_zones
from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools.answers import basis
from strava_mcp.tools.fields import CacheArguments, units_field
from strava_mcp.tools.local_time import today
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import reply_schema
from strava_mcp.tools.safe_json import drop_empty

HOW_TO_SET = "set_athlete_thresholds or `flask athlete set` gives it"


class Bounds(TypedDict, total=False):
    """A zone in whole bpm or W, both included; the last has no ``max``.

    ``zone``: its name; zones set on Strava have none.
    """

    zone: str
    min: int
    max: int


class AthleteZonesReply(TypedDict, total=False):
    """The reply of get_athlete_zones: the easiest zone first, thresholds by name.

    Zones of ``pace`` have ``slowest`` and ``fastest``.
    """

    units: str
    heart_rate: list[Bounds]
    power: list[Bounds]
    thresholds: dict[str, str]


class AthleteZonesArguments(CacheArguments):
    """Arguments of ``get_athlete_zones``."""

    units = units_field()


ZONES = reply_schema(AthleteZonesReply, "units", "thresholds")


@tool(title="Zones and thresholds", arguments=AthleteZonesArguments, output=ZONES, reads_much=True)
def get_athlete_zones(ctx: Context, arguments: JSON) -> JSON:
    """The athlete's zones of heart rate, power and pace, and thresholds such as FTP and LTHR, each
    with where it is from.
    """
    units = arguments.get("units", ctx.units)
    source = ctx.source_for(arguments)
    answer = athlete_zones(Subject(source, today(source), ctx.settings))
    reply: JSON = {"units": f"heart_rate bpm, power W, pace min/{_per(units)}"}
    for kind, zone_set in answer.zones.items():
        reply[kind] = [_bounds(kind, zone, zone_set, units) for zone in zone_set.zones]
    notes = [f"Zones set on Strava: {answer.problem}"] if answer.problem else []
    notes += [] if answer.zones else ["No zones are set on Strava, and no threshold is known."]
    return {
        **reply,
        **drop_empty(
            {
                "zones_from": {kind: _origin(zones) for kind, zones in answer.zones.items()},
                "thresholds": basis(answer.thresholds, units)
                | {
                    name: f"{text_of(name, value)}, {origin}"
                    for name, (value, origin) in answer.person.items()
                },
                "unknown": {name: f"{why}; {HOW_TO_SET}" for name, why in answer.unknown.items()},
                "coverage": answer.coverage.to_json(),
                "note": " ".join(notes),
            }
        ),
    } | _link(answer.problem)


def _per(units: str) -> str:
    return "mi" if units == "imperial" else "km"


def _origin(zone_set: ZoneSet) -> str:
    if zone_set.threshold is None:
        return zone_set.author
    return f"{zone_set.author}: from {zone_set.threshold} ({zone_set.basis})"


def _bounds(kind: str, zone: Zone, zone_set: ZoneSet, units: str) -> JSON:
    name, low, high = zone
    if kind == "pace":
        ends = {"slowest": _pace(low, units), "fastest": _pace(high, units)}
        return drop_empty({"zone": name, **ends})
    if zone_set.threshold is None:  # Strava's are whole numbers, each the end of two zones
        return {"min": round(low or 0)} | ({} if high is None else {"max": round(high)})
    bounds = {"zone": name, "min": _whole(low or 0)}
    return bounds | ({} if high is None else {"max": _whole(high) - 1})


def _whole(edge: float) -> int:
    """The first whole number of the zone that begins here."""
    return ceil(round(edge, 6))


def _pace(seconds: float | None, units: str) -> str | None:
    name: Name = "threshold_pace"
    return None if seconds is None else text_of(name, seconds, units).partition(" ")[0]


def _link(problem: str | None) -> JSON:
    return {} if problem else {"link": "https://www.strava.com/settings/performance"}
