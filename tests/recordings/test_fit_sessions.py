"""FIT: several sessions, pools, chains and old devices."""

import struct

import pytest

from strava_mcp.recordings import fit_chain, read
from tests.recordings.fit_maker import MORNING, activity, file_id, fit, record, ride, timer


def session(begin: int, seconds: int, sport: str, **fields):
    return "SESSION", {
        **{"timestamp": MORNING + begin + seconds, "start_time": MORNING + begin, "sport": sport},
        **{"total_elapsed_time": float(seconds), "total_timer_time": float(seconds), **fields},
    }


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


def length(begin: int, seconds: float, kind: str):
    return "LENGTH", {
        **{"start_time": MORNING + begin, "total_elapsed_time": seconds, "length_type": kind},
        "timestamp": MORNING + begin + int(seconds),
    }


def test_pool_distance_from_lengths() -> None:
    (recording,) = read(
        fit(
            activity(
                *(record(s, heart_rate=120) for s in range(0, 101, 5)),
                length(0, 25.0, "active"),
                length(25, 25.0, "active"),
                length(50, 20.0, "idle"),
                length(70, 30.0, "active"),
                sport="swimming",
                sub_sport="lap_swimming",
                pool_length=25.0,
                total_elapsed_time=100.0,
                total_distance=75.0,
            )
        )
    )
    streams = recording.streams
    at = dict(zip(streams["time"], streams["distance"], strict=True))
    assert (at[0], at[25], at[50], at[70], at[100]) == (0, 25, 50, 50, 75)
    assert at[10] == pytest.approx(10)
    moving = dict(zip(streams["time"], streams["moving"], strict=True))
    assert moving[50] and not moving[65] and not moving[70] and moving[75]
    assert streams["heartrate"] == [120] * len(streams["time"])


def test_pool_distance_of_samples_takes_precedence() -> None:
    (recording,) = read(
        fit(
            activity(
                *(record(s, distance=s * 1.1) for s in range(0, 51)),
                length(0, 25.0, "active"),
                sport="swimming",
                pool_length=25.0,
            )
        )
    )
    assert recording.streams["distance"][-1] == 55.0


def test_chained_files() -> None:
    first = fit([file_id(), *ride(10)])
    second = fit(activity(*ride(20)[11:], total_elapsed_time=20.0))
    (recording,) = read(first + second)
    assert recording.streams["time"] == list(range(21)) and not recording.problems
    (recording,) = read(first + second + b"rubbish")
    assert (
        recording.streams["time"] == list(range(21)) and "not a FIT file" in recording.problems[0]
    )
    damaged = bytearray(first)
    damaged[-1] ^= 1
    (recording,) = read(bytes(damaged) + second)
    assert recording.streams["time"] == list(range(21)) and "checksum" in recording.problems[0]


def framed(messages: bytes) -> bytes:
    header = struct.pack("<BBHI4s", 12, 0x10, 100, len(messages), b".FIT")
    body = header + messages
    return body + struct.pack("<H", fit_chain.checksum(body))


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


def test_heart_rate_sent_after_the_swim_is_merged() -> None:
    messages = [
        file_id(),
        *(record(s, distance=s * 1.0) for s in range(6)),
        ("HR", {"timestamp": MORNING, "event_timestamp": [10.0], "filtered_bpm": [110]}),
    ]
    for second in range(1, 7):
        beats = {"event_timestamp": [10.0 + second], "filtered_bpm": [110 + second]}
        messages.append(("HR", beats))
    messages[7][1]["fractional_timestamp"] = 0.0
    (recording,) = read(fit(messages))
    assert recording.streams["heartrate"][1:5] == pytest.approx([111, 112, 113, 114], abs=1)
