"""Fitness, fatigue and form against Banister's sums over loads that are added up by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import exp
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.evidence import Coverage, gather
from strava_mcp.analysis.load_outlook import outlook
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.training_load import (
    Row,
    TrainingLoad,
    Unit,
    spans,
    training_load,
    unit_for,
)
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.activity_query import ActivityQuery, Matches
from strava_mcp.sources.metrics_parts import Kept
from strava_mcp.sports import RUNS
from strava_mcp.store import open_store
from tests.season_day import YESTERDAY
from tests.sources.archive.imported import archive_of

TODAY = date(2026, 11, 26)
DAY = timedelta(days=1)


class Listing:
    """A source with a list only: hours of work; at an exertion of 8 of 10 the load is 100."""

    is_invented = False

    def __init__(self, days: dict[date, dict[str, Any]]) -> None:
        self.rows = [
            {
                "id": 1 + (day - date(2000, 1, 1)).days,
                "name": "Session",
                "sport_type": "Workout",
                "start_date": f"{day}T08:00:00Z",
                "start_date_local": f"{day}T08:00:00Z",
                "moving_time": 3600,
                "elapsed_time": 3600,
                **values,
            }
            for day, values in sorted(days.items(), reverse=True)
        ]

    def find_activities(self, query: ActivityQuery) -> Matches:
        rows = [row for row in self.rows if query.allows(facts_of(row))]
        return Matches(rows[: query.limit], None, None)

    def bests(self, activities: Any, max_reads: int = 0) -> Kept[Any]:
        return Kept({})

    def intensities(self, activities: Any, max_reads: int = 0) -> Kept[Any]:
        return Kept({})

    def athlete(self) -> JSON:
        return {}


HARD = {"perceived_exertion": 8}


def listing(days: dict[date, dict[str, Any]], today: date = TODAY) -> Subject:
    return Subject(Listing(days), today)  # type: ignore[arg-type]


def known(subject: Subject, first: date | None, last: date, **options: Any) -> TrainingLoad:
    result = training_load(subject, first, last, **options)
    assert isinstance(result, TrainingLoad)
    return result


def every_day(first: date, last: date) -> dict[date, dict[str, Any]]:
    return {first + n * DAY: HARD for n in range((last - first).days + 1)}


def banister(loads: dict[date, float], day: date, constant: float) -> float:
    """α·Σ load·e^(−Δ/τ): the sum that the recurrence is equal to."""
    total = sum(v * exp(-(day - d).days / constant) for d, v in loads.items() if d <= day)
    return (1 - exp(-1 / constant)) * total


@pytest.fixture(scope="module")
def subject(season_home: Path) -> Subject:
    return Subject(archive_of(season_home), YESTERDAY)


def loads_by_day(subject: Subject) -> dict[date, float]:
    evidence = gather(subject, None, YESTERDAY)
    loads: dict[date, float] = {}
    for activity in evidence.period.activities:
        load = evidence.loads[activity.id]
        if isinstance(load, Load):
            loads[activity.day] = loads.get(activity.day, 0) + load.value
    return loads


def test_all_of_an_archive_is_right_from_the_first_activity_on(subject: Subject) -> None:
    loads = loads_by_day(subject)
    history = known(subject, None, YESTERDAY)
    listed = subject.source.activities(per_page=200)
    assert f"{history.since}" == min(row["start_date_local"][:10] for row in listed)
    assert len(history.states) == (YESTERDAY - history.since).days + 1
    for day in (history.since, history.since + 10 * DAY, YESTERDAY - 3 * DAY, YESTERDAY):
        state = history.on(day)
        assert state.load == pytest.approx(loads.get(day, 0))
        assert state.fitness == pytest.approx(banister(loads, day, 42))
        assert state.fatigue == pytest.approx(banister(loads, day, 7))
        eve = day - DAY
        assert state.form == pytest.approx(banister(loads, eve, 42) - banister(loads, eve, 7))
    assert history.on(history.since).form == 0


def test_a_part_of_the_history_is_the_same_as_the_whole(subject: Subject) -> None:
    whole = known(subject, None, YESTERDAY)
    part = known(subject, YESTERDAY - 20 * DAY, YESTERDAY)
    assert part.first == YESTERDAY - 20 * DAY and part.since == whole.since
    assert part.on(YESTERDAY) == pytest.approx(whole.on(YESTERDAY))
    assert sum(row.load for row in whole.rows) == pytest.approx(sum(loads_by_day(subject).values()))


def test_loads_older_than_five_hundred_days_do_not_matter() -> None:
    days = every_day(TODAY - 900 * DAY, TODAY)
    whole, part = known(listing(days), None, TODAY), known(listing(days), TODAY, TODAY)
    assert part.since == TODAY - 500 * DAY
    assert part.on(TODAY).fitness == pytest.approx(whole.on(TODAY).fitness, abs=0.002)
    assert part.on(TODAY).fitness == pytest.approx(100, abs=0.002)


def test_sports_select(subject: Subject) -> None:
    runs = known(subject, None, YESTERDAY, sports=RUNS)
    everything = known(subject, None, YESTERDAY)
    assert 0 < runs.on(YESTERDAY).fitness < everything.on(YESTERDAY).fitness
    assert {a.facts.sport_type for a, _ in runs.hardest} <= set(RUNS)


def test_warming_up_is_marked_for_126_days() -> None:
    begin = TODAY - 40 * DAY
    history = known(listing(every_day(begin, TODAY)), TODAY - 10 * DAY, TODAY)
    assert history.warm_until == begin + 126 * DAY
    first_week = known(listing(every_day(TODAY - 2 * DAY, TODAY)), TODAY - 30 * DAY, TODAY)
    assert first_week.first == first_week.since == TODAY - 2 * DAY
    assert (first_week.ramp(), first_week.monotony()) == (None, None)
    assert first_week.rows[0].ramp is None


def test_after_a_gap_of_three_years_nothing_is_missing() -> None:
    before = date(2023, 11, 1)
    days = {before: HARD, TODAY - DAY: HARD, TODAY: HARD}
    history = known(listing(days), TODAY - 60 * DAY, TODAY)
    assert history.warm_until <= history.first, "fitness had faded, and is known"
    (gap,) = history.gaps
    assert (gap.first, gap.last) == (before + DAY, TODAY - 2 * DAY)
    assert gap.fitness_before is None and gap.fitness_after == 0
    whole = known(listing(days), None, TODAY)
    assert whole.gaps[0].fitness_before == pytest.approx(100 * (1 - exp(-1 / 42)))
    assert whole.on(TODAY).fitness == pytest.approx(history.on(TODAY).fitness)


@pytest.mark.parametrize("pause, gaps", [(6, 0), (7, 1)])
def test_seven_days_without_training_are_a_gap(pause: int, gaps: int) -> None:
    days = every_day(TODAY - 30 * DAY, TODAY - 10 * DAY) | every_day(
        TODAY - (9 - pause) * DAY, TODAY
    )
    history = known(listing(days), TODAY - 30 * DAY, TODAY)
    assert len(history.gaps) == gaps
    if gaps:
        gap = history.gaps[0]
        assert gap.days == 7 and gap.first == TODAY - 9 * DAY
        assert gap.fitness_before == pytest.approx(history.on(gap.first - DAY).fitness)
        assert gap.fitness_after == pytest.approx(history.on(gap.last).fitness)


def test_a_gap_that_still_goes_on() -> None:
    history = known(listing({TODAY - 20 * DAY: HARD}), TODAY - 30 * DAY, TODAY)
    assert [(gap.first, gap.last) for gap in history.gaps] == [(TODAY - 19 * DAY, TODAY)]


def test_races_have_the_form_of_their_morning() -> None:
    days = every_day(TODAY - 20 * DAY, TODAY - 1 * DAY)
    days[TODAY - 5 * DAY] = {**HARD, "sport_type": "Run", "workout_type": 1}
    history = known(listing(days), TODAY - 30 * DAY, TODAY)
    (race,) = history.races
    before = history.on(TODAY - 6 * DAY)
    assert race.activity.day == TODAY - 5 * DAY
    assert race.form == pytest.approx(before.fitness - before.fatigue)
    assert race.load == pytest.approx(100)


def test_activities_without_a_load_are_counted_and_alone_give_nothing() -> None:
    yoga = {TODAY - n * DAY: {"sport_type": "Yoga"} for n in range(20)}
    nothing = training_load(listing(yoga), TODAY - 30 * DAY, TODAY)
    assert isinstance(nothing, Coverage)
    assert nothing.activities == sum(nothing.without_load.values()) == 20
    mixed = known(listing(yoga | {TODAY - 3 * DAY: HARD}), TODAY - 30 * DAY, TODAY)
    assert sum(row.unknown for row in mixed.rows) == 19
    none = training_load(listing({}), TODAY - 30 * DAY, TODAY)
    assert isinstance(none, Coverage) and none.activities == 0


def test_weeks_are_whole_and_the_running_one_has_no_monotony() -> None:
    monday = date(2026, 11, 23)
    days = {day: HARD for day in every_day(date(2026, 10, 1), TODAY) if day.weekday() < 4}
    rows: list[Row] = list(known(listing(days), date(2026, 11, 4), TODAY).rows)
    assert [row.first for row in rows] == [date(2026, 11, 2) + n * 7 * DAY for n in range(4)]
    assert [row.load for row in rows] == pytest.approx([400] * 4)
    assert rows[-1].first == monday and rows[-1].last == TODAY and rows[-1].monotony is None
    week = rows[0].monotony
    assert week and week.monotony == pytest.approx((400 / 7) / (100 * (4 / 7 * 3 / 7) ** 0.5))
    assert week.strain == pytest.approx(400 * week.monotony)
    states = known(listing(days), None, TODAY)
    assert rows[1].ramp == pytest.approx(
        states.on(date(2026, 11, 15)).fitness - states.on(date(2026, 11, 8)).fitness
    )


@pytest.mark.parametrize(
    "unit, count", [("week", 157), ("month", 36), ("quarter", 12), ("year", 3)]
)
def test_units_cover_every_day_once(unit: Unit, count: int) -> None:
    parts = list(spans(date(2024, 1, 1), date(2026, 12, 31), unit))
    assert len(parts) == count and parts[0][0] == date(2024, 1, 1)
    assert parts[-1][1] == date(2026, 12, 31)
    for (_, last), (first, _) in zip(parts, parts[1:], strict=False):
        assert first == last + DAY


@pytest.mark.parametrize("days", [1, 90, 366, 1500, 4000, 12_000])
def test_a_table_has_about_sixty_rows_at_most(days: int) -> None:
    first = TODAY - days * DAY
    assert len(list(spans(first, TODAY, unit_for(first, TODAY)))) <= 62


def test_form_in_three_weeks_with_and_without_a_plan() -> None:
    history = known(listing(every_day(TODAY - 60 * DAY, TODAY)), TODAY - 30 * DAY, TODAY)
    until = TODAY + 21 * DAY
    view = outlook(history, until, [60.0] * 30, 10)
    fitness, fatigue = history.on(TODAY).fitness, history.on(TODAY).fatigue
    f, a = exp(-20 / 42), exp(-20 / 7)  # twenty days of training, the race on the 21st
    assert view.days == 20 and view.plan
    assert view.rest.fitness == pytest.approx(fitness * f)
    assert view.rest.form == pytest.approx(fitness * f - fatigue * a)
    assert view.plan.fitness == pytest.approx(60 + (fitness - 60) * f)
    assert view.plan.form == pytest.approx((fitness - 60) * f - (fatigue - 60) * a)
    assert (view.usual_load, view.usual_days) == (pytest.approx(100), 28)


@pytest.mark.parametrize("wanted", [5, 10, 20])
def test_tapers_end_with_the_wanted_form(wanted: float) -> None:
    history = known(listing(every_day(TODAY - 200 * DAY, TODAY)), TODAY - 30 * DAY, TODAY)
    view = outlook(history, TODAY + 29 * DAY, None, wanted)
    assert [taper.days for taper in view.tapers] == [7, 10, 14, 21] and view.no_taper is None
    for taper in view.tapers:
        assert taper.scenario.form == pytest.approx(wanted)
        assert taper.scenario.loads[-1] == taper.load < 100
        assert taper.scenario.loads[0] == pytest.approx(100), "as usual until it begins"
    fitness = [taper.scenario.fitness for taper in view.tapers]
    assert fitness == sorted(fitness, reverse=True), "a short taper keeps more fitness"


@pytest.mark.parametrize(
    "wanted, days, planned, reason",
    [
        (45, 29, None, "even rest"),
        (5, 6, None, "too few days"),
        (5, 29, [0.0] * 28, "none needed"),
        (5, 1, None, "even rest"),
    ],
)
def test_why_there_is_no_taper(
    wanted: float, days: int, planned: list[float] | None, reason: str
) -> None:
    history = known(listing(every_day(TODAY - 40 * DAY, TODAY)), TODAY - 30 * DAY, TODAY)
    view = outlook(history, TODAY + days * DAY, planned, wanted)
    assert not view.tapers and view.no_taper and reason in view.no_taper


def test_a_short_plan_ends_with_rest() -> None:
    history = known(listing({TODAY: HARD}), TODAY, TODAY)
    view = outlook(history, TODAY + 11 * DAY, [50.0], 0)
    assert view.plan and view.plan.loads == [50.0, *[0.0] * 9]


@pytest.fixture
def settings() -> Iterator[AthleteSettings]:
    store = open_store("sqlite://:memory:")
    yield AthleteSettings(store, "owner")
    store.close()


def test_what_it_rests_on_names_the_kinds_of_its_loads(settings: AthleteSettings) -> None:
    settings.set("lthr", 160, TODAY)
    settings.set("max_hr", 190, TODAY)
    source = Listing({TODAY: {"average_heartrate": 150.0}})
    history = known(Subject(source, TODAY, settings), TODAY, TODAY)  # type: ignore[arg-type]
    assert history.thresholds.keys() == {"lthr", "max_hr"}
    assert history.thresholds["lthr"].basis == "given"
    assert history.coverage.estimated == 1


def test_loads_are_those_of_the_raw_samples(subject: Subject, settings: AthleteSettings) -> None:
    """Heart-rate stress of the samples, and power of the samples, added up day by day."""
    for name, value in (("ftp", 250), ("lthr", 165), ("max_hr", 190), ("rest_hr", 50)):
        settings.set(name, value, TODAY)  # type: ignore[arg-type]
    settings.set("sex", "M", TODAY)
    source = subject.source
    sports = {"WeightTraining", "Yoga", "Hike", "Walk", "Workout", "NordicSki"}
    expected: dict[date, float] = {}
    for row in source.activities(per_page=200):
        if row["sport_type"] not in sports or row["manual"] or not row.get("has_heartrate"):
            continue
        streams = source.streams(row["id"], ("time", "heartrate"))
        time, rates = streams["time"]["data"], streams["heartrate"]["data"]
        trimp = 0.0
        for begin, end, bpm in zip(time, time[1:], rates, strict=False):
            x = min(1, max(0, (bpm - 50) / 140))
            trimp += min(end - begin, 60) / 60 * x * 0.64 * exp(1.92 * x)
        x = (165 - 50) / 140
        day = date.fromisoformat(row["start_date_local"][:10])
        load = 100 * trimp / (60 * x * 0.64 * exp(1.92 * x))
        expected[day] = expected.get(day, 0) + load
    assert len(expected) >= 3
    history = known(Subject(source, YESTERDAY, settings), None, YESTERDAY, sports=sports)
    for day, load in expected.items():
        assert history.on(day).load == pytest.approx(load, rel=0.02)
    assert history.on(YESTERDAY).fitness == pytest.approx(
        banister(expected, YESTERDAY, 42), rel=0.02
    )
