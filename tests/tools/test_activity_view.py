"""Rendering of activities, including malformed ones, and display units."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp import display_units
from strava_mcp.tools.activity_detail import detail
from strava_mcp.tools.activity_view import summary

FIELDS = (
    "id name sport_type type start_date_local distance moving_time elapsed_time average_speed "
    "total_elevation_gain average_heartrate max_heartrate average_watts device_watts gear map "
    "laps splits_metric splits_standard segment_efforts best_efforts timezone workout_type "
    "private visibility suffer_score average_cadence average_temp max_speed description"
).split()

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=6),
    max_leaves=20,
)


@settings(deadline=None)
@given(
    activity=st.dictionaries(st.sampled_from(FIELDS), anything, max_size=20),
    system=st.sampled_from(["metric", "imperial"]),
)
def test_any_json_can_be_rendered(activity: dict[str, Any], system: str) -> None:
    json.dumps(summary(activity, system), allow_nan=False)
    rendered = detail(activity, system, True)
    json.dumps(rendered, allow_nan=False)
    assert None not in rendered.values()


def test_estimated_power_is_named_so() -> None:
    ride = {"sport_type": "Ride", "average_watts": 180.4, "device_watts": False}
    assert summary(ride, "metric") == {"sport_type": "Ride", "estimated_watts": 180}
    assert summary(ride | {"device_watts": True}, "metric")["average_watts"] == 180


def test_running_cadence_counts_both_feet() -> None:
    run = {"sport_type": "Run", "average_cadence": 84.5}
    assert detail(run, "metric", False)["average_cadence"] == 169
    ride = {"sport_type": "Ride", "average_cadence": 84.5}
    assert detail(ride, "metric", False)["average_cadence"] == 84


def test_the_best_segment_efforts_come_first() -> None:
    efforts = [{"name": f"e{n}", "elapsed_time": 60 + n} for n in range(14)]
    efforts[9]["pr_rank"] = 1
    efforts[12]["kom_rank"] = 4
    rendered = detail({"id": 1, "segment_efforts": efforts}, "metric", True)
    names = [effort["name"] for effort in rendered["segment_efforts"]]
    assert names[:3] == ["e12", "e9", "e0"] and len(names) == 10
    assert "4 more segment efforts" in rendered["note"]
    every = detail({"id": 1, "segment_efforts": efforts}, "metric", True, all_efforts=True)
    assert len(every["segment_efforts"]) == 14 and "note" not in every


def test_gear_and_segments_have_ids() -> None:
    effort = {"name": "Climb", "segment": {"id": 7011002}, "elapsed_time": 300}
    ride = {"gear_id": "b1", "gear": {"name": "Kiesel"}, "segment_efforts": [effort]}
    rendered = detail(ride, "metric", True)
    assert (rendered["gear"], rendered["gear_id"]) == ("Kiesel", "b1")
    assert rendered["segment_efforts"][0]["segment_id"] == 7011002


def test_display_units() -> None:
    assert display_units.distance(42195, "metric") == 42.2
    assert display_units.distance(42195, "imperial") == 26.22
    assert display_units.distance(1525, "metric") == 1.525
    assert display_units.elevation(100, "imperial") == 328
    assert display_units.speed(10, "metric") == 36.0
    assert display_units.speed(10, "imperial") == 22.4
    assert display_units.pace(1000 / 300, "metric", "Run") == "5:00"
    assert display_units.pace(1609.344 / 480, "imperial", "Run") == "8:00"
    assert display_units.pace(1000 / 299.7, "metric", "Run") == "5:00", "seconds carry into minutes"
    assert display_units.pace(100 / 95, "metric", "Swim") == "1:35"
    assert display_units.pace(91.44 / 90, "imperial", "Swim") == "1:30"
    assert display_units.duration(3723) == "1:02:03"
    assert display_units.duration(59.6) == "0:01:00"
    assert display_units.movement(10, "metric", "Ride") == {"speed": 36.0}
    assert display_units.movement(5, "metric", "Run") == {"pace": "3:20"}


def test_virtual_worlds_have_no_map_and_no_weather() -> None:
    """Strava returns the positions of virtual worlds like any others, and says trainer or not."""
    outdoors = {
        **{"id": 1, "sport_type": "Ride", "map": {"summary_polyline": "a~l~Fjk~uOwHJy@P"}},
        **{"weather": {"temperature": 30.0}, "timezone": "(GMT+01:00) Europe/Zurich"},
    }
    assert detail(outdoors, "metric", True).keys() >= {"polyline", "weather"}
    for values in ({"sport_type": "VirtualRide"}, {"sport_type": "VirtualRun"}, {"trainer": True}):
        rendered = detail(outdoors | values, "metric", True)
        assert {"polyline", "weather"}.isdisjoint(rendered)
        assert rendered["timezone"] == "Europe/Zurich"


def test_estimated_time_zones_are_named_so() -> None:
    by_hand = {"id": 1, "timezone": "(GMT+09:00) Asia/Tokyo"}
    assert "timezone_from" not in detail(by_hand, "metric", False)
    estimated = detail(by_hand | {"timezone_from": "nearest outdoor activity"}, "metric", False)
    assert estimated["timezone_from"] == "nearest outdoor activity"
