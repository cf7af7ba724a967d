"""Tools for segments: the starred ones, one with the athlete's own efforts, and starring."""

from typing import TypedDict

from strava_mcp.context import Context
from strava_mcp.errors import NeedsSubscription, NotSupported, Refused
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.tools import segment_view as view
from strava_mcp.tools.activity_reader import local_start
from strava_mcp.tools.arguments import Arguments, Flag
from strava_mcp.tools.fields import described, units_field
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.local_time import date_range
from strava_mcp.tools.pages import Page, PageArguments, page_reply, read_all
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import reply_schema
from strava_mcp.tools.safe_json import (
    JSONObject,
    drop_empty,
    get_int,
    get_object,
    get_str,
    require_id,
)
from strava_mcp.tools.segment_view import OwnEfforts, Segment, SegmentRow
from strava_mcp.tools.time_fields import DateWords


class SegmentPage(Page, total=False):
    """The reply of list_starred_segments."""

    segments: list[SegmentRow]


class Star(TypedDict, total=False):
    """The reply of star_segment."""

    id: int
    starred: bool


SEGMENTS = reply_schema(SegmentPage, "units", "total", "segments")
SEGMENT = reply_schema(view.DeclaredSegment, "units", "id")
STAR = reply_schema(Star, "id", "starred")
#: Efforts that Strava returns at most, and those that a reply lists.
MAX_EFFORTS, MAX_LISTED_EFFORTS = 200, 10


@tool(title="Starred segments", arguments=PageArguments, output=SEGMENTS)
def list_starred_segments(ctx: Context, arguments: JSON) -> JSON:
    """The starred segments: id and name; from Strava's API also length, grade, climb category and
    place.
    """
    units = arguments.get("units", ctx.units)
    read = ctx.source.starred_segments
    segments = read_all(lambda page, size: read(page=page, per_page=size))
    head = {"units": view.units_text(units), "link": view.link("{id}")}
    return head | page_reply("segments", segments, lambda s: view.summary(s, units), arguments)


class SegmentArguments(Arguments):
    """Arguments of ``get_segment``."""

    id = PositiveId("segment", required=True)
    date_range = DateWords(**described("as in get_activities"))
    units = units_field()


@tool(title="Read a segment", arguments=SegmentArguments, output=SEGMENT)
def get_segment(ctx: Context, arguments: JSON) -> Segment:
    """One segment, with the athlete's own efforts if the source has them: how many, the best, the
    latest.
    """
    units = arguments.get("units", ctx.units)
    segment = ctx.source.segment(arguments["id"])
    require_id(get_int(segment, "id"), "segment")
    own: OwnEfforts
    try:
        own = _own_efforts(segment, _read_efforts(ctx, arguments), units)
    except (Refused, NeedsSubscription, NotSupported) as exc:  # the segment itself is available
        own = {"note": f"Own efforts: {exc}"}
    return {**view.detail(segment, units), **own}


def _own_efforts(segment: JSONObject, efforts: list[JSON], units: str) -> OwnEfforts:
    own: OwnEfforts = {"own_efforts": len(efforts)}
    if efforts:
        own["best"] = view.best_effort(efforts, units)
        own["efforts"] = view.effort_rows(efforts, units)[:MAX_LISTED_EFFORTS]
    if len(efforts) >= MAX_EFFORTS:
        of_all = get_int(get_object(segment, "athlete_segment_stats"), "effort_count")
        own["note"] = (
            f"Strava returned {len(efforts)} efforts{f' of {of_all} of all time' if of_all else ''}"
            " and no more: best and own_efforts are of these. date_range reaches others."
        )
    elif len(efforts) > MAX_LISTED_EFFORTS:
        own["note"] = (
            f"efforts: the latest {MAX_LISTED_EFFORTS} of {len(efforts)}; date_range lists others."
        )
    return own


def _read_efforts(ctx: Context, arguments: JSON) -> list[JSON]:
    """The efforts of the requested days, or of all time."""
    number, words = arguments["id"], arguments.get("date_range")
    if not words:
        return ctx.source.segment_efforts(number, per_page=MAX_EFFORTS)
    span = date_range(ctx.source, words)
    efforts = ctx.source.segment_efforts(
        number,
        start_local=f"{span.first}T00:00:00Z",
        end_local=f"{span.last}T23:59:59Z",
        per_page=MAX_EFFORTS,
    )
    return [effort for effort in efforts if span.contains(local_start(effort) or "")]


class StarArguments(Arguments):
    """Arguments of ``star_segment``."""

    id = PositiveId("segment", required=True)
    starred = Flag(load_default=True, **described("default true; false unstars"))


@tool(
    title="Star a segment",
    arguments=StarArguments,
    output=STAR,
    scope=WRITE,
    idempotent=True,
    needs=["star_segment"],
)
def star_segment(ctx: Context, arguments: JSON) -> JSON:
    """Star or unstar a segment. Ask the user first."""
    segment = ctx.source.star_segment(arguments["id"], arguments["starred"])
    number = require_id(get_int(segment, "id"), "segment")
    row = drop_empty({"id": number, "name": get_str(segment, "name")})
    starred = segment.get("starred", arguments["starred"]) is True
    return row | {"starred": starred, "link": view.link(number)}
