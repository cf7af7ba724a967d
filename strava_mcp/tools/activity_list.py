"""The reply of get_activities: rows newest first, as many as fit, and a cursor for the rest."""

from dataclasses import dataclass
from datetime import date

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_scan import Filters, Page, Position, position_after, scan
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.cursors import INVALID_CURSOR, Cursor, check_repeated, parse_cursor
from strava_mcp.tools.dates import Days, parse_days
from strava_mcp.tools.display_units import UNITS
from strava_mcp.tools.fields import DateWords, EpochSeconds, Sports, described
from strava_mcp.tools.local_time import date_range, epoch_s
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit

#: Reserved for everything in a reply that is not a row.
FRAME_TOKENS = 350


class FilterArguments(Arguments):
    """Arguments that filter a list of activities."""

    before = EpochSeconds(**described("ISO date or time, or epoch s"))
    after = EpochSeconds(**described("the same"))
    sport_type = Sports(**described("e.g. Run or Ride,GravelRide"))
    date_range = DateWords(**described("last week, march 2026, 2026-03-01..2026-03-31"))


FILTERS = FilterArguments()


@dataclass(frozen=True)
class Query:
    """The filters of get_activities (loaded arguments), the number of rows, and where to start."""

    filters: JSON
    count: int
    page: int
    cursor: Cursor | None = None

    @classmethod
    def from_arguments(cls, arguments: JSON) -> "Query":
        """Read loaded arguments. Raises InvalidArguments if the cursor contradicts the filters."""
        filters = {name: arguments[name] for name in FILTERS.fields if name in arguments}
        if "cursor" not in arguments:
            return cls(filters, arguments["per_page"], arguments["page"])
        cursor = parse_cursor(arguments["cursor"])
        check_repeated(cursor, filters)
        return cls(_filters_of(cursor), arguments["per_page"], 1, cursor)


def _filters_of(cursor: Cursor) -> JSON:
    """The filters in a cursor, validated again because a client can forge one."""
    try:
        if cursor.days:
            parse_days(cursor.days, date.today())
        return FILTERS.read(cursor.filters)
    except (InvalidArguments, ValueError) as exc:
        raise InvalidArguments({"cursor": INVALID_CURSOR}) from exc


def list_activities(source: Source, query: Query, units: str) -> JSON:
    """Answer a query.

    Costs one request, or up to five if few activities match the filters; with ``date_range``, once
    per hour, one more for the athlete's time zone (``local_time``).
    """
    span = _span(source, query)
    before, after = (query.filters.get(name) for name in ("before", "after"))
    if before is not None:
        before = epoch_s(source, before)
    if after is not None:
        # A local time is included: after=2026-03-01 begins with the first second of that day.
        after = epoch_s(source, after) - isinstance(after, str)
    position = query.cursor.position if query.cursor else Position(before)
    if span:
        earliest, latest = span.window()
        after = earliest if after is None else max(after, earliest)
        before = latest if position.before is None else min(position.before, latest)
        position = Position(before, position.seen, position.skip)
    filters = Filters(query.filters.get("sport_type", ()), span, after)
    page = scan(source, filters, position, query.count, query.page)
    return _reply(page, query, position, span, units)


def _span(source: Source, query: Query) -> Days | None:
    """The days of the filter: fixed by the cursor, or relative to the athlete's current date."""
    words = query.cursor.days if query.cursor else query.filters.get("date_range")
    return date_range(source, words) if words else None


def _reply(page: Page, query: Query, position: Position, span: Days | None, units: str) -> JSON:
    rows = [view.summary(activity, units) for activity in page.rows]
    kept = rows_that_fit(rows, MAX_TOKENS - FRAME_TOKENS)
    rest = page.next if kept == len(rows) else position_after(page.rows[:kept], position)
    reply: JSON = {"units": UNITS[units], "link": view.link("{id}")}
    if span:
        reply["dates"] = str(span)
    reply["activities"] = rows[:kept]
    if rest:
        reply["cursor"] = Cursor(rest, query.filters, str(span) if span else None).encode()
    note = _note(page, kept)
    return reply | ({"note": note} if note else {})


def _note(page: Page, kept: int) -> str:
    """Explain why the list is shorter than asked for, or empty."""
    if kept < len(page.rows):
        return f"{kept} of {len(page.rows)} shown (size limit); the cursor continues the list."
    if page.next and not page.rows:
        return f"No match among the {page.scanned} activities scanned; the cursor continues."
    return "" if page.rows else "No activity matches."
