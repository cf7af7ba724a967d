"""Summaries against sums of the list, and the days that are compared."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.analysis.compared_days import Span, last_year, previous
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.summary import By, Group, summarize
from strava_mcp.json_types import JSON
from strava_mcp.sports import RUNS
from tests.season_day import YESTERDAY as TODAY
from tests.sources.archive.imported import archive_of


@pytest.fixture(scope="module")
def subject(season_home: Path) -> Subject:
    return Subject(archive_of(season_home), TODAY)


@pytest.fixture(scope="module")
def listed(subject: Subject) -> list[JSON]:
    return subject.source.activities(per_page=200)


def day_of(activity: JSON) -> date:
    return date.fromisoformat(activity["start_date_local"][:10])


@pytest.mark.parametrize("by", get_args(By))
def test_groups_add_up_to_the_total(subject: Subject, listed: list[JSON], by: By) -> None:
    summary = summarize(subject, None, TODAY, by)
    total = summary.total
    assert total.activities == len(listed)
    assert total.distance_m == pytest.approx(sum(a.get("distance", 0) for a in listed))
    assert total.moving_s == sum(a["moving_time"] for a in listed)
    assert total.active_days == len({day_of(a) for a in listed})
    assert total.active_days + total.days_off == (TODAY - min(map(day_of, listed))).days + 1
    if by == "none":
        assert summary.groups == []
        return
    for name in ("activities", "distance_m", "moving_s", "climb_m"):
        parts = [getattr(group, name) for group in summary.groups]
        assert sum(parts) == pytest.approx(getattr(total, name))
    assert sum(g.load or 0 for g in summary.groups) == pytest.approx(total.load)
    if by in ("week", "month", "year", "weekday"):
        assert sum(group.days for group in summary.groups) == total.days
        assert sum(group.days_off for group in summary.groups) == total.days_off


def test_months_are_those_of_the_calendar(subject: Subject, listed: list[JSON]) -> None:
    expected: dict[str, float] = defaultdict(float)
    for activity in listed:
        if activity["sport_type"] in RUNS:
            expected[activity["start_date_local"][:7]] += activity["distance"]
    first = date(TODAY.year - 1, 1, 1)
    groups = summarize(subject, first, TODAY, "month", RUNS).groups
    assert [group.name for group in groups] == sorted(group.name for group in groups)
    assert len(groups) == 12 + TODAY.month, "months without an activity are there, too"
    assert {g.name: g.distance_m for g in groups if g.activities} == pytest.approx(expected)


def test_gear_and_longest(subject: Subject, listed: list[JSON]) -> None:
    groups = {group.name: group for group in summarize(subject, None, TODAY, "gear").groups}
    for gear in {a.get("gear_id") for a in listed if a.get("gear_id")}:
        used = [a for a in listed if a.get("gear_id") == gear]
        group = groups[gear]
        assert (group.first, group.last) == (min(map(day_of, used)), max(map(day_of, used)))
        assert group.longest and group.longest.distance_m == max(a["distance"] for a in used)


def test_easy_moderate_and_hard_are_shares_of_the_samples(subject: Subject) -> None:
    """Against seconds counted from the recording of one run."""
    runs = [a for a in subject.source.activities(per_page=200) if a["sport_type"] in RUNS]
    run = next(a for a in runs if a.get("has_heartrate") and not a["manual"])
    day = day_of(run)
    everything = summarize(subject, None, TODAY, "none")
    lthr = everything.thresholds["lthr"].value
    group = summarize(subject, day, day, "none", (run["sport_type"],)).total
    streams = subject.source.streams(run["id"], ("time", "heartrate"))
    time, rates = streams["time"]["data"], streams["heartrate"]["data"]
    seconds = [0.0, 0.0, 0.0]
    for begin, end, rate in zip(time, time[1:], rates, strict=False):
        if rate:
            seconds[(rate >= 0.89 * lthr) + (rate >= lthr)] += min(end - begin, 60)
    assert group.intensity
    expected = [part / sum(seconds) for part in seconds]
    assert list(group.intensity) == pytest.approx(expected, abs=0.03)


def test_without_activities(subject: Subject) -> None:
    summary = summarize(subject, date(1990, 1, 1), date(1990, 1, 31), "week")
    total = summary.total
    assert (total.activities, total.days_off, total.load, total.longest) == (0, 31, None, None)
    assert (total.intensity, summary.basis) == (None, None)
    assert len(summary.groups) == 5 and summary.coverage.activities == 0


def days(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "span, before, a_year_before",
    [
        # this year, up to the same day
        (
            days("2026-01-01", "2026-11-26"),
            days("2025-01-01", "2025-11-26"),
            days("2025-01-01", "2025-11-26"),
        ),
        (
            days("2025-01-01", "2025-12-31"),
            days("2024-01-01", "2024-12-31"),
            days("2024-01-01", "2024-12-31"),
        ),
        # this month
        (
            days("2026-11-01", "2026-11-26"),
            days("2026-10-01", "2026-10-26"),
            days("2025-11-01", "2025-11-26"),
        ),
        (
            days("2026-03-01", "2026-03-31"),
            days("2026-02-01", "2026-02-28"),
            days("2025-03-01", "2025-03-31"),
        ),
        (
            days("2026-02-01", "2026-02-28"),
            days("2026-01-01", "2026-01-31"),
            days("2025-02-01", "2025-02-28"),
        ),
        # this week, from Monday to Thursday
        (
            days("2026-11-23", "2026-11-26"),
            days("2026-11-16", "2026-11-19"),
            days("2025-11-23", "2025-11-26"),
        ),
        # the last 30 days
        (
            days("2026-10-28", "2026-11-26"),
            days("2026-09-28", "2026-10-27"),
            days("2025-10-28", "2025-11-26"),
        ),
        (
            days("2024-02-29", "2024-02-29"),
            days("2024-02-28", "2024-02-28"),
            days("2023-02-28", "2023-02-28"),
        ),
    ],
)
def test_compared_days(span: Span, before: Span, a_year_before: Span) -> None:
    assert previous(span) == before
    assert last_year(span) == a_year_before


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1980, 1, 1), date(2080, 1, 1)), st.integers(0, 800))
def test_the_compared_period_ends_before_this_one_begins(first: date, length: int) -> None:
    span = Span(first, first + timedelta(days=length))
    before = previous(span)
    assert before.first <= before.last < span.first
    assert abs((before.last - before.first) - (span.last - span.first)) <= timedelta(days=3)


def test_a_group_knows_its_days_off() -> None:
    zones_s = (0.0, 0.0, 0.0)
    group = Group("x", 2, 0, 0, 0, None, 3, 7, zones_s, None, None, None, None, None)
    assert group.days_off == 4
