"""FIT: several sessions, and old devices."""

import struct

import pytest

from strava_mcp.recordings import read
from tests.recordings.fit_maker import (
    MORNING,
    activity,
    file_id,
    fit,
    framed,
    record,
    ride,
    session,
    timer,
)


def test_one_recording_per_sport_without_transitions() -> None:
    swim, bike, run = read(
        fit(
            [
                file_id(),
                *(record(s, distance=s * 1.0, heart_rate=130) for s in range(0, 101)),
                *(record(s, distance=100.0 + s - 100, heart_rate=140) for s in range(101, 121)),
                *(
                    record(s, distance=120.0 + (s - 120) * 8, heart_rate=150)
                    for s in range(121, 300)
                ),
                *(record(s, distance=(s - 300) * 3.0, heart_rate=160) for s in range(300, 401)),
                timer(200, "stop"),
                timer(210, "start"),
                ("LAP", {"start_time": MORNING + 120, "total_elapsed_time": 180.0}),
                ("LAP", {"start_time": MORNING + 300, "total_elapsed_time": 100.0}),
                session(0, 100, "swimming", total_distance=100.0),
                session(101, 19, "transition"),
                session(120, 180, "cycling", total_distance=1440.0),
                session(300, 100, "running", total_distance=300.0),
            ]
        )
    )
    assert [r.sport for r in (swim, bike, run)] == ["Swim", "Ride", "Run"]
    assert swim.problems == ("the transition after it is left out",) and not bike.problems
    # Some devices count through all sports, others from the start of each; both are converted.
    assert swim.streams["distance"][-1] == 100
    assert bike.streams["distance"][-1] == pytest.approx(1440, rel=0.01)
    assert run.streams["distance"][-1] == 300
    assert [len(r.laps) for r in (swim, bike, run)] == [0, 1, 1]
    assert run.laps[0].start_s == 0
    assert bike.streams["moving"].count(False) == 10 and all(run.streams["moving"])
    assert swim.start and bike.start and (bike.start - swim.start).total_seconds() == 120


def test_single_transition_has_no_sport() -> None:
    (recording,) = read(fit(activity(*ride(5), sport="transition")))
    assert recording.sport is None and recording.streams["time"]


#: A definition of local message 1, a record: heart rate, and of local message 0 with a timestamp.
BARE = bytes([0x41, 0, 0, 20, 0, 1, 3, 1, 0x02])
TIMED = bytes([0x40, 0, 0, 20, 0, 2, 253, 4, 0x86, 3, 1, 0x02])


def test_compressed_timestamps() -> None:
    begin = MORNING // 32 * 32 + 30
    full_record = bytes([0x00]) + struct.pack("<I", begin) + bytes([100])
    # 31 and then, over the end of the five bits, 0 and 4; message 1 is bits 5 and 6.
    small = [
        bytes([0x80 | 1 << 5 | bits, beats]) for bits, beats in ((31, 101), (0, 102), (4, 103))
    ]
    later = bytes([0x00]) + struct.pack("<I", begin + 9) + bytes([104])
    (recording,) = read(framed(TIMED + BARE + full_record + b"".join(small) + later))
    assert recording.streams["time"] == [0, 1, 2, 6, 9]
    assert recording.streams["heartrate"] == [100, 101, 102, 103, 104]
    assert not recording.problems


def test_field_of_an_unexpected_type_costs_that_field() -> None:
    """A sport of two numbers or as text, a heart rate of no bytes, an unknown type."""
    session_fields = [(2, 4, 0x86), (5, 2, 0x02), (6, 3, 0x07), (7, 4, 0x86)]
    definition = bytes([0x41, 0, 0, 18, 0, len(session_fields)])
    definition += b"".join(map(bytes, session_fields))
    head = bytes([1]) + struct.pack("<IBB3sI", MORNING, 2, 1, b"abc", 9000)
    record_fields = [(253, 4, 0x86), (3, 0, 0x02), (4, 1, 0x1E), (7, 2, 0x84)]
    records = bytes([0x40, 0, 0, 20, 0, len(record_fields)]) + b"".join(map(bytes, record_fields))
    for second in range(10):
        records += bytes([0]) + struct.pack("<IBH", MORNING + second, 80, 200)
    (recording,) = read(framed(definition + head + records))
    assert (recording.sport, recording.totals["elapsed_time"]) == ("Ride", 9)
    assert recording.streams.keys() == {"time", "watts", "moving"} and not recording.problems


def test_packed_speed_and_distance() -> None:
    definition = bytes([0x40, 0, 0, 20, 0, 2, 253, 4, 0x86, 8, 3, 0x0D])
    records = b""
    for second, sixteenths in enumerate((4000, 4080, 64)):
        packed = 500 | (sixteenths & 0xFFF) << 12
        records += bytes([0]) + struct.pack("<I", MORNING + second) + packed.to_bytes(3, "little")
    (recording,) = read(framed(definition + records))
    assert recording.streams["velocity_smooth"] == [5.0, 5.0, 5.0]
    metres = recording.streams["distance"]
    assert [b - a for a, b in zip(metres, metres[1:], strict=False)] == [5.0, 5.0]
