"""Readings and totals that cannot be, over HTTP: left out, counted, and in no figure."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Response

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.session import analyze
from strava_mcp.analysis.subject import Subject
from strava_mcp.sources.kept_metrics import of_activity
from strava_mcp.sources.plausible_responses import plausible_streams, plausible_totals
from strava_mcp.sources.stream_samples import samples_of
from strava_mcp.store import open_store
from strava_mcp.training.activity_metrics import STREAMS
from tests.clock import Clock
from tests.rig import Rig
from tests.season_day import TODAY

KEYS = (
    *("time", "distance", "altitude", "heartrate", "velocity_smooth", "cadence", "watts", "temp"),
    *("latlng", "moving"),
)
#: Stream → what a broken device wrote.
WRONG = {
    "heartrate": 94_000_000,
    "watts": 1e9,
    "cadence": 65_535,
    "temp": 127,
    "velocity_smooth": 3e8,
    "altitude": 1e7,
    "latlng": [91.0, 8.0],
}


@pytest.fixture(scope="module")
def rig(season_clock: Clock) -> Iterator[Rig]:
    store = open_store("sqlite://:memory:")
    yield Rig(store).authorize()
    store.close()


@pytest.fixture(scope="module")
def ride(rig: Rig) -> Any:
    return rig.find(sport_type="Ride", trainer=False, manual=False, device_watts=True)


def altered(monkeypatch: pytest.MonkeyPatch, rig: Rig, change: Callable[[str, Any], None]) -> None:
    """Let the sandbox send JSON that ``change`` altered; it is given the path and the JSON."""
    inner = rig.app.wsgi_app

    def middleware(environ: Any, start_response: Any) -> Any:
        response = Response.from_app(inner, environ)
        if response.mimetype == "application/json" and response.status_code == 200:
            value = json.loads(response.get_data())
            change(environ["PATH_INFO"], value)
            response.set_data(json.dumps(value))
        return response(environ, start_response)

    monkeypatch.setattr(rig.app, "wsgi_app", middleware)


def test_impossible_readings_are_gaps(
    monkeypatch: pytest.MonkeyPatch, rig: Rig, ride: dict[str, Any]
) -> None:
    before = rig.source.streams(ride["id"], KEYS)

    def change(path: str, value: Any) -> None:
        for key in WRONG.keys() & value.keys() if path.endswith("/streams") else ():
            value[key]["data"][100:102] = [WRONG[key]] * 2

    altered(monkeypatch, rig, change)
    after = rig.source.streams(ride["id"], KEYS)
    assert {"heartrate", "watts", "altitude", "latlng", "velocity_smooth"} <= before.keys()
    for key in WRONG.keys() & before.keys():
        assert after[key]["left_out"] == 2 and after[key]["data"][100:102] == [None] * 2
        assert after[key]["data"][:100] == before[key]["data"][:100]
        assert after[key]["data"][102:] == before[key]["data"][102:]
    assert after["distance"] == before["distance"] and after["time"] == before["time"]


def test_an_analysis_counts_them_and_rests_on_none(
    monkeypatch: pytest.MonkeyPatch, rig: Rig, ride: dict[str, Any]
) -> None:
    def change(path: str, value: Any) -> None:
        if path.endswith("/streams"):
            for key in WRONG.keys() & value.keys():
                value[key]["data"][3000] = WRONG[key]
            value["distance"]["data"][3000] = 3e8

    subject = Subject(rig.source, TODAY, AthleteSettings(rig.store, "owner"))
    plain, plain_streams = analyze(subject, ride["id"]), rig.source.streams(ride["id"], STREAMS)
    altered(monkeypatch, rig, change)
    session = analyze(subject, ride["id"])
    assert session.coverage.left_out == {
        "power_spikes": "1 sample above 2,500 W",
        "heart_rate_outliers": "1 sample outside 20 to 250 bpm",
        "altitude_outliers": "1 sample outside -500 to 9,000 m",
        "distance_outliers": "1 sample contradicting the others",
        "gps_outliers": "1 sample outside of all latitudes and longitudes",
    }
    assert session.power and plain.power and session.splits and plain.splits
    assert session.power.normalized_w == pytest.approx(plain.power.normalized_w, abs=1)
    assert session.power.max_w == plain.power.max_w
    for ours, theirs in zip(session.splits.rows, plain.splits.rows, strict=True):
        assert ours.values["average_heartrate"] == pytest.approx(
            theirs.values["average_heartrate"], abs=0.3
        )
    bests = [
        json.loads(of_activity(samples_of(streams), ride)["bests"])
        for streams in (rig.source.streams(ride["id"], STREAMS), plain_streams)
    ]
    for name in ("power", "heart_rate"):
        highest = [max(value for value, _ in best[name].values()) for best in bests]
        assert highest[0] == highest[1]


def test_totals_that_cannot_be_are_absent(
    monkeypatch: pytest.MonkeyPatch, rig: Rig, ride: dict[str, Any]
) -> None:
    wrong = {
        **{"average_heartrate": 94e6, "max_heartrate": 300, "max_watts": 65_535, "max_speed": 3e8},
        **{"average_temp": 127, "average_cadence": 65_535, "elev_high": 1e7, "distance": 3e8},
        **{"weighted_average_watts": 1e9, "kilojoules": -5, "total_elevation_gain": 1e7},
    }

    def change(path: str, value: Any) -> None:
        for row in value if isinstance(value, list) else [value, *value.get("laps", ())]:
            row |= wrong

    altered(monkeypatch, rig, change)
    (row,) = rig.source.activities(per_page=1)
    detail = rig.source.activity(ride["id"])
    assert detail["laps"]
    for activity in (row, detail, *detail["laps"]):
        assert not wrong.keys() & activity.keys() and activity["elapsed_time"] > 0


def stream(*data: Any) -> dict[str, Any]:
    return {"data": list(data), "series_type": "time"}


@pytest.mark.parametrize(
    ("metres", "expected", "left_out"),
    [
        ([0, 5, 10, 15, 20], [0, 5, 10, 15, 20], None),
        ([0, 5, 3e8, 15, 20], [0, 5, 10, 15, 20], 1),
        ([0, 5, 900, 15, 20], [0, 5, 10, 15, 20], 1),
        ([0, 5, -4, 15, 20], [0, 5, 10, 15, 20], 1),
        ([0, 5, 5000, 5005, 5010], [0, 5, 5, 10, 15], 1),
        ([0, 5, float("nan"), 15, 20], [0, 5, 10, 15, 20], 1),
        ([0, 5, None, 15, 20], [0, 5, 10, 15, 20], None),
        ([0, 5, "far", 15, 20], [0, 5, 10, 15, 20], None),
        ([0, 5, 10**400, 15, 20], [0, 5, 10, 15, 20], 1),
    ],
)
def test_a_distance_grows_without_jumps(metres: Any, expected: Any, left_out: Any) -> None:
    streams = {"time": stream(*range(5)), "distance": stream(*metres)}
    distance = plausible_streams(streams)["distance"]
    assert distance["data"] == expected and distance.get("left_out") == left_out
    assert distance["series_type"] == "time"


def test_bounds_are_included_and_what_stands_for_nothing_is_not_counted() -> None:
    streams = {
        "heartrate": stream(20, 250, 0, 255, 251, None, True, "140"),
        "latlng": stream([0, 0], [90, -180], None, [1], "x", [47.0, -180.1], [], [47.0, 8.0]),
        "moving": stream(True, False),
    }
    result = plausible_streams(streams)
    assert result["heartrate"]["data"] == [20, 250, None, None, None, None, True, "140"]
    assert result["heartrate"]["left_out"] == 1
    assert result["latlng"]["data"] == [*(None, [90, -180], None, [1], "x", None, [], [47.0, 8.0])]
    assert result["latlng"]["left_out"] == 1
    assert result["moving"] is streams["moving"]


@pytest.mark.parametrize(
    "streams",
    [{}, {"time": 5}, {"heartrate": {"data": "140"}}, {"distance": stream(3, "x", None)}]
    + [{"time": stream(0, 10**400), "distance": stream(1, 2)}, {"watts": None}]
    + [{"time": stream(*[0] * 3), "distance": stream(None, None, None)}],
)
def test_malformed_responses_stay(streams: dict[str, Any]) -> None:
    assert plausible_streams(streams) == streams
    assert plausible_totals(streams) == streams


def test_unknown_and_malformed_totals_stay() -> None:
    activity = {"name": "x", "distance": "far", "max_heartrate": None, "laps": [5, None], "x": 1e12}
    assert plausible_totals(activity) == activity
