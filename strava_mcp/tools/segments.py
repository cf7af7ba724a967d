"""Tools about segments: those that are starred, one with the athlete's own efforts, the star."""

from strava_mcp.context import Context
from strava_mcp.errors import NeedsSubscription, NotSupported, Refused
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import segment_view
from strava_mcp.tools.arguments import Arguments, Flag
from strava_mcp.tools.fields import DateWords, SegmentId, described, units
from strava_mcp.tools.local_time import date_range
from strava_mcp.tools.pages import PageArguments, page_of
from strava_mcp.tools.registry import tool

SEGMENTS: JSON = {
    "type": "object",
    "properties": {"segments": {"type": "array"}, "next_page": {"type": "integer"}},
    "required": ["units", "segments"],
}
SEGMENT: JSON = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "efforts": {"type": "array"}},
    "required": ["units", "id"],
}
STAR: JSON = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "starred": {"type": "boolean"}},
    "required": ["id", "starred"],
}
#: Efforts that Strava gives at once, and those that a reply lists.
MAX_EFFORTS, LATEST = 200, 10


@tool(title="Starred segments", arguments=PageArguments, output=SEGMENTS)
def list_starred_segments(ctx: Context, arguments: JSON) -> JSON:
    """The segments that the athlete has starred: length, grade, climb category, own best time."""
    system = arguments.get("units", ctx.units)
    found = ctx.source.starred_segments(page=arguments["page"], per_page=arguments["per_page"])
    rows = [segment_view.summary(segment, system) for segment in found]
    head = {"units": segment_view.words_of(system), "link": segment_view.link("{id}")}
    return head | page_of("segments", rows, arguments)


class SegmentArguments(Arguments):
    """Of get_segment."""

    id = SegmentId(required=True)
    date_range = DateWords(**described("of the efforts: this year, 2026-03"))
    units = units()


@tool(title="Read a segment", arguments=SegmentArguments, output=SEGMENT)
def get_segment(ctx: Context, arguments: JSON) -> JSON:
    """One segment with the athlete's own efforts on it: how many, the best, the latest first."""
    system = arguments.get("units", ctx.units)
    segment = ctx.source.segment(arguments["id"])
    found = view.identified(segment_view.detail(segment, system), "segment")
    try:
        efforts = _own_efforts(ctx, arguments)
    except (Refused, NeedsSubscription, NotSupported) as exc:  # the segment itself is there
        return found | {"note": f"Own efforts: {exc}"}
    rows = segment_view.efforts(efforts, system)
    found["own_efforts"] = len(rows)
    if rows:
        found |= {"best": segment_view.best(efforts, system), "efforts": rows[:LATEST]}
    if len(efforts) == MAX_EFFORTS:
        found["note"] = f"Only {MAX_EFFORTS} efforts were looked at: choose a date_range."
    return found


def _own_efforts(ctx: Context, arguments: JSON) -> list[JSON]:
    """The efforts of the days asked for, or of all time."""
    number, words = arguments["id"], arguments.get("date_range")
    if not words:
        return ctx.source.segment_efforts(number, per_page=MAX_EFFORTS)
    span = date_range(ctx.source, words)
    found = ctx.source.segment_efforts(
        number,
        start_local=f"{span.first}T00:00:00Z",
        end_local=f"{span.last}T23:59:59Z",
        per_page=MAX_EFFORTS,
    )
    return [effort for effort in found if span.holds(view.local_time(effort) or "")]


class StarArguments(Arguments):
    """Of star_segment."""

    id = SegmentId(required=True)
    starred = Flag(load_default=True)


@tool(title="Star a segment", arguments=StarArguments, output=STAR, scope=WRITE, idempotent=True)
def star_segment(ctx: Context, arguments: JSON) -> JSON:
    """Star a segment, or with starred=false take the star away. Ask the user first."""
    segment = ctx.source.star_segment(arguments["id"], arguments["starred"])
    found = {"id": view.whole(segment, "id"), "name": view.text(segment, "name")}
    shown = view.identified(view.known(found), "segment")
    starred = segment.get("starred", arguments["starred"]) is True
    return shown | {"starred": starred, "link": segment_view.link(shown["id"])}
