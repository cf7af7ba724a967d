"""Statistics of get_activity_streams: from unrounded samples, weighted by time; gaps and zeros."""

import statistics
from dataclasses import replace
from typing import Any, cast

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.identity import READ, Principal
from strava_mcp.json_types import JSON
from strava_mcp.sources import Source
from strava_mcp.tools import load_tools

READER = Principal("test", frozenset({READ}))


class Recorded:
    """A source with one recording."""

    is_invented = False

    is_invented = False

    def __init__(self, **columns: list[Any]) -> None:
        self.columns = columns

    def streams(self, _: int, keys: list[str]) -> JSON:
        return {key: {"data": data} for key, data in self.columns.items() if key in keys}


def read(units: str = "metric", /, *, columns: dict[str, list[Any]], **arguments: Any) -> JSON:
    tool = load_tools()["get_activity_streams"]
    ctx = Context(READER, optional_source=cast(Source, Recorded(**columns)))
    reply = tool.function(replace(ctx, units=units), tool.load({"id": 1, **arguments}))
    assert isinstance(reply, dict)
    return reply


def steady(size: int, **columns: list[Any]) -> dict[str, list[Any]]:
    """One sample per second, always moving."""
    return {"time": list(range(size)), "moving": [True] * size, **columns}


def test_means_are_of_unrounded_samples() -> None:
    """A curve shows 400 m and 12.4 km/h throughout; the means are of what was recorded."""
    columns = steady(101, altitude=[400.4] * 101, velocity_smooth=[12.36 / 3.6] * 101)
    reply = read(columns=columns, max_points=10)
    assert set(reply["streams"]["altitude"]) == {400}
    assert reply["statistics"]["altitude"] == {"min": 400, "max": 400, "mean": 400.4}
    assert reply["statistics"]["velocity_smooth"]["mean"] == 12.4
    imperial = read("imperial", columns=columns, keys=["altitude", "velocity_smooth"])
    assert imperial["statistics"]["altitude"]["mean"] == 1313.6
    assert imperial["statistics"]["velocity_smooth"]["mean"] == 7.7
    halves = steady(101, altitude=[0.0] + [10.5, 11.5] * 50, temp=[0.0] + [20.5] * 100)
    reply = read(columns=halves, keys=["altitude", "temp"])
    assert reply["statistics"]["altitude"]["mean"] == 11.0
    assert reply["statistics"]["temp"]["mean"] == 20.5


def test_means_are_weighted_by_time() -> None:
    """Seconds count as seconds, and a gap of a minute as ten of them."""
    time = [*range(41), 50, 110]
    columns = {
        "time": time,
        "moving": [True] * 43,
        "heartrate": [100] + [120] * 40 + [160, 180],
        "watts": [300] + [200] * 40 + [0, 0],
    }
    reply = read(columns=columns)
    mean = (40 * 120 + 10 * 160 + 10 * 180) / 60
    assert reply["statistics"]["heartrate"] == {"min": 100, "max": 180, "mean": round(mean, 1)}
    assert reply["statistics"]["watts"]["mean"] == round(40 * 200 / 60, 1)
    assert reply["statistics"]["moving_time_s"] == 110


def test_pauses_do_not_count() -> None:
    size = 121
    moving = [True] * 61 + [False] * 30 + [True] * 30
    heartrate = [150] * 61 + [90] * 30 + [150] * 30
    reply = read(columns=steady(size, heartrate=heartrate) | {"moving": moving})
    assert reply["statistics"]["heartrate"] == {"min": 90, "max": 150, "mean": 150.0}
    assert reply["statistics"]["moving_time_s"] == 90
    # On a trainer without distance nothing moves: the whole recording counts.
    still = read(columns=steady(61, watts=[0] + [200] * 60) | {"moving": [False] * 61})
    assert still["statistics"] == {
        "moving_time_s": 0,
        "watts": {"min": 0, "max": 200, "mean": 200.0},
    }


def test_a_heart_rate_of_0_is_a_gap_and_a_power_of_0_is_not() -> None:
    columns = steady(11, heartrate=[0] * 5 + [150] * 6, watts=[0] * 6 + [300] * 5)
    reply = read(columns=columns, resolution="full")
    assert reply["streams"]["heartrate"] == [None] * 5 + [150] * 6
    assert reply["statistics"]["heartrate"] == {"min": 150, "max": 150, "mean": 150.0}
    assert reply["streams"]["watts"][:6] == [0] * 6
    assert reply["statistics"]["watts"] == {"min": 0, "max": 300, "mean": 150.0}


def test_coasting_is_not_cadence_in_the_mean() -> None:
    reply = read(columns=steady(21, cadence=[0] * 11 + [90] * 10))
    assert reply["statistics"]["cadence"] == {"min": 0, "max": 90, "mean": 90.0}
    assert "mean without 0" in reply["units"]["cadence"]


def test_moving_time_is_absent_if_it_was_not_recorded() -> None:
    reply = read(columns={"time": [0, 5, 10], "heartrate": [100, 120, 140]})
    assert reply["statistics"] == {"heartrate": {"min": 100, "max": 140, "mean": 130.0}}
    without_time = read(columns={"heartrate": [100, 120, 140], "moving": [True] * 3})
    assert without_time["statistics"]["heartrate"]["mean"] == pytest.approx(130)
    assert "moving_time_s" not in without_time["statistics"]


def test_a_thinned_curve_warns_against_averaging_it() -> None:
    """The mean of a curve that keeps its extremes is not the mean of the recording."""
    heartrate = [120 + (40 if s % 300 < 20 else 0) + s % 3 for s in range(3600)]
    columns = steady(3600, heartrate=heartrate)
    thinned = read(columns=columns, max_points=60)
    exact = statistics.fmean(heartrate[1:])
    assert thinned["statistics"]["heartrate"]["mean"] == round(exact, 1)
    assert abs(statistics.fmean(thinned["streams"]["heartrate"]) - exact) > 1
    for words in ("Never compute averages", "statistics", "get_activity_by_id"):
        assert words in thinned["note"]
    assert {"statistics"} <= thinned.keys() and "get_activity_by_id" in load_tools()
    full = read(columns=steady(60, heartrate=heartrate[:60]), resolution="full")
    assert "average" not in full["note"]


def test_a_stream_that_a_recording_lacks_is_named() -> None:
    columns = steady(30, heartrate=[140] * 30, cadence=[None] * 30)
    assert read(columns=columns)["note"] == (
        "Not recorded: distance, altitude, velocity_smooth, cadence, watts."
    )
    chosen = read(columns=columns, keys=["heartrate", "temp"], include_gps=True)
    assert chosen["note"].startswith("latlng: not recorded")
    assert chosen["note"].endswith("Not recorded: temp.")
    assert "note" not in read(columns=columns, keys=["heartrate", "time"])
    with pytest.raises(InvalidArguments):
        read(columns=columns, keys=["pulse"])
