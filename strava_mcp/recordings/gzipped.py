"""What is inside of gzip, however often it was packed, and never more than a bound."""

import zlib

from strava_mcp.recordings.recording import CorruptFile

MAGIC = b"\x1f\x8b"
#: The largest file that is read, expanded: two days at a sample a second as TCX.
MAX_BYTES = 64 << 20
#: An export packs once, and a device that packed by itself makes it twice.
MAX_LAYERS = 3
#: The wbits of zlib that mean gzip alone.
GZIP = 31
#: Bytes that are expanded at a time to see how many there are.
PIECE = 1 << 20


def expanded(data: bytes) -> bytes:
    """The content of ``data``; as it is if it was not gzipped. Raises CorruptFile."""
    for _ in range(MAX_LAYERS):
        if not data.startswith(MAGIC):
            break
        data = _expanded_once(data)
    if data.startswith(MAGIC):
        raise CorruptFile(f"it was gzipped more than {MAX_LAYERS} times")
    if len(data) > MAX_BYTES:
        raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB")
    return data


def _expanded_once(data: bytes) -> bytes:
    """All members of a gzip (RFC 1952, 2.2), joined; what follows them is left out."""
    parts, room = [], MAX_BYTES
    while data.startswith(MAGIC):
        size, rest = _measured(data, room)
        room -= size
        parts.append(zlib.decompress(data, GZIP, max(1, size)))
        data = rest
    return b"".join(parts)


def _measured(data: bytes, room: int) -> tuple[int, bytes]:
    """How large the first member is expanded, found without keeping it, and what follows it."""
    packer = zlib.decompressobj(GZIP)
    size, left = 0, data
    while not packer.eof:
        try:
            piece = packer.decompress(left, PIECE)
        except zlib.error as exc:
            raise CorruptFile("its gzip is damaged") from exc
        size, left = size + len(piece), packer.unconsumed_tail
        if size > room:
            raise CorruptFile(f"it has more than {MAX_BYTES >> 20} MB when expanded")
        if not piece and not packer.eof:
            raise CorruptFile("its gzip ends early")
    return size, packer.unused_data
