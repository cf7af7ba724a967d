"""The order of samples, jumps of the clock, and pauses that last for days."""

import pytest

from strava_mcp.recordings.chronology import sort_by_time
from strava_mcp.recordings.samples import Pause, Sample, Session

DAY_S = 86400
MORNING = 1_700_222_400


def sample(second: float, metres: float) -> Sample:
    return {"time": MORNING + second, "latlng": [47 + metres / 111_195, 8.5], "distance": metres}


def ride(begin: int, end: int, speed: float = 8.0, offset: int = 0) -> list[Sample]:
    return [sample(second + offset, second * speed) for second in range(begin, end)]


def times(samples: list[Sample]) -> list[int]:
    return [item["time"] - MORNING for item in samples]


@pytest.mark.parametrize("days", [20, -20, 8, 400])
@pytest.mark.parametrize("jumps_at", [100, 500])
def test_jump_of_the_clock_leaves_out_the_smaller_part(days: int, jumps_at: int) -> None:
    samples = ride(0, jumps_at) + ride(jumps_at, 600, offset=days * DAY_S)
    kept, (problem,) = sort_by_time(Session(samples))
    count = max(jumps_at, 600 - jumps_at)
    assert len(kept) == count and kept[-1]["time"] - kept[0]["time"] == count - 1
    reason = "plausible time" if abs(days) > 31 else f"a jump of the clock by {abs(days)} days"
    assert problem.startswith("100 samples ") and reason in problem


def test_jump_of_two_days_that_the_elapsed_time_contradicts() -> None:
    samples = ride(0, 500) + ride(500, 600, offset=2 * DAY_S)
    kept, (problem,) = sort_by_time(Session(samples, totals={"elapsed_time": 600}))
    assert times(kept) == list(range(500)) and "jump of the clock by 2 days" in problem


@pytest.mark.parametrize(
    ("session", "gap_s"),
    [
        (Session(), 14 * 3600),
        (Session(), 3 * DAY_S),
        (Session(totals={"elapsed_time": 3 * DAY_S + 600}), 3 * DAY_S),
        (Session(totals={"elapsed_time": 600}), 20 * 3600),
        (Session(pauses=[Pause(MORNING + 300, MORNING + 300 + 12 * DAY_S)]), 12 * DAY_S),
    ],
    ids=["a night", "days", "days on the device's clock", "a night of a timer", "a marked pause"],
)
def test_long_pauses_stay(session: Session, gap_s: int) -> None:
    session.samples = ride(0, 300) + ride(300, 600, offset=gap_s)
    kept, problems = sort_by_time(session)
    assert len(kept) == 600 and kept[-1]["time"] - kept[0]["time"] == gap_s + 599
    assert not problems


def test_recording_of_three_days_without_a_gap_stays() -> None:
    session = Session([sample(second, second) for second in range(0, 3 * DAY_S, 60)])
    kept, problems = sort_by_time(session)
    assert len(kept) == 3 * DAY_S // 60 and not problems


def test_clock_that_was_set_back_does_not_mix_two_parts() -> None:
    samples = ride(0, 600) + ride(600, 900, offset=-400)
    kept, (problem,) = sort_by_time(Session(samples))
    metres = [item["distance"] for item in kept]
    assert metres == sorted(metres) and times(kept) == list(range(600))
    assert problem == "300 samples whose time runs backward are left out"


def test_samples_of_different_sensors_belong_together() -> None:
    beats = [{"time": MORNING + s, "heartrate": 120 + s} for s in range(60)]
    kept, problems = sort_by_time(Session([*ride(0, 60), *beats]))
    assert all({"latlng", "heartrate"} <= item.keys() for item in kept) and not problems


def test_order_of_many_samples_takes_no_quadratic_time() -> None:
    samples = [sample(second, second) for second in reversed(range(100_000))]
    kept, problems = sort_by_time(Session(samples))
    assert times(kept) == list(range(100_000)) and not problems
