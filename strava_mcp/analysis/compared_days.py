"""The days that a period is compared with.

A period that has only begun is compared up to the same day: this year to 26 November with last year
to 26 November.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """Local days, both included."""

    first: date
    last: date


def last_year(span: Span) -> Span:
    """The same days a year earlier; of 29 February the day before."""
    return Span(_years_before(span.first), _years_before(span.last))


def previous(span: Span) -> Span:
    """The calendar period before this one up to the same day, or as many days just before.

    A span that begins with a year, a month or a Monday and does not leave it is one of them.
    """
    first, last = span
    days = (last - first).days + 1
    if (first.month, first.day) == (1, 1) and last.year == first.year and last.month > 1:
        return Span(_years_before(first), _whole(last, _years_before(last)))
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and days > 7:
        before = _month_before(last)
        return Span(before.replace(day=1), _whole(last, before))
    if first.weekday() == 0 and days <= 7:
        return Span(first - timedelta(days=7), last - timedelta(days=7))
    return Span(first - timedelta(days=days), first - timedelta(days=1))


def _whole(day: date, before: date) -> date:
    """``before``, or the end of its month if ``day`` ends its own: whole months compare."""
    if day.day == monthrange(day.year, day.month)[1]:
        return before.replace(day=monthrange(before.year, before.month)[1])
    return before


def _years_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _month_before(day: date) -> date:
    end = day.replace(day=1) - timedelta(days=1)
    return end.replace(day=min(day.day, end.day))
