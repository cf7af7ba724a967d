"""FIT: a chain of files is one file."""

import struct
from pathlib import Path

import pytest

from strava_mcp.recordings import fit as fit_reader
from strava_mcp.recordings import fit_messages, limits, read
from tests.recordings.fit_maker import (
    MORNING,
    activity,
    file_id,
    fit,
    framed,
    record,
    ride,
    session,
)

SWIM_S = 60


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


def swim(sport: str = "swimming", speed: float = 1.0) -> bytes:
    """Make a file of an activity of a minute, without heart rate."""
    records = [record(s, distance=s * speed, temperature=20) for s in range(SWIM_S + 1)]
    return fit([file_id(), *records, session(0, SWIM_S, sport)])


def beats(first: int, last: int) -> bytes:
    """Make a part as a chest strap sends it: one beat per second, of 100 + its second."""
    start = {"timestamp": MORNING + first, "fractional_timestamp": 0.0}
    messages = [
        ("HR", {**start, "event_timestamp": [1000.0 + first], "filtered_bpm": [100 + first]})
    ]
    for second in range(first + 1, last + 1):
        beat = {"event_timestamp": [1000.0 + second], "filtered_bpm": [100 + second]}
        messages.append(("HR", beat))
    return fit(messages)


def test_heart_rate_of_a_strap_in_later_parts() -> None:
    (recording,) = read(swim() + beats(0, 30) + beats(31, SWIM_S))
    assert recording.streams["heartrate"] == [100 + s for s in range(SWIM_S + 1)]
    assert len(recording.streams["distance"]) == SWIM_S + 1 and not recording.problems


def test_strap_takes_precedence_over_the_optical_sensor() -> None:
    records = [record(s, heart_rate=90) for s in range(11)]
    (recording,) = read(fit(activity(*records)) + beats(0, 4))
    assert recording.streams["heartrate"] == [100, 101, 102, 103, 104] + [90] * 6


def test_heart_rate_holds_for_five_seconds() -> None:
    (recording,) = read(swim() + beats(0, 10))
    assert recording.streams["heartrate"][10:17] == [110, 110, 110, 110, 110, 110, None]


def test_sensor_records_in_a_later_part() -> None:
    pulse = [file_id(), *(record(s, heart_rate=120) for s in range(SWIM_S + 1))]
    (recording,) = read(swim() + fit(pulse))
    assert recording.streams["heartrate"] == [120] * (SWIM_S + 1)
    assert recording.streams["distance"][-1] == SWIM_S
    # The same if the strap writes a session of its own, from when it was switched on.
    own = session(5, SWIM_S, "generic")
    (recording,) = read(swim() + fit([*pulse, own]))
    assert recording.streams["heartrate"] == [120] * (SWIM_S + 1)
    assert recording.totals["elapsed_time"] == SWIM_S and recording.sport == "Swim"


def test_strap_with_one_session_for_a_race_of_two_sports() -> None:
    records = [record(s, distance=s * 3.0) for s in range(201)]
    race = fit([file_id(), *records, session(0, 100, "swimming"), session(100, 100, "running")])
    pulse = [record(s, heart_rate=100 + s // 100) for s in range(201)]
    swum, run = read(race + fit([file_id(), *pulse, session(0, 200, "generic")]))
    assert swum.streams["heartrate"] == [100] * 100
    assert run.streams["heartrate"] == [101] * 100 + [102]


def test_activities_without_samples_stay_apart() -> None:
    first, second = (
        fit([file_id(), session(0, minutes * 60, "training", total_calories=100)])
        for minutes in (20, 30)
    )
    assert [r.totals["elapsed_time"] for r in read(first + second)] == [1200, 1800]
    assert len(read(first + first)) == 1


def test_activities_of_one_start_stay_apart() -> None:
    first, second = read(swim("running", 3.0) + swim("cycling", 8.0))
    assert (first.sport, second.sport) == ("Run", "Ride")
    assert first.start == second.start
    assert (first.streams["distance"][-1], second.streams["distance"][-1]) == (180, 480)
    first, second, third = read(swim(speed=1.0) + swim(speed=1.2) + swim("running", 3.0))
    assert [r.streams["distance"][-1] for r in (first, second, third)] == [60, 72, 180]


def test_the_same_part_twice_is_one_activity() -> None:
    (recording,) = read(swim() * 2)
    assert recording == read(swim())[0]


def test_activity_that_a_later_part_continues() -> None:
    first = fit([file_id(), *ride(10), session(0, 10, "cycling", total_distance=80.0)])
    whole = session(0, 20, "cycling", total_distance=160.0)
    (recording,) = read(first + fit([file_id(), *ride(20)[11:], whole]))
    assert recording.streams["time"] == list(range(21))
    assert (recording.totals["elapsed_time"], recording.totals["distance"]) == (20, 160)


def test_two_days_in_a_chain() -> None:
    day = 86400
    later = [record(day + s, distance=s * 3.0) for s in range(31)]
    second = fit([file_id(product=3113), *later, session(day, 30, "running")])
    swum, run = read(swim() + second + beats(0, SWIM_S))
    assert (swum.sport, run.sport) == ("Swim", "Run")
    assert (swum.device, run.device) == ("Garmin Edge 820", "Garmin Forerunner 945")
    assert len(swum.streams["heartrate"]) == SWIM_S + 1 and "heartrate" not in run.streams


def test_parts_are_bounded() -> None:
    empty = framed(bytes([0x40, 0, 0, 0, 0, 0]))  # defines a message without fields
    (recording,) = read(swim() + empty * 1000)
    assert recording.problems == ("what follows its first 256 parts is left out",)


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("MAX_VALUES", 400),
        ("MAX_OTHER_MESSAGES", 2),
        ("MAX_SESSIONS", 1),
        ("MAX_DEFINITION_BYTES", 60),
    ],
)
def test_messages_are_bounded(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    assert len(read(swim() + swim("running"))) == 2
    monkeypatch.setattr(fit_messages, limit, value)
    recording, *_ = read(swim() + swim("running"))
    assert recording.problems == ("it has more messages than any recording; the rest is left out",)


def test_samples_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The totals behind them are kept."""
    monkeypatch.setattr(limits, "MAX_SAMPLES", 20)
    (recording,) = read(swim())
    assert len(recording.streams["time"]) == 20
    assert recording.totals["elapsed_time"] == SWIM_S
    assert recording.problems == ("what it recorded after 20 samples is left out",)


def test_beats_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_reader, "MAX_BEATS", 10)
    (recording,) = read(swim() + beats(0, 30) + beats(31, SWIM_S))
    assert recording.streams["heartrate"].count(None) == SWIM_S - 14


def test_many_activities_of_one_start() -> None:
    recordings = read(b"".join(swim(speed=1 + number / 100) for number in range(90)))
    assert len(recordings) == 90


def test_counter_of_the_strap_with_few_bits_and_overflow() -> None:
    """Eight beats in a message have twelve bits of the strap's counter each."""
    overflow = 2**32 - 1024
    counters = [(overflow + 512 * number) & 0xFFF for number in range(1, 9)]
    packed = b"".join(
        bytes([low & 0xFF, low >> 8 | (high & 0x0F) << 4, high >> 4])
        for low, high in zip(counters[::2], counters[1::2], strict=True)
    )
    anchor = bytes([0x40, 0, 0, 132, 0, 3, 253, 4, 0x86, 9, 4, 0x86, 6, 1, 2])
    anchor += bytes([0]) + struct.pack("<IIB", MORNING, overflow, 100)
    more = bytes([0x41, 0, 0, 132, 0, 2, 6, 8, 2, 10, 12, 0x0D, 1, *range(101, 109)]) + packed
    (recording,) = read(swim() + framed(anchor + more))
    # Two beats per second, and their mean; then the last one for five seconds.
    assert recording.streams["heartrate"][:6] == [100, 102, 104, 106, 108, 108]


def test_strap_of_a_watch(shared: Path) -> None:
    data = (shared / "data/imports_that_fail/01_pulse_in_later_part_of_chain.fit").read_bytes()
    (recording,) = read(data)
    rates = recording.streams["heartrate"]
    assert len(rates) == 310 and None not in rates


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
