"""get_activity_streams: exact statistics, aligned and downsampled columns, pages of all samples."""

from dataclasses import replace
from typing import Any

import pytest

from strava_mcp.errors import InvalidArguments, NotFound
from strava_mcp.tools import load_tools
from strava_mcp.tools.streams import KEYS
from tests.rig import Rig
from tests.tools.conftest import Call


@pytest.fixture
def run(rig: Rig) -> dict[str, Any]:
    """An outdoor run with heart rate."""
    return rig.find(sport_type="Run", trainer=False, manual=False, has_heartrate=True)


def recorded(rig: Rig, number: int) -> dict[str, Any]:
    """The data of every stream, by type."""
    columns = {k: v["data"] for k, v in rig.source.streams(number, KEYS).items()}
    rig.forget_calls()
    return columns


def test_statistics_cover_every_sample(call: Call, rig: Rig, run: Any) -> None:
    original = recorded(rig, run["id"])
    reply = call("get_activity_streams", id=run["id"])
    assert reply["samples"] == len(original["time"])
    stats = reply["statistics"]
    assert stats["heartrate"]["max"] == max(original["heartrate"])
    assert stats["heartrate"]["min"] == min(original["heartrate"])
    assert stats["distance"] == round(original["distance"][-1] / 1000, 2)
    # ``moving`` refers to the interval ending at a sample.
    steps = [0, *(b - a for a, b in zip(original["time"], original["time"][1:], strict=False))]
    weights = [s if m else 0 for s, m in zip(steps, original["moving"], strict=True)]
    pairs = zip(original["heartrate"], weights, strict=True)
    expected = sum(h * w for h, w in pairs) / sum(weights)
    assert stats["heartrate"]["mean"] == pytest.approx(expected, abs=0.06)
    assert stats["moving_time_s"] == sum(weights)


def test_columns_are_aligned_and_keep_their_peaks(call: Call, rig: Rig, run: Any) -> None:
    original = recorded(rig, run["id"])
    reply = call("get_activity_streams", id=run["id"], keys=["time", "heartrate", "altitude"])
    columns = reply["streams"]
    assert len({len(data) for data in columns.values()}) == 1
    assert len(columns["time"]) <= 200
    by_time = dict(zip(original["time"], original["heartrate"], strict=True))
    assert all(by_time[t] == h for t, h in zip(columns["time"], columns["heartrate"], strict=True))
    assert max(columns["heartrate"]) == max(original["heartrate"])
    assert (columns["time"][0], columns["time"][-1]) == (original["time"][0], original["time"][-1])
    assert "samples" in reply["note"] and "resolution=full" in reply["note"]


def test_full_resolution_pages_through_every_sample(call: Call, rig: Rig, run: Any) -> None:
    original = recorded(rig, run["id"])
    samples: list[int] = []
    offset: int | None = 0
    while offset is not None:
        reply = call(
            "get_activity_streams",
            id=run["id"],
            keys=["heartrate"],
            resolution="full",
            offset=offset,
        )
        samples += reply["streams"]["heartrate"]
        offset = reply.get("next_offset")
    assert samples == original["heartrate"]
    past = call("get_activity_streams", id=run["id"], resolution="full", offset=len(samples) + 9)
    assert "none from offset" in past["note"] and past["streams"]["time"] == []


def test_positions_only_with_include_gps(call: Call, run: Any) -> None:
    assert "latlng" not in call("get_activity_streams", id=run["id"])["streams"]
    hidden = call("get_activity_streams", id=run["id"], keys=["latlng", "time"])
    assert "latlng" not in hidden["streams"] and "include_gps" in hidden["note"]
    reply = call("get_activity_streams", id=run["id"], include_gps=True, max_points=20)
    points = reply["streams"]["latlng"]
    assert len(points) == len(reply["streams"]["time"]) <= 20
    assert all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in points)


def test_streams_as_a_list(call: Call, run: Any) -> None:
    keys = ["time", "heartrate"]
    listed = call("get_activity_streams", id=run["id"], keys=keys, key_by_type=False)["streams"]
    keyed = call("get_activity_streams", id=run["id"], keys=keys)["streams"]
    assert {one["type"]: one["data"] for one in listed} == keyed


@pytest.mark.parametrize(
    "resolution, max_points", [("low", 100), ("medium", 1000), ("high", 10_000)]
)
def test_resolutions_limit_the_points(
    call: Call, run: Any, resolution: str, max_points: int
) -> None:
    reply = call("get_activity_streams", id=run["id"], keys=["heartrate"], resolution=resolution)
    assert len(reply["streams"]["heartrate"]) <= max_points
    assert len(reply["streams"]["heartrate"]) >= 90


def test_all_streams_at_once_fit(call: Call, run: Any) -> None:
    reply = call(
        "get_activity_streams", id=run["id"], keys=list(KEYS), include_gps=True, max_points=10_000
    )
    assert "fit" in reply["note"]


def test_missing_streams_are_reported(call: Call, rig: Rig) -> None:
    swim = rig.find(sport_type="Swim", manual=False)
    reply = call("get_activity_streams", id=swim["id"], keys=["time", "watts"])
    assert "watts" not in reply["streams"] and "Not recorded: watts" in reply["note"]
    by_hand = rig.find(manual=True)
    with pytest.raises(NotFound, match="no recording"):
        call("get_activity_streams", id=by_hand["id"])


def test_imperial_units(call: Call, ctx: Any, run: Any) -> None:
    metric = call("get_activity_streams", id=run["id"])
    imperial = call("get_activity_streams", id=run["id"], context=replace(ctx, units="imperial"))
    assert imperial["units"]["distance"] == "mi" and metric["units"]["distance"] == "km"
    ratio = metric["statistics"]["distance"] / imperial["statistics"]["distance"]
    assert ratio == pytest.approx(1.609344, rel=0.01)


def test_unknown_key_is_rejected_with_the_known_ones() -> None:
    with pytest.raises(InvalidArguments) as caught:
        load_tools()["get_activity_streams"].load({"id": 1, "keys": ["pulse"]})
    assert "heartrate" in caught.value.fields["keys"]


def test_streams_cost_one_call(call: Call, rig: Rig, run: Any) -> None:
    rig.forget_calls()
    call("get_activity_streams", id=run["id"])
    assert len(rig.calls) == 1


def test_values_of_another_type_are_gaps(call: Call, rig: Rig, run: Any) -> None:
    rig.faults.add("/api/v3/activities", "wrong-type")
    reply = call("get_activity_streams", id=run["id"], include_gps=True)
    assert reply["samples"] > 1000 and reply["statistics"] == {"moving_time_s": 0}
    assert "latlng" in reply["streams"]
    assert all(set(data) == {None} for data in reply["streams"].values())


def test_unknown_fields_are_ignored(call: Call, rig: Rig, run: Any) -> None:
    expected = call("get_activity_streams", id=run["id"], include_gps=True)
    rig.faults.add("/api/v3/activities", "unknown")
    assert call("get_activity_streams", id=run["id"], include_gps=True) == expected


def test_virtual_world_is_no_place(call: Call, rig: Rig) -> None:
    """Strava returns its positions, which are those of an island in the Pacific."""
    ride = rig.find(sport_type="VirtualRide", manual=False)
    assert rig.source.streams(ride["id"], ["latlng"])["latlng"]["data"]
    reply = call("get_activity_streams", id=ride["id"], include_gps=True)
    assert "latlng" not in reply["streams"] and "heartrate" in reply["streams"]
    assert "virtual world" in reply["note"]
    outdoors = rig.find(sport_type="Run", trainer=False, manual=False)
    assert "latlng" in call("get_activity_streams", id=outdoors["id"], include_gps=True)["streams"]
