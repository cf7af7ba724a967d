"""Decompressing gzip, also nested, up to a maximum size; a damaged file as far as it goes."""

import zlib
from typing import NamedTuple

from strava_mcp.recordings.recording import CorruptFile

MAGIC = b"\x1f\x8b"
#: Maximum size of a decompressed file: two days of TCX at one sample per second.
MAX_BYTES = 64 << 20
#: Strava compresses files once; some devices had compressed theirs before.
MAX_LAYERS = 3
#: ``wbits`` of zlib for the gzip format only.
GZIP_WBITS = 31
#: Bytes decompressed at a time to measure the size.
CHUNK_BYTES = 1 << 20
#: Bytes fed at a time up to the damage: what they expand to is lost where it is.
DAMAGED_CHUNK_BYTES = 64


class Decompressed(NamedTuple):
    """The content of a file, and what is damaged: the content then ends there."""

    data: bytes
    problem: str | None = None


def decompress(data: bytes) -> Decompressed:
    """Decompress ``data`` if it is gzipped.

    Raises CorruptFile if it is too large, or damaged from the start.
    """
    problem = None
    for _ in range(MAX_LAYERS):
        if not data.startswith(MAGIC):
            break
        data, damage = _decompress_once(data)
        problem = problem or damage
    if data.startswith(MAGIC):
        raise CorruptFile(f"it was gzipped more than {MAX_LAYERS} times")
    if len(data) > MAX_BYTES:
        raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB")
    if problem and not data:
        raise CorruptFile(problem)
    return Decompressed(data, problem)


def _decompress_once(data: bytes) -> Decompressed:
    """Join all members of a gzip file (RFC 1952, 2.2); data after them is ignored."""
    parts, remaining = [], MAX_BYTES
    while data.startswith(MAGIC):
        size, rest, problem = _measure(data, remaining)
        if problem:
            parts.append(_before_damage(data, remaining))
            return Decompressed(b"".join(parts), problem)
        remaining -= size
        parts.append(zlib.decompress(data, GZIP_WBITS, max(1, size)))
        data = rest
    return Decompressed(b"".join(parts))


def _measure(data: bytes, max_bytes: int) -> tuple[int, bytes, str | None]:
    """Return the decompressed size of the first member, the data after it, and its damage.

    Measuring before decompressing keeps a bomb out of memory.
    """
    decompressor = zlib.decompressobj(GZIP_WBITS)
    size, left = 0, data
    while not decompressor.eof:
        try:
            chunk = decompressor.decompress(left, CHUNK_BYTES)
        except zlib.error:
            return size, b"", "its gzip is damaged"
        size, left = size + len(chunk), decompressor.unconsumed_tail
        if size > max_bytes:
            raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB when expanded")
        if not chunk and not decompressor.eof:
            return size, b"", "its gzip ends early"
    return size, decompressor.unused_data, None


def _before_damage(data: bytes, max_bytes: int) -> bytes:
    """Decompress the first member up to where it is damaged."""
    decompressor = zlib.decompressobj(GZIP_WBITS)
    content = bytearray()
    for at in range(0, len(data), DAMAGED_CHUNK_BYTES):
        try:
            content += decompressor.decompress(data[at : at + DAMAGED_CHUNK_BYTES])
        except zlib.error:
            break
        if len(content) > max_bytes:
            raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB when expanded")
    return bytes(content)
