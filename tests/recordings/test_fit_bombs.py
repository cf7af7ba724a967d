"""Small FIT files that describe more than any recording are read or refused within bounds."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recordings.memory_limit import read

pytestmark = pytest.mark.no_cover

#: Numbers of the FIT profile.
SESSION, LAP, RECORD, EVENT, HEART_RATE, FIELD_DESCRIPTION = 18, 19, 20, 21, 132, 206
TIMESTAMP, START, PULSE = (253, 4, 0x86), (2, 4, 0x86), (3, 1, 2)
BEGAN = 1_000_000_000
MANY = 2_000_000
DAMAGED = "its checksum is wrong: some of it may be, too"
TOO_MANY = "it has more messages than any recording; the rest is left out"


def definition(local: int, kind: int, *fields: tuple[int, int, int], apps: int = 0) -> bytes:
    """Make a definition message; ``apps``: developer fields of no bytes."""
    head = bytes([0x40 | local | (0x20 if apps else 0), 0, 0]) + struct.pack("<H", kind)
    own = bytes([len(fields)]) + b"".join(map(bytes, fields))
    return head + own + (bytes([apps]) + bytes(3 * apps) if apps else b"")


def part(messages: bytes) -> bytes:
    """Make one file of a chain. Its checksum is wrong: computing it takes longer than the test."""
    return struct.pack("<BBHI4s", 12, 0x10, 2100, len(messages), b".FIT") + messages + b"\1\1"


def timed(kind: int, count: int) -> bytes:
    """Make messages of one byte each, each a second after the one before."""
    start = definition(1, RECORD, TIMESTAMP) + b"\1" + struct.pack("<I", BEGAN)
    seconds = bytes(0xA0 | second for second in range(32))
    return start + definition(1, kind) + seconds * (count // 32)


def hundred_sessions() -> bytes:
    return definition(2, SESSION, START, TIMESTAMP) + b"".join(
        b"\2" + struct.pack("<II", BEGAN + 60 * number, BEGAN + 60 * number + 60)
        for number in range(100)
    )


def beats() -> bytes:
    return definition(3, HEART_RATE, TIMESTAMP, (6, 200, 2)) + b"".join(
        b"\3" + struct.pack("<I", BEGAN + second) + b"\x64" * 200 for second in range(1750)
    )


def pauses() -> bytes:
    return definition(2, EVENT, TIMESTAMP, (0, 1, 0), (1, 1, 0)) + b"".join(
        b"\2" + struct.pack("<IBB", BEGAN + second, 0, second % 2) for second in range(50_000)
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "messages of one byte": lambda: part(definition(1, RECORD) + b"\1" * 2 * MANY),
    "records of one byte": lambda: part(timed(RECORD, MANY)),
    "laps of one byte": lambda: part(timed(LAP, MANY)),
    "sessions of one byte": lambda: part(timed(SESSION, MANY)),
    "texts of no bytes": lambda: part(
        definition(1, FIELD_DESCRIPTION, *[(3, 0, 7)] * 255) + b"\1" * 2 * MANY
    ),
    "developer fields of no bytes": lambda: part(
        definition(1, RECORD, apps=255) + b"\1" * 2 * MANY
    ),
    "one field 255 times": lambda: part(
        definition(1, RECORD, *[PULSE] * 255) + (b"\1" + b"\x64" * 255) * 60_000
    ),
    "definitions": lambda: part(definition(1, RECORD, *[PULSE] * 255) * 20_000),
    "a definition for each record": lambda: part(
        (definition(1, RECORD, PULSE) + b"\1\x64") * 1_000_000
    ),
    "a chain of records": lambda: part(timed(RECORD, 200_000)) * 200,
    "a chain of laps": lambda: part(timed(LAP, 200_000)) * 200,
    "a chain of sessions": lambda: part(hundred_sessions() + timed(RECORD, 200_000)) * 200,
    "beats of a hundred sessions": lambda: (
        part(hundred_sessions() + timed(RECORD, 200_000)) + part(beats())
    ),
    "pauses": lambda: part(timed(RECORD, 200_000) + pauses()),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(tmp_path: Path, name: str) -> None:
    result = read(tmp_path / "bomb.fit.gz", gzip.compress(BOMBS[name](), 9))
    assert TOO_MANY in result or DAMAGED in result


def test_values_are_counted_over_all_parts(tmp_path: Path) -> None:
    """A chain whose parts are each within bounds is not."""
    records = definition(1, RECORD, *[PULSE] * 255) + (b"\1" + b"\x64" * 255) * 1000
    assert TOO_MANY not in read(tmp_path / "one.fit", part(records))
    assert TOO_MANY in read(tmp_path / "chain.fit", part(records) * 100)
