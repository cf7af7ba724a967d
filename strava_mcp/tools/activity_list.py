"""The reply of get_activities: the total of all matches, a page of rows, and a cursor."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import worst
from strava_mcp.display_units import UNITS, distance, duration, elevation
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.activity_query import NEWEST, ActivityQuery, Matches, Order, Total
from strava_mcp.sources.source import FIRST_OWN_ID, Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_filters import conditions
from strava_mcp.tools.activity_table import MAX_ROWS_AS_OBJECTS, as_table
from strava_mcp.tools.cursors import Cursor
from strava_mcp.tools.list_request import ListRequest
from strava_mcp.tools.load_view import LoadFields, load_fields
from strava_mcp.tools.local_time import date_range, today
from strava_mcp.tools.reply_schema import Rare
from strava_mcp.tools.safe_json import get_int, get_number
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit
from strava_mcp.tools.sorting import OLDEST, parse_order

#: Reserved for everything in a reply that is not a row.
FRAME_TOKENS = 450


class ListTotal(TypedDict, total=False):
    """All activities that match; ``at_least``: only a part of the list was read."""

    count: int
    distance: float
    moving_time: str
    elevation_gain: int
    at_least: Rare[bool]


class LoadedRow(view.ActivityRow, LoadFields, total=False):
    """A row of a list that was asked for with loads."""


class ActivityList(TypedDict, total=False):
    """The reply of get_activities. ``columns``: names of the values if the rows are arrays."""

    units: str
    dates: Rare[str]
    total: ListTotal
    columns: list[str]
    activities: list[view.ActivityRow]
    cursor: Rare[str]


def list_activities(
    source: Source, request: ListRequest, settings: AthleteSettings | None = None
) -> JSON:
    """Answer a request.

    ``settings``: what loads rest on, if the request asks for them.

    Costs no API request if the source is an archive, else see ``sources.activity_scan``; and with
    ``date_range``, once per hour, one for the athlete's time zone (``local_time``). Loads cost one
    for each recording that was not read yet, at most 30.
    """
    arguments, units = request.arguments, request.units
    span = date_range(source, request.date_words) if request.date_words else None
    query = ActivityQuery(
        conditions(source, arguments, span, units),
        parse_order(arguments.get("sort", "newest")),
        limit=request.per_page,
        skip=(request.page - 1) * request.per_page,
        position=request.cursor.position if request.cursor else None,
        wants_total=request.cursor is None,
    )
    matches = source.find_activities(query)
    reply: JSON = {"units": UNITS[units], "link": _link(matches.rows)}
    if span:
        reply["dates"] = str(span)
    if matches.total:
        reply["total"] = _total(matches.total, units)
        if not matches.is_complete:
            reply["total"]["at_least"] = True
    loads: Mapping[int, LoadFields] = {}
    if arguments.get("with_load"):
        loads = load_fields(Subject(source, today(source), settings), matches.rows)
        if bases := [row.pop("load_basis") for row in loads.values() if "load_basis" in row]:
            reply["load_basis"] = worst(*bases)
    reply |= _rows(matches.rows, query.order, units, loads)
    if matches.position:
        days = str(span) if span else None
        reply["cursor"] = Cursor(matches.position, arguments | {"units": units}, days).encode()
    note = " ".join(_notes(source, request, query, matches))
    return reply | ({"note": note} if note else {})


def _link(activities: Sequence[JSON]) -> str:
    """The page of each activity, with ``{id}``; their list if none has a page of its own."""
    first_id = min((get_int(activity, "id") or 0 for activity in activities), default=0)
    return view.link(first_id if first_id >= FIRST_OWN_ID else "{id}")


def _rows(
    activities: Sequence[JSON], order: Order, units: str, loads: Mapping[int, LoadFields]
) -> JSON:
    """``activities`` as objects; as a table if they are many, or too large together."""
    rows: list[LoadedRow] = [
        {
            **view.summary(activity, units, order.fact),
            **loads.get(get_int(activity, "id") or 0, LoadFields()),
        }
        for activity in activities
    ]
    are_small = rows_that_fit(rows, MAX_TOKENS - FRAME_TOKENS) == len(rows)
    if len(rows) <= MAX_ROWS_AS_OBJECTS and are_small:
        return {"activities": rows}
    seconds = [get_number(activity, "moving_time") for activity in activities]
    return as_table(rows, seconds, order.fact)


def _total(total: Total, units: str) -> JSON:
    """All that match, not only those on the page."""
    return {
        "count": total.count,
        "distance": distance(total.distance_m, units),
        "moving_time": duration(total.moving_s),
        "elevation_gain": elevation(total.climb_m, units),
    }


def _notes(
    source: Source, request: ListRequest, query: ActivityQuery, matches: Matches
) -> list[str]:
    """What a reader of the list could get wrong."""
    notes = []
    if not matches.rows:
        is_past_end = request.cursor or (matches.total and matches.total.count)
        notes.append("The list has no more." if is_past_end else "No activity matches.")
    elif query.order not in (NEWEST, OLDEST):
        if getattr(facts_of(matches.rows[0]), query.order.fact) is None:
            notes.append(f"None of these has {query.order.fact}: the newest come first.")
    if not matches.is_complete:
        advice = source.limit_notice or "ask again to read on, or use date_range."
        notes.append(f"Only the newest {matches.scanned} activities were read: {advice}")
    if query.wants_total and not matches.total:
        notes.append("No total, because that would read the whole list; filtered lists have one.")
    ids = [get_int(activity, "id") or 0 for activity in matches.rows]
    if min(ids, default=0) < FIRST_OWN_ID <= max(ids, default=0):
        notes.append(f"Ids from {FIRST_OWN_ID} on are the archive's own and have no page.")
    if "words" in request.arguments and not source.lists_texts:
        notes.append("Words were looked for in names only: Strava's lists have no descriptions.")
    return notes
