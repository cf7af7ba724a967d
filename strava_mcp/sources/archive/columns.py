"""The streams of a recording as a compact block of bytes, a column each.

A column is whole numbers of its smallest unit (centimetres, tenths of a degree …), as differences
from one sample to the next, in the narrowest machine type that holds them, deflated: neighbours
differ little, so about one byte a sample is left. Columns are read one by one, so that a question
about heart rate never unpacks the track.
"""

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Streams

MAGIC = b"SMR1"
#: Stream type → how many of the smallest unit make one; all others are kept as whole numbers.
SCALES = {
    "distance": 100,
    "altitude": 10,
    "velocity_smooth": 1000,
    "grade_smooth": 10,
    "lat": 1_000_000,
    "lng": 1_000_000,
}
#: Machine types by width: signed bytes, 2, 4 and 8 bytes.
CODES = "bhiq"
MAX_SAMPLES = 2_000_000


def pack(streams: Streams) -> bytes:
    """``streams``, lists of one length, as a block. Raises ValueError where lengths differ."""
    size = len(next(iter(streams.values()), ()))
    head: list[JSON] = []
    bodies: list[bytes] = []
    for key, values in _flat(streams):
        if len(values) != size:
            raise ValueError(f"{key} has {len(values)} samples and not {size}.")
        code, body = _deflated(_whole(key, values))
        gaps = bytes(value is None for value in values) if None in values else b""
        packed_gaps = zlib.compress(gaps) if gaps else b""
        head.append({"key": key, "code": code, "bytes": len(body), "gaps": len(packed_gaps)})
        bodies += [body, packed_gaps]
    text = json.dumps({"samples": size, "columns": head}, separators=(",", ":")).encode()
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *bodies])


def unpack(block: bytes, keys: Collection[str] | None = None) -> Streams:
    """The streams of a block, or those of ``keys``. Raises ValueError where it is none."""
    try:
        if block[:4] != MAGIC:
            raise ValueError("the first bytes are not those of a block")
        begin = 8 + int(struct.unpack_from("<I", block, 4)[0])
        head = json.loads(block[8:begin])
        if not 0 <= head["samples"] <= MAX_SAMPLES:
            raise ValueError("too many samples")
        return _read(block, begin, head, keys)
    except (ValueError, KeyError, TypeError, struct.error, zlib.error) as exc:
        raise ValueError(f"The recording in the library is damaged: {exc}.") from exc


def _read(block: bytes, at: int, head: JSON, keys: Collection[str] | None) -> Streams:
    wanted = None if keys is None else {*keys, *(("lat", "lng") if "latlng" in keys else ())}
    found: Streams = {}
    for column in head["columns"]:
        key, end = column["key"], at + column["bytes"]
        if wanted is None or key in wanted:
            values = _inflated(block[at:end], column["code"], head["samples"])
            gaps = block[end : end + column["gaps"]]
            found[key] = _restored(key, values, gaps)
        at = end + column["gaps"]
    if "lat" in found:
        points = map(list, zip(found.pop("lat"), found.pop("lng"), strict=True))
        found["latlng"] = [None if point[0] is None else point for point in points]
    return found


def _flat(streams: Streams) -> Iterator[tuple[str, Sequence[Any]]]:
    """Columns of plain numbers: positions are two."""
    for key, values in streams.items():
        if key == "latlng":
            yield "lat", [None if point is None else point[0] for point in values]
            yield "lng", [None if point is None else point[1] for point in values]
        else:
            yield key, values


def _whole(key: str, values: Sequence[Any]) -> list[int]:
    """In the smallest unit; a gap repeats what was before it."""
    scale, last, found = SCALES.get(key, 1), 0, []
    for value in values:
        last = last if value is None else round(value * scale)
        found.append(last)
    return found


def _deflated(values: Sequence[int]) -> tuple[str, bytes]:
    steps = [b - a for a, b in zip([0, *values], values, strict=False)]
    for code in CODES:
        try:
            data = array(code, steps)
        except OverflowError:
            continue
        if sys.byteorder == "big":
            data.byteswap()
        return code, zlib.compress(data.tobytes(), 6)
    raise ValueError("A value is beyond every quantity.")


def _inflated(body: bytes, code: str, size: int) -> list[int]:
    if code not in CODES:
        raise ValueError("an unknown type")
    data = array(code)
    most = size * data.itemsize
    data.frombytes(zlib.decompressobj().decompress(body, most + 1))
    if len(data) != size:
        raise ValueError("a column of another length")
    if sys.byteorder == "big":
        data.byteswap()
    return list(accumulate(data))


def _restored(key: str, values: list[int], gaps: bytes) -> list[Any]:
    scale = SCALES.get(key, 1)
    found: list[Any] = values
    if key == "moving":
        found = [value == 1 for value in values]
    elif scale != 1:
        found = [value / scale for value in values]
    if gaps:
        mask = zlib.decompressobj().decompress(gaps, len(values) + 1)
        found = [None if gap else value for value, gap in zip(found, mask, strict=True)]
    return found


def types(block: bytes) -> Mapping[str, int]:
    """Stream type → how many samples it has, without unpacking any."""
    head = json.loads(block[8 : 8 + int(struct.unpack_from("<I", block, 4)[0])])
    keys = [column["key"] for column in head["columns"] if column["key"] != "lng"]
    return {"latlng" if key == "lat" else key: int(head["samples"]) for key in keys}
