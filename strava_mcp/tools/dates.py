"""Parse spans of days in words: ``last week``, ``March to May 2026``, ``2026-03-01..2026-03-31``.

Days are local dates; weeks begin on Monday (ISO 8601). ``periods`` has the names of single periods,
and this module what connects two of them.
"""

import re
from datetime import date, timedelta

from strava_mcp.tools.days import BEGINNING, Days, Recurring, one_day
from strava_mcp.tools.periods import NUMBERS, Period, Unclear, parse_period
from strava_mcp.word_matching import fold

__all__ = ["FORMS", "Days", "FutureDates", "UnreadableDates", "check_date_words", "parse_days"]

FORMS = (
    "today, yesterday, Tuesday, last Tuesday, this week, last week, last weekend, this month, "
    "last month, this year, last year, ytd, all time, last 7 days, last two weeks, past month, "
    "2025, Q3 2026, 2026-03, March 2026, 2026-W47, 30 June 2026, June 30, 2026-03-01, "
    "2026-03-01..2026-03-31, March to May 2026, since 2026-03-01"
)
ACCEPTED = f"Accepted: {FORMS}."
MAX_LENGTH = 100
MIN_YEAR, MAX_YEAR = 1970, 2100

DASH = r"(?: ?- ?| to | until | through )"
DAY = r"([0-9]{1,2})(?:st|nd|rd|th)?"
#: Days of one month: ``1-7 March 2026``, ``March 1 to 7``; rewritten as two full dates.
DAYS_OF_MONTH = (
    (rf"{DAY}{DASH}{DAY} ((?:of )?[a-z]{{3,9}}\.?.*)", r"\1 \3..\2 \3"),
    (rf"([a-z]{{3,9}}\.?) {DAY}{DASH}{DAY}((?:,? [0-9]{{4}})?)", r"\1 \2\4..\1 \3\4"),
)
#: Names as programs write them: ``last_7_days``, ``last-week``.
JOINED = r"(?:last|this|past|previous|current|year|month|week)-[a-z0-9-]+"
#: A span that only says how long it is, such as ``90 days`` or ``12w``: it ends today.
LENGTH = (
    rf"(?P<count>[0-9]{{1,4}}|{'|'.join(NUMBERS)}) ?(?P<unit>d|w|y|days?|weeks?|months?|years?)"
)
UNITS = {"d": "days", "w": "weeks", "y": "years"}
#: What connects the ends of a span, in the order in which it is looked for.
SPANS = (
    r"between (?P<first>.+) and (?P<last>.+)",
    r"(?:from |since )?(?P<first>.+?) ?\.\. ?(?P<last>.*)",
    r"(?:from |since )?(?P<first>.+?) (?:to|until|till|through|thru|-) (?P<last>.+)",
    r"(?:from|since|starting) (?P<first>.+?)(?: on(?:wards?)?)?",
    r"(?:until|till|up to|through) (?P<last>.+)",
    r"(?P<first>[0-9]{4})-(?P<last>[0-9]{4})",
    r"(?P<first>[0-9]{4}-[0-9w-]+)(?:/|, ?|:)(?P<last>[0-9]{4}-[0-9w-]+)",
    r"(?P<first>[0-9]{4}/[0-9]{2}/[0-9]{2})-(?P<last>[0-9]{4}/[0-9]{2}/[0-9]{2})",
    r"(?P<first>[a-z]{3,9}|q[1-4])-(?P<last>(?:[a-z]{3,9}|q[1-4])\b.*)",
    r"after (?P<after>.+)",
    r"before (?P<before>.+)",
)


class UnreadableDates(ValueError):
    """Words that are not a span of days."""


class FutureDates(ValueError):
    """A span that begins after today."""


def parse_days(words: str, today: date) -> Days:
    """The days that ``words`` mean on ``today``, of which the last is at most today.

    A name without a year, such as ``March``, is the latest that has begun. Raises ValueError, which
    lists the accepted forms, for words that are not a span of days, for a span that ends before
    it begins, and for one in the future.
    """
    days = _read(words, today)
    if days.first > today:
        raise FutureDates(f"{days.first} is in the future; today is {today}. {ACCEPTED}")
    if days.first > days.last:
        raise ValueError(f"Ends ({days.last}) before it begins ({days.first}). {ACCEPTED}")
    return Days(days.first, min(days.last, today))


def check_date_words(words: str, today: date) -> None:
    """Check that ``words`` are a span of days, where the athlete's date is not known exactly.

    Raises ValueError as ``parse_days`` does, except for spans that depend on today's date.
    """
    _read(words, today)


def _read(words: str, today: date) -> Days:
    """The days of a readable span, in any order. Raises ValueError for other words."""
    if len(words) > MAX_LENGTH:
        raise UnreadableDates(f"Not a span of days. {ACCEPTED}")
    text = _plain(words)
    try:
        days = _resolve(parse_period(text, today), today) or _span(text, today)
    except Unclear as exc:
        raise ValueError(f"{exc} {ACCEPTED}") from exc
    except (ValueError, OverflowError) as exc:
        raise ValueError(f"There is no such date. {ACCEPTED}") from exc
    if days is None:
        raise UnreadableDates(f"Not a span of days. {ACCEPTED}")
    if not MIN_YEAR <= days.first.year <= MAX_YEAR:
        raise ValueError(f"The years must be from {MIN_YEAR} to {MAX_YEAR}. {ACCEPTED}")
    return days


def _plain(words: str) -> str:
    """Words as the patterns expect them."""
    text = " ".join(fold(words).replace("_", " ").split())
    if re.fullmatch(JOINED, text):
        text = text.replace("-", " ")
    if match := re.fullmatch(LENGTH, text):
        text = f"last {match['count']} {UNITS.get(match['unit'], match['unit'])}"
    return text


def _span(text: str, today: date) -> Days | None:
    """Two periods, or one that is open to one side; an open end is today."""
    for pattern, both in DAYS_OF_MONTH:
        text = re.sub(f"^{pattern}$", both, text)
    for pattern in SPANS:
        match = re.fullmatch(pattern, text)
        if match and (days := _connected(match.groupdict(), today)):
            return days
    return None


def _connected(ends: dict[str, str | None], today: date) -> Days | None:
    """The span between the ends that a pattern of SPANS has found."""
    periods = {name: parse_period(text, today) for name, text in ends.items() if text}
    if "after" in periods:
        days = _resolve(periods["after"], today)
        return days and Days(days.last + timedelta(days=1), today)
    if "before" in periods:
        days = _resolve(periods["before"], today)
        return days and Days(BEGINNING, days.first - timedelta(days=1))
    open_ends: dict[str, Period | None] = {"first": one_day(BEGINNING), "last": one_day(today)}
    both = open_ends | periods
    return _between(both["first"], both["last"], today)


def _between(first: Period | None, last: Period | None, today: date) -> Days | None:
    """The span from the first day of ``first`` to the last of ``last``.

    An end without a year belongs to the year of the other: ``November to February 2026`` begins in
    2025.
    """
    if isinstance(first, Recurring):
        first = first.latest(today if isinstance(last, Recurring) or not last else last.last)
    if isinstance(last, Recurring):
        last = _after(first, last) if first else None
    return Days(first.first, last.last) if first and last else None


def _after(first: Days, last: Recurring) -> Days | None:
    """The end of a span that begins with ``first``; before it for ``March 10 to March 5``."""
    following = last.following(first.first)
    is_next_year = following is not None and following.first.year > first.first.year
    if following and is_next_year and following.first.month == first.first.month:
        return last.occurrence(last.index(first.first))
    return following


def _resolve(period: Period | None, today: date) -> Days | None:
    """A recurring period is the latest that has begun."""
    return period.latest(today) if isinstance(period, Recurring) else period
