"""Tools for activities: list, read, create and update them, and read their time in zones."""

import time
from datetime import datetime
from typing import Any, TypedDict

from marshmallow import ValidationError, validates_schema

from strava_mcp.context import Context
from strava_mcp.display_units import duration, speed
from strava_mcp.errors import InvalidArguments
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.sports import legacy_type
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_detail import ChangedActivity, Described, detail
from strava_mcp.tools.activity_list import ActivityList, list_activities
from strava_mcp.tools.answers import subject_of
from strava_mcp.tools.arguments import (
    MAX_TEXT_LENGTH,
    Arguments,
    Choice,
    Flag,
    Number,
    Text,
)
from strava_mcp.tools.fields import (
    BoundedNumber,
    RemovableText,
    described,
    no_cache_field,
    units_field,
    unlisted,
)
from strava_mcp.tools.id_fields import GearId, PositiveId
from strava_mcp.tools.list_request import ListArguments, ListRequest
from strava_mcp.tools.load_view import load_fields
from strava_mcp.tools.local_time import time_zone
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import OPEN, TABLE_ROW, reply_schema, schema_of
from strava_mcp.tools.safe_json import (
    drop_empty,
    get_int,
    get_number,
    get_objects,
    get_str,
    require_id,
)
from strava_mcp.tools.size import truncate_to_budget
from strava_mcp.tools.sport_fields import Sport
from strava_mcp.tools.time_fields import LocalTime, earliest_local_time

MAX_BRIEF_LENGTH = 600
#: Bounds of an activity entered by hand: a year, and more than once around the Earth.
MAX_ELAPSED_S, MAX_DISTANCE_M = 366 * 86_400, 50_000_000


class ZoneRow(TypedDict, total=False):
    """One zone; the last has no ``max``. ``percent``: the share of the time in all zones."""

    min: float
    max: float
    time: str
    percent: int


class ZoneKind(TypedDict, total=False):
    """The zones of heart rate, power or pace; ``sensor_based`` is absent if it is false."""

    type: str
    sensor_based: bool
    buckets: list[ZoneRow]


class ActivityZones(TypedDict, total=False):
    """The reply of get_activity_zones."""

    units: str
    zones: list[ZoneKind]


LIST = reply_schema(
    ActivityList,
    *("units", "activities"),
    # Rows are objects, or arrays under columns: the keywords of each apply to rows of its own type.
    activities={
        "type": "array",
        "items": schema_of(view.Summary) | OPEN | TABLE_ROW | {"type": ["object", "array"]},
    },
)
ACTIVITY = reply_schema(Described, "units", "id", "link")
CHANGED = reply_schema(ChangedActivity, "units", "id", "link")
ZONES = reply_schema(ActivityZones, "units", "zones")

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


@tool(title="List activities", arguments=ListArguments, output=LIST, reads_much=True)
def get_activities(ctx: Context, arguments: JSON) -> JSON:
    """Activities and their total, newest first or sorted. A cursor means there is more; above 30,
    rows are arrays under columns.
    """
    request = ListRequest.from_arguments(arguments, ctx.units)
    source = ctx.source_for(arguments)
    return list_activities(source, request, ctx.settings)


class ActivityArguments(Arguments):
    """Arguments of ``get_activity_by_id``."""

    id = PositiveId("activity", required=True)
    include_all_efforts = Flag(**described("full, with all segment efforts"))
    detail = Choice("brief", "full", load_default="brief", **described("brief (default) or full"))
    no_cache = no_cache_field()
    units = units_field()


@tool(title="Read an activity", arguments=ActivityArguments, output=ACTIVITY, reads_much=True)
def get_activity_by_id(ctx: Context, arguments: JSON) -> JSON:
    """One activity with effort, gear and description; full adds laps, splits, efforts and the
    track's outline.
    """
    all_efforts = arguments.get("include_all_efforts", False)
    source = ctx.source_for(arguments)
    activity = source.activity(arguments["id"], include_all_efforts=all_efforts)
    full = arguments["detail"] == "full" or all_efforts
    reply = _render(activity, arguments.get("units", ctx.units), full, all_efforts)
    if source.keeps_metrics:
        reply |= load_fields(subject_of(ctx), [activity]).get(arguments["id"], {})
    return reply


class ChangeArguments(Arguments):
    """Arguments that create_activity and update_activity share."""

    description = Text(MAX_TEXT_LENGTH, **described("text"))
    trainer = Flag(**described("indoors"))
    commute = Flag(**described("to or from work"))
    type = Sport(**unlisted())  # the original's name for sport_type

    @validates_schema
    def check_type(self, arguments: JSON, **options: Any) -> None:
        """Reject a type that contradicts sport_type: Strava would ignore it."""
        old, sport = arguments.get("type"), arguments.get("sport_type")
        if old and sport and old not in (sport, legacy_type(sport)):
            raise ValidationError("Contradicts sport_type; leave it out.", "type")


class CreateArguments(ChangeArguments):
    """Arguments of ``create_activity``."""

    name = Text(required=True, **described("title"))
    sport_type = Sport(required=True, **described("e.g. TrailRun"))
    start_date_local = LocalTime(
        required=True, **described("local, no offset: 2026-03-01T18:30:00")
    )
    elapsed_time = BoundedNumber(
        1,
        MAX_ELAPSED_S,
        "a whole number of seconds, from 1 to a year",
        required=True,
        **described("seconds"),
    )
    distance = Number(MAX_DISTANCE_M, **described("metres"))


@tool(
    title="Create an activity",
    arguments=CreateArguments,
    output=CHANGED,
    scope=WRITE,
    needs=["create_activity"],
)
def create_activity(ctx: Context, arguments: JSON) -> JSON:
    """Create an activity by hand, without a recording. Ask the user first. After an error, check
    whether it exists before you try again.
    """
    _check_is_over(ctx.source, arguments["start_date_local"])
    return _render(ctx.source.create_activity(arguments), ctx.units)


class UpdateArguments(ChangeArguments):
    """Arguments of ``update_activity``."""

    id = PositiveId("activity", required=True)
    name = Text(**described("title"))
    description = RemovableText(MAX_TEXT_LENGTH, **described("text; none removes it"))
    sport_type = Sport(**described("e.g. TrailRun"))
    hide_from_home = Flag(**described("from feeds"))
    gear_id = GearId(none_allowed=True, **described("from get_athlete; none removes it"))

    @validates_schema
    def check_changes(self, arguments: JSON, **options: Any) -> None:
        """Reject a call that changes nothing."""
        if len(arguments) == 1:
            names = ", ".join(name for name in self.fields if name not in ("id", "type"))
            raise ValidationError(f"Nothing to change; give at least one of {names}.", "id")


# Destructive: overwritten values, such as a description, cannot be recovered from Strava.
@tool(
    title="Update an activity",
    arguments=UpdateArguments,
    output=CHANGED,
    scope=WRITE,
    destructive=True,
    idempotent=True,
    needs=["update_activity"],
)
def update_activity(ctx: Context, arguments: JSON) -> JSON:
    """Change the given fields of an activity; the old values are lost. Ask the user first."""
    changes = {name: value for name, value in arguments.items() if name != "id"}
    return _render(ctx.source.update_activity(arguments["id"], changes), ctx.units)


class ZonesArguments(Arguments):
    """Arguments of ``get_activity_zones``."""

    id = PositiveId("activity", required=True)


@tool(title="Time in zones", arguments=ZonesArguments, output=ZONES, needs=["activity_zones"])
def get_activity_zones(ctx: Context, arguments: JSON) -> JSON:
    """Time spent in each heart-rate, power or pace zone of an activity."""
    zones = [_zone(zone, ctx.units) for zone in ctx.source.activity_zones(arguments["id"])]
    pace = "mph" if ctx.units == "imperial" else "km/h"
    units = f"heartrate bpm, power W, pace as speed in {pace}, time h:mm:ss"
    reply = {"units": units, "zones": zones, "link": view.link(arguments["id"])}
    return reply if zones else reply | {"note": "No heart rate, power or pace was recorded."}


def _check_is_over(source: Source, start_local: str) -> None:
    """Raise InvalidArguments if an activity would begin in the future by the athlete's clock.

    Costs a request, at most one per hour, and only for a start that is still to come somewhere.
    """
    start = datetime.fromisoformat(start_local.removesuffix("Z"))
    if start > earliest_local_time():
        now = datetime.fromtimestamp(time.time(), time_zone(source)).replace(tzinfo=None)
        if start > now:
            clock = f"it is {now:%Y-%m-%d %H:%M} by the athlete's clock"
            raise InvalidArguments({"start_date_local": f"Must not be in the future; {clock}."})


def _render(activity: JSON, units: str, full: bool = False, all_efforts: bool = False) -> JSON:
    """Render an activity. Raises Unavailable if Strava's response is not one."""
    require_id(get_int(activity, "id"), "activity")
    reply = detail(activity, units, full, all_efforts)
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
