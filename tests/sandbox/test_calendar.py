"""Three years of training: stable, plausible and varied."""

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest

from strava_mcp.sandbox import calendar, seasons
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sandbox.body import body_on
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.courses import BOULDER, TOKYO, ZURICH
from tests.sandbox.conftest import TODAY
from tests.servers import ROOT

SPORTS = {
    *("Run", "TrailRun", "Ride", "VirtualRide", "GravelRide", "Swim", "Hike", "Walk"),
    "WeightTraining",
}


def test_past_activities_stay_as_today_moves() -> None:
    now, later = plans(TODAY), plans(TODAY + timedelta(days=40))
    calendar.plans_on.cache_clear()
    again = {plan.id: plan for plan in plans(TODAY)}
    kept = [plan for plan in later if plan.start_local.date() <= TODAY]
    assert len(kept) > 500
    assert all(again[plan.id] == plan for plan in kept)
    assert [plan for plan in now if plan.start_local.date() < kept[0].start_local.date()]


def test_activities_do_not_depend_on_the_process() -> None:
    script = (
        "from datetime import date; from strava_mcp.sandbox import activities, calendar; "
        "print([activities.summary(p) for p in calendar.plans(date(2026, 6, 15))[::40]])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1 and len(outputs.pop()) > 1000


@pytest.mark.parametrize(
    "day",
    [pytest.param(date.today(), id="today"), *(date(2026 + n, 3 + n, 1) for n in range(0, 8))],
)
def test_about_six_hundred_activities_of_nine_sports(day: date) -> None:
    activities = plans(day)
    sports = Counter(plan.sport for plan in activities)
    assert 580 <= len(activities) <= 640
    assert set(sports) == SPORTS
    assert min(sports.values()) >= 8
    assert sports["Run"] == max(sports.values())


def test_ids_are_unique_and_find_their_activity() -> None:
    activities = plans(TODAY)
    ids = [plan.id for plan in activities]
    assert len(set(ids)) == len(ids)
    assert all(10**10 <= number < 3 * 10**10 for number in ids)
    assert all(calendar.find(plan.id) == plan for plan in activities)
    assert calendar.find(ids[0] + 1) is None
    assert calendar.find(1) is None
    assert calendar.find(2**63 - 1) is None


def test_activities_do_not_overlap() -> None:
    activities = sorted(plans(TODAY), key=lambda plan: plan.began_at)
    for one, following in zip(activities, activities[1:], strict=False):
        assert one.began_at + one.elapsed_s < following.began_at, (one.name, following.name)


def test_races_follow_a_taper() -> None:
    activities = plans(TODAY)
    races = [plan for plan in activities if plan.kind == "race"]
    assert len(races) == 6
    for race in races:
        day = race.start_local.date()
        load = [
            sum(
                p.moving_s
                for p in activities
                if start < (day - p.start_local.date()).days <= start + 7
            )
            for start in (0, 14, 21, 28)
        ]
        assert load[0] < max(load[1:])
        usual = [p.mean_speed for p in activities if p.sport == "Run" and p.kind == "easy"]
        assert race.mean_speed > max(usual)


def test_injury_illness_and_holidays_change_the_training() -> None:
    activities = plans(TODAY)
    injured = [
        p for p in activities if date(2026, 2, 8) <= p.start_local.date() <= date(2026, 3, 2)
    ]
    ill = [p for p in activities if date(2025, 11, 8) <= p.start_local.date() <= date(2025, 11, 14)]
    assert {p.sport for p in injured + ill} <= {"Walk"}
    places = {
        p.place for p in activities if p.start_local.month == 7 and 12 <= p.start_local.day <= 26
    }
    assert places == {TOKYO, BOULDER}
    assert {p.place for p in activities if p.start_local.month != 7} == {ZURICH}


def test_fitness_rises_through_the_season_and_fades() -> None:
    def fit(day: date) -> float:
        return body_on(day, MIRA).form

    assert fit(date(2025, 2, 1)) < fit(date(2025, 6, 1)) < fit(date(2025, 8, 25))
    assert fit(date(2025, 12, 15)) < fit(date(2025, 9, 28))
    assert fit(date(2025, 9, 5)) > fit(date(2024, 9, 5))
    assert fit(date(2026, 3, 5)) < fit(date(2026, 2, 7))  # injured in between


def test_local_times_and_clock_changes() -> None:
    for day, hours in (
        (date(2026, 3, 28), 1),
        (date(2026, 3, 29), 2),
        (date(2025, 10, 25), 2),
        (date(2025, 10, 26), 1),
        (date(2025, 7, 14), 9),
        (date(2024, 7, 14), -6),
    ):
        assert seasons.offset_s(day) == hours * 3600, day
    plan = plans(TODAY)[10]
    assert (plan.start_local - plan.start_utc).total_seconds() == plan.offset_s


def test_names_places_and_sensors_vary() -> None:
    activities = plans(TODAY)
    text = "".join(plan.name + plan.description for plan in activities)
    for start, end in (("ぁ", "ヿ"), ("А", "я"), ("ء", "ي"), ("À", "ÿ"), ("🌀", "🫿"), ("一", "鿿")):
        assert any(start <= character <= end for character in text), (start, end)
    assert {plan.visibility for plan in activities} == {"everyone", "followers_only", "only_me"}
    assert any(plan.commute for plan in activities) and any(plan.manual for plan in activities)
    assert any(plan.indoor and plan.sport == "Run" for plan in activities)
    assert any(plan.is_recorded and not plan.has_heart_rate for plan in activities)
    assert any(plan.watts and not plan.has_meter for plan in activities)
    assert any(plan.description for plan in activities) and not all(
        plan.description for plan in activities
    )
