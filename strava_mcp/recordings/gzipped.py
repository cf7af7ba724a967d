"""Decompressing gzip, also nested, up to a maximum size."""

import zlib

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


def decompress(data: bytes) -> bytes:
    """Decompress ``data`` if it is gzipped. Raises CorruptFile, also if it is too large."""
    for _ in range(MAX_LAYERS):
        if not data.startswith(MAGIC):
            break
        data = _decompress_once(data)
    if data.startswith(MAGIC):
        raise CorruptFile(f"it was gzipped more than {MAX_LAYERS} times")
    if len(data) > MAX_BYTES:
        raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB")
    return data


def _decompress_once(data: bytes) -> bytes:
    """Join all members of a gzip file (RFC 1952, 2.2); data after them is ignored."""
    parts, remaining = [], MAX_BYTES
    while data.startswith(MAGIC):
        size, rest = _measure(data, remaining)
        remaining -= size
        parts.append(zlib.decompress(data, GZIP_WBITS, max(1, size)))
        data = rest
    return b"".join(parts)


def _measure(data: bytes, max_bytes: int) -> tuple[int, bytes]:
    """Return the decompressed size of the first member, and the data after it.

    Measuring before decompressing keeps a bomb out of memory.
    """
    decompressor = zlib.decompressobj(GZIP_WBITS)
    size, left = 0, data
    while not decompressor.eof:
        try:
            chunk = decompressor.decompress(left, CHUNK_BYTES)
        except zlib.error as exc:
            raise CorruptFile("its gzip is damaged") from exc
        size, left = size + len(chunk), decompressor.unconsumed_tail
        if size > max_bytes:
            raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB when expanded")
        if not chunk and not decompressor.eof:
            raise CorruptFile("its gzip ends early")
    return size, decompressor.unused_data
