"""Activities of the sandbox athlete along their way, against their own samples and figures."""

from datetime import date
from statistics import fmean
from typing import Any

import pytest

from strava_mcp.analysis.activity_steps import (
    BY_HAND,
    NO_RECORDING,
    ONE_MOMENT,
    ActivitySteps,
    activity_steps,
)
from strava_mcp.analysis.activity_track import MAX_TRACK_POINTS
from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.session import analyze
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import NotFound
from strava_mcp.tools.local_time import today
from strava_mcp.training.activity_metrics import STREAMS
from strava_mcp.training.even_steps import MAX_STEPS
from tests.rig import Rig


@pytest.fixture(scope="module")
def subject(rig: Rig) -> Subject:
    settings = AthleteSettings(rig.store, "sandbox")
    settings.set("lthr", 168, date(2020, 1, 1))
    return Subject(rig.source, today(rig.source), settings)


@pytest.fixture(scope="module")
def rows(rig: Rig) -> list[Any]:
    return rig.all_activities()


def find(rows: list[Any], **values: Any) -> Any:
    values = {"manual": False} | values
    return next(row for row in rows if all(row.get(key) == v for key, v in values.items()))


def raw(rig: Rig, row: Any) -> dict[str, Any]:
    return {key: one["data"] for key, one in rig.source.streams(row["id"], STREAMS).items()}


def seen(subject: Subject, monkeypatch: Any, row: Any, **streams: Any) -> ActivitySteps:
    """The steps of an activity whose streams are others; None takes one away."""
    recorded = subject.source.streams(row["id"], STREAMS)
    changed = {**recorded, **{key: {"data": data} for key, data in streams.items()}}
    kept = {key: one for key, one in changed.items() if streams.get(key, ()) is not None}
    monkeypatch.setattr(subject.source, "streams", lambda *_: kept)
    return activity_steps(subject, row["id"])


@pytest.mark.parametrize("sport", ["Run", "Ride", "TrailRun", "Swim", "Hike", "VirtualRide"])
def test_steps_are_the_recording(rig: Rig, rows: list[Any], subject: Subject, sport: str) -> None:
    row = find(rows, sport_type=sport, has_heartrate=True)
    streams, view = raw(rig, row), activity_steps(subject, row["id"])
    assert view.axis == "distance" and not view.problem and 0 < len(view.steps) <= MAX_STEPS
    metres = sum(step.metres or 0 for step in view.steps)
    assert metres == pytest.approx(streams["distance"][-1] - streams["distance"][0])
    assert metres == pytest.approx(row["distance"], abs=0.1)
    moving_s = sum(step.moving_s for step in view.steps)
    assert moving_s == pytest.approx(row["moving_time"], abs=1.5)
    assert view.total and view.total.moving_s == pytest.approx(moving_s)
    assert view.mean("heartrate") == pytest.approx(row["average_heartrate"], abs=0.6)
    if row.get("device_watts"):
        assert view.mean("watts") == pytest.approx(row["average_watts"], abs=0.6)
    if "altitude" in streams:
        assert view.heights_m == (row["elev_low"], row["elev_high"])


def test_halves_and_laps_are_those_of_the_samples(
    rig: Rig, rows: list[Any], subject: Subject
) -> None:
    row = next(row for row in rows if "5 × 1 km" in row["name"] and not row["manual"])
    view, streams, laps = activity_steps(subject, row["id"]), raw(rig, row), None
    laps = rig.source.activity(row["id"])["laps"]
    assert [lap.number for lap in view.laps] == list(range(1, len(laps) + 1))
    for lap, listed in zip(view.laps, laps, strict=True):
        assert lap.metres == listed["distance"] and lap.moving_s == listed["moving_time"]
        assert lap.end - lap.begin == pytest.approx(listed["distance"], abs=8)
        assert lap.begin == streams["distance"][listed["start_index"]]
        if listed["average_speed"]:
            assert lap.speed_ms == pytest.approx(listed["average_speed"], abs=0.002)
    slow, fast = view.extreme_laps() or pytest.fail("no laps")
    speeds = {lap.number: lap.speed_ms for lap in view.laps}
    assert fast.speed_ms == max(speed for speed in speeds.values() if speed)
    assert (slow.metres or 0) >= 500  # a remainder or a jog between is no lap to compare
    assert view.halves
    middle = streams["distance"][-1] / 2
    cut = next(i for i, metres in enumerate(streams["distance"]) if metres >= middle)
    assert view.halves[0].elapsed_s == pytest.approx(streams["time"][cut], abs=1)
    if "heartrate" in streams:
        expected = fmean(streams["heartrate"][1 : cut + 1])
        assert view.halves[0].means["heartrate"] == pytest.approx(expected, abs=0.6)


def test_zones_and_load_are_those_of_the_analysis(rows: list[Any], subject: Subject) -> None:
    row = find(rows, sport_type="Ride", has_heartrate=True, device_watts=True)
    view, session = activity_steps(subject, row["id"]), analyze(subject, row["id"])
    assert session.zones and {zone.quantity: zone for zone in session.zones} == view.zones
    assert view.load == session.load
    assert view.thresholds["lthr"].basis == "given" and view.thresholds["lthr"].value == 168


def test_a_range_is_finer(rig: Rig, rows: list[Any], subject: Subject) -> None:
    row = max(rows, key=lambda row: row["distance"] * (not row["manual"]))
    whole, part = activity_steps(subject, row["id"]), activity_steps(subject, row["id"], 5000, 6000)
    assert part.is_range and part.steps[0].begin == 5000 and part.steps[-1].end == 6000
    assert part.steps[0].end - part.steps[0].begin < whole.steps[0].end - whole.steps[0].begin
    streams = raw(rig, row)
    inside = [i for i, metres in enumerate(streams["distance"]) if 5000 <= metres <= 6000]
    assert part.total and part.total.metres == pytest.approx(1000)
    assert part.total.elapsed_s == pytest.approx(len(inside), abs=2)
    heights = [streams["altitude"][i] for i in inside]
    assert part.heights_m == (min(heights), max(heights))
    beyond = activity_steps(subject, row["id"], 10**7, 2 * 10**7)
    assert not beyond.steps and "choose one within 0 and" in beyond.problem
    assert activity_steps(subject, row["id"], 6000, 5000).problem == beyond.problem


def test_the_track_is_the_recorded_one(rig: Rig, rows: list[Any], subject: Subject) -> None:
    row = find(rows, sport_type="Run", trainer=False)
    view, streams = activity_steps(subject, row["id"]), raw(rig, row)
    assert 100 < len(view.track) <= MAX_TRACK_POINTS + 1
    places = [point.at for point in view.track]
    assert places == sorted(places) and places[-1] == view.steps[-1].end
    positions = {tuple(point) for point in streams["latlng"]}
    assert all(point.position in positions for point in view.track)
    assert list(view.track[0].position or ()) == streams["latlng"][0]


def test_hidden_positions_stay_hidden(
    rig: Rig, rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hole of one sample breaks the line, even between the points that are drawn."""
    row = find(rows, sport_type="Run", trainer=False)
    positions: list[Any] = raw(rig, row)["latlng"]
    hidden = [*[None] * 100, *positions[100:501], None, *positions[502:]]
    view = seen(subject, monkeypatch, row, latlng=hidden)
    assert view.track[0].position == tuple(positions[100])
    assert sum(point.position is None for point in view.track) == 1
    assert len(seen(subject, monkeypatch, row, latlng=[None] * len(positions)).track) == 0
    view = seen(subject, monkeypatch, row, latlng=None)
    assert view.missing == ["No map: no positions were recorded, or they are hidden."]


def test_a_hidden_start_is_not_indoors(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive does not have the flag of a trainer, and hides the start at home."""
    row = find(rows, sport_type="Ride")
    detail = {**subject.source.activity(row["id"]), "start_latlng": []}
    del detail["trainer"]
    monkeypatch.setattr(subject.source, "activity", lambda *_: detail)
    view = activity_steps(subject, row["id"])
    assert view.activity.facts.indoor and len(view.track) > 100 and not view.missing


@pytest.mark.parametrize(
    "sport, words", [("VirtualRide", "in a virtual world"), ("Swim", "no positions")]
)
def test_without_a_map_the_reason_is_given(
    rows: list[Any], subject: Subject, sport: str, words: str
) -> None:
    view = activity_steps(subject, find(rows, sport_type=sport)["id"])
    assert not view.track and any(words in line for line in view.missing)


def test_without_a_recording(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert activity_steps(subject, find(rows, manual=True)["id"]).problem == BY_HAND
    row = find(rows, sport_type="Run")
    for broken in ([], [float("nan")] * 3, "abc", [5, 4, 3]):
        assert seen(subject, monkeypatch, row, time=broken).problem == NO_RECORDING
    one = {key: [0] for key in ("time", "distance", "altitude", "heartrate")}
    assert seen(subject, monkeypatch, row, **one, latlng=None, moving=None).problem == ONE_MOMENT
    with pytest.raises(NotFound):
        activity_steps(subject, 1)


def test_a_day_without_distance_is_drawn_over_time(
    rows: list[Any], subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 86_400
    streams = {"time": list(range(size)), "heartrate": [100 + i % 60 for i in range(size)]}
    absent = dict.fromkeys(("distance", "altitude", "moving", "latlng", "watts"))
    row = find(rows, sport_type="Run")
    view = seen(subject, monkeypatch, row, **streams, **absent)
    assert view.axis == "time" and len(view.steps) == MAX_STEPS
    assert view.steps[-1].end == size - 1
    assert "so there is no pace" in view.missing[0]
