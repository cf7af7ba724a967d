"""The reply of get_activities: rows newest first, as many as fit, and the way to the rest."""

from dataclasses import dataclass
from datetime import date

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.activity_scan import Filters, Found, Place, place_after, scan
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.cursors import WRONG, Cursor, check_repeated, cursor_of
from strava_mcp.tools.dates import Days, days
from strava_mcp.tools.display_units import UNITS
from strava_mcp.tools.fields import DateWords, EpochSeconds, Sports, described
from strava_mcp.tools.local_time import date_range
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit

#: For everything in a reply that is not a row.
FRAME_TOKENS = 350


class FilterArguments(Arguments):
    """The arguments that filter a list."""

    before = EpochSeconds(**described("epoch s"))
    after = EpochSeconds(**described("epoch s"))
    sport_type = Sports(**described("e.g. Run or Ride,GravelRide"))
    date_range = DateWords(**described("last week, march 2026, 2026-03-01..2026-03-31"))


FILTERS = FilterArguments()


@dataclass(frozen=True)
class Query:
    """What get_activities was asked: loaded filters, how many rows, and from where."""

    filters: JSON
    wanted: int
    page: int
    cursor: Cursor | None = None

    @classmethod
    def of(cls, arguments: JSON) -> "Query":
        """From loaded arguments. Raises InvalidArguments for a cursor that does not fit them."""
        filters = {name: arguments[name] for name in FILTERS.fields if name in arguments}
        if "cursor" not in arguments:
            return cls(filters, arguments["per_page"], arguments["page"])
        cursor = cursor_of(arguments["cursor"])
        check_repeated(cursor, filters)
        return cls(_filters_of(cursor), arguments["per_page"], 1, cursor)


def _filters_of(cursor: Cursor) -> JSON:
    """The filters that a cursor carries; it comes from outside, so they are checked again."""
    try:
        if cursor.days:
            days(cursor.days, date.today())
        return FILTERS.read(cursor.filters)
    except (InvalidArguments, ValueError) as exc:
        raise InvalidArguments({"cursor": WRONG}) from exc


def listed(source: Source, query: Query, units: str) -> JSON:
    """The reply. Reads Strava once, or up to five times where filters let little through."""
    span = _span(source, query)
    place = query.cursor.place if query.cursor else Place(query.filters.get("before"))
    after = query.filters.get("after")
    if span:
        earliest, latest = span.window()
        after = earliest if after is None else max(after, earliest)
        before = latest if place.before is None else min(place.before, latest)
        place = Place(before, place.seen, place.skip)
    filters = Filters(query.filters.get("sport_type", ()), span, after)
    found = scan(source, filters, place, query.wanted, query.page)
    return _reply(found, query, place, span, units)


def _span(source: Source, query: Query) -> Days | None:
    """The days of the filter: as the cursor has them, or counted from the athlete's today."""
    words = query.cursor.days if query.cursor else query.filters.get("date_range")
    return date_range(source, words) if words else None


def _reply(found: Found, query: Query, place: Place, span: Days | None, units: str) -> JSON:
    rows = [view.summary(activity, units) for activity in found.rows]
    kept = rows_that_fit(rows, MAX_TOKENS - FRAME_TOKENS)
    rest = found.rest if kept == len(rows) else place_after(found.rows[:kept], place)
    reply: JSON = {"units": UNITS[units], "link": view.link("{id}")}
    if span:
        reply["dates"] = str(span)
    reply["activities"] = rows[:kept]
    if rest:
        reply["cursor"] = Cursor(rest, query.filters, str(span) if span else None).written()
    note = _note(found, kept)
    return reply | ({"note": note} if note else {})


def _note(found: Found, kept: int) -> str:
    """What the reader would otherwise take for the whole."""
    if kept < len(found.rows):
        return f"{kept} of {len(found.rows)} shown, for size; the cursor goes on with the next."
    if found.rest and not found.rows:
        return f"None among the {found.looked} activities looked at; the cursor goes on."
    return "" if found.rows else "No activity matches."
