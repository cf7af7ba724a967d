"""Form, curve, weeks, calendar and map of the sandbox's athlete: their figures are the answers'."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from strava_mcp.analysis.calendar import calendar
from strava_mcp.analysis.curves import curves
from strava_mcp.analysis.load_outlook import outlook
from strava_mcp.analysis.records import effort_records
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.summary import summarize
from strava_mcp.analysis.tracks import HOME_RADIUS_M, tracks_of
from strava_mcp.analysis.training_load import training_load
from strava_mcp.charts import form, svg
from strava_mcp.charts.chart import Chart, Kind
from strava_mcp.charts.question import Question
from strava_mcp.charts.views import PERIODS, VIEWS, draw
from strava_mcp.polyline import decode, encode
from strava_mcp.tools.chart_request import ARGUMENTS
from strava_mcp.tools.size import tokens
from strava_mcp.training.rolling import rolling_mean

EPOCH = date(1970, 1, 1)
MAX_READING_TOKENS = 300


def asked(subject: Subject, view: Kind, days: int | None = 182, **changes: Any) -> Question:
    first = None if days is None else subject.today - timedelta(days=days - 1)
    return replace(Question(view, (), first, subject.today), **changes)


def marks(chart: Chart, panel: str) -> Any:
    panels = [one for tab in chart.tabs for one in tab.panels if one.name == panel]
    assert panels, [one.name for tab in chart.tabs for one in tab.panels]
    return panels[0].marks


def facts(chart: Chart) -> dict[str, str]:
    return {fact.label: fact.value for fact in chart.facts}


def day_number(day: date) -> int:
    return (day - EPOCH).days


def test_every_view_has_its_arguments_and_a_period() -> None:
    assert set(VIEWS) == set(ARGUMENTS) and set(PERIODS) < set(VIEWS)


@pytest.mark.parametrize("view", PERIODS)
def test_a_view_is_drawn_and_read(subject: Subject, view: Kind) -> None:
    chart = draw(subject, asked(subject, view))
    assert chart.view == view and not chart.state
    assert 0 < tokens({"reading": chart.reading}) < MAX_READING_TOKENS
    assert chart.to_json()["facts"] and svg.draw(chart).startswith("<svg")


@pytest.mark.parametrize("view", PERIODS)
def test_without_activities_a_view_says_so(subject: Subject, view: Kind) -> None:
    question = replace(asked(subject, view), first=date(1999, 1, 1), last=date(1999, 2, 1))
    chart = draw(subject, question)
    is_curve = view == "curve"  # it has the curve of all time up to then
    assert "no " in chart.state.lower() and chart.reading == chart.state, is_curve
    assert not chart.tabs and not chart.grid and not chart.map


@pytest.mark.parametrize("view", PERIODS)
def test_one_sport_without_recordings(subject: Subject, view: Kind) -> None:
    chart = draw(subject, asked(subject, view, sports=("WeightTraining", "Yoga")))
    chart.to_json()
    assert chart.reading and "nan" not in chart.reading.lower()


def test_form_is_that_of_the_answer(subject: Subject) -> None:
    question = asked(subject, "form", 90)
    chart, answer = draw(subject, question), training_load(subject, question.first, question.last)
    assert not hasattr(answer, "unread")
    by_name = {mark.name: mark for mark in marks(chart, "Fitness and fatigue")}
    assert chart.axis and len(chart.axis.values) == 90
    for i, number in enumerate(chart.axis.values):
        state = answer.on(EPOCH + timedelta(days=number))
        assert by_name["Fitness"].values[i] == state.fitness
        assert by_name["Fatigue"].values[i] == state.fatigue
        assert marks(chart, "Form")[0].values[i] == state.form
    today_ = answer.on(question.last)
    assert facts(chart)["Fitness"] == f"{today_.fitness:.1f}"
    assert f"{today_.fatigue:.1f}" in chart.reading


def test_form_with_a_plan_goes_on_to_the_day(subject: Subject) -> None:
    until = subject.today + timedelta(days=21)
    planned = [60.0] * 20
    chart = draw(subject, asked(subject, "form", 60, until=until, planned=planned))
    history = training_load(subject, subject.today - timedelta(days=59), subject.today)
    expected = outlook(history, until, planned, 10.0)
    assert chart.axis and chart.axis.values[-1] == day_number(until)
    dashed = [mark for mark in marks(chart, "Fitness and fatigue") if mark.style == "dashed"]
    assert dashed[0].values[-1] == expected.plan.fitness
    assert dashed[0].values[0] is None
    assert marks(chart, "Form")[1].values[-1] == expected.plan.form
    assert {marker.label for marker in chart.markers} >= {"Today", "Goal"}
    assert "with the plan" in chart.reading


def test_ten_years_of_form_are_thinned_and_end_today(subject: Subject) -> None:
    chart = draw(subject, asked(subject, "form", 3650))
    assert chart.axis and len(chart.axis.values) <= form.MAX_VALUES
    assert chart.axis.values[-1] == day_number(subject.today)


@pytest.mark.parametrize(
    "value, band",
    [(6, "fresh"), (5, "neutral"), (-10, "building"), (-30, "high risk"), (-31, "high risk")],
)
def test_bands_of_form(value: float, band: str) -> None:
    assert form.band_of(value) == band


def test_the_curve_is_that_of_the_records(subject: Subject) -> None:
    question = asked(subject, "curve", 365)
    chart = draw(subject, question)
    records = effort_records(subject, "power", question.first, question.last).families[""]
    best = {ranking.name: ranking.ranked[0].effort for ranking in records}
    now = next(mark for mark in marks(chart, "Power (W)") if mark.name == "This period")
    for duration_s, watts in zip(now.x, now.values, strict=True):
        longer = max(effort.value for d, effort in best.items() if d >= duration_s)
        assert watts == longer  # a longer effort proves itself for a shorter one
    assert list(now.values) == sorted(now.values, reverse=True)
    dots = next(mark for mark in marks(chart, "Power (W)") if mark.kind == "dots")
    ids = {effort.activity for effort in best.values()}
    assert {one["ids"] for one in dots.opens} <= ids


def test_the_pace_curve_has_distances(subject: Subject) -> None:
    question = asked(subject, "curve", 365, sports=("Run",))
    chart = draw(subject, question)
    records = effort_records(subject, "distances", question.first, question.last, ("Run",))
    fastest = {r.name: r.ranked[0].effort.value for r in records.families[""]}
    dots = next(mark for mark in marks(chart, "Pace (min/km)") if mark.kind == "dots")
    assert list(dots.x) == list(map(float, fastest.values()))
    assert "10K" in chart.reading


def test_periods_of_the_curve_do_not_overlap(subject: Subject) -> None:
    first = subject.today - timedelta(days=99)
    answer = curves(subject, first, subject.today)
    assert all(first <= effort.day for effort in answer.current.values())
    assert all(
        first - timedelta(days=100) <= effort.day < first for effort in answer.previous.values()
    )


def test_weeks_are_those_of_the_summary(subject: Subject) -> None:
    first = subject.today - timedelta(days=subject.today.weekday() + 7 * 9)
    question = replace(asked(subject, "weeks"), first=first)
    chart = draw(subject, question)
    groups = summarize(subject, first, subject.today, "week").groups
    stacks = [mark for mark in marks(chart, "Time") if mark.kind == "bars"]
    for i, group in enumerate(groups):
        assert sum(mark.values[i] for mark in stacks) == pytest.approx(
            max(group.moving_s, sum(group.zones_s))
        )
        assert marks(chart, "Distance")[0].values[i] == group.distance_m
        assert marks(chart, "Climb")[0].values[i] == group.climb_m
        assert marks(chart, "Load")[0].values[i] == (group.load or 0.0)
    assert all(mark.hatched == [len(groups) - 1] for mark in stacks)
    assert "current week" in chart.reading


def test_the_mean_of_four_weeks_leaves_the_running_one_out(subject: Subject) -> None:
    first = subject.today - timedelta(days=subject.today.weekday() + 7 * 5)
    chart = draw(subject, replace(asked(subject, "weeks"), first=first))
    bars, line = marks(chart, "Distance")
    assert line.values[:3] == [None] * 3 and line.values[-1] is None
    assert line.values[3] == pytest.approx(sum(bars.values[:4]) / 4)


def test_rolling_mean() -> None:
    assert rolling_mean([1, 2, 3, 4], 2) == [None, 1.5, 2.5, 3.5]
    assert rolling_mean([], 4) == [] and rolling_mean([5], 1) == [5]


def test_the_calendar_has_every_day(subject: Subject) -> None:
    question = asked(subject, "calendar", 200)
    chart = draw(subject, question)
    answer = calendar(subject, question.first, question.last)  # type: ignore[arg-type]
    assert chart.grid and len(chart.grid.cells) == 200
    assert [cell.day for cell in chart.grid.cells] == [day_number(day.day) for day in answer.days]
    top = max(day.load or 0.0 for day in answer.days)
    for cell, day in zip(chart.grid.cells, answer.days, strict=True):
        assert bool(cell.level) == bool(day.activities) == bool(cell.opens)
        if day.load and day.load / top > 0.01:
            assert cell.level == pytest.approx((day.load / top) ** 0.5, abs=0.001)
    active = sum(bool(day.activities) for day in answer.days)
    assert facts(chart)["Active days"] == str(active)
    assert facts(chart)["Days off"] == str(200 - active)


def test_the_calendar_of_a_life_is_bounded(subject: Subject) -> None:
    chart = draw(subject, asked(subject, "calendar", None))
    assert chart.grid and len(chart.grid.cells) == 1096


def test_tracks_hide_home(subject: Subject) -> None:
    answer = tracks_of(subject, subject.today - timedelta(days=365), subject.today)
    assert answer.tracks
    points = [point for track in answer.tracks for point in track.points if point]
    assert min((x * x + y * y) ** 0.5 for x, y in points) >= HOME_RADIUS_M


def test_the_map_is_small_and_names_what_is_missing(subject: Subject) -> None:
    chart = draw(subject, asked(subject, "map", None))
    assert chart.map and len(str(chart.to_json())) < 400_000
    assert any(note.startswith("Without positions") for note in chart.notes)
    assert all(track.opens for track in chart.map.tracks)


def test_positions_of_no_activity_reach_the_text(subject: Subject) -> None:
    chart = draw(subject, asked(subject, "map", 365))
    assert not re.search(r"\d{1,3}\.\d{4,}", chart.reading + " ".join(chart.notes))


@pytest.mark.parametrize(
    "points",
    [[], [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)], [(0.0, 180.0), (-1e-5, -180.0)]],
)
def test_polylines_are_decoded(points: list[tuple[float, float]]) -> None:
    assert decode(encode(points)) == [pytest.approx(point) for point in points]


@pytest.mark.parametrize("text", ["\x00", "é", "_p~iF", "~" * 5000, "_p~iF~ps|U_ulL\n"])
def test_what_is_no_polyline_ends(text: str) -> None:
    assert len(decode(text)) <= 1


def test_a_line_and_its_projection_have_one_key(subject: Subject) -> None:
    until = subject.today + timedelta(days=21)
    picture = svg.draw(draw(subject, asked(subject, "form", 60, until=until)))
    assert picture.count(">Fitness</text>") == 2  # the fact, and the key
