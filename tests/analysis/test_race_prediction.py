"""Predictions against efforts that are found by hand, and the formulas written out."""

from datetime import date, timedelta
from math import exp
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.race_efforts import Effort, best_efforts
from strava_mcp.analysis.race_prediction import RacePrediction, hills_of, negative_split_s, predict
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.config import Config
from strava_mcp.sources.metrics_parts import Kept
from strava_mcp.sports import RUNS
from strava_mcp.store import open_store
from strava_mcp.units import BEST_EFFORTS_M
from tests.analysis.test_training_load import Listing
from tests.rig import Rig
from tests.season_day import YESTERDAY
from tests.sources.archive.imported import archive_of

TODAY = date(2026, 11, 26)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def subject(season_home: Path) -> Subject:
    return Subject(archive_of(season_home), YESTERDAY)


def predicted(subject: Subject, distance_m: float, **options: Any) -> RacePrediction:
    result = predict(subject, distance_m, options.pop("day", subject.today), **options)
    assert isinstance(result, RacePrediction)
    return result


def run(metres: float, seconds: float, **values: Any) -> dict[str, Any]:
    times = {"distance": metres, "elapsed_time": seconds, "moving_time": seconds}
    return {"sport_type": "Run", **times, **values}


def listing(days: dict[date, dict[str, Any]]) -> Subject:
    return Subject(Listing(days), TODAY)  # type: ignore[arg-type]


def vdot(metres: float, seconds: float) -> float:
    speed, minutes = 60 * metres / seconds, seconds / 60
    share = 0.8 + 0.1894393 * exp(-0.012778 * minutes) + 0.2989558 * exp(-0.1932605 * minutes)
    return (-4.60 + 0.182258 * speed + 0.000104 * speed**2) / share


def fastest_s(time: list[float], distance: list[float], metres: float) -> float:
    """The shortest time over a distance between any two samples, interpolated at the end."""
    best, end = float("inf"), 0
    for begin in range(len(time)):
        end = max(end, begin)
        while end < len(time) - 1 and distance[end] - distance[begin] < metres:
            end += 1
        if distance[end] - distance[begin] < metres:
            break
        step = distance[end] - distance[end - 1]
        over = (distance[end] - distance[begin] - metres) / step if step else 0
        best = min(best, time[end] - over * (time[end] - time[end - 1]) - time[begin])
    return best


def test_it_rests_on_the_best_efforts_of_the_recordings(subject: Subject) -> None:
    prediction = predicted(subject, 10_000)
    efforts: dict[int, float] = {}
    for row in subject.source.activities(per_page=200):
        day = date.fromisoformat(row["start_date_local"][:10])
        if row["sport_type"] not in RUNS or row["manual"] or day < YESTERDAY - 90 * DAY:
            continue
        streams = subject.source.streams(row["id"], ("time", "distance"))
        time, distance = streams["time"]["data"], streams["distance"]["data"]
        efforts[row["id"]] = max(
            (
                vdot(metres, seconds)
                for metres in BEST_EFFORTS_M.values()
                if metres >= 2500 and (seconds := fastest_s(time, distance, metres)) < 1e9
            ),
            default=0,
        )
    best = max(efforts, key=lambda number: efforts[number])
    first = prediction.predictions[0].effort
    assert prediction.is_fresh and first.activity == best
    assert first.vdot == pytest.approx(efforts[best], abs=0.35)
    assert len({one.effort.activity for one in prediction.predictions}) == 3
    assert [one.effort.vdot for one in prediction.predictions] == sorted(
        (one.effort.vdot for one in prediction.predictions), reverse=True
    )


def test_methods_side_by_side() -> None:
    """5 km in 20:00, by the vectors of the formulas' sources."""
    prediction = predicted(listing({TODAY: run(5000, 1200)}), 10_000)
    (one,) = prediction.predictions
    expected = {"riegel": 2501.9, "daniels": 2487.9, "cameron": 2499.7}
    assert one.times_s == pytest.approx(expected, abs=0.1)
    assert prediction.fastest_s == pytest.approx(2487.9, abs=0.1)
    assert prediction.middle_s == pytest.approx(2499.7, abs=0.1)
    assert prediction.slowest_s == pytest.approx(2501.9, abs=0.1)
    assert one.effort.start_s is None, "no recording was read"
    assert not one.is_far
    marathon = predicted(listing({TODAY: run(5000, 1200)}), 42_195)
    assert marathon.predictions[0].is_far


def test_old_efforts_count_only_without_fresh_ones() -> None:
    old, fresh = {TODAY - 200 * DAY: run(5000, 1100)}, {TODAY - 10 * DAY: run(5000, 1250)}
    both = predicted(listing(old | fresh), 5000)
    assert both.is_fresh and both.middle_s == pytest.approx(1250, abs=0.01)
    alone = predicted(listing(old), 5000)
    assert not alone.is_fresh and alone.predictions[0].effort.day == TODAY - 200 * DAY
    ancient = predicted(listing({TODAY - 2000 * DAY: run(5000, 1100)}), 5000)
    assert not ancient.is_fresh


def test_without_a_run_of_1500_metres_nothing_is_predicted() -> None:
    for days in ({}, {TODAY: run(1400, 300)}, {TODAY: run(5000, 600)}, {TODAY: run(0, 0)}):
        result = predict(listing(days), 5000, TODAY)
        assert isinstance(result, Coverage) and result.activities == len(days)


def test_near_distances_come_before_far_ones() -> None:
    def effort(metres: float, seconds: float, activity: int) -> Effort:
        return Effort("x", metres, seconds, TODAY, activity, 0)

    mile, half, slow = effort(1609, 290, 1), effort(21_097.5, 6000, 2), effort(15_000, 4500, 3)
    assert mile.vdot > half.vdot > slow.vdot
    ranked = best_efforts([mile, slow, half], 42_195)
    assert ranked == [half, slow, mile], "a mile says little about a marathon"
    assert best_efforts([mile, slow, half], 5000)[0] == mile


@pytest.mark.parametrize(
    "goal_s, verdict",
    [(2600, "within reach"), (2495, "possible"), (2450, "ambitious"), (2400, "out of reach")],
)
def test_goal(goal_s: float, verdict: str) -> None:
    prediction = predicted(listing({TODAY: run(5000, 1200)}), 10_000, goal_s=goal_s)
    goal = prediction.goal
    assert goal and goal.verdict == verdict
    assert goal.vdot == pytest.approx(vdot(10_000, goal_s))
    assert vdot(5000, goal.needed_s) == pytest.approx(goal.vdot, abs=0.001)


def test_hills() -> None:
    flat = predicted(listing({TODAY: run(5000, 1200)}), 10_000)
    hilly = predicted(listing({TODAY: run(5000, 1200)}), 10_000, climb_m=200)
    # 4 % up and down over half each: factors 1.14 and 0.91
    assert hills_of(10_000, 200) == pytest.approx((200, 4.0, 1.025))
    assert hilly.middle_s == pytest.approx(1.025 * flat.middle_s)
    assert hilly.predictions == flat.predictions, "methods are for the flat"


def test_negative_split_ends_on_time() -> None:
    assert negative_split_s(2400, 10_000, 10_000) == 2400
    assert negative_split_s(2400, 10_000, 5000) == pytest.approx(1212)
    assert negative_split_s(2400, 10_000, 2500) == pytest.approx(606)
    assert negative_split_s(2400, 10_000, 7500) == pytest.approx(1212 + 594)


def test_critical_speed_holds_for_short_races_only(subject: Subject) -> None:
    short, long = predicted(subject, 3000), predicted(subject, 42_195)
    assert long.critical_s is None and long.no_critical
    if short.critical_speed:
        fit = short.critical_speed
        assert short.critical_s == pytest.approx((3000 - fit.store) / fit.critical)


def test_age_grade_needs_sex_and_year_of_birth() -> None:
    from strava_mcp.analysis.athlete_settings import AthleteSettings

    store = open_store("sqlite://:memory:")
    settings = AthleteSettings(store, "owner")
    source = Listing({TODAY: run(10_000, 2545)})
    subject = Subject(source, TODAY, settings)  # type: ignore[arg-type]
    unknown = predicted(subject, 10_000)
    assert unknown.age_grade is None and "sex and birth_year" in (unknown.no_age_grade or "")
    settings.set("sex", "M", TODAY)
    settings.set("birth_year", 1972, TODAY)
    graded = predicted(subject, 10_000).age_grade
    assert graded and graded.share == pytest.approx(0.72490, abs=5e-5)
    assert "distances" in (predicted(subject, 7000).no_age_grade or "")
    store.close()


def test_reads_are_bounded_and_begin_with_the_most_promising() -> None:
    store = open_store("sqlite://:memory:")
    rig = Rig(store, config=Config(strava_cache_s=3600))
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.source.measured = None  # type: ignore[attr-defined]
    rig.authorize()
    subject = Subject(rig.source, YESTERDAY)
    first = predicted(subject, 10_000)
    streams = [call for call in rig.calls if call.endswith("/streams")]
    assert 0 < len(streams) <= MAX_READS
    runs = [row for row in rig.all_activities() if row["sport_type"] in RUNS]
    races = [row["id"] for row in runs if row.get("workout_type") == 1]
    recent = [
        number
        for row, number in ((row, row["id"]) for row in runs if row["id"] in races)
        if date.fromisoformat(row["start_date_local"][:10]) >= YESTERDAY - 90 * DAY
    ]
    assert all(f"/{number}/" in " ".join(streams[: len(recent)]) for number in recent)
    rig.forget_calls()
    again = predicted(subject, 10_000)
    unread = first.coverage.unread
    streams = [call for call in rig.calls if call.endswith("/streams")]
    assert again.coverage.unread <= unread and (unread or not streams), "nothing is read twice"
    store.close()


def test_short_runs_do_not_cost_more_reads_than_one_answer_may() -> None:
    reads: list[int] = []

    class ShortRuns(Listing):
        def bests(self, activities: Any, max_reads: int = 0) -> Kept[Any]:
            reads.append(min(max_reads, len(activities)))
            return Kept({})

    source = ShortRuns({TODAY - 4 * n * DAY: run(1000, 300) for n in range(300)})
    subject = Subject(source, TODAY)  # type: ignore[arg-type]
    assert isinstance(predict(subject, 5000, TODAY), Coverage)
    assert len(reads) == 3 and sum(reads) <= MAX_READS
