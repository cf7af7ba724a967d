"""Tools for activities: list, read, create and update them, and read their time in zones."""

from marshmallow import fields, validate

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_list import FilterArguments, Query, list_activities
from strava_mcp.tools.arguments import Arguments, Flag, WholeNumber
from strava_mcp.tools.display_units import duration, speed
from strava_mcp.tools.fields import LocalTime, PositiveId, Sport, described, units_field
from strava_mcp.tools.registry import tool
from strava_mcp.tools.safe_json import (
    drop_empty,
    get_int,
    get_number,
    get_objects,
    get_str,
    require_id,
)
from strava_mcp.tools.size import truncate_to_budget

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
ACTIVITY: JSON = {
    "type": "object",
    "properties": {"units": TEXT, "id": {"type": "integer"}, "link": TEXT},
    "required": ["units", "id", "link"],
}
ZONES: JSON = {
    "type": "object",
    "properties": {"zones": {"type": "array"}},
    "required": ["zones"],
}

#: Parts dropped from an oversized reply, in order, each with where to find it instead.
TRUNCATABLE = {
    "polyline": "get_activity_streams with include_gps has the track",
    "segment_efforts": "the best come first",
    "splits": "get_activity_streams has the recording",
    "laps": "get_activity_streams has the recording",
    "best_efforts": "the shortest come first",
    "description": "the rest is on Strava",
    "name": "the rest is on Strava",
}


class ListArguments(FilterArguments):
    """Arguments of ``get_activities``."""

    page = WholeNumber(load_default=1, validate=validate.Range(min=1))
    per_page = WholeNumber(load_default=30, validate=validate.Range(1, 200))
    cursor = fields.String(**described("from the last reply, to continue"))
    no_cache = Flag(**described("after a change on Strava"))
    units = units_field()


@tool(title="List activities", arguments=ListArguments, output=LIST)
def get_activities(ctx: Context, arguments: JSON) -> JSON:
    """Activities, newest first, by sport and local date: to find an id or review a period. A cursor
    in the reply means there is more.
    """
    query = Query.from_arguments(arguments)
    return list_activities(_source(ctx, arguments), query, arguments.get("units", ctx.units))


class ActivityArguments(Arguments):
    """Arguments of ``get_activity_by_id``."""

    id = PositiveId("activity", required=True)
    include_all_efforts = Flag()
    detail = fields.String(load_default="brief", validate=validate.OneOf(("brief", "full")))
    no_cache = Flag(**described("after a change on Strava"))
    units = units_field()


@tool(title="Read an activity", arguments=ActivityArguments, output=ACTIVITY)
def get_activity_by_id(ctx: Context, arguments: JSON) -> JSON:
    """One activity with effort, gear and description; full adds laps, splits, segment efforts and
    the track's outline.
    """
    all_efforts = arguments.get("include_all_efforts", False)
    source = _source(ctx, arguments)
    activity = source.activity(arguments["id"], include_all_efforts=all_efforts)
    full = arguments["detail"] == "full" or all_efforts
    return _render(activity, arguments.get("units", ctx.units), full, all_efforts)


class CreateArguments(Arguments):
    """Arguments of ``create_activity``."""

    name = fields.String(required=True, validate=validate.Length(min=1))
    sport_type = Sport(required=True)
    start_date_local = LocalTime(required=True, **described("ISO 8601, local"))
    elapsed_time = WholeNumber(required=True, validate=validate.Range(min=1), **described("s"))
    type = Sport(**described("deprecated"))
    description = fields.String()
    distance = fields.Float(validate=validate.Range(min=0), **described("m"))
    trainer = Flag()
    commute = Flag()


@tool(title="Create an activity", arguments=CreateArguments, output=ACTIVITY, scope=WRITE)
def create_activity(ctx: Context, arguments: JSON) -> JSON:
    """Create an activity by hand, without a recording. Ask the user first. After an error, check
    whether it exists before you try again.
    """
    return _render(ctx.source.create_activity(arguments), ctx.units)


class UpdateArguments(Arguments):
    """Arguments of ``update_activity``."""

    id = PositiveId("activity", required=True)
    name = fields.String(validate=validate.Length(min=1))
    type = Sport(**described("deprecated"))
    sport_type = Sport()
    description = fields.String()
    trainer = Flag()
    commute = Flag()
    hide_from_home = Flag()
    gear_id = fields.String(**described("none removes it"))


# Destructive: overwritten values, such as a description, cannot be recovered from Strava.
@tool(
    title="Update an activity",
    arguments=UpdateArguments,
    output=ACTIVITY,
    scope=WRITE,
    destructive=True,
    idempotent=True,
)
def update_activity(ctx: Context, arguments: JSON) -> JSON:
    """Change the given fields of an activity; the old values are lost. Ask the user first."""
    changes = {name: value for name, value in arguments.items() if name != "id"}
    if not changes:
        names = ", ".join(name for name in UpdateArguments().fields if name != "id")
        raise InvalidArguments({"id": f"Nothing to change; give at least one of {names}."})
    return _render(ctx.source.update_activity(arguments["id"], changes), ctx.units)


class ZonesArguments(Arguments):
    """Arguments of ``get_activity_zones``."""

    id = PositiveId("activity", required=True)


@tool(title="Time in zones", arguments=ZonesArguments, output=ZONES)
def get_activity_zones(ctx: Context, arguments: JSON) -> JSON:
    """Time spent in each heart-rate, power or pace zone of an activity."""
    zones = [_zone(zone, ctx.units) for zone in ctx.source.activity_zones(arguments["id"])]
    pace = "mph" if ctx.units == "imperial" else "km/h"
    units = f"heartrate bpm, power W, pace as speed in {pace}, time h:mm:ss"
    reply = {"units": units, "zones": zones, "link": view.link(arguments["id"])}
    return reply if zones else reply | {"note": "No heart rate, power or pace was recorded."}


def _source(ctx: Context, arguments: JSON) -> Source:
    return ctx.source.uncached() if arguments.get("no_cache") else ctx.source


def _render(activity: JSON, units: str, full: bool = False, all_efforts: bool = False) -> JSON:
    """Render an activity. Raises Unavailable if Strava's response is not one."""
    require_id(get_int(activity, "id"), "activity")
    reply = view.detail(activity, units, full, all_efforts)
    text = reply.get("description") or ""
    if not full and len(text) > MAX_BRIEF_LENGTH:
        reply["description"] = text[:MAX_BRIEF_LENGTH] + "…"
        reply["note"] = (
            f"description: truncated to {MAX_BRIEF_LENGTH} characters; detail=full has all of it."
        )
    return truncate_to_budget(reply, TRUNCATABLE, indivisible=("polyline",))


def _zone(zone: JSON, units: str) -> JSON:
    """Render one kind of zones (ActivityZone): bounds, time and share of each bucket.

    A bucket without an upper bound has no ``max``.
    """
    buckets = get_objects(zone, "distribution_buckets")
    total_s = sum(get_number(bucket, "time") or 0 for bucket in buckets)
    is_pace = zone.get("type") == "pace"
    rows = []
    for bucket in buckets:
        ends = {end: get_number(bucket, end) for end in ("min", "max")}
        time_s = get_number(bucket, "time") or 0
        bounds = {
            end: speed(value, units) if is_pace else value
            for end, value in ends.items()
            if value is not None and value >= 0
        }
        share = {"percent": round(100 * time_s / total_s)} if total_s else {}
        rows.append({**bounds, "time": duration(time_s), **share})
    kind = {"type": get_str(zone, "type"), "sensor_based": zone.get("sensor_based") is True}
    return drop_empty(kind) | {"buckets": rows}
