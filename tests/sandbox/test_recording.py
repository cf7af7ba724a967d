"""Every recording agrees with the summary of its activity, and with itself."""

from itertools import pairwise
from statistics import fmean
from typing import Any

import pytest

from strava_mcp.geo import haversine_m, length_m
from strava_mcp.polyline import encode
from strava_mcp.sandbox import activities, activity_zones, courses, recording
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.efforts import best_efforts
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.streams import STREAM_TYPES, stream_set
from strava_mcp.sports import ON_FOOT
from tests.sandbox.conftest import TODAY

Recorded = dict[Plan, recording.Streams]


def decoded(text: str) -> list[tuple[float, float]]:
    """The points of an encoded polyline (Encoded Polyline Algorithm Format)."""
    numbers, value, shift = [], 0, 0
    for character in text:
        chunk = ord(character) - 63
        value |= (chunk & 0x1F) << shift
        shift += 5
        if chunk < 0x20:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    points, at = [], (0, 0)
    for step in zip(numbers[::2], numbers[1::2], strict=True):
        at = (at[0] + step[0], at[1] + step[1])
        points.append((at[0] / 1e5, at[1] / 1e5))
    return points


def weighted(streams: recording.Streams, key: str) -> float:
    """The mean over moving time."""
    steps = [b - a for a, b in pairwise(streams["time"])]
    pairs = zip(streams[key][1:], steps, streams["moving"][1:], strict=True)
    moving = [(value, step) for value, step, moves in pairs if moves]
    return sum(value * step for value, step in moving) / sum(step for _, step in moving)


def test_polyline_example_of_the_specification() -> None:
    assert encode([(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]) == (
        "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    )


def test_streams_are_complete_and_of_equal_length(recorded: Recorded) -> None:
    for plan in recorded:
        streams = recorded[plan]
        assert set(streams) <= set(STREAM_TYPES)
        assert {len(data) for data in streams.values()} == {len(streams["time"])}
        assert ("heartrate" in streams) == plan.has_heart_rate
        assert ("latlng" in streams) == plan.has_track
        assert ("watts" in streams) == plan.has_meter
        if plan.sport != "WeightTraining":
            assert {"distance", "velocity_smooth", "cadence", "temp"} <= set(streams)


def test_a_manual_entry_has_no_recording(sample: list[Plan]) -> None:
    manual = [plan for plan in sample if plan.manual]
    assert manual
    for plan in manual:
        assert recording.streams(plan) == {}
        detail = activities.detail(plan)
        assert detail["laps"] == [] == detail["splits_metric"] == detail["segment_efforts"]
        assert "average_heartrate" not in detail and detail["upload_id"] is None


def test_time_and_moving_match_the_summary(recorded: Recorded) -> None:
    for plan in recorded:
        streams = recorded[plan]
        time = streams["time"]
        assert time[0] == 0 and time[-1] == plan.elapsed_s
        assert all(a < b for a, b in pairwise(time))
        steps = [b - a for a, b in pairwise(time)]
        moving = sum(s for s, m in zip(steps, streams["moving"][1:], strict=True) if m)
        assert moving == plan.moving_s


def test_some_recordings_are_sparse(recorded: Recorded) -> None:
    sparse = [p for p in recorded if len(recorded[p]["time"]) < p.elapsed_s / 2]
    assert {plan.sport for plan in sparse} == set(recording.SPARSE)


def test_distance_matches_the_summary_and_the_speed(recorded: Recorded) -> None:
    for plan in (plan for plan in recorded if plan.distance_m):
        streams = recorded[plan]
        distance, speed = streams["distance"], streams["velocity_smooth"]
        assert distance[0] == 0 and distance[-1] == pytest.approx(plan.distance_m, abs=0.11)
        assert all(a <= b for a, b in pairwise(distance))
        assert weighted(streams, "velocity_smooth") == pytest.approx(plan.mean_speed, rel=0.01)
        assert max(speed) == pytest.approx(plan.top_speed, rel=0.04)
        assert all(v == 0 for v, m in zip(speed, streams["moving"], strict=True) if not m)
        if plan.sport not in recording.SPARSE:
            for i in range(1, len(distance)):
                assert distance[i] - distance[i - 1] == pytest.approx(speed[i], abs=0.11)


def test_heart_rate_matches_the_summary(recorded: Recorded) -> None:
    for plan in (plan for plan in recorded if plan.has_heart_rate):
        streams = recorded[plan]
        assert weighted(streams, "heartrate") == pytest.approx(plan.heart_rate, abs=0.6)
        assert max(streams["heartrate"]) == pytest.approx(plan.top_heart_rate, abs=1)
        assert min(streams["heartrate"]) > 50


def test_heart_rate_follows_effort_with_a_lag(recorded: Recorded) -> None:
    plan = next(
        plan
        for plan in recorded
        if plan.kind == "interval" and plan.has_heart_rate and not plan.pauses and plan.has_track
    )
    streams = recorded[plan]
    speed, beats = streams["velocity_smooth"], streams["heartrate"]

    def likeness(lag: int) -> float:
        pairs = list(zip(speed, beats[lag:], strict=False))
        x, y = fmean(a for a, _ in pairs), fmean(b for _, b in pairs)
        both = sum((a - x) * (b - y) for a, b in pairs)
        alone = sum((a - x) ** 2 for a, _ in pairs) * sum((b - y) ** 2 for _, b in pairs)
        return float(both / alone**0.5)

    best = max(range(0, 120, 4), key=likeness)
    assert likeness(best) > 0.6
    assert 8 <= best <= 60


def test_heart_rate_drifts_upward() -> None:
    """On a treadmill, without hills, the same speed costs more and more beats."""
    indoors = [p for p in plans(TODAY) if p.sport == "Run" and p.indoor and p.has_heart_rate]
    steady = [plan for plan in indoors if plan.kind != "interval"]
    assert len(steady) > 3
    rates = []
    for plan in steady:
        streams = recording.streams(plan)
        half = len(streams["time"]) // 2
        beats, speed = streams["heartrate"], streams["velocity_smooth"]
        first, second = slice(half // 4, half), slice(half, None)
        rates.append(
            (fmean(beats[second]) / fmean(speed[second]))
            / (fmean(beats[first]) / fmean(speed[first]))
        )
    assert fmean(rates) > 1.01


def test_ascent_matches_the_summary(recorded: Recorded) -> None:
    for plan in (plan for plan in recorded if plan.course):
        heights = recorded[plan]["altitude"]
        climbed = sum(max(0.0, b - a) for a, b in pairwise(heights))
        assert climbed == pytest.approx(plan.ascent_m, rel=0.02, abs=1)
        summary = activities.summary(plan)
        assert max(heights) == pytest.approx(summary["elev_high"], abs=1)
        assert min(heights) == pytest.approx(summary["elev_low"], abs=1)


def test_uphill_is_slower_than_downhill(recorded: Recorded) -> None:
    for plan in recorded:
        if plan.sport not in ("Ride", "TrailRun", "GravelRide") or plan.kind == "commute":
            continue
        streams = recorded[plan]
        pairs = list(zip(streams["velocity_smooth"], streams["grade_smooth"], strict=True))
        up = [v for v, grade in pairs if grade > 2 and v]
        down = [v for v, grade in pairs if grade < -2 and v]
        assert fmean(up) < fmean(down), plan


def test_track_is_as_long_as_the_distance(recorded: Recorded) -> None:
    for plan in (plan for plan in recorded if plan.has_track):
        track = [(lat, lng) for lat, lng in recorded[plan]["latlng"]]
        assert length_m(track) == pytest.approx(plan.distance_m, rel=0.015)
        summary = activities.summary(plan)
        assert haversine_m(track[0], tuple(summary["start_latlng"])) < 1
        assert haversine_m(track[-1], tuple(summary["end_latlng"])) < 1
        assert plan.course and haversine_m(track[0], plan.course.place.latlng) < 10


def test_polylines_draw_the_track(recorded: Recorded) -> None:
    for plan in (plan for plan in recorded if plan.has_track):
        drawn = activities.detail(plan)["map"]
        track = [(lat, lng) for lat, lng in recorded[plan]["latlng"]]
        for name in ("polyline", "summary_polyline"):
            points = decoded(drawn[name])
            assert length_m(points) == pytest.approx(plan.distance_m, rel=0.04)
            for point in points[::10]:
                near = min(haversine_m(point, place) for place in track[::3])
                assert near < 40, (plan.sport, name)


def test_power_matches_the_summary(recorded: Recorded) -> None:
    metered = [plan for plan in recorded if plan.has_meter]
    assert metered
    for plan in metered:
        streams = recorded[plan]
        watts = streams["watts"]
        summary = activities.summary(plan)
        assert weighted(streams, "watts") == pytest.approx(summary["average_watts"], abs=1)
        assert max(watts) == pytest.approx(summary["max_watts"], abs=2)
        assert summary["kilojoules"] == pytest.approx(
            summary["average_watts"] * plan.moving_s / 1000, 1e-3
        )
        rolling = [fmean(watts[i - 30 : i]) for i in range(30, len(watts))]
        normalized = fmean(value**4 for value in rolling) ** 0.25
        assert normalized == pytest.approx(summary["weighted_average_watts"], rel=0.12)


def test_cadence_and_temperature(recorded: Recorded) -> None:
    for plan in (plan for plan in recorded if plan.distance_m):
        streams, summary = recorded[plan], activities.summary(plan)
        steps = [b - a for a, b in pairwise(streams["time"])]
        turning = [(c, s) for c, s in zip(streams["cadence"][1:], steps, strict=True) if c]
        mean = sum(c * s for c, s in turning) / sum(s for _, s in turning)
        assert mean == pytest.approx(summary["average_cadence"], abs=0.6)
        assert fmean(streams["temp"]) == pytest.approx(summary["average_temp"], abs=0.6)


def totals(parts: list[dict[str, Any]], *keys: str) -> list[float]:
    return [sum(part[key] for part in parts) for key in keys]


def test_laps_and_splits_add_up(recorded: Recorded) -> None:
    for plan in recorded:
        detail = activities.detail(plan)
        whole = [plan.distance_m, plan.moving_s, plan.elapsed_s]
        pieces = [detail["laps"]]
        if plan.sport in ON_FOOT:
            pieces += [detail["splits_metric"], detail["splits_standard"]]
        for parts in pieces:
            sums = totals(parts, "distance", "moving_time", "elapsed_time")
            assert sums == pytest.approx(whole, abs=0.11)
        climbed = sum(lap["total_elevation_gain"] for lap in detail["laps"])
        assert climbed == pytest.approx(plan.ascent_m, rel=0.02, abs=2)
        assert detail["laps"][0]["start_index"] == 0
        for lap, following in pairwise(detail["laps"]):
            assert lap["end_index"] == following["start_index"]
            assert lap["start_date"] < following["start_date"]


def test_splits_are_a_kilometre_or_a_mile(recorded: Recorded) -> None:
    plan = next(p for p in recorded if p.sport == "Run" and p.distance_m > 9_000)
    detail = activities.detail(plan)
    for name, size in (("splits_metric", 1000), ("splits_standard", 1609.344)):
        for split in detail[name][:-1]:
            assert split["distance"] == pytest.approx(size, abs=12)
        assert detail[name][-1]["distance"] <= size + 12


def test_average_speed_is_distance_over_moving_time(sample: list[Plan]) -> None:
    for plan in sample:
        summary = activities.summary(plan)
        wanted = summary["distance"] / summary["moving_time"]
        assert summary["average_speed"] == pytest.approx(wanted, abs=0.001)


def test_zones_add_up_to_the_elapsed_time(recorded: Recorded) -> None:
    for plan in recorded:
        zones = activity_zones.zones(plan)
        assert [zone["type"] for zone in zones] == activity_zones.zone_types(plan)
        for zone in zones:
            seconds = sum(bucket["time"] for bucket in zone["distribution_buckets"])
            assert seconds == plan.elapsed_s


def test_best_efforts_are_the_fastest(recorded: Recorded) -> None:
    plan = next(p for p in recorded if p.kind == "interval" and p.has_track)
    streams = recorded[plan]
    efforts = {effort["name"]: effort for effort in best_efforts(plan)}
    effort = efforts["1K"]
    distance, time = streams["distance"], streams["time"]
    first, last = effort["start_index"], effort["end_index"]
    assert distance[last] - distance[first] >= 1000
    assert effort["elapsed_time"] == time[last] - time[first]
    for begin in range(0, len(time), 25):
        end = next((i for i, d in enumerate(distance) if d - distance[begin] >= 1000), None)
        assert end is None or time[end] - time[begin] >= effort["elapsed_time"]
    assert "Half-Marathon" not in efforts


def test_a_course_has_the_same_positions_every_time() -> None:
    course = courses.courses_for(courses.ZURICH, "Run")[2]
    again = courses.positions(course, [0.0, 0.25, 0.5, 1.0])
    assert again == courses.positions(course, [0.0, 0.25, 0.5, 1.0])
    assert haversine_m(again[0], again[-1]) < 1
    assert haversine_m(again[0], again[2]) > 500


@pytest.mark.parametrize(
    ("resolution", "most"), [("low", 100), ("medium", 1000), ("high", 10_000), (None, 10**9)]
)
@pytest.mark.parametrize("series", ["distance", "time"])
def test_resolution_thins_and_keeps_both_ends(
    recorded: Recorded, resolution: str | None, most: int, series: str
) -> None:
    plan = max((p for p in recorded if p.has_track), key=lambda p: p.moving_s)
    streams = recorded[plan]
    result = stream_set(streams, ("altitude",), resolution, series)
    assert set(result) == {"altitude", series}
    data, size = result[series]["data"], len(streams["time"])
    assert data[0] == streams[series][0] and data[-1] == streams[series][-1]
    assert len(data) == min(most, size)
    assert result[series]["original_size"] == size
    if resolution in ("low", "medium"):
        steps = [b - a for a, b in pairwise(data)]
        assert max(steps) < 3 * fmean(steps) + 25
