"""Answer a query by reading Strava's list of activities page by page.

Strava filters by UTC start only and sorts oldest first as soon as ``after`` is given. So only
``before`` is sent, and everything else is checked here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from strava_mcp.errors import RateLimited
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import Facts, facts_of
from strava_mcp.sources.activity_query import (
    NEWEST,
    ActivityQuery,
    Key,
    Matches,
    Position,
    total_of,
)

MAX_PER_PAGE = 200
#: Requests per scan, which read 4,000 activities. Strava allows an application 100 in 15 minutes.
MAX_REQUESTS = 20
#: Pages per scan where the requests of an answer are counted and pages from a cache cost none: more
#: activities than anybody has.
MAX_PAGES = 500
DAY_S = 86400

#: Reads a page of Strava's list, newest first: (before, page, per_page) → SummaryActivity.
ReadPage = Callable[[int | None, int, int], list[JSON]]


class _Row(NamedTuple):
    """An activity that meets the conditions, and its place in the order of the query."""

    key: Key
    facts: Facts
    activity: JSON


@dataclass
class _Reading:
    """What was read so far, newest first.

    ``last_start``: the start of the last activity, in seconds since the epoch. ``end``: whether the
    list was read to its end, far enough for the reply, or as far as the limits allow.
    """

    matched: list[_Row] = field(default_factory=list)
    scanned: int = 0
    last_start: int | None = None
    end: Literal["complete", "enough", "limit"] = "limit"
    seen: set[int] = field(default_factory=set)

    def add(self, batch: Sequence[JSON], query: ActivityQuery) -> list[Facts]:
        """Add a page; returns the facts of its activities.

        An activity that came in since the page before was read shifts the last of that page onto
        this one: it counts once.
        """
        facts = [facts_of(activity) for activity in batch]
        new = [
            (one, activity)
            for one, activity in zip(facts, batch, strict=True)
            if not one.id or one.id not in self.seen
        ]
        self.seen.update(one.id for one in facts)
        self.scanned += len(new)
        self.matched += [
            _Row(query.order.key(one), one, activity) for one, activity in new if query.allows(one)
        ]
        return facts


def scan(read_page: ReadPage, query: ActivityQuery, max_pages: int | None = None) -> Matches:
    """Answer ``query`` with at most ``max_pages`` pages, by default MAX_REQUESTS.

    Lists are read to their end, within the bounds of the start, except those from the newest on
    that are unfiltered or whose total is not wanted: these are read as far as the reply needs.
    """
    is_whole = query.order != NEWEST or (query.wants_total and bool(query.conditions))
    reading = _read(read_page, query, is_whole, max_pages or MAX_REQUESTS)
    rows = sorted(reading.matched, key=lambda row: row.key)
    ahead = [row for row in rows if _is_ahead(row, query)]
    settled = ahead
    if query.order == NEWEST and reading.end != "complete":
        settled = [row for row in ahead if _is_later(row.facts, reading.last_start)]
    page = settled[query.skip : query.skip + query.limit]
    return Matches(
        rows=[row.activity for row in page],
        facts=[row.facts for row in page],
        position=_next_position(query, reading, page, len(ahead)),
        total=(
            total_of([row.facts for row in rows])
            if query.wants_total and (is_whole or reading.end == "complete")
            else None
        ),
        scanned=reading.scanned,
        is_complete=reading.end != "limit",
    )


def _read(read_page: ReadPage, query: ActivityQuery, is_whole: bool, max_pages: int) -> _Reading:
    """Read pages until the list ends, or until the reply is known unless ``is_whole``.

    Raises RateLimited if not even the first page can be read.
    """
    reading = _Reading()
    before, size = _window(query, is_whole)
    after, _ = query.bounds()
    for number in range(1, max_pages + 1):
        try:
            batch = read_page(before, number, size)
        except RateLimited:
            if not reading.scanned:
                raise
            return reading
        facts = reading.add(batch, query)
        starts = [one.start for one in facts if one.start is not None]
        # Strava's pages may be short without being the last; only an empty one is the end.
        if not batch or (starts and after is not None and starts[-1] <= after):
            reading.end = "complete"
            return reading
        reading.last_start = starts[-1] if starts else reading.last_start
        if not is_whole and _suffices(query, reading):
            reading.end = "enough"
            return reading
    return reading


def _window(query: ActivityQuery, is_whole: bool) -> tuple[int | None, int]:
    """``before`` and the size of the pages to request.

    A short unfiltered list is requested as such. Others are read in the largest pages, aligned to
    quarters of a year, so that other filters and later pages of a list are answered from a cache.
    """
    _, before = query.bounds()
    if query.position and query.position.before is not None:
        before = min(query.position.before, before or query.position.before)
    # One more shows that there are more, one is the last of the page before.
    size = query.skip + query.limit + (2 if query.position else 1)
    if is_whole or query.conditions or size > MAX_PER_PAGE:
        return _quarter_end(before), MAX_PER_PAGE
    if query.position and not query.position.key[0]:
        before = 1 - int(query.position.key[1])
    return before, size


def _suffices(query: ActivityQuery, reading: _Reading) -> bool:
    """Whether the page is known, and that there are more; newest first only.

    The last second is incomplete, because Strava's order within a second is unknown.
    """
    needed = query.skip + query.limit
    ahead = [row for row in reading.matched if _is_ahead(row, query)]
    settled = [row for row in ahead if _is_later(row.facts, reading.last_start)]
    return len(ahead) > needed and len(settled) >= needed


def _next_position(
    query: ActivityQuery, reading: _Reading, page: Sequence[_Row], ahead: int
) -> Position | None:
    """Where the list continues; None at its end.

    ``ahead``: how many matching activities were read after the position of the query.
    """
    if len(page) == query.limit and ahead > query.skip + query.limit:
        return Position(page[-1].key, query.position.before if query.position else None)
    if query.order != NEWEST or reading.end == "complete" or reading.last_start is None:
        return None
    if ahead < query.skip:
        return None
    start = reading.last_start  # that second is read again
    return Position((False, -start, -start, -1), start + 1)


def _is_ahead(row: _Row, query: ActivityQuery) -> bool:
    return query.position is None or row.key > query.position.key


def _is_later(facts: Facts, start: int | None) -> bool:
    return facts.start is not None and (start is None or facts.start > start)


def _quarter_end(before: int | None) -> int | None:
    """The end of the quarter of a year that contains ``before``, plus a day for time zones."""
    if before is None:
        return None
    day = datetime.fromtimestamp(before - 1 - DAY_S, UTC)
    month = (day.month - 1) // 3 * 3 + 4
    return int(datetime(day.year + month // 13, (month - 1) % 12 + 1, 2, tzinfo=UTC).timestamp())
