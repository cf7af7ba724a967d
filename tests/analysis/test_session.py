"""Sessions of the sandbox athlete: every figure again from the raw samples, by other code."""

from datetime import date
from statistics import fmean
from typing import Any

import pytest

from strava_mcp.analysis import session
from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.session import PARTS, Session, analyze
from strava_mcp.analysis.session_intervals import intervals_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import NotFound
from strava_mcp.training.activity_metrics import STREAMS
from tests.rig import Rig
from tests.season_day import YESTERDAY as TODAY
from tests.training.vectorized import drift_percent


@pytest.fixture(scope="module")
def subject(rig: Rig) -> Subject:
    settings = AthleteSettings(rig.store, "sandbox")
    for name, value in (("ftp", 250), ("lthr", 168), ("threshold_pace", 270), ("max_hr", 190)):
        settings.set(name, value, date(2020, 1, 1))  # type: ignore[arg-type]
    return Subject(rig.source, TODAY, settings)


def raw(rig: Rig, row: Any) -> dict[str, Any]:
    return {k: v["data"] for k, v in rig.source.streams(row["id"], STREAMS).items()}


def named(rows: list[Any], part: str, **values: Any) -> Any:
    values = {"manual": False} | values
    return next(
        row
        for row in rows
        if part in row["name"] and all(row.get(key) == value for key, value in values.items())
    )


def look(subject: Subject, row: Any, *parts: Any) -> Session:
    return analyze(subject, row["id"], parts or PARTS)


@pytest.mark.parametrize(
    "name, count, seconds, metres",
    [
        ("5 × 1 km", 5, None, 1000),
        ("6 × 800 m", 6, None, 800),
        ("10 × 400 m", 10, None, 400),
        ("4 × 5 min", 4, 300, None),
        ("3 × 10 min", 3, 600, None),
        ("8 × 190 m", 8, None, 190),
        ("5 × 4 min", 5, 240, None),
        ("3 × 12 min", 3, 720, None),
        ("10 × 100 m", 10, None, 100),
        ("5 × 300 m", 5, None, 300),
        ("12 × 50 m", 12, None, 50),
    ],
)
def test_intervals_are_those_of_the_plan(
    rig: Rig, rows: list[Any], subject: Subject, name: str, count: int, seconds: Any, metres: Any
) -> None:
    row = named(rows, name)
    streams, detail = raw(rig, row), rig.source.activity(row["id"])
    intervals = look(subject, row, "intervals").intervals
    assert intervals and intervals.origin == "laps"
    (group,) = intervals.sets
    assert len(group.repetitions) == count and group.fade_percent is not None
    assert abs(group.fade_percent) < 4
    work = [lap for lap in detail["laps"] if _is_work(lap, detail["laps"], row)]
    for one, lap in zip(group.repetitions, work, strict=True):
        if seconds:
            assert one.duration_s == lap["elapsed_time"] == pytest.approx(seconds, abs=1)
        if metres:
            assert one.distance_m == pytest.approx(metres, abs=6)
            assert one.distance_m == pytest.approx(lap["distance"], abs=6)
        inside = slice(one.begin_s, one.begin_s + one.duration_s)
        if row["has_heartrate"] and "heartrate" in streams:
            assert one.heart_rate == pytest.approx(fmean(streams["heartrate"][inside]), abs=0.6)
            assert one.max_heart_rate == max(streams["heartrate"][inside])
        if one.watts is not None:
            assert one.watts == pytest.approx(lap["average_watts"], abs=1.5)
    rests = [one.rest_s for one in group.repetitions]
    assert rests[-1] is None and all(rest and rest > 10 for rest in rests[:-1])


def _is_work(lap: Any, laps: list[Any], row: Any) -> bool:
    """The laps of a plan alternate after the warm-up; a swim has its rests inside of them."""
    number = lap["lap_index"]
    last = 2 if row["sport_type"] != "Swim" else 1
    inside = 1 < number <= len(laps) - 1 if last else False
    return inside and (row["sport_type"] == "Swim" or number % 2 == 0)


@pytest.mark.parametrize("name", ["5 × 1 km", "4 × 5 min", "5 × 4 min", "10 × 100 m"])
def test_without_laps_the_output_shows_the_same(
    rows: list[Any], subject: Subject, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = named(rows, name)
    pressed = look(subject, row, "intervals").intervals
    detail = subject.source.activity(row["id"])
    monkeypatch.setattr(subject.source, "activity", lambda _: {**detail, "laps": []})
    output = look(subject, row, "intervals").intervals
    assert pressed and output and output.origin == "output"
    for by_hand, one in zip(pressed.sets[0].repetitions, output.sets[0].repetitions, strict=True):
        assert one.begin_s == pytest.approx(by_hand.begin_s, abs=4)
        assert one.duration_s == pytest.approx(by_hand.duration_s, abs=6)


def test_easy_and_long_sessions_have_no_intervals(rows: list[Any], subject: Subject) -> None:
    easy = [
        row
        for row in rows
        if row["sport_type"] in ("Run", "Ride", "TrailRun")
        and not row["manual"]
        and row["workout_type"] in (None, 0, 2, 10)
    ][:25]
    assert len(easy) == 25
    for row in easy:
        session = look(subject, row, "intervals")
        assert session.intervals is None, row["name"]
        assert "intervals" in session.not_measured


def test_drift_is_that_of_the_raw_samples(rig: Rig, rows: list[Any], subject: Subject) -> None:
    measured = 0
    for row in rows:
        if row["workout_type"] != 2 or row["sport_type"] != "Run" or row["manual"]:
            continue
        session = look(subject, row, "drift")
        if session.drift is None:
            continue
        expected = drift_percent(raw(rig, row))
        assert session.drift.percent == pytest.approx(expected, abs=0.05)
        gap = (session.drift.first - session.drift.second) / session.drift.first * 100
        assert session.drift.percent == pytest.approx(gap)
        measured += 1
        if measured == 3:
            return
    pytest.fail("no long run had a steady effort")


def test_splits_are_those_of_strava(rig: Rig, rows: list[Any], subject: Subject) -> None:
    row = named(rows, "", sport_type="Run", workout_type=1)
    theirs = rig.source.activity(row["id"])["splits_metric"]
    splits = look(subject, row, "splits").splits
    assert splits and splits.every_m == 1000 and len(splits.rows) == len(theirs)
    for ours, split in zip(splits.rows, theirs, strict=True):
        assert ours.values["elapsed_time"] == pytest.approx(split["elapsed_time"], abs=1.5)
        assert ours.values["distance"] == pytest.approx(split["distance"], abs=6)
        assert ours.values["average_heartrate"] == pytest.approx(
            split["average_heartrate"], abs=1.5
        )
        assert ours.graded_ms and abs(ours.graded_ms / ours.values["average_speed"] - 1) < 0.35
    assert splits.pacing and splits.pacing.first + splits.pacing.second == pytest.approx(
        row["moving_time"], abs=5
    )


def test_a_flat_run_has_the_same_pace_grade_adjusted(rows: list[Any], subject: Subject) -> None:
    row = named(rows, "5 × 1 km", trainer=False)
    splits = look(subject, row, "splits").splits
    assert splits and splits.pacing is None and "intervals" in str(splits.pacing_problem)
    for one in splits.rows:
        assert one.graded_ms == pytest.approx(one.values["average_speed"], rel=1e-3)


def test_zones_add_up_by_the_thresholds_of_the_day(
    rig: Rig, rows: list[Any], subject: Subject
) -> None:
    row = named(rows, "5 × 4 min")
    streams = raw(rig, row)
    zones = look(subject, row, "zones").zones
    assert zones
    by_name = {one.quantity: one for one in zones}
    edges = {
        "heart rate": [168 * share for share in (0.81, 0.9, 0.94, 1.0, 1.03, 1.06)],
        "power": [250 * share for share in (0.55, 0.75, 0.9, 1.05, 1.2, 1.5)],
    }
    for quantity, key in (("heart rate", "heartrate"), ("power", "watts")):
        one = by_name[quantity]  # type: ignore[index]
        assert one.edges == pytest.approx(edges[quantity])
        expected = [0] * (len(edges[quantity]) + 1)
        for value in streams[key]:
            expected[sum(value >= edge for edge in edges[quantity])] += 1
        assert sum(abs(a - b) for a, b in zip(one.seconds, expected, strict=True)) <= 4
        assert sum(one.seconds) == pytest.approx(len(streams[key]), abs=2)


def test_climbs_rise_as_the_altitude_does(rig: Rig, rows: list[Any], subject: Subject) -> None:
    row = max((r for r in rows if r["sport_type"] == "Ride"), key=_gain)
    streams = raw(rig, row)
    climbs = look(subject, row, "climbs").climbs
    assert climbs
    for climb in climbs:
        begin = next(i for i, t in enumerate(streams["time"]) if t >= climb.begin_s)
        end = next(
            i for i, t in enumerate(streams["time"]) if t >= climb.begin_s + climb.duration_s
        )
        rise = streams["altitude"][end] - streams["altitude"][begin]
        assert climb.gain_m == pytest.approx(rise, abs=6)
        length = streams["distance"][end] - streams["distance"][begin]
        assert climb.length_m == pytest.approx(length, abs=1)
        assert climb.vertical_m_per_h == pytest.approx(climb.gain_m / climb.duration_s * 3600)
        score = climb.length_m * climb.grade_percent
        expected = [name for name, low in (("4", 8e3), ("3", 16e3), ("2", 32e3)) if score > low]
        assert climb.category == (expected[-1] if expected else None) or score > 64e3


def _gain(row: Any) -> float:
    return row["total_elevation_gain"] or 0.0


def test_power_is_that_of_the_definition(rig: Rig, rows: list[Any], subject: Subject) -> None:
    row = named(rows, "5 × 4 min")
    watts = raw(rig, row)["watts"]
    rolling = [fmean(watts[i - 30 : i]) ** 4 for i in range(30, len(watts) + 1)]
    expected = fmean(rolling) ** 0.25
    session = look(subject, row, "power", "load")
    figures = session.power
    assert figures and session.load
    assert figures.normalized_w == pytest.approx(expected, abs=0.5)
    assert figures.intensity == pytest.approx(expected / 250, abs=0.003)
    assert figures.mean_w == pytest.approx(fmean(watts), abs=0.3)
    assert figures.work_kj == pytest.approx(sum(watts) / 1000, abs=0.5)
    assert figures.variability == pytest.approx(expected / fmean(watts), abs=0.003)
    load = len(watts) / 3600 * (expected / 250) ** 2 * 100
    assert session.load.value == pytest.approx(load, abs=0.5)
    assert (session.load.kind, session.load.basis) == ("power", "given")
    assert session.thresholds.keys() == {"ftp"}


def test_w_balance_is_that_of_the_fit(rig: Rig, rows: list[Any], subject: Subject) -> None:
    for row in rows:
        if not row.get("device_watts"):
            continue
        figures = look(subject, row, "power").power
        if figures and figures.balance and figures.critical:
            break
    else:
        pytest.fail("no ride had a critical power")
    left = lowest = store = figures.critical.store
    for watts in raw(rig, row)["watts"]:
        excess = watts - figures.critical.critical
        # In small steps instead of the exponential: dW/dt = (CP - P)(W' - W)/W'.
        left = left - excess if excess >= 0 else left - excess * (store - left) / store
        lowest = min(lowest, left)
    assert figures.balance.lowest_j == pytest.approx(lowest, rel=0.03, abs=150)
    assert 0 <= figures.balance.deep_share < 1


def test_thin_data_say_why(rows: list[Any], subject: Subject) -> None:
    strength = look(subject, named(rows, "", sport_type="WeightTraining", manual=False))
    assert strength.not_measured.keys() >= {"intervals", "drift", "splits", "climbs", "power"}
    by_hand = look(subject, named(rows, "", manual=True))
    reasons = set(by_hand.not_measured.values())
    assert "there is no recording" in reasons
    assert by_hand.intervals is by_hand.splits is by_hand.zones is None
    with pytest.raises(NotFound):
        analyze(subject, 123)


def test_only_the_parts_that_were_asked_for(rows: list[Any], subject: Subject) -> None:
    session = look(subject, named(rows, "5 × 4 min"), "zones")
    assert session.zones and not session.power and not session.intervals
    assert not session.not_measured


def test_intervals_are_looked_for_once(
    subject: Subject, rows: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = list[Any]()

    def count(*arguments: Any) -> Any:
        calls.append(arguments)
        return intervals_of(*arguments)

    monkeypatch.setattr(session, "intervals_of", count)
    look(subject, named(rows, "Long run"))
    assert len(calls) == 1
