"""Day by day: what was trained, its load, and the streaks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from strava_mcp.analysis.evidence import Coverage, gather
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.subject import Subject
from strava_mcp.training.streaks import Streaks, day_streaks


@dataclass(frozen=True)
class CalendarDay:
    """A day. ``load``: of the activities that have one; None if none has."""

    day: date
    activities: Sequence[Activity]
    load: float | None

    @property
    def moving_s(self) -> float:
        """Moving time in seconds."""
        return sum(a.facts.moving_time or a.facts.elapsed_time or 0.0 for a in self.activities)

    @property
    def distance_m(self) -> float:
        """Distance in metres."""
        return sum(activity.facts.distance or 0.0 for activity in self.activities)


@dataclass(frozen=True)
class Calendar:
    """All days of a period, and its streaks."""

    days: Sequence[CalendarDay]
    streaks: Streaks
    coverage: Coverage


def calendar(
    subject: Subject, first: date, last: date, sports: Collection[str] | None = None
) -> Calendar:
    """The local days from ``first`` to ``last``."""
    evidence = gather(subject, first, last, sports)
    of_day: dict[date, list[Activity]] = {}
    for activity in evidence.period.activities:
        of_day.setdefault(activity.day, []).append(activity)
    days = []
    for i in range((last - first).days + 1):
        day = first + timedelta(days=i)
        activities = of_day.get(day, [])
        loads = [load.value for a in activities if isinstance(load := evidence.loads[a.id], Load)]
        days.append(CalendarDay(day, activities, sum(loads) if loads else None))
    return Calendar(days, day_streaks(of_day, last), evidence.coverage())
