"""FIT: fields that apps on the device add."""

import struct
from pathlib import Path

import pytest

from strava_mcp.recordings import read
from strava_mcp.recordings.recording import Recording
from tests.recordings.fit_maker import MORNING, activity, fit, framed, record

OWNER = {"developer_data_index": 0, "application_id": list(range(16))}
RECORD, SESSION, LAP = 20, 18, 19
UINT16, FLOAT = 0x84, 0x88


def described(
    number: int, name: str, base_type: int = UINT16, kind: int = RECORD, **fields
) -> dict:
    return {
        **{"developer_data_index": 0, "field_definition_number": number, "field_name": name},
        **{"fit_base_type_id": base_type, "native_mesg_num": kind, **fields},
    }


def only(descriptions: list[dict], *messages, **session) -> Recording:
    described_messages = [("FIELD_DESCRIPTION", description) for description in descriptions]
    head = [("DEVELOPER_DATA_ID", OWNER), *described_messages]
    developer = {number: (OWNER, one) for number, one in enumerate(descriptions)}
    (recording,) = read(fit(activity(*head, *messages, **session), developer))
    return recording


def test_developer_field_replaces_a_missing_native_field() -> None:
    recording = only(
        [described(0, "Power", units="Watts", native_field_num=7)],
        record(0, heart_rate=120, developer_fields={0: 240}),
        record(1, power=180, heart_rate=120, developer_fields={0: 250}),
    )
    assert recording.streams["watts"] == [240, 180]


def test_developer_field_replaces_a_native_series_of_zeros() -> None:
    distance = [described(0, "distance", FLOAT, units="m", native_field_num=5)]
    recording = only(
        distance, *(record(s, distance=0.0, developer_fields={0: s * 1.5}) for s in range(5))
    )
    assert recording.streams["distance"] == [0, 1.5, 3, 4.5, 6]
    coasting = [described(0, "Power", native_field_num=7)]
    recording = only(
        coasting, *(record(s, power=s * 100, developer_fields={0: 7}) for s in range(3))
    )
    assert recording.streams["watts"] == [0, 100, 200]


def test_running_power_of_garmin_has_a_name_only() -> None:
    recording = only(
        [described(0, "RP_Power", units="W"), described(1, "RP_AvgLapPower", kind=LAP, units="W")],
        *(record(s, heart_rate=140, developer_fields={0: 250 + s}) for s in range(3)),
        record(3, heart_rate=140, developer_fields={0: 0xFFFF}),
        ("LAP", {"start_time": MORNING, "developer_fields": {1: 251}}),
        sport="running",
    )
    assert recording.streams["watts"] == [250, 251, 252, None]
    assert recording.laps[0].totals == {"average_watts": 251}


def test_totals_in_developer_fields() -> None:
    recording = only(
        [
            described(0, "distance", FLOAT, SESSION, units="km", native_field_num=9),
            described(1, "speed", FLOAT, SESSION, units="m/s", native_field_num=14),
            described(2, "lap distance", FLOAT, LAP, units="m", native_field_num=9),
        ],
        *(record(s, heart_rate=140) for s in range(3)),
        ("LAP", {"start_time": MORNING, "total_distance": 0.0, "developer_fields": {2: 75.0}}),
        **{"sport": "swimming", "total_distance": 0.0, "total_elapsed_time": 82.0},
        developer_fields={0: 0.15, 1: 1.83},
    )
    assert recording.totals == {
        **{"elapsed_time": 82, "moving_time": 82, "distance": 150, "average_speed": 1.83}
    }
    assert recording.laps[0].totals == {"distance": 75}


def test_app_that_swims(shared: Path) -> None:
    data = shared / "data/imports_that_fail/09_session_totals_in_developer_fields.fit"
    (recording,) = read(data.read_bytes())
    assert recording.totals["distance"] == recording.streams["distance"][-1] == 150
    assert recording.totals["average_speed"] == 1.829
    # The app repeats its totals in a lap of 4 ms at the end.
    assert [lap.totals.get("distance") for lap in recording.laps] == [150, None]


def definition(*developer_fields: tuple[int, int, int]) -> bytes:
    """Define local message 0, a record: timestamp, heart rate and developer fields."""
    head = bytes([0x60, 0, 0, RECORD, 0, 2, 253, 4, 0x86, 3, 1, 0x02, len(developer_fields)])
    return head + b"".join(map(bytes, developer_fields))


#: Definition and data of a field_description: developer field 0 is the power of records.
DESCRIPTION = bytes([0x41, 0, 0, 206, 0, 5, 0, 1, 2, 1, 1, 2, 2, 1, 2, 14, 2, 0x84, 15, 1, 2])


def description(base_type: int) -> bytes:
    return DESCRIPTION + bytes([1, 0, 0, base_type, RECORD, 0, 7])


def data(*extras: bytes) -> bytes:
    """Make records of local message 0, one for each second, with the bytes of developer fields."""
    return b"".join(
        bytes([0]) + struct.pack("<IB", MORNING + second, 100 + second) + extra
        for second, extra in enumerate(extras)
    )


POWER = (0, 2, 0)


@pytest.mark.parametrize(
    ("fields", "base_type", "watts"),
    [
        pytest.param([(0, 0, 0)], UINT16, None, id="no bytes"),
        pytest.param([(5, 0, 0), POWER], UINT16, [300, 300], id="another has no bytes"),
        pytest.param([(0, 1, 0)], UINT16, None, id="fewer bytes than its type"),
        pytest.param([(0, 3, 0)], UINT16, [300, 300], id="a byte more"),
        pytest.param([POWER], 0x1E, None, id="unknown type"),
        pytest.param([(0, 2, 9)], UINT16, None, id="never described"),
        pytest.param([(0, 2, 0)], 0x07, None, id="text"),
    ],
)
def test_odd_developer_field_costs_that_field(
    fields: list[tuple[int, int, int]], base_type: int, watts: list[int] | None
) -> None:
    extra = b"".join(struct.pack("<H", 300).ljust(size, b"\0")[:size] for _, size, _ in fields)
    (recording,) = read(framed(description(base_type) + definition(*fields) + data(extra, extra)))
    assert recording.streams["heartrate"] == [100, 101] and not recording.problems
    assert recording.streams.get("watts") == watts


def test_field_described_after_its_definition() -> None:
    extra = struct.pack("<H", 300)
    (recording,) = read(framed(definition(POWER) + description(UINT16) + data(extra, extra)))
    assert recording.streams["watts"] == [300, 300]


def test_field_of_no_bytes_of_a_virtual_ride(shared: Path) -> None:
    data = shared / "data/imports_that_fail/06_developer_field_of_no_bytes.fit"
    (recording,) = read(data.read_bytes())
    # 60 records, several of them within the same second.
    assert recording.streams["time"] == list(range(46)) and not recording.problems
    assert all(value is not None for value in recording.streams["watts"])
    assert recording.totals["distance"] == 28455.12 and recording.sport == "VirtualRide"
