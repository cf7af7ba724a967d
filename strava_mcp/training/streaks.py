"""Streaks of days and weeks with training, and how regular the weeks are (definitions ours)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

CONSISTENCY_WEEKS = 12


class Streak(NamedTuple):
    """``length`` in days or weeks, the first and the last day (of weeks: their Mondays)."""

    length: int
    first: date
    last: date


class Streaks(NamedTuple):
    """``longest``: of all time; ``current``: None if there is none.

    A day or week that has just begun does not end a streak.
    """

    longest: Streak | None
    current: Streak | None


def day_streaks(days: Iterable[date], today: date) -> Streaks:
    """Streaks of consecutive local days."""
    return _streaks(sorted(set(days)), timedelta(days=1), today)


def week_streaks(days: Iterable[date], today: date) -> Streaks:
    """Streaks of consecutive weeks, from Monday, with a day of training each."""
    return _streaks(sorted({monday(day) for day in days}), timedelta(weeks=1), monday(today))


def consistency(days: Iterable[date], today: date, days_per_week: int) -> float:
    """The share of the last twelve full weeks with ``days_per_week`` days of training or more."""
    count: dict[date, int] = {}
    for day in set(days):
        count[monday(day)] = count.get(monday(day), 0) + 1
    weeks = [monday(today) - timedelta(weeks=i) for i in range(1, CONSISTENCY_WEEKS + 1)]
    return sum(count.get(week, 0) >= days_per_week for week in weeks) / CONSISTENCY_WEEKS


def monday(day: date) -> date:
    """The Monday of the week of ``day``."""
    return day - timedelta(days=day.weekday())


def _streaks(dates: list[date], step: timedelta, now: date) -> Streaks:
    longest: Streak | None = None
    current: Streak | None = None
    for day in dates:
        continues = current is not None and day - current.last == step
        current = (
            Streak(current.length + 1, current.first, day)
            if continues and current
            else Streak(1, day, day)
        )
        if longest is None or current.length > longest.length:
            longest = current
    if current is not None and current.last < now - step:
        current = None
    return Streaks(longest, current)
