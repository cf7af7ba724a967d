"""Parse spans of days in words: ``last week``, ``march 2026``, ``2026-03-01..2026-03-31``.

Days are local dates; weeks begin on Monday (ISO 8601).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

FORMS = (
    "today, yesterday, this week, last week, this month, last month, this year, last year, "
    "last 7 days, last 4 weeks, last 3 months, 2025, 2026-03, march 2026, 2026-03-01, "
    "2026-03-01..2026-03-31, since 2026-03-01"
)
MONTHS = (
    "january february march april may june july august september october november december"
).split()
MIN_YEAR, MAX_YEAR = 1970, 2100
#: Local time is between UTC-12 and UTC+14.
MAX_BEHIND_UTC, MAX_AHEAD_OF_UTC = timedelta(hours=12), timedelta(hours=14)


@dataclass(frozen=True)
class Days:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

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


def parse_days(words: str, today: date) -> Days:
    """The days that ``words`` mean on ``today``.

    Raises ValueError, listing the accepted forms, for anything else.
    """
    text = " ".join(words.lower().split())
    try:
        days = _relative(text, today) or _span(text, today) or _named(text, today)
    except (ValueError, OverflowError):
        days = None
    if days is None or not _is_in_bounds(days):
        raise ValueError(f"Not a span of days. Accepted: {FORMS}.")
    if days.first > days.last:
        raise ValueError(f"Ends ({days.last}) before it begins ({days.first}).")
    return days


def _relative(text: str, today: date) -> Days | None:
    """Words relative to today."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    match text:
        case "today":
            return Days(today, today)
        case "yesterday":
            return Days(today - timedelta(days=1), today - timedelta(days=1))
        case "this week":
            return Days(monday, monday + timedelta(days=6))
        case "last week":
            return Days(monday - timedelta(days=7), monday - timedelta(days=1))
        case "this month":
            return _month(today.year, today.month)
        case "last month":
            before = first - timedelta(days=1)
            return _month(before.year, before.month)
        case "this year":
            return _year(today.year)
        case "last year":
            return _year(today.year - 1)
    return _counted(text, today)


def _counted(text: str, today: date) -> Days | None:
    """``last 7 days``, weeks, months or years: that many up to and including today."""
    match = re.fullmatch(r"(?:the )?(?:last|past) ([0-9]{1,4}) (day|week|month|year)s?", text)
    if not match or not int(match[1]):
        return None
    count, unit = int(match[1]), match[2]
    if unit in ("day", "week"):
        back = count * (7 if unit == "week" else 1)
        return Days(today - timedelta(days=back - 1), today)
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    # One month before 31 March is the last day of February.
    start = date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    return Days(start + timedelta(days=1), today)


def _span(text: str, today: date) -> Days | None:
    """``A..B``, where each is a day, a month or a year; ``A..`` and ``since A`` end today."""
    text = re.sub(r"^(?:since|from) (.+?)(?: to (.+))?$", r"\1..\2", text)
    begin, dots, end = (part.strip() for part in text.partition(".."))
    if not dots:
        return None
    first = _named(begin, today)
    last = _named(end, today) if end else Days(today, today)
    return Days(first.first, last.last) if first and last else None


def _named(text: str, today: date) -> Days | None:
    """A day, month or year by its name."""
    if text == "today":
        return Days(today, today)
    if re.fullmatch(r"[0-9]{4}", text):
        return _year(int(text))
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})", text):
        return _month(int(match[1]), int(match[2]))
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return Days(date.fromisoformat(text), date.fromisoformat(text))
    if match := re.fullmatch(r"([a-z]{3,9})\.?(?: ([0-9]{4}))?", text):
        return _month_by_name(match[1], match[2], today)
    return None


def _month_by_name(word: str, year: str | None, today: date) -> Days | None:
    """A month by its name or abbreviation; without a year, the latest that has begun."""
    for month, name in enumerate(MONTHS, start=1):
        if name == word or word in (name[:3], name[:4]):
            begun = today.year if month <= today.month else today.year - 1
            return _month(int(year) if year else begun, month)
    return None


def _month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


def _is_in_bounds(days: Days) -> bool:
    return all(MIN_YEAR <= day.year <= MAX_YEAR for day in (days.first, days.last))
