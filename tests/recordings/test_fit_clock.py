"""FIT: clocks that were not set, so that times count from when the device was switched on."""

from strava_mcp.recordings import read
from tests.recordings.fit_maker import BEGAN, MORNING, file_id, fit

#: The device had been on for a minute.
ON_S = 60


def ride() -> list:
    """Make records of nine seconds, a lap, a pause and a session in system time."""
    records = [("RECORD", {"timestamp": ON_S + s, "distance": s * 5.0}) for s in range(9)]
    stop, start = (
        ("EVENT", {"timestamp": ON_S + s, "event": "timer", "event_type": kind})
        for s, kind in ((3, "stop"), (6, "start"))
    )
    times = {"start_time": ON_S, "timestamp": ON_S + 8, "total_elapsed_time": 8.0}
    return [*records, stop, start, ("LAP", times), ("SESSION", {**times, "sport": "cycling"})]


def test_unknown_start_with_times_among_each_other() -> None:
    (recording,) = read(fit([file_id(), *ride()]))
    assert recording.start is None
    assert recording.streams["time"] == list(range(9))
    assert recording.streams["distance"][-1] == 40
    assert recording.streams["moving"].count(False) == 3
    assert [lap.start_s for lap in recording.laps] == [0]
    assert (recording.sport, recording.totals["elapsed_time"]) == ("Ride", 8)
    assert "clock was not set" in recording.problems[0]


def test_start_as_the_file_relates_its_clock_to_utc() -> None:
    correlation = {"timestamp": MORNING + 8, "system_timestamp": ON_S + 8}
    (recording,) = read(fit([file_id(), *ride(), ("TIMESTAMP_CORRELATION", correlation)]))
    assert recording.start == BEGAN and recording.streams["time"] == list(range(9))
    assert recording.streams["moving"].count(False) == 3 and not recording.problems
    settings = {"utc_offset": MORNING - ON_S}
    assert read(fit([file_id(), ("DEVICE_SETTINGS", settings), *ride()])) == [recording]


def test_records_before_the_clock_was_set_are_left_out() -> None:
    late = [("RECORD", {"timestamp": MORNING + s, "distance": s * 5.0}) for s in range(9)]
    early = [("RECORD", {"timestamp": s, "distance": 0.0}) for s in (1, 2)]
    (recording,) = read(fit([file_id(), *early, *late]))
    assert recording.start == BEGAN and len(recording.streams["time"]) == 9
    assert "2 samples" in recording.problems[0]
