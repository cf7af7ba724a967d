"""What is inside of gzip, however often it was packed, and never more than a bound."""

import zlib

from strava_mcp.strava.archive.recording import Damaged

MAGIC = b"\x1f\x8b"
#: The largest file that is read, expanded: two days at a sample a second as TCX.
MOST_BYTES = 64 << 20
#: An export packs once, and a device that packed by itself makes it twice.
MOST_LAYERS = 3
#: The wbits of zlib that mean gzip alone.
GZIP = 31


def expanded(data: bytes) -> bytes:
    """The content of ``data``; as it is if it was not gzipped. Raises Damaged."""
    for _ in range(MOST_LAYERS):
        if not data.startswith(MAGIC):
            break
        data = _expanded_once(data)
    if data.startswith(MAGIC):
        raise Damaged(f"it was gzipped more than {MOST_LAYERS} times")
    if len(data) > MOST_BYTES:
        raise Damaged(f"it has more than {MOST_BYTES >> 20} MB")
    return data


def _expanded_once(data: bytes) -> bytes:
    """All members of a gzip (RFC 1952, 2.2), joined; what follows them is left out."""
    parts, room = [], MOST_BYTES
    while data.startswith(MAGIC):
        packer = zlib.decompressobj(GZIP)
        try:
            part = packer.decompress(data, room + 1)
        except zlib.error as exc:
            raise Damaged("its gzip is damaged") from exc
        room -= len(part)
        if room < 0:
            raise Damaged(f"it has more than {MOST_BYTES >> 20} MB when expanded")
        if not packer.eof:
            raise Damaged("its gzip ends early")
        parts.append(part)
        data = packer.unused_data
    return b"".join(parts)
