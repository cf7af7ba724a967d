"""The session message of a FIT file: when it began, how long and how far it was.

Source: Garmin FIT SDK, "FIT Protocol" (header, record headers, checksum) and Profile (message 18).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
SESSION = 18
SPORT, START_TIME, ELAPSED_MS, DISTANCE_CM = 5, 2, 7, 9
SPORTS = {1: "Run", 2: "Ride", 5: "Swim", 11: "Walk", 17: "Hike", 10: "Workout"}
#: Unsigned integers by their size in bytes; its largest value means that there is none.
FORMATS = {1: "B", 2: "H", 4: "I"}

CRC_TABLE = (
    *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
    *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
)


class Damaged(ValueError):
    """The file is not what its data_type says."""


@dataclass(frozen=True)
class Session:
    """What a recording says of itself."""

    start: datetime
    elapsed_s: int
    distance_m: float
    sport: str


@dataclass(frozen=True)
class _Layout:
    """How the data messages of a local type are laid out: fields as (number, size)."""

    message: int
    order: str
    fields: tuple[tuple[int, int], ...]
    size: int


def session(file: bytes) -> Session:
    """The first session of a FIT file. Raises Damaged if it is broken or has none."""
    if len(file) < 14 or file[8:12] != b".FIT" or file[0] not in (12, 14):
        raise Damaged("it is not a FIT file")
    end = file[0] + int(struct.unpack_from("<I", file, 4)[0])
    if len(file) < end + 2 or crc(file[:end]) != struct.unpack_from("<H", file, end)[0]:
        raise Damaged("it is incomplete or its checksum is wrong")
    try:
        for values in _messages(file[file[0] : end], SESSION):
            if START_TIME in values:
                return Session(
                    EPOCH + timedelta(seconds=values[START_TIME]),
                    max(1, values.get(ELAPSED_MS, 0) // 1000),
                    values.get(DISTANCE_CM, 0) / 100,
                    SPORTS.get(values.get(SPORT, 0), "Workout"),
                )
    except (struct.error, IndexError, KeyError) as exc:
        raise Damaged("its records are broken") from exc
    raise Damaged("it has no session with a start time")


def _messages(data: bytes, wanted: int) -> Iterator[dict[int, int]]:
    """Unsigned fields by number of each message of a kind, whatever else there is."""
    layouts: dict[int, _Layout] = {}
    at = 0
    while at < len(data):
        header = data[at]
        at += 1
        if header & 0x80:  # a compressed time stamp: bits 5 and 6 are the local type
            layout = layouts[header >> 5 & 3]
        elif header & 0x40:
            at, layouts[header & 15] = _definition(data, at, bool(header & 0x20))
            continue
        else:
            layout = layouts[header & 15]
        if layout.message == wanted:
            yield _values(data, at, layout)
        at += layout.size


def _definition(data: bytes, at: int, has_developer_fields: bool) -> tuple[int, _Layout]:
    """Where a definition message ends, and what it defines."""
    order = ">" if data[at + 1] else "<"
    message = int(struct.unpack_from(f"{order}H", data, at + 2)[0])
    count = data[at + 4]
    at += 5
    fields = tuple((data[at + 3 * i], data[at + 3 * i + 1]) for i in range(count))
    at += 3 * count
    size = sum(length for _, length in fields)
    if has_developer_fields:
        size += sum(data[at + 2 + 3 * i] for i in range(data[at]))
        at += 1 + 3 * data[at]
    return at, _Layout(message, order, fields, size)


def _values(data: bytes, at: int, layout: _Layout) -> dict[int, int]:
    found = {}
    for number, size in layout.fields:
        if size in FORMATS:
            value = int(struct.unpack_from(layout.order + FORMATS[size], data, at)[0])
            if value != (1 << 8 * size) - 1:
                found[number] = value
        at += size
    return found


def crc(data: bytes) -> int:
    """The checksum of the FIT protocol (CRC-16/ARC), a nibble at a time."""
    found = 0
    for byte in data:
        found = (found >> 4) ^ CRC_TABLE[found & 0xF] ^ CRC_TABLE[byte & 0xF]
        found = (found >> 4) ^ CRC_TABLE[found & 0xF] ^ CRC_TABLE[byte >> 4]
    return found
