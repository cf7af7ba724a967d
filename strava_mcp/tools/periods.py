"""Periods by their names: ``last week``, ``Q3 2026``, ``30 June``, ``2026-W47``.

A rule is a pattern and a function of its match and of today's date. The text to match is folded
(``word_matching.fold``).
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from strava_mcp.tools.days import (
    BEGINNING,
    Days,
    Recurring,
    calendar_unit,
    every_week,
    every_year,
    months,
    one_day,
    rolling,
    week,
    weekend,
)

MONTHS = (
    "january february march april may june july august september october november december"
).split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
NUMBERS = {
    **{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6},
    **{"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12},
    **{"fourteen": 14, "twenty": 20, "thirty": 30, "a couple of": 2, "couple of": 2},
}
ORDINALS = {
    **{"first": 1, "second": 2, "third": 3, "fourth": 4},
    **{"1st": 1, "2nd": 2, "3rd": 3, "4th": 4},
}
PREPOSITIONS = re.compile(r"^(?:(?:in|on|during|for|over|within|of|the|whole|entire) )+")

UNIT = r"(?P<unit>day|week|weekend|fortnight|month|quarter|year)"
COUNT = rf"(?P<count>[0-9]{{1,4}}|{'|'.join(NUMBERS)})"
YEAR = r"(?:[ ,/-]+(?:of )?(?P<year>[0-9]{4}|last year|this year))?"
MONTH = r"(?P<month>[a-z]{3,9}\.?)"
WEEKDAY = r"(?P<weekday>[a-z]{3,9}\.?)"
DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"

Period = Days | Recurring
Rule = Callable[[re.Match[str], date], Period | None]

_RULES: list[tuple[re.Pattern[str], Rule]] = []


class Unclear(ValueError):
    """Words that could mean several periods; the message says which."""


def parse_period(text: str, today: date) -> Period | None:
    """The period that ``text`` names, or None if it names none.

    Raises Unclear if it could be several, and ValueError for a date that does not exist.
    """
    text = PREPOSITIONS.sub("", text)
    for pattern, rule in _RULES:
        match = pattern.fullmatch(text)
        if match and (period := rule(match, today)):
            return period
    return None


def _rule(pattern: str) -> Callable[[Rule], Rule]:
    """Add a rule. The first one that returns a period counts."""

    def register(function: Rule) -> Rule:
        _RULES.append((re.compile(pattern), function))
        return function

    return register


def _position(name: str, names: list[str]) -> int | None:
    """The position of a month or weekday, counted from 1, by its name or an abbreviation."""
    name = name.removesuffix(".")
    for number, full in enumerate(names, start=1):
        if name == full or name in (full[:3], full[:4]) or (name, full) == ("thurs", "thursday"):
            return number
    return None


def _in_year(make: Callable[[int], Days], year: str | None, today: date) -> Period:
    """The period of a year (``2026``, ``last year``, ``this year``), or of every year if None."""
    if year is None:
        return every_year(make)
    return make({"last year": today.year - 1, "this year": today.year}.get(year) or int(year))


@_rule(r"all(?:[ -]time)?|ever|everything|lifetime")
def _all_time(match: re.Match[str], today: date) -> Period:
    return Days(BEGINNING, today)


@_rule(r"today|now|yesterday|day before yesterday|tomorrow")
def _day_word(match: re.Match[str], today: date) -> Period:
    back = {"today": 0, "now": 0, "yesterday": 1, "tomorrow": -1}.get(match[0], 2)
    return one_day(today - timedelta(days=back))


@_rule(r"[ymwq]td|(?:year|month|week|quarter)[ -]to[ -]date")
def _to_date(match: re.Match[str], today: date) -> Period | None:
    unit = {"y": "year", "m": "month", "w": "week", "q": "quarter"}[match[0][0]]
    period = calendar_unit(unit, today, 0)
    return period and Days(period.first, today)


@_rule(rf"(?P<which>this|current|last|previous|next|past) {UNIT}")
def _relative(match: re.Match[str], today: date) -> Period | None:
    which, unit = match["which"], match["unit"]
    if which in ("last", "past") and unit == "fortnight" or which == "past" and unit != "weekend":
        return rolling(unit, today, 1)
    back = {"this": 0, "current": 0, "next": -1}.get(which, 1)
    return None if unit == "day" else calendar_unit(unit, today, back)


@_rule(r"weekend")
def _latest_weekend(match: re.Match[str], today: date) -> Period:
    return weekend(today) if today >= weekend(today).first else weekend(today - timedelta(weeks=1))


@_rule(r"(?P<unit>week|weekend|month|quarter|year) before last")
def _before_last(match: re.Match[str], today: date) -> Period | None:
    return calendar_unit(match["unit"], today, 2)


@_rule(rf"(?:last|past|previous|most recent) {COUNT} {UNIT}s?")
def _last_few(match: re.Match[str], today: date) -> Period | None:
    return rolling(match["unit"], today, _count(match))


@_rule(rf"{COUNT} {UNIT}s? ago")
def _ago(match: re.Match[str], today: date) -> Period | None:
    return calendar_unit(match["unit"], today, _count(match))


def _count(match: re.Match[str]) -> int:
    return NUMBERS.get(match["count"]) or int(match["count"])


@_rule(rf"{WEEKDAY}")
@_rule(rf"{WEEKDAY},? (?:of )?(?P<week>this|last) week")
@_rule(rf"(?P<week>this|last) week,? (?:on )?{WEEKDAY}")
@_rule(rf"(?P<which>this|last|past|previous) {WEEKDAY}")
def _weekday(match: re.Match[str], today: date) -> Period | None:
    number = _position(match["weekday"], WEEKDAYS)
    if number is None:
        return None
    words = match.groupdict()
    every = every_week(number)
    if which := words.get("which"):
        return every.following(week(today).first) if which == "this" else _last(every, today)
    if words.get("week"):
        return every.following(week(today - timedelta(weeks=words["week"] == "last")).first)
    return every


def _last(every: Recurring, begin: date) -> Days | None:
    """The latest one that began before ``begin``."""
    return every.latest(begin - timedelta(days=1))


@_rule(rf"(?P<which>this|last|past|previous) {MONTH}")
def _relative_month(match: re.Match[str], today: date) -> Period | None:
    number = _position(match["month"], MONTHS)
    if number is None:
        return None
    if match["which"] == "this":
        return months(today.year, number)
    return _last(every_year(lambda year: months(year, number)), today.replace(day=1))


@_rule(r"(?:year )?(?P<year>[0-9]{4})")
def _year(match: re.Match[str], today: date) -> Period:
    return months(int(match["year"]), 1, 12)


@_rule(r"h(?P<half>[12])" + YEAR)
@_rule(r"(?P<year>[0-9]{4})[ -]?h(?P<half>[12])")
@_rule(r"(?P<half>first|second|1st|2nd) half" + YEAR)
def _half(match: re.Match[str], today: date) -> Period:
    half = ORDINALS.get(match["half"]) or int(match["half"])
    return _in_year(lambda year: months(year, 6 * half - 5, 6), match["year"], today)


@_rule(r"(?:q|quarter )(?P<quarter>[1-4])" + YEAR)
@_rule(r"(?P<year>[0-9]{4})[ -]?q(?P<quarter>[1-4])")
@_rule(rf"(?P<quarter>{'|'.join(ORDINALS)}) quarter" + YEAR)
def _quarter(match: re.Match[str], today: date) -> Period:
    quarter = ORDINALS.get(match["quarter"]) or int(match["quarter"])
    return _in_year(lambda year: months(year, 3 * quarter - 2, 3), match["year"], today)


@_rule(r"(?:(?:this|last|past|next) )?(?P<season>spring|summer|autumn|fall|winter)" + YEAR)
def _season(match: re.Match[str], today: date) -> Period:
    season = match["season"]
    raise Unclear(
        f"When it is {season} depends on the hemisphere: name the months, such as June to August."
    )


@_rule(r"(?P<year>[0-9]{4})-?w(?P<week>[0-9]{2})(?:-?(?P<day>[1-7]))?")
@_rule(r"(?:week |w|kw ?)(?P<week>[0-9]{1,2})" + YEAR)
def _iso_week(match: re.Match[str], today: date) -> Period:
    words = match.groupdict()
    number, day = int(words["week"]), words.get("day")

    def make(year: int) -> Days:
        if day:
            return one_day(date.fromisocalendar(year, number, int(day)))
        return week(date.fromisocalendar(year, number, 1))

    return _in_year(make, words["year"], today)


@_rule(r"week (?:of|beginning|starting|from) (?P<day>.+)")
def _week_of(match: re.Match[str], today: date) -> Period | None:
    period = parse_period(match["day"], today)
    days = period.latest(today) if isinstance(period, Recurring) else period
    return days and week(days.first)


@_rule(r"(?P<year>[0-9]{4})[/-](?P<month>[0-9]{2})")
@_rule(r"(?P<month>[0-9]{2})[/.](?P<year>[0-9]{4})")
def _numeric_month(match: re.Match[str], today: date) -> Period:
    return months(int(match["year"]), int(match["month"]))


@_rule(r"(?:month of )?" + MONTH + YEAR)
def _named_month(match: re.Match[str], today: date) -> Period | None:
    number = _position(match["month"], MONTHS)
    if number is None:
        return None
    return _in_year(lambda year: months(year, number), match["year"], today)


@_rule(r"(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}/[0-9]{2}/[0-9]{2}|[0-9]{8})")
def _iso_date(match: re.Match[str], today: date) -> Period:
    return one_day(date.fromisoformat(match["iso"].replace("/", "-")))


@_rule(r"(?P<first>[0-9]{1,2})(?P<mark>[./-])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})")
def _numeric_date(match: re.Match[str], today: date) -> Period:
    """Day and month in either order, except that dots separate day, month and year."""
    first, second, year = (int(match[name]) for name in ("first", "second", "year"))
    if match["mark"] == "." or first > 12:
        return one_day(date(year, second, first))
    american = date(year, first, second)
    if second <= 12 and first != second:
        raise Unclear(
            f"{match[0]} is {date(year, second, first)} or {american}: write one of them."
        )
    return one_day(american)


@_rule(rf"(?:{WEEKDAY},? )?{DAY}\.?(?: of |[ -]){MONTH}{YEAR}")
@_rule(rf"(?:{WEEKDAY},? )?{MONTH}[ -](?:the )?{DAY}{YEAR}")
def _named_date(match: re.Match[str], today: date) -> Period | None:
    month, number = _position(match["month"], MONTHS), int(match["day"])
    weekday = _position(match["weekday"], WEEKDAYS) if match["weekday"] else None
    if month is None or (match["weekday"] and weekday is None):
        return None

    def make(year: int) -> Days:
        day = date(year, month, number)
        if weekday and day.isoweekday() != weekday:
            raise Unclear(f"{day} is a {WEEKDAYS[day.weekday()].title()}.")
        return one_day(day)

    return _in_year(make, match["year"], today)
