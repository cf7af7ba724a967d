"""FIT: fields, laps, pauses, names, developer fields and implausible values."""

import pytest

from strava_mcp.recordings import read, read_activities
from strava_mcp.recordings.recording import CorruptFile, Recording
from tests.recordings.fit_maker import (
    BEGAN,
    EPOCH_S,
    MORNING,
    activity,
    file_id,
    fit,
    record,
    ride,
    timer,
)


def only(*messages, developer=None, **session) -> Recording:
    (recording,) = read(fit(activity(*messages, **session), developer))
    return recording


def test_every_field_in_stravas_units() -> None:
    recording = only(*ride(60), total_elapsed_time=60.0, total_distance=480.0, total_calories=12)
    streams = recording.streams
    assert (recording.start, recording.sport, recording.device) == (
        BEGAN,
        "Ride",
        "Garmin Edge 820",
    )
    assert streams["time"] == list(range(61))
    assert streams["distance"][-1] == 480.0
    assert streams["latlng"][0] == [47.0, 8.5]
    assert streams["velocity_smooth"][30] == 8.0
    assert streams["altitude"][30] == 403.0
    assert (streams["heartrate"][1], streams["cadence"][1], streams["watts"][1]) == (121, 85, 200)
    assert streams["temp"][0] == 18
    assert all(streams["moving"])
    # 0.1 m per second at 8 m/s.
    assert streams["grade_smooth"][30] == pytest.approx(1.2, abs=0.3)
    assert recording.computed == {"moving", "grade_smooth"}
    assert recording.totals == {
        **{"elapsed_time": 60, "moving_time": 60, "distance": 480.0, "calories": 12}
    }


def test_fractional_cadence() -> None:
    recording = only(record(0, cadence=82, fractional_cadence=0.5), record(1, cadence=83))
    assert recording.streams["cadence"] == [82.5, 83]


def test_totals_of_the_session() -> None:
    recording = only(
        *ride(10),
        total_elapsed_time=10.4,
        total_timer_time=8.2,
        total_distance=80.5,
        total_ascent=7,
        enhanced_avg_speed=8.1,
        enhanced_max_speed=12.25,
        avg_heart_rate=131,
        max_heart_rate=160,
        avg_power=201,
        max_power=700,
        normalized_power=215,
        avg_cadence=84,
        total_work=2_500,
        avg_temperature=-3,
    )
    assert recording.totals == {
        **{"elapsed_time": 10, "moving_time": 8, "distance": 80.5, "total_elevation_gain": 7},
        **{"average_speed": 8.1, "max_speed": 12.25, "average_heartrate": 131},
        **{"max_heartrate": 160, "average_watts": 201, "max_watts": 700},
        **{"weighted_average_watts": 215, "average_cadence": 84, "kilojoules": 2.5},
        "average_temp": -3,
    }


@pytest.mark.parametrize(
    ("sport", "sub_sport", "expected"),
    [
        ("running", "generic", "Run"),
        ("running", "trail", "TrailRun"),
        ("running", "track", "Run"),
        ("running", "virtual_activity", "VirtualRun"),
        ("cycling", "virtual_activity", "VirtualRide"),
        ("cycling", "indoor_cycling", "Ride"),
        ("cycling", "mountain", "MountainBikeRide"),
        ("swimming", "open_water", "Swim"),
        ("snowboarding", "resort", "Snowboard"),
        ("alpine_skiing", "backcountry", "BackcountrySki"),
        ("training", "strength_training", "WeightTraining"),
        ("flying", "wingsuit", None),
    ],
)
def test_sports(sport: str, sub_sport: str, expected: str | None) -> None:
    recording = only(*ride(5), sport=sport, sub_sport=sub_sport)
    assert recording.sport == expected


def test_laps() -> None:
    lap = {"start_time": MORNING + 30, "total_elapsed_time": 30.0, "total_distance": 240.0}
    recording = only(
        *ride(60),
        ("LAP", {"start_time": MORNING, "total_elapsed_time": 30.0, "avg_heart_rate": 130}),
        ("LAP", {**lap, "max_power": 300}),
    )
    assert [lap.start_s for lap in recording.laps] == [0, 30]
    assert recording.laps[0].totals == {"elapsed_time": 30, "average_heartrate": 130}
    assert recording.laps[1].totals == {"elapsed_time": 30, "distance": 240.0, "max_watts": 300}


def test_not_moving_while_the_timer_is_stopped() -> None:
    riding = ride(100)
    paused = [*riding[:41], timer(40, "stop_all"), timer(70, "start"), *riding[70:]]
    recording = only(*paused, total_elapsed_time=100.0, total_timer_time=70.0)
    still = [
        t
        for t, m in zip(recording.streams["time"], recording.streams["moving"], strict=True)
        if not m
    ]
    assert still == [70]
    assert recording.totals["moving_time"] == 70


def test_not_moving_below_the_minimum_speed_or_in_a_gap() -> None:
    slow = [record(s, distance=100.0, enhanced_speed=0.1) for s in range(21, 31)]
    after = [record(s, distance=100.0 + s - 600, enhanced_speed=5.0) for s in range(601, 604)]
    first = [record(s, distance=s * 5.0, enhanced_speed=5.0) for s in range(21)]
    recording = only(*first, *slow, *after)
    moving = dict(zip(recording.streams["time"], recording.streams["moving"], strict=True))
    assert moving[20] and not moving[21] and not moving[30]
    # One metre in ten minutes is not moving, whatever the speed after it.
    assert not moving[601] and moving[602]


def test_slow_runner_rests_unless_the_pause_button_was_used() -> None:
    steps = [record(s, distance=s * 0.6, enhanced_speed=0.6) for s in range(20)]
    assert not any(only(*steps, sport="running").streams["moving"])
    assert all(only(*steps, sport="hiking").streams["moving"])
    stopped = [timer(5, "stop"), timer(8, "start")]
    moving = only(*steps, *stopped, sport="running").streams["moving"]
    assert moving.count(False) == 3


def test_without_distance_moving_while_the_timer_runs() -> None:
    recording = only(*(record(s, power=150, heart_rate=120) for s in range(10)))
    assert set(recording.streams) == {"time", "watts", "heartrate", "moving"}
    assert all(recording.streams["moving"])


def test_no_samples_but_totals() -> None:
    recording = only(sport="training", sub_sport="strength_training", total_calories=300)
    assert recording.streams == {} and recording.start == BEGAN
    assert recording.totals["calories"] == 300 and recording.sport == "WeightTraining"


def test_distance_and_speed_from_positions() -> None:
    points = [record(s, latlng=(47.0 + s * 5 / 111_195, 8.5)) for s in range(31)]
    recording = only(*points)
    assert recording.streams["distance"][-1] == pytest.approx(150, abs=0.3)
    assert recording.streams["velocity_smooth"][15] == pytest.approx(5.0, abs=0.05)
    assert recording.computed == {"distance", "velocity_smooth", "moving"}


def test_device_utc_offset_is_rounded_to_quarter_hours() -> None:
    local = {"timestamp": MORNING + 3600, "local_timestamp": MORNING + 3600 + 20_700 + 4}
    assert only(*ride(5), ("ACTIVITY", local)).offset_s == 20_700
    absurd = {"timestamp": MORNING, "local_timestamp": MORNING + 90_000}
    assert only(*ride(5), ("ACTIVITY", absurd)).offset_s is None


def test_device_name_written_by_the_device() -> None:
    recordings = read(fit([file_id(manufacturer="zwift", product_name="Zwift Hub"), *ride(5)]))
    assert recordings[0].device == "Zwift Hub"


def test_device_name_with_several_texts() -> None:
    """Some devices write a shorter name over a longer one, and leave the rest of that."""
    recordings = read(fit([file_id(product_name=["Edge  530", "ge 1030"]), *ride(5)]))
    assert recordings[0].device == "Edge 530"
    recordings = read(fit([file_id(product_name=["", "Edge 530"]), *ride(5)]))
    assert recordings[0].device == "Edge 530"


def test_zero_is_a_total() -> None:
    flat = {"total_elapsed_time": 30.0, "total_distance": 0.0, "total_calories": 0}
    recording = only(
        *(record(second, heart_rate=90) for second in range(61)),
        ("LAP", {"start_time": MORNING, **flat, "total_ascent": 0, "enhanced_avg_speed": 0.0}),
        ("LAP", {"start_time": MORNING + 30, "total_elapsed_time": 30.0}),
        **{"sport": "swimming", "total_elapsed_time": 60.0, "total_distance": 0.0},
        **{"total_calories": 0, "total_ascent": 0, "total_work": 0},
    )
    assert recording.totals == {
        **{"elapsed_time": 60, "moving_time": 60, "distance": 0, "calories": 0},
        **{"total_elevation_gain": 0, "kilojoules": 0},
    }
    assert recording.laps[0].totals == {
        **{"elapsed_time": 30, "distance": 0, "calories": 0, "total_elevation_gain": 0},
        "average_speed": 0,
    }
    assert recording.laps[1].totals == {"elapsed_time": 30}


def test_zero_that_other_totals_contradict_is_unknown() -> None:
    recording = only(
        *ride(60),
        **{"total_elapsed_time": 60.0, "total_timer_time": 0.0, "total_distance": 480.0},
        **{"enhanced_avg_speed": 0.0, "total_work": 0, "avg_power": 200, "total_calories": 0},
    )
    assert recording.totals == {
        **{"elapsed_time": 60, "distance": 480.0, "average_watts": 200, "calories": 0}
    }
    trainer = only(
        *(record(second, power=200) for second in range(61)),
        **{"total_distance": 0.0, "enhanced_avg_speed": 0.0, "avg_power": 200},
    )
    assert trainer.totals.keys() == {"elapsed_time", "moving_time", "average_watts"}


def test_series_of_zeros_that_the_total_contradicts_is_absent() -> None:
    """Strava's app writes a distance of 0 into the first record of what another app measured."""
    pulse = [record(s, heart_rate=120, enhanced_speed=0.0) for s in range(1, 61)]
    recording = only(record(0, distance=0.0), *pulse, total_distance=5004.29)
    assert recording.streams.keys() == {"time", "heartrate", "moving"}
    assert recording.totals["distance"] == 5004.29
    still = only(record(0, distance=0.0), *pulse, total_distance=0.0)
    assert still.streams["distance"] == [0] * 61


def test_implausible_values_are_gaps() -> None:
    recording = only(
        *ride(2),
        record(3, latlng=(91.0, 8.5), distance=24.0, heart_rate=0, enhanced_altitude=9500.0),
        record(4, latlng=(0.0, 0.0), distance=32.0, power=20_000, enhanced_speed=200.0),
        record(5, distance=10_000_000.0, temperature=100, enhanced_altitude=-499.0),
        record(6, distance=40.0, heart_rate=140),
    )
    streams = recording.streams
    assert streams["latlng"][3:] == [None] * 4
    assert streams["heartrate"][3:] == [None, None, None, 140]
    assert streams["altitude"][3:] == [None, None, -499.0, None]
    assert (
        streams["watts"][3:] == streams["temp"][3:] == streams["velocity_smooth"][3:] == [None] * 4
    )
    # The odometer goes on as if the leap had not been.
    assert streams["distance"] == [0, 8, 16, 24, 32, 36, 40]


def test_odometer_reset() -> None:
    metres = [0.0, 8.0, 16.0, 2.0, 10.0]
    recording = only(*(record(s, distance=m) for s, m in enumerate(metres)))
    assert recording.streams["distance"] == [0, 8, 16, 16, 24]


def test_implausible_and_unordered_times() -> None:
    records = ride(10)
    shuffled = [*records[5:], *records[:5], record(3, heart_rate=99)]
    recording = only(
        *shuffled, record(-MORNING + 1000, heart_rate=200), record(2_400_000_000, heart_rate=201)
    )
    assert recording.streams["time"] == list(range(11))
    assert recording.streams["heartrate"][3] == 99
    assert recording.streams["watts"][3] == 200
    assert "2 samples" in recording.problems[0]


def test_sample_years_away_is_dropped() -> None:
    recording = only(*ride(10), record(-400 * 86400, heart_rate=100))
    assert recording.streams["time"] == list(range(11)) and recording.start == BEGAN


def test_truncated_file_is_read_up_to_the_cut() -> None:
    data = fit(activity(*ride(100), total_elapsed_time=100.0))
    (recording,) = read(data[: len(data) // 2])
    assert 40 < len(recording.streams["time"]) < 60
    assert recording.problems == ("it ends early, as when a battery dies",)


def test_unfinished_file() -> None:
    data = bytearray(fit([file_id(), *ride(20)]))
    data[4:8] = bytes(4)
    (recording,) = read(bytes(data[:-2]))
    assert recording.streams["time"] == list(range(21)) and recording.problems


def test_other_fit_file_types() -> None:
    with pytest.raises(CorruptFile, match="without a recorded sample"):
        read(fit([file_id()]))
    with pytest.raises(CorruptFile, match="without a recorded sample"):
        read(fit([file_id(), ("RECORD", {"grade": 1.0})]))
    (course,) = read(fit([file_id("course"), *ride(5)]))
    assert course.is_course and course.start is None and "time" not in course.streams
    assert course.streams["distance"][-1] == 40.0
    with pytest.raises(CorruptFile, match="it is a course, not a recording"):
        read_activities(fit([file_id("course"), *ride(5)]))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("workout", "a workout"),
        ("settings", "a file of settings"),
        ("sport", "a file of sport settings"),
        ("schedules", "a training schedule"),
        ("weight", "a file of weights"),
        ("goals", "a file of goals"),
        ("monitoring_b", "a day's monitoring"),
        ("segment", "a segment"),
        ("activity_summary", "a summary of an activity"),
        (49, "a FIT file of its maker's own kind .49."),
    ],
)
def test_refused_by_its_right_name(kind: str, expected: str) -> None:
    with pytest.raises(CorruptFile, match=f"^it is {expected}, not a recording$"):
        read(fit([file_id(kind)]))


def test_session_start_is_used_unless_samples_contradict_it() -> None:
    late = [record(s, distance=s * 5.0) for s in range(4, 10)]
    assert only(*late).streams["time"][0] == 4
    (recording,) = read(fit(activity(*late, start_time=MORNING + 5)))
    assert recording.streams["time"][0] == 0
    assert recording.start and recording.start.timestamp() == MORNING + EPOCH_S + 4
