"""FIT file structure: header, messages and checksum, and several such files in a row."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

SIGNATURE = b".FIT"
#: Header size, protocol version, profile version, size of the messages, signature (FIT protocol,
#: file header).
HEADER = struct.Struct("<BBHI4s")
HEADER_SIZES = (12, 14)
CHECKSUM_BYTES = 2
POLYNOMIAL = 0xA001
#: More than any chain: an activity, and a part for each time that the watch heard a strap again.
MAX_PARTS = 256


class Part(NamedTuple):
    """One FIT file of a chain, with a header that has its correct size; and what is damaged."""

    data: bytes
    problem: str | None = None


def parts(data: bytes) -> Iterator[Part]:
    """Split a chain into its files.

    The size in a header is 0 if the device did not finish the file, and too large if the file was
    truncated: such a part extends to the end.
    """
    at = count = 0
    while at < len(data):
        count += 1
        if count > MAX_PARTS:
            yield Part(b"", f"what follows its first {MAX_PARTS} parts is left out")
            return
        header = _header(data, at)
        if header is None:
            if at == 0 or data[at:].strip(b"\0"):
                yield Part(b"", "what follows its first part is not a FIT file and is left out")
            return
        header_bytes, size = header
        end = at + header_bytes + size
        if size and end + CHECKSUM_BYTES <= len(data):
            part = data[at : end + CHECKSUM_BYTES]
            is_sound = checksum(part) == 0
            yield Part(part, None if is_sound else "its checksum is wrong: some of it may be, too")
            at = end + CHECKSUM_BYTES
        else:
            messages = data[at + header_bytes :]
            fields = HEADER.unpack_from(data, at)
            header_start = (
                HEADER.pack(*fields[:3], len(messages), SIGNATURE)
                + b"\0\0"[: header_bytes - HEADER.size]
            )
            yield Part(header_start + messages + b"\0\0", "it ends early, as when a battery dies")
            return


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """Return the sizes of the header and of the messages; None if there is no header."""
    if len(data) < at + HEADER.size:
        return None
    size, _, _, messages, signature = HEADER.unpack_from(data, at)
    return (size, messages) if signature == SIGNATURE and size in HEADER_SIZES else None


def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _table()


def checksum(data: bytes) -> int:
    """Return the CRC-16/ARC of FIT: 0 for data followed by its own checksum."""
    table, crc = _TABLE, 0
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc
