"""Spans of days in words: every accepted form, including edge cases of the calendar."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.tools.dates import FORMS, Days, check_date_words, parse_days
from strava_mcp.tools.local_time import time_zone
from tests.rig import Rig

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "words, today, expected",
    [
        ("today", MONDAY, "2026-11-23..2026-11-23"),
        ("Yesterday", date(2026, 3, 1), "2026-02-28..2026-02-28"),
        ("the day before yesterday", MONDAY, "2026-11-21..2026-11-21"),
        ("this week", MONDAY, "2026-11-23..2026-11-23"),
        ("this week", date(2026, 11, 29), "2026-11-23..2026-11-29"),
        ("last week", MONDAY, "2026-11-16..2026-11-22"),
        ("  last   WEEK ", date(2026, 1, 1), "2025-12-22..2025-12-28"),
        ("the week before last", MONDAY, "2026-11-09..2026-11-15"),
        ("past week", MONDAY, "2026-11-17..2026-11-23"),
        ("this month", date(2028, 2, 10), "2028-02-01..2028-02-10"),
        ("last month", date(2026, 1, 31), "2025-12-01..2025-12-31"),
        ("previous month", date(2026, 1, 31), "2025-12-01..2025-12-31"),
        ("past month", MONDAY, "2026-10-24..2026-11-23"),
        ("this quarter", MONDAY, "2026-10-01..2026-11-23"),
        ("last quarter", date(2026, 1, 31), "2025-10-01..2025-12-31"),
        ("this year", MONDAY, "2026-01-01..2026-11-23"),
        ("last year", MONDAY, "2025-01-01..2025-12-31"),
        ("ytd", MONDAY, "2026-01-01..2026-11-23"),
        ("YTD", date(2026, 1, 1), "2026-01-01..2026-01-01"),
        ("year to date", MONDAY, "2026-01-01..2026-11-23"),
        ("month to date", MONDAY, "2026-11-01..2026-11-23"),
        ("all time", MONDAY, "1970-01-01..2026-11-23"),
        ("all-time", MONDAY, "1970-01-01..2026-11-23"),
        ("last 7 days", MONDAY, "2026-11-17..2026-11-23"),
        ("last 14 days", MONDAY, "2026-11-10..2026-11-23"),
        ("past 1 day", MONDAY, "2026-11-23..2026-11-23"),
        ("last two weeks", MONDAY, "2026-11-10..2026-11-23"),
        ("the last couple of weeks", MONDAY, "2026-11-10..2026-11-23"),
        ("last_7_days", MONDAY, "2026-11-17..2026-11-23"),
        ("last-week", MONDAY, "2026-11-16..2026-11-22"),
        ("all_time", MONDAY, "1970-01-01..2026-11-23"),
        ("year_to_date", MONDAY, "2026-01-01..2026-11-23"),
        ("6 weeks", MONDAY, "2026-10-13..2026-11-23"),
        ("90d", MONDAY, "2026-08-26..2026-11-23"),
        ("a year", MONDAY, "2025-11-24..2026-11-23"),
        ("2026-01-01,2026-02-01", MONDAY, "2026-01-01..2026-02-01"),
        ("2026-01-01:2026-02-01", MONDAY, "2026-01-01..2026-02-01"),
        ("2026/03/01-2026/03/31", MONDAY, "2026-03-01..2026-03-31"),
        ("last fortnight", MONDAY, "2026-11-10..2026-11-23"),
        ("the last 4 weeks", MONDAY, "2026-10-27..2026-11-23"),
        ("last 3 months", MONDAY, "2026-08-24..2026-11-23"),
        ("last two quarters", MONDAY, "2026-05-24..2026-11-23"),
        ("last 1 month", date(2026, 3, 31), "2026-03-01..2026-03-31"),
        ("last 12 months", MONDAY, "2025-11-24..2026-11-23"),
        ("last 2 years", date(2028, 2, 29), "2026-03-01..2028-02-29"),
        ("3 days ago", MONDAY, "2026-11-20..2026-11-20"),
        ("two weeks ago", MONDAY, "2026-11-09..2026-11-15"),
        ("a month ago", MONDAY, "2026-10-01..2026-10-31"),
        ("last weekend", MONDAY, "2026-11-21..2026-11-22"),
        ("last weekend", date(2026, 11, 29), "2026-11-21..2026-11-22"),
        ("this weekend", date(2026, 11, 28), "2026-11-28..2026-11-28"),
        ("this weekend", date(2026, 11, 29), "2026-11-28..2026-11-29"),
        ("the weekend", MONDAY, "2026-11-21..2026-11-22"),
        ("Tuesday", MONDAY, "2026-11-17..2026-11-17"),
        ("on Monday", MONDAY, "2026-11-23..2026-11-23"),
        ("last Monday", MONDAY, "2026-11-16..2026-11-16"),
        ("last tues", MONDAY, "2026-11-17..2026-11-17"),
        ("this Monday", date(2026, 11, 29), "2026-11-23..2026-11-23"),
        ("Tuesday of last week", MONDAY, "2026-11-17..2026-11-17"),
        ("2025", MONDAY, "2025-01-01..2025-12-31"),
        ("2026", MONDAY, "2026-01-01..2026-11-23"),
        ("H1 2026", MONDAY, "2026-01-01..2026-06-30"),
        ("second half of 2025", MONDAY, "2025-07-01..2025-12-31"),
        ("Q3 2026", MONDAY, "2026-07-01..2026-09-30"),
        ("2026-Q3", MONDAY, "2026-07-01..2026-09-30"),
        ("third quarter 2026", MONDAY, "2026-07-01..2026-09-30"),
        ("the third quarter of last year", MONDAY, "2025-07-01..2025-09-30"),
        ("q4", MONDAY, "2026-10-01..2026-11-23"),
        ("q4", date(2026, 9, 30), "2025-10-01..2025-12-31"),
        ("2026-W47", MONDAY, "2026-11-16..2026-11-22"),
        ("2026-w48", MONDAY, "2026-11-23..2026-11-23"),
        ("2020-W53", MONDAY, "2020-12-28..2021-01-03"),
        ("2026W47", MONDAY, "2026-11-16..2026-11-22"),
        ("2026-W47-7", MONDAY, "2026-11-22..2026-11-22"),
        ("week 47", MONDAY, "2026-11-16..2026-11-22"),
        ("week 53", MONDAY, "2020-12-28..2021-01-03"),
        ("week of 30 June", MONDAY, "2026-06-29..2026-07-05"),
        ("2026-02", MONDAY, "2026-02-01..2026-02-28"),
        ("2026-11", MONDAY, "2026-11-01..2026-11-23"),
        ("march 2026", MONDAY, "2026-03-01..2026-03-31"),
        ("March of last year", MONDAY, "2025-03-01..2025-03-31"),
        ("Sept. 2025", MONDAY, "2025-09-01..2025-09-30"),
        ("march", MONDAY, "2026-03-01..2026-03-31"),
        ("november", MONDAY, "2026-11-01..2026-11-23"),
        ("last november", MONDAY, "2025-11-01..2025-11-30"),
        ("december", MONDAY, "2025-12-01..2025-12-31"),
        ("30 June 2026", MONDAY, "2026-06-30..2026-06-30"),
        ("June 30, 2026", MONDAY, "2026-06-30..2026-06-30"),
        ("the 30th of June, 2026", MONDAY, "2026-06-30..2026-06-30"),
        ("Tuesday, June 30th 2026", MONDAY, "2026-06-30..2026-06-30"),
        ("June 30", MONDAY, "2026-06-30..2026-06-30"),
        ("24 November", MONDAY, "2025-11-24..2025-11-24"),
        ("23 Nov", MONDAY, "2026-11-23..2026-11-23"),
        ("February 29", MONDAY, "2024-02-29..2024-02-29"),
        ("29 February 2028", date(2028, 3, 1), "2028-02-29..2028-02-29"),
        ("2026-03-01", MONDAY, "2026-03-01..2026-03-01"),
        ("20260301", MONDAY, "2026-03-01..2026-03-01"),
        ("2026/03/01", MONDAY, "2026-03-01..2026-03-01"),
        ("３０ June ２０２６", MONDAY, "2026-06-30..2026-06-30"),
        ("30/06/2026", MONDAY, "2026-06-30..2026-06-30"),
        ("6/30/2026", MONDAY, "2026-06-30..2026-06-30"),
        ("5/5/2026", MONDAY, "2026-05-05..2026-05-05"),
        ("5.6.2026", MONDAY, "2026-06-05..2026-06-05"),
        ("2026-03-01..2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2026-03-01 .. 2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2026-03-01 to 2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2026-03-01 - 2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2026-03-01 – 2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2026-03-01/2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("between 2026-03-01 and 2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2026-11-01..2026-12-31", MONDAY, "2026-11-01..2026-11-23"),
        ("2025..2026-03", MONDAY, "2025-01-01..2026-03-31"),
        ("2024-2025", MONDAY, "2024-01-01..2025-12-31"),
        ("march 2026..april 2026", MONDAY, "2026-03-01..2026-04-30"),
        ("March to May 2026", MONDAY, "2026-03-01..2026-05-31"),
        ("March 2026 to May", MONDAY, "2026-03-01..2026-05-31"),
        ("Mar-May 2026", MONDAY, "2026-03-01..2026-05-31"),
        ("Q1-Q3 2026", MONDAY, "2026-01-01..2026-09-30"),
        ("Q1 to Q3 2026", MONDAY, "2026-01-01..2026-09-30"),
        ("from June 2026 onwards", MONDAY, "2026-06-01..2026-11-23"),
        ("from June on", MONDAY, "2026-06-01..2026-11-23"),
        ("all", MONDAY, "1970-01-01..2026-11-23"),
        ("from March until May", MONDAY, "2026-03-01..2026-05-31"),
        ("November to February", date(2026, 6, 1), "2025-11-01..2026-02-28"),
        ("November to February 2026", MONDAY, "2025-11-01..2026-02-28"),
        ("1-7 March 2026", MONDAY, "2026-03-01..2026-03-07"),
        ("March 1 to 7", MONDAY, "2026-03-01..2026-03-07"),
        ("December 20 to January 5", MONDAY, "2025-12-20..2026-01-05"),
        ("Tuesday to Thursday", MONDAY, "2026-11-17..2026-11-19"),
        ("2026-11-01..", MONDAY, "2026-11-01..2026-11-23"),
        ("since 2026-11-01", MONDAY, "2026-11-01..2026-11-23"),
        ("since March", MONDAY, "2026-03-01..2026-11-23"),
        ("since last Tuesday", MONDAY, "2026-11-17..2026-11-23"),
        ("from 2026-11-01 to today", MONDAY, "2026-11-01..2026-11-23"),
        ("after March", MONDAY, "2026-04-01..2026-11-23"),
        ("before 2020", MONDAY, "1970-01-01..2019-12-31"),
        ("until March 2025", MONDAY, "1970-01-01..2025-03-31"),
    ],
)
def test_words(words: str, today: date, expected: str) -> None:
    assert str(parse_days(words, today)) == expected


@pytest.mark.parametrize(
    "words",
    [
        *("", "soon", "last", "last days", "last 0 days", "last -1 days", "2026-13", "2026-02-30"),
        *("0000", "9999", "last 9999 years", "1..2", "..2026", "2026-3-1", "٢٠٢٥", "marches 2026"),
        *("next week", "2026-03-01...2026-03-02", "x" * 10_000, "last 7 days\0"),
        *(
            "2026 " * 2_000,
            "a to " * 2_000,
            "2026-W54",
            "2025-W53",
            "Q5 2026",
            "week 54",
            "h3 2026",
        ),
        *(
            "February 29, 2026",
            "31 June",
            "32 March",
            "2026-00",
            "2026-01-00",
            "1900",
            "since 1900",
        ),
        *("tomorrow", "this Sunday", "2027", "2026-12-01..2026-12-31", "since 2027", "after 2026"),
        *("05/06/2026", "13/13/2026", "Monday, 30 June 2026", "summer 2026", "last summer"),
        *("last weekend ago", "to", "..", "-", "since", "between 2025", "2026-03-01 to", "last 2"),
        *("March 10 to March 5", "10-5 March 2026", "2026-06 to 2026-03", "today to yesterday"),
    ],
)
def test_other_words_are_rejected_with_the_accepted_forms(words: str) -> None:
    with pytest.raises(ValueError, match="Accepted: today") as caught:
        parse_days(words, MONDAY)
    assert FORMS in str(caught.value)


def test_a_span_must_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        parse_days("2026-03-02..2026-03-01", MONDAY)


def test_ambiguous_dates_are_rejected_with_the_choices() -> None:
    with pytest.raises(ValueError, match="2026-06-05 or 2026-05-06"):
        parse_days("05/06/2026", MONDAY)
    with pytest.raises(ValueError, match="hemisphere.*June to August"):
        parse_days("summer 2026", MONDAY)


def test_a_span_in_the_future_says_so() -> None:
    with pytest.raises(ValueError, match="2026-11-30 is in the future; today is 2026-11-23"):
        parse_days("next week", MONDAY)


@pytest.mark.parametrize("words", ["today", "this weekend", "2027", "today..2026-11-22"])
def test_words_that_depend_on_today_are_readable_on_every_day(words: str) -> None:
    check_date_words(words, MONDAY)
    with pytest.raises(ValueError, match="Accepted: today"):
        check_date_words("someday", MONDAY)


def test_every_published_form_is_accepted() -> None:
    for form in FORMS.split(", "):
        parse_days(form, MONDAY)


@settings(deadline=None)
@given(
    day=st.dates(date(1971, 1, 1), date(2099, 1, 1)),
    length=st.integers(0, 800),
    moment=st.integers(-3 * 86400, 803 * 86400),
    offset_min=st.integers(-12 * 60, 14 * 60),
)
def test_window_covers_its_days_in_every_time_zone(
    day: date, length: int, moment: int, offset_min: int
) -> None:
    span = Days(day, day + timedelta(days=length))
    zone = timezone(timedelta(minutes=offset_min))
    local = datetime.combine(day, datetime.min.time(), zone) + timedelta(seconds=moment)
    after, before = span.window()
    if span.contains(local.replace(tzinfo=None).isoformat()):
        assert after < local.timestamp() < before


#: What date words consist of, to find combinations that nobody has thought of.
PIECES = (
    *(
        "last",
        "this",
        "next",
        "past",
        "since",
        "between",
        "and",
        "to",
        "until",
        "..",
        "-",
        ",",
        "of",
    ),
    *(
        "2026",
        "2025-03",
        "2026-02-29",
        "0000",
        "9999",
        "2026-W53",
        "Q3",
        "week",
        "weekend",
        "months",
    ),
    *("29", "31", "March", "feb", "June", "Tuesday", "today", "ytd", "all time", "5/6/2026", "ago"),
    *("two", "0", "9999", "30th", "half", "first", "quarter", "before", "after", "summer", "/"),
)


@settings(deadline=None)
@given(
    words=st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=7).map(" ".join),
    today=st.dates(date(1970, 1, 1), date(2100, 12, 31)),
)
def test_any_text_is_parsed_or_rejected(words: str, today: date) -> None:
    try:
        span = parse_days(words, today)
    except ValueError as exc:
        assert FORMS in str(exc)
        return
    assert span.first <= span.last <= today
    assert parse_days(str(span), today) == span
    check_date_words(words, today)


@settings(deadline=None)
@given(
    day=st.dates(date(1970, 1, 1), date(2100, 12, 31)),
    later=st.integers(0, 400),
    today=st.just(date(2100, 12, 31)),
)
def test_every_form_of_a_date_means_that_date(day: date, later: int, today: date) -> None:
    year, week, weekday = day.isocalendar()
    month, quarter = f"{day:%B %Y}", (day.month + 2) // 3
    for words in (
        f"{day}",
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%d.%m.%Y}",
        f"{day.day} {month}",
        f"{day:%A}, {day.day} {month}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%b} {day.day} {day.year}",
        f"{year}-W{week:02}-{weekday}",
    ):
        assert parse_days(words, today) == Days(day, day), words
    for words in (month, f"{day:%Y-%m}", f"{day:%b. %Y}", f"{day:%m/%Y}"):
        days = parse_days(words, today)
        assert days.first == day.replace(day=1) and days.contains(day.isoformat()), words
        assert (days.last + timedelta(days=1)).day == 1
    for words in (f"Q{quarter} {day.year}", f"{day.year}-Q{quarter}"):
        days = parse_days(words, today)
        assert days.contains(day.isoformat()) and 90 <= (days.last - days.first).days + 1 <= 92
    week_days = parse_days(f"{year}-W{week:02}", today) if year > 1970 else None
    if week_days and week_days.last < today:
        assert week_days.first.weekday() == 0 and week_days.contains(day.isoformat())
    end = min(day + timedelta(days=later), today)
    for words in (f"{day}..{end}", f"{day} to {end}", f"between {day} and {end}"):
        assert parse_days(words, today) == Days(day, end), words


@settings(deadline=None)
@given(today=st.dates(date(1972, 1, 1), date(2100, 12, 31)), count=st.integers(1, 400))
def test_relative_words_end_today_or_before(today: date, count: int) -> None:
    assert parse_days(f"last {count} days", today) == Days(today - timedelta(days=count - 1), today)
    this_week, last_week = (parse_days(f"{which} week", today) for which in ("this", "last"))
    assert this_week.first.weekday() == 0 and this_week.last == today
    assert last_week.last + timedelta(days=1) == this_week.first
    assert (last_week.last - last_week.first).days == 6
    tuesday, last_tuesday = (parse_days(words, today) for words in ("Tuesday", "last Tuesday"))
    assert tuesday.first.weekday() == last_tuesday.first.weekday() == 1
    assert 0 <= (today - tuesday.first).days < 7 and 0 < (today - last_tuesday.first).days <= 7
    march = parse_days("March", today)
    assert march.first.month == 3 and march.first <= today < march.first + timedelta(days=366)


def test_athletes_time_zone_is_that_of_the_latest_activity(rig: Rig) -> None:
    latest = rig.all_activities()[0]
    assert str(time_zone(rig.source)) in latest["timezone"]
    time_zone(rig.source)
    assert len(rig.calls) == 1, "cached for an hour"
