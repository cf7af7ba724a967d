"""The frame of a FIT file: header, messages and checksum, and several of these in a row.

Garmin's decoder checks the frame as well, but loses every part from the first broken one on, and
takes several times as long for the checksum.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

MARK = b".FIT"
#: Size of the header, protocol, profile, size of the messages, mark (FIT protocol, file header).
HEADER = struct.Struct("<BBHI4s")
HEADER_SIZES = (12, 14)
CHECKSUM_BYTES = 2
POLYNOMIAL = 0xA001


class Part(NamedTuple):
    """A FIT file of a chain, complete with a header that tells its size, and what is wrong."""

    data: bytes
    problem: str | None = None


def parts(data: bytes) -> Iterator[Part]:
    """The files of a chain, as far as they can be told apart.

    The size in a header is 0 where the device had no time to end the file, and too large where the
    file was cut off: then the part is what is left.
    """
    at = 0
    while at < len(data):
        header = _header(data, at)
        if header is None:
            if at == 0 or data[at:].strip(b"\0"):
                yield Part(b"", "what follows its first part is no FIT file and is left out")
            return
        header_bytes, size = header
        end = at + header_bytes + size
        if size and end + CHECKSUM_BYTES <= len(data):
            part = data[at : end + CHECKSUM_BYTES]
            is_sound = checksum(part) == 0
            yield Part(part, None if is_sound else "its checksum is wrong: some of it may be, too")
            at = end + CHECKSUM_BYTES
        else:
            left = data[at + header_bytes :]
            fields = HEADER.unpack_from(data, at)
            rest = HEADER.pack(*fields[:3], len(left), MARK) + b"\0\0"[: header_bytes - HEADER.size]
            yield Part(rest + left + b"\0\0", "it ends early, as when a battery dies")
            return


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """How long the header is and how long it says the messages are; None where there is none."""
    if len(data) < at + HEADER.size:
        return None
    size, _, _, messages, mark = HEADER.unpack_from(data, at)
    return (size, messages) if mark == MARK and size in HEADER_SIZES else None


def _table() -> list[int]:
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        found.append(byte)
    return found


_TABLE = _table()


def checksum(data: bytes) -> int:
    """CRC-16/ARC, the checksum of FIT: 0 for bytes that end with their own."""
    table, crc = _TABLE, 0
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc
