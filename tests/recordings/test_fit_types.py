"""FIT files that give their fields other types and values than any device are read or refused."""

import json
import random
import struct
from collections.abc import Callable, Iterator

import pytest

from strava_mcp.recordings import read
from strava_mcp.recordings.fit_messages import OTHER_FIELDS
from strava_mcp.recordings.fit_profile import field_names
from strava_mcp.recordings.recording import UNFORESEEN, CorruptFile
from tests.recordings.fit_maker import MORNING, framed

pytestmark = pytest.mark.no_cover

RECORD, LAP, SESSION, FIELD_DESCRIPTION = 20, 19, 18, 206
TIMESTAMP, START = 253, 2
FLOAT64 = 0x89
FLOATS = (1.7e308, -1.7e308, 1e300, 5e-324, 0.0, -0.0, 1e18, 0.5, float(MORNING))
ODD = (float("nan"), float("inf"), float("-inf"))
UNITS = (b"km", b"ft", b"m", b"min", b"h", b"kj", b"")
FILE_ID = bytes([0x40, 0, 0, 0, 0, 1, 0, 1, 0]) + b"\0\4"

#: Base type, size in bytes, and how to choose a value.
Kind = tuple[int, int, Callable[[random.Random], bytes]]
MOMENT: Kind = (0x86, 4, lambda rng: struct.pack("<I", MORNING + rng.choice((0, 1, 60, 3600))))
KINDS: tuple[Kind, ...] = (
    (FLOAT64, 8, lambda rng: struct.pack("<d", rng.choice(FLOATS + ODD))),
    (0x88, 4, lambda rng: struct.pack("<f", rng.choice((3e38, -3e38, 0.5, 1e-45, *ODD)))),
    (0x8F, 8, lambda rng: struct.pack("<Q", rng.choice((0, 1, 2**63, 2**64 - 2, MORNING)))),
    (0x8E, 8, lambda rng: struct.pack("<q", rng.choice((-(2**63), 2**62, -1, MORNING)))),
    (0x07, 8, lambda rng: rng.choice((b"abc".ljust(8, b"\0"), b"\xff" * 8, b"1e309\0\0\0"))),
    (0x84, 8, lambda rng: struct.pack("<4H", *rng.choices((0, 1, 65534, 65535), k=4))),
    (0x02, 3, lambda rng: bytes(rng.choices((0, 1, 2, 5, 254, 255), k=3))),
    (0x0D, 3, lambda rng: bytes(rng.choices((0, 7, 255), k=3))),
    MOMENT,
)


def definition(local: int, kind: int, fields: list[bytes], developer: list[bytes]) -> bytes:
    """Make a definition; ``fields``, ``developer``: three bytes each."""
    head = struct.pack("<BBBHB", 0x40 | local | 0x20 * bool(developer), 0, 0, kind, len(fields))
    end = bytes([len(developer)]) + b"".join(developer) if developer else b""
    return head + b"".join(fields) + end


def odd_fields(rng: random.Random) -> Iterator[bytes]:
    """Messages of every kind, whose fields have any type and value."""
    for _ in range(rng.randint(1, 8)):
        kind = rng.choice((RECORD, LAP, SESSION, *OTHER_FIELDS))
        numbers = list(field_names(kind))
        chosen = dict.fromkeys((TIMESTAMP, START) if rng.random() < 0.8 else (), MOMENT)
        chosen |= {
            number: rng.choice(KINDS)
            for number in rng.sample(numbers, min(rng.randint(1, 8), len(numbers)))
            if number not in chosen
        }
        fields = [bytes([number, size, base]) for number, (base, size, _) in chosen.items()]
        yield definition(1, kind, fields, [])
        for _ in range(rng.randint(1, 4)):
            yield b"\1" + b"".join(value(rng) for _, _, value in chosen.values())


def description(number: int, kind: int, field: int, rng: random.Random) -> bytes:
    """Describe a developer field of an extreme scale, offset or unit."""
    unit, scale, offset = rng.choice(UNITS), rng.choice((0, 1, 2, 254)), rng.choice((-128, 0, 127))
    head = struct.pack("<BBBB8s", 3, 0, number, FLOAT64, unit)
    return head + struct.pack("<BbHB", scale, offset, kind, field)


def odd_apps(rng: random.Random) -> Iterator[bytes]:
    """Records, laps and sessions with developer fields of any value."""
    sizes = ((0, 1, 2), (1, 1, 2), (2, 1, 2), (8, 8, 7), (6, 1, 2), (7, 1, 1), (14, 2, 0x84))
    fields = [bytes(one) for one in (*sizes, (15, 1, 2))]
    yield definition(3, FIELD_DESCRIPTION, fields, [])
    moments = [bytes([number, 4, 0x86]) for number in (TIMESTAMP, START)]
    for first, kind in ((0, RECORD), (10, LAP), (20, SESSION)):
        natives = rng.sample(list(field_names(kind)), 4)
        numbers = range(first, first + 4)
        for number, native in zip(numbers, natives, strict=True):
            yield description(number, kind, native, rng)
        yield definition(1, kind, moments, [bytes([number, 8, 0]) for number in numbers])
        for second in range(rng.randint(1, 4)):
            head = struct.pack("<BII", 1, MORNING + second, MORNING)
            yield head + struct.pack("<4d", *rng.choices(FLOATS, k=4))


@pytest.mark.parametrize("messages", [odd_fields, odd_apps])
@pytest.mark.parametrize("seed", range(8))
def test_odd_types_and_values_are_read_or_refused(
    messages: Callable[[random.Random], Iterator[bytes]], seed: int
) -> None:
    rng = random.Random(seed)
    for number in range(100):
        data = framed(FILE_ID + b"".join(messages(rng)))
        try:
            recordings = read(data)
        except CorruptFile as exc:
            assert UNFORESEEN not in str(exc), number
            continue
        for one in recordings:
            values = [one.totals, one.streams, [lap.totals for lap in one.laps]]
            json.dumps(values, allow_nan=False)
