"""Jumps of the clock, and pauses that last for days."""

from typing import Any

import pytest

from strava_mcp.recordings.build_recording import build_recording
from strava_mcp.recordings.samples import Pause, RawLap, Sample, Session
from tests.recordings.test_chronology import MORNING, ride

DAY_S = 86400


def indoors(begin: int, end: int, offset: int = 0) -> list[Sample]:
    return [{"time": MORNING + s + offset, "heartrate": 120} for s in range(begin, end)]


@pytest.mark.parametrize("days", [20, -20, 8, 400, -7168])
@pytest.mark.parametrize("jumps_at", [100, 500])
@pytest.mark.parametrize("sensor", [{"velocity_smooth": 8.0}, {}])
def test_ride_that_goes_on_across_a_jump_stays_whole(
    days: int, jumps_at: int, sensor: dict[str, Any]
) -> None:
    samples = ride(0, jumps_at) + ride(jumps_at, 600, offset=days * DAY_S)
    session = Session([one | sensor for one in samples], MORNING)
    session.totals = {"elapsed_time": 600, "distance": 4800.0}
    session.laps = [RawLap(MORNING + s + days * DAY_S * (s >= jumps_at), {}) for s in (0, 300, 580)]
    recording = build_recording(session)
    assert recording.streams["time"] == list(range(600))
    assert recording.streams["distance"][-1] == pytest.approx(4792, abs=1)
    assert [lap.start_s for lap in recording.laps] == [0, 300, 580]
    assert recording.start and recording.start.timestamp() == MORNING
    assert recording.totals == {"elapsed_time": 600, "distance": 4800.0}
    assert recording.problems == (f"its clock jumps by {abs(days):,} days; the jump is left out",)


def test_clock_of_the_larger_part_is_right_without_a_start() -> None:
    recording = build_recording(Session(ride(0, 100) + ride(100, 600, offset=20 * DAY_S)))
    assert recording.streams["time"] == list(range(600))
    assert recording.start and recording.start.timestamp() == MORNING + 20 * DAY_S


@pytest.mark.parametrize("days", [20, 8])
@pytest.mark.parametrize("jumps_at", [100, 500])
def test_jump_after_a_break_leaves_out_the_smaller_part(days: int, jumps_at: int) -> None:
    offset = days * DAY_S
    for later in (ride(jumps_at + 2000, 2600, offset=offset), indoors(jumps_at, 600, offset)):
        recording = build_recording(Session(ride(0, jumps_at) + later))
        count = max(jumps_at, 600 - jumps_at)
        assert recording.streams["time"] == list(range(count))
        assert recording.problems == (
            f"its clock jumps by {days} days; 100 samples beyond it are left out",
        )


def test_jump_of_two_days_that_the_elapsed_time_contradicts() -> None:
    samples = ride(0, 500) + ride(500, 600, offset=2 * DAY_S)
    recording = build_recording(Session(samples, totals={"elapsed_time": 600}))
    assert recording.streams["time"] == list(range(600))
    assert recording.problems == ("its clock jumps by 2 days; the jump is left out",)


@pytest.mark.parametrize(
    ("session", "gap_s"),
    [
        (Session(), 14 * 3600),
        (Session(), 3 * DAY_S),
        (Session(totals={"elapsed_time": 3 * DAY_S + 600}), 3 * DAY_S),
        (Session(totals={"moving_time": 600}), 20 * 3600),
        (Session(pauses=[Pause(MORNING + 300, MORNING + 300 + 12 * DAY_S)]), 12 * DAY_S),
    ],
    ids=["a night", "days", "days on the device's clock", "a night of a timer", "a marked pause"],
)
def test_long_pauses_stay(session: Session, gap_s: int) -> None:
    session.samples = ride(0, 300) + ride(300, 600, offset=gap_s)
    recording = build_recording(session)
    assert recording.streams["time"] == [*range(300), *range(300 + gap_s, 600 + gap_s)]
    assert not recording.problems


def test_stages_of_several_days_in_any_order_stay() -> None:
    first, second = ride(0, 300), ride(5000, 5300, offset=2 * DAY_S)
    recording = build_recording(Session(second + first))
    assert len(recording.streams["time"]) == 600 and not recording.problems


def test_recording_of_three_days_without_a_gap_stays() -> None:
    session = Session(ride(0, 3 * DAY_S, speed=1.0)[::60])
    recording = build_recording(session)
    assert len(recording.streams["time"]) == 3 * DAY_S // 60 and not recording.problems


def test_samples_of_many_days_in_no_order_take_no_quadratic_time() -> None:
    samples = ride(0, 40_000, speed=0.1)
    for i, sample in enumerate(samples):
        sample["time"] = MORNING + i * 7919 % 40_000 * 60
    session = Session(samples)
    session.pauses = [Pause(MORNING + s * 60, MORNING + s * 60 + 30) for s in range(40_000)]
    assert "its clock" not in "".join(build_recording(session).problems)
