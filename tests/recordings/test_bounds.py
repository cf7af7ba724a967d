"""A device's totals and laps against each other and against the samples."""

from typing import Any

import pytest

from strava_mcp.recordings.build_recording import build_recording
from strava_mcp.recordings.recording import Recording
from strava_mcp.recordings.samples import RawLap, Sample, Session

MORNING = 1_700_222_400
HOUR_S, DAY_S = 3600, 86400
#: What Garmin writes for the length of some laps: 0x1FFFC ms … as 36 hours.
GARMIN_S = 131_067


def samples(seconds: int, speed: float = 3.0, step: int = 10, **more: Any) -> list[Sample]:
    return [
        {"time": MORNING + s, "distance": s * speed, **more} for s in range(0, seconds + 1, step)
    ]


def built(
    seconds: int = HOUR_S,
    speed: float = 3.0,
    laps: list[RawLap] | None = None,
    sport: str | None = "Run",
    **totals: Any,
) -> Recording:
    session = Session(samples(seconds, speed), MORNING, sport=sport, totals=totals)
    session.laps = laps or []
    return build_recording(session)


def test_what_agrees_stays() -> None:
    totals = {
        **{"elapsed_time": 3610, "moving_time": 3500, "distance": 10_850.0, "calories": 700},
        **{"total_elevation_gain": 120, "average_speed": 3.1, "max_speed": 5.5},
        **{"average_heartrate": 150, "max_heartrate": 180, "average_watts": 250},
    }
    recording = built(laps=[RawLap(MORNING, dict(totals))], **totals)
    assert recording.totals == totals and recording.problems == ()
    assert recording.laps[0].totals == totals


def test_lap_longer_than_the_recording() -> None:
    long = {"elapsed_time": GARMIN_S, "moving_time": GARMIN_S, "distance": 50.0}
    laps = [RawLap(MORNING, {"elapsed_time": 60, "moving_time": 60, "distance": 100.0})]
    laps += [RawLap(MORNING + 60 * n, dict(long)) for n in range(1, 6)]
    recording = built(2400, 1.0, laps, "Swim", elapsed_time=2400, moving_time=2300, distance=2400.0)
    assert recording.laps[0].totals == {"elapsed_time": 60, "moving_time": 60, "distance": 100.0}
    assert [lap.totals for lap in recording.laps[1:]] == [{"distance": 50.0}] * 5
    assert recording.problems == tuple(
        f"laps 2, 3, 4 and 2 more: {kind} time of 36:24:27 is left out: the recording lasts 0:40:00"
        for kind in ("elapsed", "moving")
    )


def test_lap_with_more_distance_than_the_recording() -> None:
    laps = [RawLap(MORNING, {"elapsed_time": 3600, "distance": 25_000.0})]
    recording = built(laps=laps, distance=10_800.0)
    assert recording.laps[0].totals == {"elapsed_time": 3600}
    assert recording.problems == (
        "lap 1: distance of 25.00 km is left out: the recording has 10.80 km",
    )


def test_laps_outside_of_the_recording() -> None:
    laps = [RawLap(MORNING + s, {"elapsed_time": 60}) for s in (-DAY_S, -30, 0, HOUR_S, 20 * DAY_S)]
    recording = built(laps=[*laps, RawLap(5.0, {})])
    assert [lap.start_s for lap in recording.laps] == [0, 0, HOUR_S]
    assert recording.problems == ("3 laps outside of the recording are left out",)


@pytest.mark.parametrize(
    ("elapsed_s", "moving_s", "kept"),
    [
        (3600, 3600, {"elapsed_time": 3600, "moving_time": 3600}),
        (3600, 3601, {"elapsed_time": 3600, "moving_time": 3600}),
        (3600, 3650, {"elapsed_time": 3600}),
        (3600, 40_000, {"elapsed_time": 3600}),
        (600, 3600, {"moving_time": 3600}),
        (3590, 3600, {"moving_time": 3600}),
        (20 * DAY_S, 3500, {"moving_time": 3500}),
        (2 * HOUR_S, 3500, {"elapsed_time": 2 * HOUR_S, "moving_time": 3500}),
        (32 * DAY_S, 3500, {"moving_time": 3500}),
        (0, 3500, {"moving_time": 3500}),
        (0, 0, {}),
        (3400, 3000, {"elapsed_time": 3400, "moving_time": 3000}),
        (None, 3620, {"elapsed_time": 3620, "moving_time": 3620}),
        (None, 4500, {}),
    ],
)
def test_moving_time_is_at_most_elapsed_time(
    elapsed_s: int | None, moving_s: int, kept: dict[str, int]
) -> None:
    totals = {"moving_time": moving_s} | ({} if elapsed_s is None else {"elapsed_time": elapsed_s})
    recording = built(**totals)
    assert recording.totals == kept
    left_out = [key for key, value in totals.items() if value and key not in kept]
    assert len(recording.problems) == len(left_out)
    for key, problem in zip(left_out, recording.problems, strict=True):
        assert problem.startswith(key.replace("_", " "))


@pytest.mark.parametrize(
    ("sport", "seconds", "metres", "stays"),
    [
        *((None, 300, 1_204_000.0, False), ("Ride", 300, 1_204_000.0, False)),
        *(("Run", 3600, 50_000.0, False), ("Run", 3600, 20_000.0, True)),
        *(("Swim", 3600, 20_000.0, False), ("Swim", 3600, 5_000.0, True)),
        *(("Ride", 3600, 150_000.0, False), ("Ride", 3600, 60_000.0, True)),
        *(("AlpineSki", 300, 20_000.0, True), ("Ride", 24 * HOUR_S, 800_000.0, True)),
    ],
)
def test_distance_that_nobody_covers_in_that_time(
    sport: str | None, seconds: int, metres: float, stays: bool
) -> None:
    session = Session(samples(seconds, 0.0), MORNING, sport=sport)
    session.totals = {"elapsed_time": seconds, "distance": metres}
    session.laps = [RawLap(MORNING, {"elapsed_time": seconds, "distance": metres})]
    recording = build_recording(session)
    assert ("distance" in recording.totals) is stays
    assert ("distance" in recording.laps[0].totals) is stays
    assert len(recording.problems) == (0 if stays else 2)
    assert stays or "distance of" in recording.problems[0]


def test_elapsed_and_moving_time_that_are_exchanged() -> None:
    later = [{**one, "time": one["time"] + 5 * HOUR_S} for one in samples(1800)]
    session = Session([*samples(1000), *later], MORNING)
    session.totals = {"elapsed_time": 2790, "moving_time": 5 * HOUR_S + 1800}
    session.laps = [RawLap(MORNING, dict(session.totals))]
    recording = build_recording(session)
    right = {"elapsed_time": 5 * HOUR_S + 1800, "moving_time": 2790}
    assert recording.totals == right == recording.laps[0].totals
    assert recording.problems == ("its elapsed and moving time are exchanged",)


def test_timer_with_the_error_of_the_elapsed_time() -> None:
    recording = built(elapsed_time=2700, moving_time=2700)
    assert recording.totals == {} and len(recording.problems) == 2


def test_altitudes_are_checked_one_by_one() -> None:
    assert built(elev_low=12_517.2, elev_high=20.0).totals == {"elev_high": 20.0}


def test_distance_that_the_samples_confirm_stays() -> None:
    """A drive home with the watch on, at 36 m/s."""
    assert built(600, 36.0, sport="Ride", distance=21_600.0).totals == {"distance": 21_600.0}


def test_distance_that_the_samples_contradict() -> None:
    recording = built(distance=12.0)
    assert recording.totals == {}
    assert recording.problems == ("distance of 0.01 km is left out: the samples have 10.80 km",)


def test_distance_of_a_treadmill_that_was_corrected_stays() -> None:
    assert built(distance=8_000.0).totals == {"distance": 8_000.0}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("total_elevation_gain", 60_000), ("calories", 20_000), ("kilojoules", 30_000)),
        *(("max_watts", 65_535), ("average_heartrate", 300), ("max_speed", 131.07)),
        *(("calories", float("nan")), ("average_temp", 127)),
    ],
)
def test_impossible_values_are_left_out_and_named(key: str, value: float) -> None:
    recording = built(**{key: value})
    (problem,) = recording.problems
    assert recording.totals == {} and problem.startswith(f"{key.replace('_', ' ')} of ")


def test_low_above_high() -> None:
    recording = built(elev_low=900.0, elev_high=400.0)
    assert recording.totals == {} and len(recording.problems) == 2


def test_recording_of_a_day_and_of_several_days_stays_whole() -> None:
    day = {"elapsed_time": DAY_S, "moving_time": 80_000, "distance": DAY_S * 6.0}
    assert built(DAY_S, 6.0, sport="Ride", **day).totals == day
    tour = Session(samples(8 * HOUR_S, 5.0), MORNING, sport="Ride")
    later = [{**one, "time": one["time"] + 3 * DAY_S} for one in samples(8 * HOUR_S, 5.0)]
    tour.samples += [{**one, "distance": one["distance"] + 144_000} for one in later]
    tour.totals = {"elapsed_time": 3 * DAY_S + 8 * HOUR_S, "moving_time": 16 * HOUR_S}
    tour.laps = [RawLap(MORNING, {"elapsed_time": 3 * DAY_S, "distance": 144_000.0})]
    recording = build_recording(tour)
    assert recording.totals == tour.totals and recording.problems == ()
    assert recording.laps[0].totals == {"elapsed_time": 3 * DAY_S, "distance": 144_000.0}
    assert recording.streams["time"][-1] == 3 * DAY_S + 8 * HOUR_S


ZEROS = {
    **dict.fromkeys(("elapsed_time", "moving_time", "distance", "calories", "kilojoules"), 0),
    **dict.fromkeys(("average_speed", "max_speed", "total_elevation_gain"), 0),
    **dict.fromkeys(("average_watts", "max_watts", "average_cadence"), 0),
}


def test_zeros_that_the_samples_contradict_are_unknown() -> None:
    session = Session(samples(HOUR_S, watts=200, cadence=85), MORNING, totals=dict(ZEROS))
    session.laps = [RawLap(MORNING, dict(ZEROS))]
    recording = build_recording(session)
    assert recording.totals == {"total_elevation_gain": 0} == recording.laps[0].totals
    assert recording.problems == ()


def test_zeros_that_nothing_contradicts_are_true() -> None:
    zeros = {key: 0 for key in ZEROS if not key.endswith("time")}
    session = Session(samples(300, 0.0, watts=0, cadence=0), MORNING, totals=dict(zeros))
    assert build_recording(session).totals == zeros


def test_zeros_of_one_lap_are_true() -> None:
    rest, swim = dict(ZEROS) | {"elapsed_time": 60}, {key: 10 for key in ZEROS}
    session = Session(samples(HOUR_S, watts=200, cadence=85), MORNING)
    session.laps = [RawLap(MORNING, rest), RawLap(MORNING + 60, swim)]
    assert build_recording(session).laps[0].totals == rest


def test_heart_rate_without_a_pulse_is_unknown() -> None:
    laps = [RawLap(MORNING, {"average_heartrate": 0, "max_heartrate": 255})]
    recording = built(laps=laps, average_heartrate=255, max_heartrate=0)
    assert recording.totals == {} == recording.laps[0].totals and recording.problems == ()


def test_totals_of_a_recording_with_few_samples_stay() -> None:
    totals = {"elapsed_time": 3690, "moving_time": 3690, "distance": 33_870.0, "max_speed": 13.9}
    session = Session(samples(60, 5.0, velocity_smooth=5.0), MORNING, sport="Ride")
    session.totals = dict(totals)
    assert build_recording(session).totals == totals


def test_elapsed_time_above_complete_samples() -> None:
    totals = {"elapsed_time": GARMIN_S, "moving_time": GARMIN_S, "distance": 10_800.0}
    recording = built(**totals)
    assert recording.totals == {"distance": 10_800.0} and len(recording.problems) == 2


def test_maximum_speed_in_other_units_than_the_samples() -> None:
    session = Session(samples(HOUR_S, velocity_smooth=3.9), MORNING, sport="Run")
    session.totals = {"max_speed": 14.3}  # km/h
    session.laps = [RawLap(MORNING, {"max_speed": 14.3}), RawLap(MORNING + 60, {"max_speed": 4.5})]
    recording = build_recording(session)
    assert recording.totals == {} and recording.laps[1].totals == {"max_speed": 4.5}
    assert recording.problems == (
        "max speed of 14.3 is left out: the samples have 3.9 m/s",
        "lap 1: max speed of 14.3 is left out: the samples have 3.9 m/s",
    )


def test_calories_of_all_laps_in_the_first_one_stay() -> None:
    laps = [RawLap(MORNING, {"moving_time": 100, "calories": 700})]
    recording = built(laps=[*laps, RawLap(MORNING + 100, {"moving_time": 3500, "calories": 0})])
    assert [lap.totals["calories"] for lap in recording.laps] == [700, 0]


def test_timer_that_ran_before_and_after_the_samples() -> None:
    session = Session(samples(HOUR_S)[1:-1], MORNING, totals={"moving_time": HOUR_S})
    assert build_recording(session).totals == {"moving_time": HOUR_S, "elapsed_time": HOUR_S}


def test_start_long_before_the_samples_does_not_count() -> None:
    session = Session(samples(HOUR_S), MORNING - 6 * HOUR_S, totals={"moving_time": HOUR_S})
    assert build_recording(session).totals == {"moving_time": HOUR_S}


def test_laps_without_samples() -> None:
    session = Session(start=MORNING, sport="Swim", totals={"moving_time": 1200, "distance": 1000.0})
    session.laps = [RawLap(MORNING + s, {"moving_time": 600}) for s in (0, 900)]
    recording = build_recording(session)
    assert recording.totals["elapsed_time"] == 1500 and len(recording.laps) == 2
    assert not recording.problems
