"""The activities of a period."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.activity_query import ActivityQuery, Condition
from strava_mcp.sources.source import Source

#: More activities than anybody has.
MAX_ACTIVITIES = 100_000
DAY_S = 86400


@dataclass(frozen=True)
class Activity:
    """An activity: its facts, and the SummaryActivity that they are from."""

    facts: Facts
    summary: JSON

    @property
    def id(self) -> int:
        """Its id."""
        return self.facts.id

    @cached_property
    def day(self) -> date:
        """The local date."""
        return date.fromisoformat(self.facts.day or "1970-01-01")


@dataclass(frozen=True)
class Period:
    """Activities from the oldest to the newest. ``is_complete``: False if Strava's list was longer
    than may be read at once; the oldest are missing then.
    """

    activities: Sequence[Activity]
    is_complete: bool

    def summaries(self) -> list[JSON]:
        """Their SummaryActivity, newest first: the most promising order of reading."""
        return [activity.summary for activity in reversed(self.activities)]


def activities_between(
    source: Source,
    first: date | None,
    last: date,
    sports: Collection[str] | None = None,
) -> Period:
    """The activities of local days from ``first`` (None: ever) to ``last``.

    ``sports``: sport types; None for all. Activities without a date or an id are left out.
    """
    # Local days begin up to 14 hours before and 12 after those of UTC.
    bounds = [Condition("start", "<", _epoch_s(last) + 3 * DAY_S)]
    if first:
        bounds.append(Condition("start", ">", _epoch_s(first) - 2 * DAY_S))
    conditions = (*bounds, Condition("sport_type", "in", tuple(sports))) if sports else (*bounds,)
    query = ActivityQuery(conditions, limit=MAX_ACTIVITIES, wants_total=True)
    matches = source.find_activities(query)
    activities = [
        Activity(facts, row)
        for facts, row in zip(matches.facts, matches.rows, strict=True)
        if is_valid(row)
    ]
    inside = [
        activity
        for activity in reversed(activities)
        if activity.facts.day and (first is None or activity.day >= first) and activity.day <= last
    ]
    return Period(inside, matches.is_complete)


def is_valid(row: JSON) -> bool:
    """Whether Strava sent an id that can be asked for."""
    return isinstance(row.get("id"), int) and not isinstance(row.get("id"), bool)


def _epoch_s(day: date) -> int:
    return (day - date(1970, 1, 1)) // timedelta(days=1) * DAY_S
