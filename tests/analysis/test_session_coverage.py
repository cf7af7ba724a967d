"""What a recording covers: seconds counted by hand."""

from typing import Any

import pytest

from strava_mcp.analysis.session_coverage import RecordingCoverage, coverage_of
from strava_mcp.analysis.session_recording import read
from strava_mcp.training.per_second import MAX_DURATION_S

MINUTE = 60


def coverage(sport: str = "Ride", has_power: bool = True, **streams: Any) -> RecordingCoverage:
    given = {key: {"data": data} for key, data in streams.items()}
    return coverage_of(given, read(given, sport, has_measured_power=has_power))


def test_a_whole_recording() -> None:
    result = coverage(
        time=list(range(MINUTE)),
        heartrate=[140] * MINUTE,
        watts=[200] * MINUTE,
        latlng=[[47.0, 8.0]] * MINUTE,
    )
    measured = {"heart_rate": MINUTE, "power": MINUTE, "gps": MINUTE}
    assert result == RecordingCoverage(MINUTE, MINUTE, 0, measured)


def test_gaps_of_up_to_ten_seconds_are_bridged() -> None:
    rates = [140] * 20 + [None] * 10 + [141] * 10 + [0] * 5 + [None] * 6 + [142] * 9
    positions = [[47.0, 8.0]] * 45 + [None] * 15
    result = coverage(time=list(range(MINUTE)), heartrate=rates, latlng=positions)
    assert result.measured_s == {"heart_rate": 39, "gps": 45}
    assert result.bridged_s == {"heart_rate": 10}, "eleven seconds are not"


def test_a_pause_is_not_recorded() -> None:
    """From 9 to 100 s nothing: the sample before stands for one second."""
    time = [*range(10), *range(100, 110)]
    result = coverage(time=time, heartrate=[140] * 20)
    assert (result.samples, result.recorded_s, result.paused_s) == (20, 20, 90)
    assert result.measured_s == {"heart_rate": 20}


def test_few_samples_stand_for_their_seconds() -> None:
    result = coverage(time=list(range(0, MINUTE, 5)), heartrate=[140] * 12)
    assert (result.samples, result.recorded_s) == (12, 56)
    assert result.measured_s == {"heart_rate": 56}


def test_what_is_left_out_says_why() -> None:
    time = list(range(MINUTE))
    spikes = coverage(time=time, watts=[200] * 50 + [3000] * 10)
    assert spikes.left_out == {"power_spikes": "10 samples above 2,500 W"}
    assert spikes.measured_s == {"power": 50} and not spikes.bridged_s
    estimated = coverage(has_power=False, time=time, watts=[200] * MINUTE)
    assert estimated.left_out == {"power": "estimated, not measured"}
    assert estimated.measured_s == {}
    short = coverage(time=time, heartrate=[140] * 7)
    assert short.left_out == {"heart_rate": "its samples do not match those of time"}
    car = coverage("Run", time=time, distance=[3.0 * t + 500.0 * (t > 30) for t in time])
    assert car.left_out == {"speed": "1 s above 12.4 m/s"}
    endless = coverage(time=[0, MAX_DURATION_S, MAX_DURATION_S + 1], heartrate=[140] * 3)
    assert endless.left_out == {"end": "what follows 48 h"}
    assert endless.recorded_s + endless.paused_s == MAX_DURATION_S


def test_a_sensor_that_read_nothing_has_zero_seconds() -> None:
    result = coverage(time=list(range(MINUTE)), heartrate=[0] * MINUTE)
    assert result.measured_s == {"heart_rate": 0}


@pytest.mark.parametrize("data", [None, "140", [True] * MINUTE, [["x"]] * MINUTE, []])
def test_malformed_streams_measure_nothing(data: Any) -> None:
    result = coverage(time=list(range(MINUTE)), heartrate=data)
    assert result.measured_s.get("heart_rate", 0) == 0
