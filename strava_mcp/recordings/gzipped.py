"""Decompressing gzip, also nested, up to a maximum size; a damaged file as far as it goes."""

import zlib
from typing import NamedTuple

from strava_mcp.recordings.recording import CorruptFile

MAGIC = b"\x1f\x8b"
#: Maximum size of a decompressed file: two days of TCX at one sample per second.
MAX_BYTES = 64 << 20
#: Strava compresses files once; some devices had compressed theirs before.
MAX_LAYERS = 3
#: Programs that compress in parallel or append write several. Each costs setting up zlib.
MAX_MEMBERS = 1000
#: ``wbits`` of zlib for the gzip format only.
GZIP_WBITS = 31
#: Bytes fed at a time: they expand to 16 MB at most, and what follows a member in them is copied.
CHUNK_BYTES = 16 << 10
#: Bytes fed at a time up to the damage: what they expand to is lost where it is.
DAMAGED_CHUNK_BYTES = 64


class Decompressed(NamedTuple):
    """The content of a file, and what is damaged: the content then ends there."""

    data: bytes
    problem: str | None = None


class _Damaged(Exception):
    """A gzip member cannot be decompressed to its end; the message says how."""


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
    content = bytearray()
    at = members = 0
    while data.startswith(MAGIC, at):
        members += 1
        if members > MAX_MEMBERS:
            raise CorruptFile(f"its gzip has more than {MAX_MEMBERS:,} parts")
        begin = len(content)
        try:
            at = _expand(data, at, CHUNK_BYTES, content)
        except _Damaged as exc:
            del content[begin:]
            try:
                _expand(data, at, DAMAGED_CHUNK_BYTES, content)
            except _Damaged:
                pass
            return Decompressed(bytes(content), str(exc))
    return Decompressed(bytes(content))


def _expand(data: bytes, at: int, chunk_bytes: int, content: bytearray) -> int:
    """Append the member at ``at`` to the content, and return where it ends.

    Raises _Damaged after what was expanded up to there, and CorruptFile if it is too large.
    """
    decompressor = zlib.decompressobj(GZIP_WBITS)
    while not decompressor.eof:
        if at >= len(data):
            raise _Damaged("its gzip ends early")
        chunk = data[at : at + chunk_bytes]
        try:
            content += decompressor.decompress(chunk)
        except zlib.error as exc:
            raise _Damaged("its gzip is damaged") from exc
        at += len(chunk) - len(decompressor.unused_data)
        if len(content) > MAX_BYTES:
            raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB when expanded")
    return at
