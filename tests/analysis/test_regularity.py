"""Eddington numbers and streaks of the sandbox's athlete, counted in another way."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from strava_mcp.analysis.period import activities_between
from strava_mcp.analysis.regularity import UNITS_M, eddington_numbers, regularity
from strava_mcp.analysis.subject import Subject
from strava_mcp.sports import RIDES, RUNS
from tests.season_day import YESTERDAY as TODAY
from tests.sources.archive.imported import archive_of


@pytest.fixture(scope="module")
def subject(season_home: Path) -> Subject:
    return Subject(archive_of(season_home), TODAY)


@pytest.mark.parametrize("family, sports", [("runs", RUNS), ("rides", RIDES)])
def test_eddington_numbers_count_days(
    subject: Subject, family: str, sports: tuple[str, ...]
) -> None:
    metres: dict[date, float] = {}
    for activity in activities_between(subject.source, None, TODAY, sports).activities:
        metres[activity.day] = metres.get(activity.day, 0) + (activity.facts.distance or 0)
    numbers, count, is_complete = eddington_numbers(subject, None, TODAY)
    assert is_complete and count > 0
    for unit, unit_m in UNITS_M.items():
        (number,) = (n for n in numbers if (n.family, n.unit) == (family, unit))

        def days(n: int) -> list[date]:
            return sorted(day for day, m in metres.items() if m >= n * unit_m)  # noqa: B023

        n = number.value.number
        assert len(days(n)) >= n and len(days(n + 1)) < n + 1
        assert number.value.missing == n + 1 - len(days(n + 1))
        assert number.reached == days(n)[n - 1]
        (alone,) = (
            one for one in eddington_numbers(subject, None, TODAY, sports)[0] if one.unit == unit
        )
        assert alone.value == number.value and alone.activity == number.activity


def test_streaks_are_days_in_a_row(subject: Subject) -> None:
    period = activities_between(subject.source, None, TODAY)
    days = {activity.day for activity in period.activities}
    regular = regularity(subject, None, TODAY)
    longest = next(one for one in regular.streaks if one.unit == "day" and not one.is_current)
    runs = [next(n for n in range(1, 400) if day + timedelta(days=n) not in days) for day in days]
    assert longest.length == max(runs)
    assert all(longest.first + timedelta(days=i) in days for i in range(longest.length))
    ids = {activity.id: activity.day for activity in period.activities}
    assert [ids[number] for number in longest.activities] == [longest.first, longest.last]
    assert regular.activities == len(period.activities)


def test_a_streak_of_the_past_is_not_current(subject: Subject) -> None:
    last = max(a.day for a in activities_between(subject.source, None, TODAY).activities)
    now = regularity(Subject(subject.source, last), None, last)
    assert [one.unit for one in now.streaks if one.is_current] == ["day", "week"]
    past = regularity(Subject(subject.source, TODAY), None, last - timedelta(days=1))
    assert not any(one.is_current for one in past.streaks)


def test_a_first_week_has_no_share_of_twelve_weeks(subject: Subject) -> None:
    first = TODAY - timedelta(days=6)
    assert regularity(subject, first, TODAY).consistency is None
    assert regularity(subject, TODAY + timedelta(days=1), TODAY).streaks == []
    assert eddington_numbers(subject, TODAY + timedelta(days=1), TODAY)[0] == []
