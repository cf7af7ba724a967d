"""predict_race as a client calls it."""

from pathlib import Path
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.tools.race_fields import GoalTime, goal_s, race_metres
from tests.sources.archive.imported import archive_of
from tests.tools.conftest import WRITER, Call


@pytest.fixture(scope="module")
def archive(sandbox_home: Path) -> Context:
    return Context(WRITER, optional_source=archive_of(sandbox_home))


def seconds(clock: str) -> int:
    hours, minutes, rest = map(int, clock.split(":"))
    return 3600 * hours + 60 * minutes + rest


def efforts(reply: JSON) -> list[JSON]:
    return [dict(zip(reply["columns"], row, strict=True)) for row in reply["efforts"]]


@pytest.mark.parametrize("distance", ["5k", "10 km", "half-marathon", "marathon"])
def test_methods_and_efforts_are_side_by_side(call: Call, archive: Context, distance: str) -> None:
    reply = call("predict_race", context=archive, distance=distance)
    first = efforts(reply)[0]
    times = sorted(seconds(first[name]) for name in ("riegel", "daniels", "cameron"))
    expected = [seconds(reply["expected"][name]) for name in ("fastest", "middle", "slowest")]
    assert expected == times
    for effort in efforts(reply):
        activity = call("get_activity_by_id", context=archive, id=effort["activity_id"])
        assert activity["start_local"].startswith(effort["date"])
        assert seconds(effort["time"]) <= seconds(activity["elapsed_time"])
        assert 0 <= effort["days_old"] <= 91
    assert reply["coverage"]["recorded"] > 0 and "Riegel" in reply["method"]
    has_warning = any("Vickers" in text for text in reply["warnings"])
    assert has_warning is (distance == "marathon")


def test_goal_splits_and_hills(call: Call, archive: Context) -> None:
    flat = call("predict_race", context=archive, distance="10 km")
    middle = seconds(flat["expected"]["middle"])
    slow = call("predict_race", context=archive, distance="10 km", goal_time=str(middle + 300))
    assert slow["goal"]["verdict"] == "within reach"
    fast = call("predict_race", context=archive, distance="10 km", goal_time="30:00")
    assert fast["goal"]["verdict"] == "out of reach"
    best = efforts(fast)[0]
    name, needed = fast["goal"]["would_be_shown_by"].split(" in ")
    assert name == best["effort"] and seconds(needed) < seconds(best["time"])
    rows = fast["splits"]["rows"]
    assert [row[0] for row in rows] == [*range(1, 11)]
    assert rows[-1][1:] == ["0:30:00", "0:30:00"] and rows[4][1:] == ["0:15:00", "0:15:09"]
    assert fast["splits"]["negative_paces"] == ["3:02", "2:58"]
    hilly = call("predict_race", context=archive, distance="10 km", climb=200)
    assert seconds(hilly["expected"]["middle"]) == pytest.approx(1.025 * middle, abs=1)
    assert hilly["climb"]["grade_adjusted_estimate"].startswith("+2.5 %")
    feet = call("predict_race", context=archive, distance="10 km", climb=656.168, units="imperial")
    assert feet["expected"]["middle"] == hilly["expected"]["middle"]
    assert feet["race"]["distance"] == 6.21 and feet["splits"]["rows"][0][0] == 1


def test_what_is_unknown_says_why(call: Call, archive: Context) -> None:
    reply = call("predict_race", context=archive, distance="marathon", date="in 6 months")
    assert "unknown" in reply["age_grade"]
    assert "unknown" in reply["critical_speed"] or "no_time" in reply["critical_speed"]
    assert any("days off" in text for text in reply["warnings"])


@pytest.mark.parametrize(
    "arguments, field",
    [
        ({"distance": "far"}, "distance"),
        ({"distance": "400 m"}, "distance"),
        ({"distance": "-10 km"}, "distance"),
        ({"distance": "- 10 km"}, "distance"),
        ({"distance": -10}, "distance"),
        ({"distance": "200 km"}, "distance"),
        ({"distance": "10 km", "date": "2020-01-01"}, "date"),
        ({"distance": "10 km", "goal_time": "soon"}, "goal_time"),
        ({"distance": "10 km", "goal_time": "10:00"}, "goal_time"),
        ({"distance": "10 km", "goal_time": "9:00:00"}, "goal_time"),
        ({"distance": "10 km", "climb": 1001}, "climb"),
        ({"distance": "10 km", "climb": -1}, "climb"),
        ({}, "distance"),
    ],
)
def test_wrong_arguments(call: Call, archive: Context, arguments: Any, field: str) -> None:
    with pytest.raises(InvalidArguments) as raised:
        call("predict_race", context=archive, **arguments)
    assert field in raised.value.fields


@pytest.mark.parametrize(
    "text, units, expected",
    [
        ("marathon", "metric", 42_195),
        ("half", "metric", 21_097.5),
        ("10", "metric", 10_000),
        ("10", "imperial", 16_093.44),
        ("10 mi", "metric", 16_093.44),
        ("5k", "imperial", 5000),
        ("1500 m", "metric", 1500),
        ("mile", "metric", 1609.344),
    ],
)
def test_distances(text: str, units: str, expected: float) -> None:
    assert race_metres(text, units) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text, metres, expected",
    [
        ("45:00", 10_000, 2700),
        ("3:30", 42_195, 12_600),
        ("3:30", 1000, 210),
        ("1:35:00", 21_097.5, 5700),
        ("95 min", 21_097.5, 5700),
        (2700, 10_000, 2700),
    ],
)
def test_goal_times_are_read_by_the_distance(text: Any, metres: float, expected: float) -> None:
    assert goal_s(GoalTime().deserialize(text), metres) == expected
