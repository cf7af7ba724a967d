"""Words of the views of a period: what a line is, what a figure counts, and what is incomplete."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from strava_mcp.analysis.calendar import Calendar, CalendarDay, calendar
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.summary import summarize
from strava_mcp.analysis.tracks import tracks_of
from strava_mcp.charts import calendar as calendar_view
from strava_mcp.charts import map as map_view
from strava_mcp.charts import svg
from strava_mcp.charts.chart import Chart, Kind, Panel
from strava_mcp.charts.quantity_words import write_date
from strava_mcp.charts.views import draw
from strava_mcp.training.streaks import Streak, Streaks
from tests.charts.test_views import asked, facts


def panel(chart: Chart, tab: int = 0, index: int = 0) -> Panel:
    return chart.tabs[tab].panels[index]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@pytest.mark.parametrize("sports, unit", [(("Ride",), "W"), (("Run",), "min/km")])
def test_lines_of_a_curve_have_a_period_and_its_axis_a_unit(
    subject: Subject, sports: tuple[str, ...], unit: str
) -> None:
    chart = draw(subject, asked(subject, "curve", 200, sports=sports))
    names = [mark.name for mark in panel(chart).marks]
    assert names[:3] == ["All time", "Previous period", "This period"]
    assert panel(chart).name.endswith(f"({unit})")
    assert {"All time", "Previous period", "This period"} <= set(svg_words(chart))


def svg_words(chart: Chart) -> list[str]:
    return [part.partition("<")[0] for part in svg.draw(chart).split(">")]


def test_the_previous_period_of_a_curve_is_dated(subject: Subject) -> None:
    chart = draw(subject, asked(subject, "curve", 100))
    first = subject.today - timedelta(days=199)
    last = subject.today - timedelta(days=100)
    assert f"previous period ({write_date(first)} to {write_date(last)})" in chart.reading


def test_estimates_name_the_days_that_they_rest_on(subject: Subject) -> None:
    last = subject.today - timedelta(days=300)
    chart = draw(subject, replace(asked(subject, "curve", 600), last=last))
    base = f"the 90 days to {write_date(last)}"
    assert f"Estimated from {base}, as lower bounds: " in chart.reading
    assert any(base in note for note in chart.notes)
    assert "last 90 days" not in " ".join([chart.reading, *chart.notes])


def test_a_sport_without_a_curve_says_which_have_one(subject: Subject) -> None:
    chart = draw(subject, asked(subject, "curve", sports=("Swim",)))
    assert "measured power" in chart.state and "only runs have a pace curve" in chart.state


@pytest.mark.parametrize("begin, end, incomplete", [(0, 6, []), (2, 6, [0]), (3, 1, [0, 9])])
def test_incomplete_weeks_are_hatched_and_count_in_no_mean(
    subject: Subject, begin: int, end: int, incomplete: list[int]
) -> None:
    start = monday_of(subject.today) - timedelta(weeks=30)
    first, last = start + timedelta(days=begin), start + timedelta(weeks=9, days=end)
    chart = draw(subject, replace(asked(subject, "weeks"), first=first, last=last))
    groups = summarize(subject, first, last, "week").groups
    assert len(groups) == 10
    whole = [group.distance_m for i, group in enumerate(groups) if i not in incomplete]
    bars, line = panel(chart, 1).marks
    assert bars.hatched == incomplete
    assert [line.values[i] for i in incomplete] == [None] * len(incomplete)
    drawn = [value for value in line.values if value is not None]
    assert drawn[0] == pytest.approx(sum(whole[:4]) / 4)
    assert len(drawn) == len(whole) - 3
    assert any(note.startswith("Hatched") for note in chart.notes) == bool(incomplete)
    assert f"The {len(whole)} full weeks" in chart.reading
    hatches = svg.draw(chart).count('fill="url(#')
    assert bool(hatches) == bool(incomplete)


def test_without_a_full_week_nothing_is_a_mean(subject: Subject) -> None:
    first = monday_of(subject.today) - timedelta(weeks=20) + timedelta(days=1)
    last = first + timedelta(days=7)  # of two weeks, none is complete
    chart = draw(subject, replace(asked(subject, "weeks"), first=first, last=last))
    total = summarize(subject, first, last, "week").total
    assert chart.reading.startswith("No week of the period is complete.")
    assert "per week" not in " ".join(facts(chart))
    assert facts(chart)["Distance"] == f"{total.distance_m / 1000:.2f}"
    assert "total" in panel(chart, 1).aside and "mean" not in panel(chart, 1).aside


def test_bars_above_the_moving_time_are_explained(subject: Subject) -> None:
    chart = draw(subject, asked(subject, "weeks"))
    question = asked(subject, "weeks")
    assert question.first
    groups = summarize(subject, question.first, question.last, "week").groups
    exceeds = any(sum(group.zones_s) >= group.moving_s + 60 for group in groups)
    assert exceeds and any("exceed moving time" in note for note in chart.notes)


def days_of(subject: Subject, *lengths: int) -> Calendar:
    """A calendar up to today with streaks of these lengths: the longest, the current one."""
    answer = calendar(subject, subject.today - timedelta(days=59), subject.today)
    longest, current = (Streak(n, subject.today, subject.today) if n else None for n in lengths)
    return replace(answer, streaks=Streaks(longest, current))


@pytest.mark.parametrize(
    "longest, current, words", [(1, 1, ("1 day", "1 day")), (12, 0, ("12 days", "0 days"))]
)
def test_one_day_is_no_days(
    subject: Subject, longest: int, current: int, words: tuple[str, str]
) -> None:
    chart = calendar_view.draw(days_of(subject, longest, current), subject.today, "metric")
    written = {fact.label: f"{fact.value} {fact.unit}" for fact in chart.facts}
    assert (written["Longest streak"], written["Current streak"]) == words


def test_a_streak_of_the_past_is_not_current(subject: Subject) -> None:
    question = replace(asked(subject, "calendar", 90), last=subject.today - timedelta(days=30))
    assert "Current streak" not in facts(draw(subject, question))
    assert "Current streak" in facts(draw(subject, asked(subject, "calendar", 90)))


def test_a_month_alone_is_not_compared(subject: Subject) -> None:
    end = subject.today.replace(day=1) - timedelta(days=1)
    question = replace(asked(subject, "calendar"), first=end.replace(day=1), last=end)
    assert "had the most" not in draw(subject, question).reading
    assert "had the most" in draw(subject, asked(subject, "calendar", 90)).reading


def without_loads(day: CalendarDay) -> CalendarDay:
    return replace(day, load=None)


def test_without_loads_no_day_is_the_hardest(subject: Subject) -> None:
    answer = days_of(subject, 3, 0)
    bare = replace(answer, days=[without_loads(day) for day in answer.days])
    chart = calendar_view.draw(bare, subject.today, "metric")
    assert "The longest day was" in chart.reading and "hardest" not in chart.reading
    assert chart.grid and chart.grid.scale == "Stronger colour: longer moving time"


@pytest.mark.parametrize("planned, words", [(None, "usual load"), ([60.0] * 20, "with the plan")])
def test_days_to_come_say_what_they_assume(subject: Subject, planned: Any, words: str) -> None:
    until = subject.today + timedelta(days=21)
    chart = draw(subject, asked(subject, "form", 60, until=until, planned=planned))
    assert any(note.startswith("Days to come") and words in note for note in chart.notes)
    assert words in chart.reading and "form would be" in chart.reading
    loads = [mark.name for mark in panel(chart, 0, 2).marks]
    assert ("Planned" in loads) == bool(planned)


def test_the_change_of_fitness_is_no_forecast(subject: Subject) -> None:
    assert "Fitness change, 7 days" in facts(draw(subject, asked(subject, "form")))


@pytest.mark.parametrize(
    "count, words", [(1, ("It reaches", "1 in other regions is")), (2, ("They reach", "2 in"))]
)
def test_one_track_is_one(subject: Subject, count: int, words: tuple[str, str]) -> None:
    answer = tracks_of(subject, subject.today - timedelta(days=90), subject.today)
    few = replace(answer, tracks=answer.tracks[:count], elsewhere=count)
    reading = map_view.draw(few, "2026", "metric").reading
    assert all(part in reading for part in words)


def test_both_laps_are_called_laps(subject: Subject, rows: list[Any]) -> None:
    run = next(row["id"] for row in rows if row["sport_type"] == "Run" and row["distance"] > 5000)
    reading = draw(subject, replace(asked(subject, "activity"), ids=(run,))).reading
    assert "astest lap " in reading and ", slowest lap " in reading


def test_a_part_of_the_current_week_is_not_called_the_week(subject: Subject) -> None:
    monday = monday_of(subject.today)
    past = replace(asked(subject, "weeks"), first=monday - timedelta(days=70))
    assert "current week has" in draw(subject, past).reading
    yesterday = subject.today - timedelta(days=1)
    assert "current week has" not in draw(subject, replace(past, last=yesterday)).reading


@pytest.mark.parametrize("weeks, has_mean", [(3, False), (4, True)])
def test_a_mean_without_weeks_is_in_no_legend(subject: Subject, weeks: int, has_mean: bool) -> None:
    first = monday_of(subject.today) - timedelta(weeks=20)
    last = first + timedelta(days=7 * weeks - 1)
    chart = draw(subject, replace(asked(subject, "weeks"), first=first, last=last))
    for tab in chart.tabs:
        assert ("4-week mean" in [mark.name for mark in tab.panels[0].marks]) == has_mean


@pytest.mark.parametrize("days, words", [(1, "of the 1 day was"), (6, "of the 6 days was")])
def test_a_few_days_have_no_load_per_week(subject: Subject, days: int, words: str) -> None:
    reading = draw(subject, asked(subject, "form", days)).reading
    assert words in reading and "per week" not in reading
    assert ("fitness went from" in reading) == (days > 1)
    assert "per week" in draw(subject, asked(subject, "form", 7)).reading


@pytest.mark.parametrize("view", ["form", "curve", "weeks", "calendar", "map"])
def test_one_day_is_no_range(subject: Subject, view: Kind) -> None:
    chart = draw(subject, asked(subject, view, 1))
    day = write_date(subject.today)
    assert chart.subtitle == day and f"{day} to {day}" not in chart.reading
