"""Spans of days in words: every accepted form, including edge cases of the calendar."""

from datetime import date, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.tools.dates import FORMS, Days, parse_days
from strava_mcp.tools.local_time import activity_time_zone, time_zone
from tests.rig import Rig

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "words, today, expected",
    [
        ("today", MONDAY, "2026-11-23..2026-11-23"),
        ("Yesterday", date(2026, 3, 1), "2026-02-28..2026-02-28"),
        ("this week", MONDAY, "2026-11-23..2026-11-29"),
        ("this week", date(2026, 11, 29), "2026-11-23..2026-11-29"),
        ("last week", MONDAY, "2026-11-16..2026-11-22"),
        ("  last   WEEK ", date(2026, 1, 1), "2025-12-22..2025-12-28"),
        ("this month", date(2028, 2, 10), "2028-02-01..2028-02-29"),
        ("last month", date(2026, 1, 31), "2025-12-01..2025-12-31"),
        ("this year", MONDAY, "2026-01-01..2026-12-31"),
        ("last year", MONDAY, "2025-01-01..2025-12-31"),
        ("last 7 days", MONDAY, "2026-11-17..2026-11-23"),
        ("past 1 day", MONDAY, "2026-11-23..2026-11-23"),
        ("the last 4 weeks", MONDAY, "2026-10-27..2026-11-23"),
        ("last 3 months", MONDAY, "2026-08-24..2026-11-23"),
        ("last 1 month", date(2026, 3, 31), "2026-03-01..2026-03-31"),
        ("last 12 months", MONDAY, "2025-11-24..2026-11-23"),
        ("last 2 years", date(2028, 2, 29), "2026-03-01..2028-02-29"),
        ("2025", MONDAY, "2025-01-01..2025-12-31"),
        ("2026-02", MONDAY, "2026-02-01..2026-02-28"),
        ("march 2026", MONDAY, "2026-03-01..2026-03-31"),
        ("Sept. 2025", MONDAY, "2025-09-01..2025-09-30"),
        ("march", MONDAY, "2026-03-01..2026-03-31"),
        ("december", MONDAY, "2025-12-01..2025-12-31"),
        ("2026-03-01", MONDAY, "2026-03-01..2026-03-01"),
        ("2026-03-01..2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2026-03-01 .. 2026-03-31", MONDAY, "2026-03-01..2026-03-31"),
        ("2025..2026-03", MONDAY, "2025-01-01..2026-03-31"),
        ("march 2026..april 2026", MONDAY, "2026-03-01..2026-04-30"),
        ("2026-11-01..", MONDAY, "2026-11-01..2026-11-23"),
        ("since 2026-11-01", MONDAY, "2026-11-01..2026-11-23"),
        ("from 2026-11-01 to today", MONDAY, "2026-11-01..2026-11-23"),
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
    ],
)
def test_other_words_are_rejected_with_the_accepted_forms(words: str) -> None:
    with pytest.raises(ValueError, match="Accepted: today") as caught:
        parse_days(words, MONDAY)
    assert FORMS in str(caught.value)


def test_a_span_must_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        parse_days("2026-03-02..2026-03-01", MONDAY)


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


@settings(deadline=None)
@given(words=st.text(max_size=40))
def test_any_text_is_parsed_or_rejected(words: str) -> None:
    try:
        span = parse_days(words, MONDAY)
    except ValueError:
        return
    assert span.first <= span.last


@pytest.mark.parametrize(
    "activity, offset_h",
    [
        ({"timezone": "(GMT+01:00) Europe/Zurich"}, 1),
        ({"timezone": "(GMT-03:30) Nowhere/Atall"}, -3.5),
        ({"timezone": "(GMT+09:00) Asia/Tokyo", "utc_offset": 0}, 9),
        ({"timezone": "nonsense", "utc_offset": 7200.0}, 2),
        ({"timezone": "../../etc/passwd"}, 0),
        ({"timezone": 5, "utc_offset": "x"}, 0),
        ({"timezone": "x", "utc_offset": 1e9}, 14),
        ({}, 0),
    ],
)
def test_time_zone_of_an_activity(activity: dict[str, object], offset_h: float) -> None:
    zone: tzinfo = activity_time_zone(activity)
    assert datetime(2026, 1, 15, tzinfo=zone).utcoffset() == timedelta(hours=offset_h)


def test_athletes_time_zone_is_that_of_the_latest_activity(rig: Rig) -> None:
    latest = rig.all_activities()[0]
    assert str(time_zone(rig.source)) in latest["timezone"]
    time_zone(rig.source)
    assert len(rig.calls) == 1, "cached for an hour"
