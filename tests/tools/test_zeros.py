"""A 0 that was recorded is shown; what is unknown is absent."""

from typing import Any

from strava_mcp.sources.archive.build_activity import build_activity
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.tools import activity_detail, segment_view
from strava_mcp.tools.safe_json import drop_empty

REST = {
    **{"name": "Rest", "distance": 0.0, "moving_time": 0, "elapsed_time": 30},
    **{"total_elevation_gain": 0.0, "average_watts": 0, "device_watts": True},
}


def test_only_none_false_and_empty_values_are_dropped() -> None:
    row: dict[str, Any] = {"a": 0, "b": 0.0, "c": False, "d": None, "e": "", "f": [], "g": {}}
    assert drop_empty(row) == {"a": 0, "b": 0.0}


def test_flat_lap_and_lap_of_rest() -> None:
    swim = {"id": 1, "sport_type": "Swim", "laps": [REST, {"distance": 100.0, "moving_time": 120}]}
    rest, lap = activity_detail.detail(swim, "metric", True)["laps"]
    assert rest == {
        **{"name": "Rest", "distance": 0.0, "moving_time": "0:00:00", "elevation_gain": 0},
        "average_watts": 0,
    }
    assert lap == {"distance": 0.1, "moving_time": "0:02:00", "pace": "2:00"}


def test_flat_split_at_sea_level() -> None:
    split = {"distance": 1000.0, "moving_time": 300, "elevation_difference": 0.0}
    run = {"sport_type": "Run", "elev_low": 0.0, "elev_high": 0.0, "splits_metric": [split]}
    rendered = activity_detail.detail(run, "metric", True)
    assert rendered["elevation_low"] == 0 and rendered["elevation_high"] == 0
    assert rendered["splits"][0]["elevation_change"] == 0


def test_session_of_zeros_and_session_of_unknowns() -> None:
    zeros = {"sport_type": "Yoga", "distance": 0.0, "total_elevation_gain": 0.0, "max_speed": 0.0}
    rendered = activity_detail.detail(zeros, "metric", False)
    assert rendered["distance"] == 0 and rendered["elevation_gain"] == 0
    assert rendered["max_speed"] == 0
    unknown = activity_detail.detail({"sport_type": "Yoga"}, "metric", False)
    assert not unknown.keys() & {"distance", "elevation_gain", "max_speed", "moving_time"}


def test_no_calories_in_an_hour_are_unknown() -> None:
    ride = {"sport_type": "Ride", "calories": 0.0, "elapsed_time": 3600}
    assert "calories" not in activity_detail.detail(ride, "metric", False)
    assert activity_detail.detail(ride | {"elapsed_time": 60}, "metric", False)["calories"] == 0


def test_flat_segment() -> None:
    flat = {"id": 1, "average_grade": 0.0, "maximum_grade": 0.0, "elevation_low": 0.0}
    rendered = segment_view.detail(flat, "metric")
    assert rendered["average_grade"] == 0 and rendered["elevation_low"] == 0


def test_activity_of_an_archive_without_values() -> None:
    activity = build_activity(Entry(1, {"sport_type": "Yoga"}), None, "")
    assert not activity.summary.keys() & {
        *("distance", "moving_time", "elapsed_time", "total_elevation_gain", "average_speed")
    }
    assert activity.elapsed_s == 0


def test_activity_of_an_archive_with_zeros() -> None:
    row = {"distance": 0.0, "moving_time": 0, "elapsed_time": 600, "total_elevation_gain": 0.0}
    summary = build_activity(Entry(1, row), None, "").summary
    assert {key: summary[key] for key in row} == row
