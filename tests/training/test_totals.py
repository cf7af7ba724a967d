"""Totals compared with hand calculations, definitions, the sandbox and real devices."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.sandbox import activities, recording
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.plan import Plan
from strava_mcp.training.totals import max_speed, normalized_power, sample_weights, totals
from tests.sandbox.conftest import TODAY

Streams = dict[str, list[Any]]


@pytest.fixture(scope="module")
def outings() -> dict[Plan, Streams]:
    """The shortest activity of each sport, with and without power, with and without pauses."""
    chosen: dict[object, Plan] = {}
    for plan in sorted(plans(TODAY), key=lambda plan: plan.moving_s):
        if plan.is_recorded:
            chosen.setdefault((plan.sport, plan.has_meter, bool(plan.pauses)), plan)
    return {plan: recording.streams(plan) for plan in chosen.values()}


def by_definition(watts: list[float]) -> float:
    """Normalized power step by step, as defined by Allen and Coggan."""
    rolling = [sum(watts[i - 30 : i]) / 30 for i in range(30, len(watts) + 1)]
    return float((sum(value**4 for value in rolling) / len(rolling)) ** 0.25)


def device(path: Path) -> tuple[Streams, dict[str, Any]]:
    """A real recording, and the summary by its device."""
    from garmin_fit_sdk import Decoder, Stream

    messages, _ = Decoder(Stream.from_file(str(path))).read(convert_types_to_strings=False)
    rows = messages["record_mesgs"]
    start = rows[0]["timestamp"]
    names = {"altitude": "enhanced_altitude", "heartrate": "heart_rate", "watts": "power"}
    streams = {key: [row.get(name) for row in rows] for key, name in names.items()}
    streams["time"] = [round((row["timestamp"] - start).total_seconds()) for row in rows]
    return streams, messages["session_mesgs"][0]


def test_values_are_weighted_by_the_interval_ending_at_them() -> None:
    computed = totals(
        {
            "time": [0, 10, 20, 40, 50],
            "distance": [0.0, 40.0, 40.0, 140.0, 180.0],
            "moving": [False, True, False, True, True],
            "heartrate": [80, 120, 90, 150, None],
            "cadence": [0, 80, 0, 90, 0],
            "temp": [9, 20, 99, 21, 21],
            "watts": [900, 100, 50, 200, 300],
        }
    )
    assert computed == {
        **{"elapsed_time": 50, "moving_time": 40, "distance": 180.0, "average_speed": 4.5},
        **{"average_heartrate": 140.0, "max_heartrate": 150},
        **{"average_cadence": 86.7, "max_cadence": 90},  # without coasting
        **{"average_temp": 21, "average_watts": 200.0, "max_watts": 900, "kilojoules": 8.0},
        **{"weighted_average_watts": round(by_definition([100] * 10 + [200] * 20 + [300] * 10))},
    }


def test_missing_values_are_absent() -> None:
    assert totals({}) == {} == totals({"time": []})
    assert totals({"time": [0, 5], "heartrate": [None, None]}) == {"elapsed_time": 5}
    assert totals({"time": [7], "heartrate": [90]}) == {"elapsed_time": 0, "max_heartrate": 90}
    short = totals({"time": [0, 10, 20], "watts": [100, 100, 100]})
    assert "weighted_average_watts" not in short and short["average_watts"] == 100
    standing = {"time": [0, 10], "distance": [0.0, 0.0], "moving": [False, False]}
    assert totals(standing)["average_speed"] == 0.0


def test_without_movement_averages_cover_the_whole_recording() -> None:
    """An indoor trainer without distance."""
    size = 61
    still = {"time": list(range(size)), "moving": [False] * size, "watts": [200] * size}
    computed = totals(still)
    assert computed["moving_time"] == 0 and computed["average_watts"] == 200
    assert computed["weighted_average_watts"] == 200 and computed["kilojoules"] == 12


def test_weight_of_a_sample_is_limited() -> None:
    time = [*range(100), *range(1000, 1100)]
    assert sample_weights({"time": time})[100] == 30
    computed = totals({"time": time, "watts": [100] * 100 + [200] * 100})
    assert computed["average_watts"] == pytest.approx((99 * 100 + 129 * 200) / 228, abs=0.05)
    assert computed["kilojoules"] == pytest.approx(35.7)


@pytest.mark.parametrize(
    ("speeds", "top"),
    [
        ([3, 4, 5, 5.5, 5, 4], 5.0),
        ([3, 4, 40, 4, 3], 4),  # a spike
        ([3, 4, None, 6, 6.5, 3], 6),
        ([3], None),
        ([None, None], None),
    ],
)
def test_max_speed_was_held_for_two_samples(speeds: list[float | None], top: float | None) -> None:
    assert max_speed(speeds) == top


def test_normalized_power_of_constant_power() -> None:
    assert normalized_power([250] * 100, [1.0] * 100) == pytest.approx(250)
    assert normalized_power([250] * 29, [1.0] * 29) is None


@given(st.lists(st.integers(0, 900).map(float), min_size=30, max_size=80))
def test_normalized_power_follows_its_definition(watts: list[float]) -> None:
    computed = normalized_power(watts, [1.0] * len(watts))
    assert computed == pytest.approx(by_definition(watts), abs=1e-6)


def test_normalized_power_at_other_rates_and_across_stops() -> None:
    rng = random.Random(6)
    watts = [float(rng.randrange(50, 500)) for _ in range(200)]
    even = by_definition([value for value in watts for _ in range(3)])
    assert normalized_power(watts, [3.0] * 200) == pytest.approx(even)
    stopped = [*watts[:90], 0.0, None, *watts[90:]]
    seconds = [3.0] * 90 + [0.0, 3.0] + [3.0] * 110
    assert normalized_power(stopped, seconds) == pytest.approx(even)


def test_sandbox_summaries_agree(outings: dict[Plan, Streams]) -> None:
    """The sandbox rounds its streams to the precision of a device, so averages differ slightly."""
    assert len(outings) > 10
    for plan, streams in outings.items():
        summary, computed = activities.summary(plan), totals(streams)
        for key in ("elapsed_time", "moving_time", "distance", "average_speed", "max_heartrate"):
            if key in computed:
                assert computed[key] == pytest.approx(summary[key], abs=0.0011), (plan, key)
        for key, near in {
            **{"average_heartrate": 0.5, "average_cadence": 0.5, "average_temp": 1},
            **{"average_watts": 0.5, "elev_low": 1, "elev_high": 1},
        }.items():
            assert (key in computed) == (
                key in summary and (key != "average_watts" or plan.has_meter)
            )
            if key in computed:
                assert computed[key] == pytest.approx(summary[key], abs=near), (plan, key)
        if plan.has_meter:
            assert computed["kilojoules"] == pytest.approx(summary["kilojoules"], rel=0.005)
            assert computed["max_watts"] == summary["max_watts"]
            # The sandbox only approximates normalized power.
            norm = summary["weighted_average_watts"]
            assert computed["weighted_average_watts"] == pytest.approx(norm, rel=0.1)


def test_max_speed_agrees_with_the_sandbox(outings: dict[Plan, Streams]) -> None:
    """The sandbox holds its top speed for one sample, so over two it is lower by up to one step."""
    for plan, streams in outings.items():
        speeds = streams.get("velocity_smooth")
        if speeds:
            change = max(abs(b - a) for a, b in pairwise(speeds) if a and b)
            assert plan.top_speed - change <= totals(streams)["max_speed"] <= plan.top_speed + 0.01


@pytest.mark.parametrize(
    "name", ["Edge810-Vector-2013-08-16-15-35-10.fit", "sample-activity-indoor-trainer.fit"]
)
def test_real_devices_agree(shared: Path, name: str) -> None:
    """Power and heart rate within 1 %, ascent within 10 %, as between devices."""
    streams, session = device(shared / "data" / "fit" / name)
    computed = totals(streams)
    for key, device_key in {
        **{"average_watts": "avg_power", "weighted_average_watts": "normalized_power"},
        **{"average_heartrate": "avg_heart_rate", "max_watts": "max_power"},
        **{"max_heartrate": "max_heart_rate", "elapsed_time": "total_elapsed_time"},
    }.items():
        assert computed[key] == pytest.approx(session[device_key], rel=0.01), key
    assert computed["total_elevation_gain"] == pytest.approx(session["total_ascent"], rel=0.1)
