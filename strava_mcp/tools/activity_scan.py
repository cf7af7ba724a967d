"""Scan activities newest first with exact filters, and say where the next scan starts.

Strava filters by UTC start only and sorts oldest first as soon as ``after`` is given. So only
``before`` is sent; sport, local date and ``after`` are checked here. A position is a time plus the
ids already returned that started in that second: unlike a page number it stays valid when
activities are added in the meantime.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools.activity_reader import local_start, sport_of, start_epoch_s
from strava_mcp.tools.dates import Days
from strava_mcp.tools.safe_json import JSONObject, get_str

MAX_PER_PAGE = 200
DAY_S = 86400
#: Requests per scan: Strava allows an application 100 in 15 minutes.
MAX_PAGES = 5


@dataclass(frozen=True)
class Position:
    """A position in a list.

    The list continues with activities that started before ``before`` (epoch seconds) and whose ids
    are not in ``seen``. ``skip``: how many matching ones to pass over first.
    """

    before: int | None = None
    seen: frozenset[int] = frozenset()
    skip: int = 0


@dataclass(frozen=True)
class Filters:
    """Conditions on an activity; an empty field allows any. ``after``: epoch seconds, exclusive."""

    sports: tuple[str, ...] = ()
    span: Days | None = None
    after: int | None = None

    def allow(self, activity: JSONObject) -> bool:
        """Whether the sport and the local date match; ``after`` ends the scan instead."""
        if self.sports and sport_of(activity) not in self.sports:
            return False
        # If the local time is unknown, UTC is the best approximation.
        start = local_start(activity) or get_str(activity, "start_date") or ""
        return self.span is None or self.span.contains(start)


@dataclass(frozen=True)
class Page:
    """Matching activities (SummaryActivity).

    ``scanned``: how many activities were looked at; ``next``: where to go on, None at the end.
    """

    rows: list[JSON]
    scanned: int
    next: Position | None


def scan(source: Source, filters: Filters, position: Position, count: int, page: int = 1) -> Page:
    """Up to ``count`` activities from ``position`` on, newest first.

    ``page``: number of the page of ``count`` rows, counted from ``position``. Makes at most
    MAX_PAGES requests; if those do not suffice, ``Page.next`` is where they ended.
    """
    # If every activity matches, a page of the list is one of Strava's pages. Otherwise Strava's
    # pages are read from the first on, and matching activities are counted.
    is_plain = not (filters.sports or filters.span or position.seen or position.skip)
    first = page if is_plain else 1
    skip = 0 if is_plain else position.skip + (page - 1) * count
    size = min(MAX_PER_PAGE, count) if is_plain else MAX_PER_PAGE
    before = position.before if is_plain else _quarter_end(position.before)
    matched: list[JSON] = []
    scanned: list[JSON] = []
    for number in range(first, first + MAX_PAGES):
        batch = source.activities(before=before, page=number, per_page=size)
        in_range, is_end = _later_than(batch, filters.after)
        ahead = [activity for activity in in_range if _is_ahead(activity, position)]
        scanned += ahead
        matched += [
            activity
            for activity in ahead
            if activity.get("id") not in position.seen and filters.allow(activity)
        ]
        # Strava's pages may be short without being the last; only an empty one is the end.
        if is_end or not batch:
            return _page(matched, scanned, position, skip, count, is_end=True)
        if len(matched) >= skip + count:
            break
    return _page(matched, scanned, position, skip, count, is_end=False)


def position_after(
    rows: Sequence[JSONObject], previous: Position, last: JSONObject | None = None
) -> Position:
    """The position after the last of ``rows``, or after ``last``, an activity that did not match.

    ``previous``: the position that the rows were read from.
    """
    moment = start_epoch_s(last or rows[-1])
    if moment is None:
        return previous
    seen = {
        row["id"] for row in rows if start_epoch_s(row) == moment and isinstance(row.get("id"), int)
    }
    if previous.before == moment + 1:
        seen |= previous.seen
    return Position(moment + 1, frozenset(seen))


def _later_than(batch: list[JSON], after: int | None) -> tuple[list[JSON], bool]:
    """The activities that started later than ``after``, and whether the batch goes back to it."""
    if after is None:
        return batch, False
    for count, activity in enumerate(batch):
        moment = start_epoch_s(activity)
        if moment is not None and moment <= after:
            return batch[:count], True
    return batch, False


def _quarter_end(before: int | None) -> int | None:
    """The end of the quarter of a year that contains ``before``, plus a day for time zones.

    Aligning requests to quarters makes paging and repeated questions hit the cache.
    """
    if before is None:
        return None
    day = datetime.fromtimestamp(before - 1 - DAY_S, UTC)
    month = (day.month - 1) // 3 * 3 + 4
    return int(datetime(day.year + month // 13, (month - 1) % 12 + 1, 2, tzinfo=UTC).timestamp())


def _is_ahead(activity: JSONObject, position: Position) -> bool:
    """Whether an activity comes after the position in the list; one without a valid start does."""
    moment = start_epoch_s(activity)
    return position.before is None or moment is None or moment < position.before


def _page(
    matched: list[JSON],
    scanned: list[JSON],
    position: Position,
    skip: int,
    count: int,
    is_end: bool,
) -> Page:
    rows = matched[skip : skip + count]
    if is_end and len(matched) <= skip + count or not scanned:
        return Page(rows, len(scanned), None)
    if len(matched) >= skip + count:
        return Page(rows, len(scanned), position_after(matched[: skip + count], position))
    end = position_after(matched, position, scanned[-1])
    rest = Position(end.before, end.seen, max(0, skip - len(matched)))
    return Page(rows, len(scanned), rest)
