"""The activities before and after one in time, and the newest: to go from one to the next."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from strava_mcp.analysis.period import Activity, is_valid
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.activity_query import NEWEST, Key
from strava_mcp.sources.source import Source

#: Over Strava's API each page of the list is a request: usually the newest page has everything, and
#: for an older activity one on each side of it. More are read where a sport is rare.
MAX_ROWS, MAX_PAGES = 200, 5
MAX_NEWEST = 20


@dataclass(frozen=True)
class Adjacent:
    """The activities next to one in time; None if none of ``MAX_PAGES`` pages of the list has one.

    ``newest``: those of the same sports, the newest first.
    """

    earlier: Activity | None
    later: Activity | None
    newest: Sequence[Activity]


def adjacent(source: Source, activity_id: int, sports: Collection[str] | None = None) -> Adjacent:
    """What is next to an activity, among those of some sport types; None: of all.

    Activities that began in the same second are next to each other in the order of their ids.
    Raises NotFound if there is no such activity.
    """

    def fits(one: Activity) -> bool:
        return sports is None or one.facts.sport_type in sports

    page = _activities(source.activities(per_page=MAX_ROWS))
    newest = [one for one in page if fits(one)][:MAX_NEWEST]
    # Strava's order within a second is unknown: the last second of a page may go on.
    own = next((one for one in page if one.id == activity_id), None)
    is_inside = own is not None and own.facts.start != page[-1].facts.start
    if own is None:
        own = Activity(facts_of(detail := source.activity(activity_id)), detail)
    start, key = own.facts.start, _key(own)
    if start is None:
        return Adjacent(None, None, newest)
    before = _pages(lambda n: source.activities(before=start + 1, page=n, per_page=MAX_ROWS))
    after = _pages(lambda n: source.activities(after=start - 1, page=n, per_page=MAX_ROWS), -1)
    older = (one for one in chain(page, before) if _key(one) > key)
    newer = (one for one in (reversed(page) if is_inside else after) if _key(one) < key)
    return Adjacent(
        min(_of_first_second(filter(fits, older)), key=_key, default=None),
        max(_of_first_second(filter(fits, newer)), key=_key, default=None),
        newest,
    )


def _of_first_second(activities: Iterable[Activity]) -> list[Activity]:
    """The first of some activities, and those after it that began in the same second."""
    return list(next(groupby(activities, lambda one: one.facts.start), (None, ()))[1])


def _pages(read: Callable[[int], list[JSON]], step: int = 1) -> Iterator[Activity]:
    """The activities of all pages as far as they are asked for; ``step`` −1: the oldest first."""
    for number in range(1, MAX_PAGES + 1):
        if not (rows := read(number)):
            return
        yield from _activities(rows)[::step]


def _activities(rows: Iterable[JSON]) -> list[Activity]:
    """The activities of a page that have an id and a start, the newest first."""
    activities = (Activity(facts_of(row), row) for row in rows if is_valid(row))
    return sorted((one for one in activities if one.facts.start is not None), key=_key)


def _key(activity: Activity) -> Key:
    """Its place in the list, the newest first."""
    return NEWEST.key(activity.facts)
