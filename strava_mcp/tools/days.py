"""Spans of days, and the calendar's weeks, months and years.

Days are local dates; weeks begin on Monday (ISO 8601).
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

#: Local time is between UTC-12 and UTC+14.
MAX_BEHIND_UTC, MAX_AHEAD_OF_UTC = timedelta(hours=12), timedelta(hours=14)
#: The first day of "all time": no activity on Strava is older.
BEGINNING = date(1970, 1, 1)
#: 29 February returns after at most eight years (1896, 1904).
MAX_YEARS_APART = 8


@dataclass(frozen=True)
class Days:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def begin(self) -> date | None:
        """``first``, or None if the span has no beginning: ``all time``, ``before 2025``."""
        return None if self.first == BEGINNING else self.first

    def contains(self, local: str) -> bool:
        """Whether a local time (``2026-03-01T18:30:00``) is on one of these days."""
        return self.first.isoformat() <= local[:10] <= self.last.isoformat()

    def window(self) -> tuple[int, int]:
        """``(after, before)`` in epoch seconds: covers these days in every time zone.

        Both bounds are exclusive, like Strava's. The window is wider than the days: check each
        start with ``contains``.
        """
        begin = datetime.combine(self.first, time(), UTC) - MAX_AHEAD_OF_UTC
        end = datetime.combine(self.last, time(), UTC) + timedelta(days=1) + MAX_BEHIND_UTC
        return int(begin.timestamp()) - 1, int(end.timestamp())

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


@dataclass(frozen=True)
class Recurring:
    """A period that returns every year or week, such as ``march`` or ``tuesday``.

    ``index``: a date → the number of its year or week; ``occurrence``: such a number → the period
    in it, or None: not every year has a 29 February.
    """

    index: Callable[[date], int]
    occurrence: Callable[[int], Days | None]

    def latest(self, day: date) -> Days | None:
        """The latest one that has begun on ``day``."""
        number = self.index(day)
        earlier = self._occurrences(range(number, number - MAX_YEARS_APART - 1, -1))
        return next((days for days in earlier if days.first <= day), None)

    def following(self, day: date) -> Days | None:
        """The first one that ends on ``day`` or later."""
        number = self.index(day)
        later = self._occurrences(range(number, number + MAX_YEARS_APART + 1))
        return next((days for days in later if days.last >= day), None)

    def _occurrences(self, numbers: Iterable[int]) -> Iterable[Days]:
        return (days for number in numbers if (days := self.occurrence(number)))


def one_day(day: date) -> Days:
    """A span of one day."""
    return Days(day, day)


def week(day: date) -> Days:
    """The week that contains ``day``."""
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=6))


def weekend(day: date) -> Days:
    """Saturday and Sunday of the week that contains ``day``."""
    sunday = week(day).last
    return Days(sunday - timedelta(days=1), sunday)


def months(year: int, month: int, count: int = 1) -> Days:
    """``count`` whole months of one year. Raises ValueError if there is no such month."""
    last = month + count - 1
    return Days(date(year, month, 1), date(year, last, monthrange(year, last)[1]))


def months_before(day: date, count: int) -> date:
    """The same day ``count`` months earlier; the last one of the month if it is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def calendar_unit(unit: str, today: date, back: int) -> Days | None:
    """The day, week, weekend, month, quarter or year ``back`` of them before the one with today.

    None for another unit.
    """
    if unit == "day":
        return one_day(today - timedelta(days=back))
    if unit == "week":
        return week(today - timedelta(weeks=back))
    if unit == "weekend":
        return weekend(today - timedelta(weeks=back))
    if unit == "month":
        day = months_before(today, back)
        return months(day.year, day.month)
    if unit == "quarter":
        day = months_before(today, 3 * back)
        return months(day.year, (day.month - 1) // 3 * 3 + 1, 3)
    return months(today.year - back, 1, 12) if unit == "year" else None


def rolling(unit: str, today: date, count: int) -> Days | None:
    """``count`` days, weeks, fortnights, months, quarters or years, up to and including today.

    None for less than one, and for weekends, which are not days in a row.
    """
    days = {"day": 1, "week": 7, "fortnight": 14}
    if count < 1 or unit == "weekend":
        return None
    if unit in days:
        return Days(today - timedelta(days=count * days[unit] - 1), today)
    unit_months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return Days(months_before(today, count * unit_months) + timedelta(days=1), today)


def every_week(weekday: int) -> Recurring:
    """A day of every week, counted from Monday as 1."""
    # 1 January of the year 1 was a Monday, and has the ordinal 1.
    return Recurring(
        lambda day: (day.toordinal() - 1) // 7,
        lambda number: one_day(date.fromordinal(7 * number + weekday)),
    )


def every_year(make: Callable[[int], Days]) -> Recurring:
    """A period of every year. ``make`` raises ValueError for a year that does not have it."""

    def occurrence(year: int) -> Days | None:
        try:
            return make(year)
        except ValueError:
            return None

    return Recurring(lambda day: day.year, occurrence)
