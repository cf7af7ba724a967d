"""How regular training is: Eddington numbers and streaks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from strava_mcp.analysis.period import Activity, activities_between
from strava_mcp.analysis.records import family_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.training.eddington import Eddington, eddington
from strava_mcp.training.streaks import (
    CONSISTENCY_WEEKS,
    Streaks,
    consistency,
    day_streaks,
    monday,
    week_streaks,
)
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

UNITS_M = {"km": METRES_PER_KM, "mi": METRES_PER_MILE}
#: Families of sports whose distances make an Eddington number, if no sport is named.
EDDINGTON_FAMILIES = ("rides", "runs")
#: Days of a week that make it a regular one.
DAYS_PER_WEEK = 3


class EddingtonNumber(NamedTuple):
    """``reached``: the day on which the number was reached; ``activity``: its longest then."""

    family: str
    unit: str
    value: Eddington
    reached: date | None
    activity: int | None


class TrainingStreak(NamedTuple):
    """A streak of ``unit`` (day or week); ``is_current``: whether it still goes on.

    ``first``, ``last``: days, or Mondays of weeks; ``activities``: the ids of the first and the
    last activity.
    """

    unit: str
    is_current: bool
    length: int
    first: date
    last: date
    activities: tuple[int, int]


@dataclass(frozen=True)
class Regularity:
    """The longest streaks, and those that still go on.

    ``consistency``: the share of the last twelve full weeks with three days of training; None if
    the first activity is more recent. ``activities``: how many count.
    """

    streaks: Sequence[TrainingStreak]
    consistency: float | None
    activities: int
    is_complete: bool


def eddington_numbers(
    subject: Subject, first: date | None, last: date, sports: Collection[str] | None = None
) -> tuple[list[EddingtonNumber], int, bool]:
    """The numbers of rides and runs, or of ``sports`` together; how many activities count, and
    whether these are all.
    """
    period = activities_between(subject.source, first, last, sports)
    families: dict[str, list[Activity]] = {}
    for activity in period.activities:
        family = "all" if sports else family_of(activity.facts.sport_type)
        if activity.facts.distance and (sports or family in EDDINGTON_FAMILIES):
            families.setdefault(family, []).append(activity)
    numbers = [
        _number(family, unit, activities)
        for family, activities in sorted(families.items())
        for unit in UNITS_M
    ]
    return numbers, sum(map(len, families.values())), period.is_complete


def _number(family: str, unit: str, activities: Sequence[Activity]) -> EddingtonNumber:
    metres: dict[date, float] = {}
    longest: dict[date, Activity] = {}
    for activity in activities:
        distance = activity.facts.distance or 0.0
        metres[activity.day] = metres.get(activity.day, 0.0) + distance
        before = longest.setdefault(activity.day, activity)
        if distance > (before.facts.distance or 0.0):
            longest[activity.day] = activity
    # Rounded, because 16,093.44 m must be 10 miles.
    per_day = {day: round(distance / UNITS_M[unit], 6) for day, distance in metres.items()}
    value = eddington(per_day.values())
    counting = sorted(day for day, distance in per_day.items() if distance >= value.number)
    reached = counting[value.number - 1] if value.number else None
    return EddingtonNumber(
        family, unit, value, reached, longest[reached].id if reached is not None else None
    )


def regularity(
    subject: Subject, first: date | None, last: date, sports: Collection[str] | None = None
) -> Regularity:
    """Streaks within local days; ``first`` None: ever. None is current if ``last`` is past."""
    period = activities_between(subject.source, first, last, sports)
    at: dict[date, list[int]] = {}
    for activity in period.activities:
        at.setdefault(activity.day, []).append(activity.id)
    streaks = [
        *_named("day", day_streaks(at, last), timedelta(days=1), at, last == subject.today),
        *_named("week", week_streaks(at, last), timedelta(weeks=1), at, last == subject.today),
    ]
    start = monday(last) - timedelta(weeks=CONSISTENCY_WEEKS)
    is_known = bool(at) and min(at) < start + timedelta(weeks=1)
    return Regularity(
        streaks=streaks,
        consistency=consistency(at, last, DAYS_PER_WEEK) if is_known else None,
        activities=len(period.activities),
        is_complete=period.is_complete,
    )


def _named(
    unit: str, streaks: Streaks, step: timedelta, at: Mapping[date, Sequence[int]], is_now: bool
) -> Iterator[TrainingStreak]:
    """The longest streak, and the current one if there is one on the athlete's today."""
    for streak, is_current in ((streaks.longest, False), (streaks.current, True)):
        if streak is None or (is_current and not is_now):
            continue
        days = [day for day in at if streak.first <= day < streak.last + step]
        ids = at[min(days)][0], at[max(days)][-1]
        yield TrainingStreak(unit, is_current, streak.length, streak.first, streak.last, ids)
