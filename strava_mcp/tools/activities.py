"""Tools about activities: list, read, create, update, and time in zones."""

from marshmallow import fields, validate

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_list import FilterArguments, Query, listed
from strava_mcp.tools.arguments import Arguments, Flag, WholeNumber
from strava_mcp.tools.display_units import duration, speed
from strava_mcp.tools.fields import ActivityId, LocalTime, Sport, described, units
from strava_mcp.tools.registry import tool
from strava_mcp.tools.size import fitted

MAX_BRIEF_LENGTH = 600

TEXT = {"type": "string"}
ROW: JSON = {
    "type": "object",
    "properties": {"id": {"type": "integer"}},
}
LIST: JSON = {
    "type": "object",
    "properties": {"units": TEXT, "activities": {"type": "array", "items": ROW}, "cursor": TEXT},
    "required": ["units", "activities"],
}
ONE: JSON = {
    "type": "object",
    "properties": {"units": TEXT, "id": {"type": "integer"}, "link": TEXT},
    "required": ["units", "id", "link"],
}
ZONES: JSON = {
    "type": "object",
    "properties": {"zones": {"type": "array"}},
    "required": ["zones"],
}

#: What a reply that is too large loses, in this order → where to get it.
CUTS = {
    "polyline": "get_activity_streams with include_gps has the track",
    "segment_efforts": "the best come first",
    "splits": "get_activity_streams has the recording",
    "laps": "get_activity_streams has the recording",
    "best_efforts": "the shortest come first",
    "description": "the rest is on Strava",
    "name": "the rest is on Strava",
}


class ListArguments(FilterArguments):
    """Of get_activities."""

    page = WholeNumber(load_default=1, validate=validate.Range(min=1))
    per_page = WholeNumber(load_default=30, validate=validate.Range(1, 200))
    cursor = fields.String(**described("from the last reply, to go on"))
    no_cache = Flag(**described("after a change on Strava"))
    units = units()


@tool(title="List activities", arguments=ListArguments, output=LIST)
def get_activities(ctx: Context, arguments: JSON) -> JSON:
    """Activities, newest first, by sport and local date: to find an id or review a period. Where a
    reply has a cursor there is more.
    """
    return listed(_source(ctx, arguments), Query.of(arguments), arguments.get("units", ctx.units))


class OneArguments(Arguments):
    """Of get_activity_by_id."""

    id = ActivityId(required=True)
    include_all_efforts = Flag()
    detail = fields.String(load_default="brief", validate=validate.OneOf(("brief", "full")))
    no_cache = Flag(**described("after a change on Strava"))
    units = units()


@tool(title="Read an activity", arguments=OneArguments, output=ONE)
def get_activity_by_id(ctx: Context, arguments: JSON) -> JSON:
    """One activity with effort, gear and description; full adds laps, splits, segment efforts and
    the track's outline.
    """
    all_efforts = arguments.get("include_all_efforts", False)
    source = _source(ctx, arguments)
    found = source.activity(arguments["id"], include_all_efforts=all_efforts)
    full = arguments["detail"] == "full" or all_efforts
    return _shown(found, arguments.get("units", ctx.units), full, all_efforts)


class CreateArguments(Arguments):
    """Of create_activity."""

    name = fields.String(required=True, validate=validate.Length(min=1))
    sport_type = Sport(required=True)
    start_date_local = LocalTime(required=True, **described("ISO 8601, local"))
    elapsed_time = WholeNumber(required=True, validate=validate.Range(min=1), **described("s"))
    type = Sport(**described("deprecated"))
    description = fields.String()
    distance = fields.Float(validate=validate.Range(min=0), **described("m"))
    trainer = Flag()
    commute = Flag()


@tool(title="Create an activity", arguments=CreateArguments, output=ONE, scope=WRITE)
def create_activity(ctx: Context, arguments: JSON) -> JSON:
    """Create an activity by hand, without a recording. Ask the user first. After an error, look
    whether it exists before you try again.
    """
    return _shown(ctx.source.create_activity(arguments), ctx.units)


class UpdateArguments(Arguments):
    """Of update_activity."""

    id = ActivityId(required=True)
    name = fields.String(validate=validate.Length(min=1))
    type = Sport(**described("deprecated"))
    sport_type = Sport()
    description = fields.String()
    trainer = Flag()
    commute = Flag()
    hide_from_home = Flag()
    gear_id = fields.String(**described("none removes it"))


# Destructive: what is overwritten, a description for one, cannot be had back from Strava.
@tool(
    title="Update an activity",
    arguments=UpdateArguments,
    output=ONE,
    scope=WRITE,
    destructive=True,
    idempotent=True,
)
def update_activity(ctx: Context, arguments: JSON) -> JSON:
    """Change what is given of an activity; the old values are lost. Ask the user first."""
    changes = {name: value for name, value in arguments.items() if name != "id"}
    if not changes:
        names = ", ".join(name for name in UpdateArguments().fields if name != "id")
        raise InvalidArguments({"id": f"Nothing to change; give at least one of {names}."})
    return _shown(ctx.source.update_activity(arguments["id"], changes), ctx.units)


class ZonesArguments(Arguments):
    """Of get_activity_zones."""

    id = ActivityId(required=True)


@tool(title="Time in zones", arguments=ZonesArguments, output=ZONES)
def get_activity_zones(ctx: Context, arguments: JSON) -> JSON:
    """Time spent in each heart-rate, power or pace zone of an activity."""
    zones = ctx.source.activity_zones(arguments["id"])
    shown = [_zone(zone, ctx.units) for zone in zones]
    pace = "mph" if ctx.units == "imperial" else "km/h"
    words = f"heartrate bpm, power W, pace as speed in {pace}, time h:mm:ss"
    reply = {"units": words, "zones": shown, "link": view.link(arguments["id"])}
    return reply if shown else reply | {"note": "No heart rate, power or pace was recorded."}


def _source(ctx: Context, arguments: JSON) -> Source:
    return ctx.source.uncached() if arguments.get("no_cache") else ctx.source


def _shown(activity: JSON, units: str, full: bool = False, all_efforts: bool = False) -> JSON:
    """An activity as a reply. Raises Unavailable for an answer that is none."""
    found = view.identified(view.detail(activity, units, full, all_efforts), "activity")
    text = found.get("description", "")
    if not full and len(text) > MAX_BRIEF_LENGTH:
        found["description"] = text[:MAX_BRIEF_LENGTH] + "…"
        found["note"] = (
            f"description: cut at {MAX_BRIEF_LENGTH} letters; detail=full has all of it."
        )
    return fitted(found, CUTS, whole=("polyline",))


def _zone(zone: JSON, units: str) -> JSON:
    """One kind of zones (ActivityZone): bounds, time and share of each; no end is no ``max``."""
    buckets = view.items(zone, "distribution_buckets")
    total = sum(view.number(bucket, "time") or 0 for bucket in buckets)
    is_pace = zone.get("type") == "pace"
    rows = []
    for bucket in buckets:
        ends = {end: view.number(bucket, end) for end in ("min", "max")}
        time_s = view.number(bucket, "time") or 0
        bounds = {
            end: speed(value, units) if is_pace else value
            for end, value in ends.items()
            if value is not None and value >= 0
        }
        share = {"percent": round(100 * time_s / total)} if total else {}
        rows.append({**bounds, "time": duration(time_s), **share})
    found = {"type": view.text(zone, "type"), "sensor_based": zone.get("sensor_based") is True}
    return view.known(found) | {"buckets": rows}
