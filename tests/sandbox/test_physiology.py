"""Three years of training that a coach would believe: bounds are those of the literature."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from statistics import correlation, fmean, median

import pytest

from strava_mcp.geo import haversine_m
from strava_mcp.sandbox import activities, laps, recording
from strava_mcp.sandbox.athlete import ANOUK, JONAS, MIRA
from strava_mcp.sandbox.body import body_on
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.efforts import best_efforts
from strava_mcp.sandbox.physics import slowness
from strava_mcp.sandbox.plan import Plan
from tests.sandbox.conftest import TODAY

pytestmark = pytest.mark.no_cover

ALL = plans(TODAY)


def chosen(count: int, test: Callable[[Plan], bool]) -> list[Plan]:
    """The last ``count`` recorded activities that pass a test."""
    passing = [plan for plan in ALL if plan.is_recorded and test(plan)]
    assert len(passing) >= count
    return passing[-count:]


def best_mean(values: Sequence[float], seconds: int) -> float:
    """The highest mean over some seconds."""
    sums = [0.0, *accumulate(values)]
    return max(b - a for a, b in zip(sums, sums[seconds:], strict=False)) / seconds


def normalized(watts: Sequence[float]) -> float:
    """Normalized power (Allen and Coggan): 30 s means to the fourth power."""
    sums = [0.0, *accumulate(watts)]
    means = [(b - a) / 30 for a, b in zip(sums, sums[30:], strict=False)]
    return math.sqrt(math.sqrt(fmean(mean**4 for mean in means)))


def flat_runs(plan: Plan) -> bool:
    return plan.sport == "Run" and plan.workout == "easy" and plan.has_heart_rate


def test_heart_rate_never_jumps() -> None:
    """The heart answers exercise with a time constant of tens of seconds (Bunc 1988).

    From rest to maximum are at most 110 bpm, which makes less than 6 bpm in the first second.
    """
    for plan in chosen(25, lambda p: p.has_heart_rate and p.sport not in recording.SPARSE):
        beats = recording.streams(plan)["heartrate"]
        assert max(abs(b - a) for a, b in pairwise(beats)) <= 7, plan.id
        assert 55 < min(beats) and max(beats) <= MIRA.max_heart_rate


def test_heart_rate_rises_with_a_lag_and_falls_more_slowly() -> None:
    """Time constants of 20 to 40 s at the onset of work, longer in recovery (Bunc 1988)."""
    (plan,) = chosen(
        1, lambda p: p.workout == "5 × 1 km" and p.has_heart_rate and not p.sensor_fault
    )
    beats = recording.streams(plan)["heartrate"]
    work, rest = laps.laps(plan)[3:5]
    for lap, low, high in ((work, 15, 45), (rest, 25, 70)):
        begin, end = lap["start_index"], lap["end_index"]
        first, last = beats[begin], fmean(beats[end - 15 : end])
        near = next(
            i for i in range(begin, end) if abs(beats[i] - first) >= 0.63 * abs(last - first)
        )
        assert low <= near - begin <= high


def test_sensors_fail_now_and_then() -> None:
    with_sensor = [plan for plan in ALL if plan.has_heart_rate]
    faults = Counter(plan.sensor_fault for plan in with_sensor)
    assert set(faults) == {None, "strap", "lock", "dropouts"}
    assert 0.05 < 1 - faults[None] / len(with_sensor) < 0.25


def test_riders_coast_outdoors_and_sprint() -> None:
    """10 to 20 % of a ride outdoors is without power; none of a workout on a trainer.

    Sprints of 11 to 13 W/kg over 5 s are those of a trained woman (Allen and Coggan's power
    profile), as are 1.5 to 2 times FTP over 1 minute, 1.1 to 1.3 over 5 and 1 to 1.1 over 20.
    """
    best: dict[int, float] = {}
    rides = chosen(12, lambda p: p.sport == "Ride" and p.workout in ("group ride", "long ride"))
    tests = chosen(2, lambda p: p.workout == "time trial")
    for plan in [*rides, *tests]:
        streams = recording.streams(plan)
        watts = [w for w, moves in zip(streams["watts"], streams["moving"], strict=True) if moves]
        if plan in rides:
            assert 0.08 <= watts.count(0) / len(watts) <= 0.22, plan.id
            assert normalized(watts) == pytest.approx(plan.weighted_watts, rel=0.05)
        for seconds in (5, 60, 300, 1200):
            share = best_mean(watts, seconds) / plan.body.ftp_w
            best[seconds] = max(best.get(seconds, 0), share)
        assert set(streams["cadence"]) & {0} and 90 < max(streams["cadence"]) <= 115
    assert 11 <= best[5] * rides[-1].body.ftp_w / MIRA.weight_kg <= 13.5
    assert 1.5 <= best[60] <= 2.0
    assert 1.1 <= best[300] <= 1.3
    assert 1.0 <= best[1200] <= 1.1
    (indoors,) = chosen(1, lambda p: p.workout == "3 × 12 min")
    assert min(recording.streams(indoors)["watts"][1:]) > 0


def test_ftp_is_tested_twice_a_year_and_right() -> None:
    """FTP is 75 % of the best minute of a ramp test (Michalik 2019: 72 to 77 %)."""
    tests = [plan for plan in ALL if plan.workout == "ramp test"]
    assert {plan.start_local.month for plan in tests} == {1, 10} and len(tests) in (5, 6)
    for plan in tests[-2:]:
        minute = best_mean(recording.streams(plan)["watts"], 60)
        assert 0.75 * minute == pytest.approx(plan.body.ftp_w, rel=0.03)
        assert plan.body.ftp_w == pytest.approx(MIRA.ftp_w, rel=0.06)


def test_heart_rate_follows_pace_temperature_and_fitness() -> None:
    """In easy runs a faster pace costs beats, and so does heat: about half a beat per °C."""
    easy = [plan for plan in ALL if flat_runs(plan) and plan.place.altitude_m < 1000]
    assert len(easy) > 80
    pace = [plan.body.form / plan.mean_speed for plan in easy]
    assert correlation(pace, [plan.heart_rate for plan in easy]) < -0.4
    expected = [plan.body.heart_rate("Run", plan.mean_share) for plan in easy]
    surplus = [plan.heart_rate - usual for plan, usual in zip(easy, expected, strict=True)]
    assert correlation([plan.temperature_c for plan in easy], surplus) > 0.6
    cost: dict[int, list[float]] = {}
    for plan, more in zip(easy, surplus, strict=True):
        cost.setdefault(plan.start_local.year, []).append(
            plan.mean_speed / (plan.heart_rate - more)
        )
    yearly = [fmean(cost[year]) for year in (2024, 2025, 2026)]
    assert yearly == sorted(yearly), "faster at the same heart rate from year to year"


def test_long_runs_decouple_by_a_few_percent_and_more_in_heat() -> None:
    """Friel: below 5 % is coupled. Heat adds drift (Coyle and González-Alonso 2001)."""
    long = [
        plan
        for plan in ALL
        if plan.workout == "long" and plan.sport == "Run" and plan.has_heart_rate
        if plan.moving_s > 4500 and not plan.indoor and not plan.sensor_fault
    ]
    drifts = [decoupling(plan) for plan in long]
    assert len(drifts) > 10
    assert 1 <= median(drifts) <= 5 and -2 < min(drifts) and max(drifts) < 9
    assert correlation([plan.temperature_c for plan in long], drifts) > 0.3


def decoupling(plan: Plan) -> float:
    """How much less speed a heart beat gives in the second half, in per cent, after 10 minutes."""
    streams = recording.streams(plan)
    at = [i for i, moves in enumerate(streams["moving"]) if moves][600:]
    half = len(at) // 2
    first, second = (
        fmean(
            streams["velocity_smooth"][i] * slowness("Run", streams["grade_smooth"][i] / 100)
            for i in part
        )
        / fmean(streams["heartrate"][i] for i in part)
        for part in (at[:half], at[half:])
    )
    return 100 * (first - second) / first


@pytest.mark.parametrize("today", [TODAY, date(2026, 11, 26), date(2029, 8, 1)])
def test_races_improve_and_agree_with_each_other(today: date) -> None:
    """Riegel's exponent is 1.06; 1.04 to 1.10 covers amateurs (Vickers and Vertosick 2016)."""
    races = [plan for plan in plans(today) if plan.kind == "race"]
    for one, following in pairwise(races):
        times = math.log(following.moving_s / one.moving_s)
        exponent = times / math.log(following.distance_m / one.distance_m)
        assert 1.04 <= exponent <= 1.10, one.start_local
    for place in ("Zürich 10k 🏁", "Halbmarathon am See 🏅"):
        seconds = [plan.moving_s for plan in races if plan.name == place]
        assert len(seconds) == 3 and seconds == sorted(seconds, reverse=True)


def test_records_are_set_in_races_and_workouts() -> None:
    year = [plan for plan in ALL if plan.start_local.year == 2025 and plan.sport == "Run"]
    fast = [plan for plan in year if plan.kind in ("race", "interval") and plan.has_track]
    slow = [plan for plan in year if plan.workout in ("long", "fast end") and plan.has_track][-8:]
    best: dict[str, tuple[int, str]] = {}
    for plan in fast + slow:
        for effort in best_efforts(plan):
            entry = effort["elapsed_time"], plan.kind
            best[effort["name"]] = min(best.get(effort["name"], entry), entry)
    assert {best[name][1] for name in ("400m", "1K")} == {"interval"}
    assert {best[name][1] for name in ("5K", "10K", "15K", "20K", "Half-Marathon")} == {"race"}


def test_sessions_are_what_they_are_called() -> None:
    (plan,) = chosen(1, lambda p: p.workout == "5 × 1 km")
    cut = laps.laps(plan)
    assert len(cut) == 11 and activities.summary(plan)["workout_type"] == 3
    work, jogs = cut[1:10:2], cut[2:10:2]
    assert [lap["distance"] for lap in work] == pytest.approx([1000] * 5, abs=8)
    assert [lap["distance"] for lap in jogs] == pytest.approx([400] * 4, abs=8)
    assert min(lap["average_speed"] for lap in work) > 1.4 * max(j["average_speed"] for j in jogs)
    assert sum(lap["total_elevation_gain"] for lap in cut) < 3
    (hills,) = chosen(1, lambda p: p.workout == "hills")
    climbed = [lap["total_elevation_gain"] for lap in laps.laps(hills)]
    assert sum(gain > 10 for gain in climbed) == 8
    (swim,) = chosen(1, lambda p: p.workout == "10 × 100 m")
    sets = laps.laps(swim)
    assert [round(lap["distance"]) for lap in sets] == [400, *[100] * 10, 200]
    assert all(lap["elapsed_time"] > lap["moving_time"] for lap in sets[:-1]), "with rests"
    bricks = [plan for plan in ALL if plan.workout == "brick run"]
    for run in bricks:
        ride = next(
            p for p in ALL if p.sport == "Ride" and p.start_local.date() == run.start_local.date()
        )
        gap_s = run.began_at - ride.began_at - ride.elapsed_s
        assert 60 < gap_s < 400
    assert len(bricks) > 3


def test_hard_weeks_are_followed_by_fatigue_and_rest() -> None:
    for year in (2024, 2025):
        before, after = (body_on(date(year, 8, day), MIRA) for day in (10, 24))
        assert after.tired > before.tired and after.form < body_on(date(year, 9, 20), MIRA).form
    ill = [p for p in ALL if date(2025, 11, 8) <= p.start_local.date() <= date(2025, 11, 14)]
    assert {plan.sport for plan in ill} <= {"Walk"}


def test_starts_are_where_and_when_people_run() -> None:
    runs = [
        p for p in ALL if p.sport == "Run" and p.has_track and p.place.timezone.endswith("Zurich")
    ]
    starts = [tuple(activities.summary(plan)["start_latlng"]) for plan in runs]
    assert len(set(starts)) > 0.95 * len(starts)
    areas = Counter((round(lat, 2), round(lng, 2)) for lat, lng in starts)
    assert len(areas) >= 4 and max(areas.values()) < 0.7 * len(starts)
    for plan in runs:
        assert 6 <= plan.start_local.hour < 20
        if "Morning" in plan.name or "朝" in plan.name:
            assert plan.start_local.hour < 11
        if "Evening" in plan.name or "Feierabend" in plan.name:
            assert plan.start_local.hour >= 16


def test_positions_are_some_metres_off_and_straight_in_a_tunnel() -> None:
    """Consumer receivers are off by 3 to 5 m in the open, and by 10 m below trees."""
    one, other = chosen(2, lambda p: bool(p.course and p.course.key == "Run-5230"))
    tracks = [recording.streams(plan)["latlng"] for plan in (one, other)]
    gaps = [min(haversine_m(point, near) for near in tracks[1]) for point in tracks[0][300::40]]
    assert 1 < fmean(gaps) < 8 and max(gaps) < 30
    (ride,) = chosen(1, lambda p: p.sport == "Ride" and p.distance_m > 60_000)
    streams = recording.streams(ride)
    metres = streams["distance"]
    first = next(i for i, metre in enumerate(metres) if metre > ride.distance_m / 3 + 20)
    last = next(i for i, metre in enumerate(metres) if metre > ride.distance_m / 3 + 400)
    inside = streams["latlng"][first:last]
    north, east = ([b[axis] - a[axis] for a, b in pairwise(inside)] for axis in (0, 1))
    bearings = [math.atan2(y, x) for y, x in zip(north, east, strict=True) if x or y]
    assert max(bearings) - min(bearings) < 0.2


def test_most_training_is_easy() -> None:
    """About 80 % of sessions are easy (Seiler 2006); more are hard in spring than in winter."""
    on_foot = [plan for plan in ALL if plan.sport in ("Run", "TrailRun")]
    hard = [plan for plan in on_foot if plan.kind in ("interval", "race")]
    assert 0.15 < len(hard) / len(on_foot) < 0.4


def test_two_other_athletes_differ() -> None:
    rider, runner = plans(TODAY, JONAS), plans(TODAY, ANOUK)
    sports = Counter(plan.sport for plan in rider)
    assert sports["Ride"] + sports["VirtualRide"] + sports["GravelRide"] > 0.7 * len(rider)
    assert 0 < sports["Run"] < 0.06 * len(rider)
    assert any(plan.has_meter for plan in rider)
    feet = Counter(plan.sport for plan in runner)
    assert feet["Run"] + feet["TrailRun"] > 0.85 * len(runner)
    assert not any(plan.has_heart_rate or plan.has_meter for plan in runner)
    recorded = next(plan for plan in reversed(runner) if plan.has_track and not plan.indoor)
    assert set(recording.streams(recorded)) == {
        *("time", "moving", "distance", "velocity_smooth", "altitude", "grade_smooth", "latlng"),
        "cadence",
    }


def test_notes_photos_and_a_name_that_is_an_instruction() -> None:
    details = [
        activities.detail(plan) for plan in ALL if plan.manual or plan.sport == "WeightTraining"
    ]
    assert any("Ignore all previous instructions" in detail["name"] for detail in details)
    assert sum("Ignore" in plan.name for plan in ALL) == 1
    assert any(plan.private_note for plan in ALL) and any(plan.photos for plan in ALL)
    assert {plan.perceived_exertion for plan in ALL} >= {None, 3, 5, 7}


def test_a_day_later_only_that_day_is_new() -> None:
    day = TODAY + timedelta(days=1)
    today, tomorrow = {p.id: p for p in plans(TODAY)}, {p.id: p for p in plans(day)}
    new = tomorrow.keys() - today.keys()
    assert {tomorrow[number].start_local.date() for number in new} <= {day}
    assert all(today[n] == tomorrow[n] for n in today.keys() & tomorrow.keys())
