"""Spans of days in words: ``last week``, ``march 2026``, ``2026-03-01..2026-03-31``.

Days are those of the athlete's calendar; weeks begin on Monday (ISO 8601).
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
EARLIEST, LATEST = 1970, 2100
#: Local time is between UTC-12 and UTC+14.
BEHIND, AHEAD = timedelta(hours=12), timedelta(hours=14)


@dataclass(frozen=True)
class Days:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def holds(self, local: str) -> bool:
        """Whether a local time (``2026-03-01T18:30:00``) lies on one of these days."""
        return self.first.isoformat() <= local[:10] <= self.last.isoformat()

    def window(self) -> tuple[int, int]:
        """``(after, before)`` in seconds since the epoch: every start on these days, anywhere.

        The bounds themselves are outside, as Strava's are. What else lies between them is for
        ``holds`` to drop.
        """
        begin = datetime.combine(self.first, time(), UTC) - AHEAD
        end = datetime.combine(self.last, time(), UTC) + timedelta(days=1) + BEHIND
        return int(begin.timestamp()) - 1, int(end.timestamp())

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def days(words: str, today: date) -> Days:
    """The days that ``words`` mean on ``today``.

    Raises ValueError, with the accepted forms, for words that mean none.
    """
    said = " ".join(words.lower().split())
    try:
        found = _relative(said, today) or _span(said, today) or _named(said, today)
    except (ValueError, OverflowError):
        found = None
    if found is None or not _sane(found):
        raise ValueError(f"Not a span of days. Accepted: {FORMS}.")
    if found.first > found.last:
        raise ValueError(f"Ends ({found.last}) before it begins ({found.first}).")
    return found


def _relative(said: str, today: date) -> Days | None:
    """Words that count from today."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    match said:
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
    return _counted(said, today)


def _counted(said: str, today: date) -> Days | None:
    """``last 7 days`` and the like: that many up to and including today."""
    match = re.fullmatch(r"(?:the )?(?:last|past) ([0-9]{1,4}) (day|week|month|year)s?", said)
    if not match or not int(match[1]):
        return None
    count, unit = int(match[1]), match[2]
    if unit in ("day", "week"):
        back = count * (7 if unit == "week" else 1)
        return Days(today - timedelta(days=back - 1), today)
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    # A month before 31 March is the last of February.
    start = date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    return Days(start + timedelta(days=1), today)


def _span(said: str, today: date) -> Days | None:
    """``A..B``, where each is a day, a month or a year; ``A..`` and ``since A`` end today."""
    said = re.sub(r"^(?:since|from) (.+?)(?: to (.+))?$", r"\1..\2", said)
    begin, dots, end = (part.strip() for part in said.partition(".."))
    if not dots:
        return None
    first = _named(begin, today)
    last = _named(end, today) if end else Days(today, today)
    return Days(first.first, last.last) if first and last else None


def _named(said: str, today: date) -> Days | None:
    """A day, month or year by its name."""
    if said == "today":
        return Days(today, today)
    if re.fullmatch(r"[0-9]{4}", said):
        return _year(int(said))
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})", said):
        return _month(int(match[1]), int(match[2]))
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
        return Days(date.fromisoformat(said), date.fromisoformat(said))
    if match := re.fullmatch(r"([a-z]{3,9})\.?(?: ([0-9]{4}))?", said):
        return _month_called(match[1], match[2], today)
    return None


def _month_called(word: str, year: str | None, today: date) -> Days | None:
    """A month by name or its first letters; without a year, the latest that has begun."""
    for month, name in enumerate(MONTHS, start=1):
        if name == word or word in (name[:3], name[:4]):
            begun = today.year if month <= today.month else today.year - 1
            return _month(int(year) if year else begun, month)
    return None


def _month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


def _sane(found: Days) -> bool:
    return all(EARLIEST <= day.year <= LATEST for day in (found.first, found.last))
