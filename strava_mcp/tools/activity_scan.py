"""Finding activities newest first: filters that hold exactly, and a place to go on from.

Strava filters by UTC start only and sorts oldest first as soon as ``after`` is given. So only
``before`` is sent; sport, local date and ``after`` are checked here. A place in the list is a
moment and the activities of that very second already passed, which stays true when activities
are added meanwhile, as a page number does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools.activity_view import local_time, sport_of, text
from strava_mcp.tools.dates import Days

MAX_PER_PAGE = 200
DAY_S = 86400
#: Reads of one call, at most: Strava allows an application 100 in 15 minutes.
MAX_PAGES = 5


@dataclass(frozen=True)
class Place:
    """Where a list goes on: before a moment (s since the epoch), without those ``seen`` already.

    ``skip``: how many more that match are to be passed over first.
    """

    before: int | None = None
    seen: frozenset[int] = frozenset()
    skip: int = 0


@dataclass(frozen=True)
class Filters:
    """What an activity must be. ``after`` is in seconds since the epoch; empty allows all."""

    sports: tuple[str, ...] = ()
    span: Days | None = None
    after: int | None = None

    def allow(self, activity: Mapping[str, Any]) -> bool:
        """Whether sport and local date are as wanted."""
        if self.sports and sport_of(activity) not in self.sports:
            return False
        # Where nobody knows the local time, UTC is the nearest that there is.
        began = local_time(activity) or text(activity, "start_date") or ""
        return self.span is None or self.span.holds(began)


@dataclass(frozen=True)
class Found:
    """Activities (SummaryActivity), how many were looked at, and where to go on, if anywhere."""

    rows: list[JSON]
    looked: int
    rest: Place | None


def scan(source: Source, filters: Filters, place: Place, wanted: int, page: int = 1) -> Found:
    """Up to ``wanted`` activities from ``place`` on, newest first.

    ``page``: of ``wanted`` rows each, counted from ``place``. At most MAX_PAGES reads; where those
    do not suffice, ``rest`` says where they ended.
    """
    is_plain = not (filters.sports or filters.span or place.seen or place.skip)
    first = page if is_plain else 1
    skip = 0 if is_plain else place.skip + (page - 1) * wanted
    size = min(MAX_PER_PAGE, wanted) if is_plain else MAX_PER_PAGE
    before = place.before if is_plain else _quarter_end(place.before)
    matched: list[JSON] = []
    looked: list[JSON] = []
    for number in range(first, first + MAX_PAGES):
        batch = source.activities(before=before, page=number, per_page=size)
        ahead, is_end = _until(batch, filters.after)
        looked += [one for one in ahead if _is_ahead(one, place)]
        matched += [one for one in ahead if _is_new(one, place) and filters.allow(one)]
        # Strava's pages may be short without being the last; only an empty one is the end.
        if is_end or not batch:
            return _cut(matched, looked, place, skip, wanted, is_end=True)
        if len(matched) >= skip + wanted:
            break
    return _cut(matched, looked, place, skip, wanted, is_end=False)


def place_after(
    rows: Sequence[Mapping[str, Any]], before: Place, last: JSON | None = None
) -> Place:
    """The place behind the last of ``rows``, or behind ``last``, which matched nothing."""
    moment = started(last or rows[-1])
    if moment is None:
        return before
    seen = {row["id"] for row in rows if started(row) == moment and isinstance(row.get("id"), int)}
    if before.before == moment + 1:
        seen |= before.seen
    return Place(moment + 1, frozenset(seen))


def started(activity: Mapping[str, Any]) -> int | None:
    """``start_date`` in seconds since the epoch, or None where it is no such thing."""
    try:
        moment = datetime.fromisoformat(text(activity, "start_date") or "")
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _until(batch: list[JSON], after: int | None) -> tuple[list[JSON], bool]:
    """The activities that began after a moment, and whether an earlier one ended the list."""
    if after is None:
        return batch, False
    for count, activity in enumerate(batch):
        moment = started(activity)
        if moment is not None and moment <= after:
            return batch[:count], True
    return batch, False


def _quarter_end(before: int | None) -> int | None:
    """The end of the quarter of a year that ``before`` is in, with a day for the time zones.

    Whoever goes through a year in pages, or asks first for its runs and then for its rides, asks
    Strava the same few questions that way, and the source has kept the answers.
    """
    if before is None:
        return None
    day = datetime.fromtimestamp(before - 1 - DAY_S, UTC)
    month = (day.month - 1) // 3 * 3 + 4
    return int(datetime(day.year + month // 13, (month - 1) % 12 + 1, 2, tzinfo=UTC).timestamp())


def _is_ahead(activity: Mapping[str, Any], place: Place) -> bool:
    moment = started(activity)
    return place.before is None or moment is None or moment < place.before


def _is_new(activity: Mapping[str, Any], place: Place) -> bool:
    return _is_ahead(activity, place) and activity.get("id") not in place.seen


def _cut(
    matched: list[JSON], looked: list[JSON], place: Place, skip: int, wanted: int, is_end: bool
) -> Found:
    rows = matched[skip : skip + wanted]
    if is_end and len(matched) <= skip + wanted or not looked:
        return Found(rows, len(looked), None)
    if len(matched) >= skip + wanted:
        return Found(rows, len(looked), place_after(matched[: skip + wanted], place))
    there = place_after(matched, place, looked[-1])
    rest = Place(there.before, there.seen, max(0, skip - len(matched)))
    return Found(rows, len(looked), rest)
