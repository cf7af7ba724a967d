"""The climbing of imported recordings: one rule for header, laps and planned routes."""

from datetime import UTC, datetime
from math import cos, pi

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Lap, Recording
from strava_mcp.sources.archive import route_files
from strava_mcp.sources.archive.build_activity import build_activity
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.training.climbing import AltitudeSource

START = datetime(2024, 5, 1, 6, tzinfo=UTC)


def hilly(height_m: float, source: AltitudeSource, lap_s: int = 250) -> Recording:
    """Make a run of 6 km with hills of 500 m, and laps that begin anywhere on them."""
    times = list(range(0, 2001))
    distance = [3.0 * s for s in times]
    return Recording(
        START,
        {
            "time": times,
            "moving": [False] + [True] * 2000,
            "distance": distance,
            "altitude": [
                round(400 + height_m / 2 * (1 - cos(2 * pi * x / 500)), 1) for x in distance
            ],
        },
        sport="Run",
        laps=tuple(Lap(float(begin)) for begin in range(0, 2000, lap_s)),
        altitude_source=source,
    )


def built(recording: Recording) -> JSON:
    activity = build_activity(Entry(1, {}), recording, "")
    return activity.summary | activity.detail


@pytest.mark.parametrize("lap_s", [37, 250, 800])
@pytest.mark.parametrize("source", ["barometer", "map", "satellite"])
def test_laps_add_up_to_the_header(source: AltitudeSource, lap_s: int) -> None:
    """Climbs that a lap cuts in two count in both, also below the threshold."""
    activity = built(hilly(20, source, lap_s))
    assert activity["total_elevation_gain"] == pytest.approx(240, rel=0.03)
    gains = [lap["total_elevation_gain"] for lap in activity["laps"]]
    assert len(gains) == -(-2000 // lap_s)
    assert sum(gains) == pytest.approx(activity["total_elevation_gain"], abs=0.06 * len(gains))


def test_sources_have_their_own_thresholds() -> None:
    """Hills of 6 m."""
    gains = {
        source: built(hilly(6, source))["total_elevation_gain"]  # type: ignore[arg-type]
        for source in ("barometer", "map", "satellite")
    }
    assert gains == {
        "barometer": pytest.approx(72, abs=2),
        "map": pytest.approx(72, abs=2),
        "satellite": 0.0,
    }


def test_climbing_is_not_stored_as_a_stream() -> None:
    from strava_mcp.sources.archive import columns

    activity = build_activity(Entry(1, {}), hilly(6, "map"), "")
    assert activity.block and "climb" not in columns.sizes(activity.block)


def test_values_of_row_and_device_are_kept() -> None:
    recording = hilly(20, "barometer")
    recording.totals["total_elevation_gain"] = 77.0
    assert built(recording)["total_elevation_gain"] == 77
    activity = build_activity(Entry(1, {"total_elevation_gain": 55.0}), recording, "")
    assert activity.summary["total_elevation_gain"] == 55


def test_flat_ride_has_no_climbing() -> None:
    recording = hilly(1.8, "barometer")
    assert built(recording)["total_elevation_gain"] == 0.0
    assert all(lap["total_elevation_gain"] == 0 for lap in built(recording)["laps"])


@pytest.mark.parametrize("spacing_m", [10, 60])
def test_planned_route(spacing_m: int) -> None:
    """20 hills of 15 m on 10 km: thresholds of recordings would miss some of it."""
    at = range(0, 10_001, spacing_m)
    points = [
        [47 + x / 111_195, 8.5, round(400 + 7.5 * (1 - cos(2 * pi * x / 500)), 2)] for x in at
    ]
    route = route_files.summary({"id": "1", "name": "Hills", "points": points})
    assert route["elevation_gain"] == pytest.approx(300, rel=0.05)
    flat = [[*point[:2], 400.0] for point in points]
    assert route_files.summary({"id": "1", "name": "", "points": flat})["elevation_gain"] == 0
    without = [point[:2] for point in points]
    assert "elevation_gain" not in route_files.summary({"id": "1", "name": "", "points": without})


def test_unknown_distance_and_climbing_are_omitted() -> None:
    """A training without either shows no 0; a recorded 0 is shown."""
    fields = {"sport_type": "WeightTraining", "elapsed_time": 600}
    summary = build_activity(Entry(1, fields), None, "").summary
    assert {"distance", "total_elevation_gain", "average_speed"}.isdisjoint(summary)
    zeros = {"distance": 0.0, "total_elevation_gain": 0.0}
    assert build_activity(Entry(1, fields | zeros), None, "").summary.items() >= zeros.items()
