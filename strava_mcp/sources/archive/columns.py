"""Packing the streams of a recording into a compact block of bytes, column by column.

A column holds whole numbers of its smallest unit (centimetres, tenths of a degree …): the
differences between neighbouring samples, in the narrowest integer type that fits, deflated. That
takes about one byte per sample. Columns are read individually, so that a question about heart rate
does not unpack the track.

Layout: ``SMR1``, the size of the header (uint32, little-endian), the header (JSON: ``samples``,
for each of ``columns`` its ``key``, integer ``code``, ``bytes`` and ``gaps``, and ``left_out``: the
number of implausible readings by stream type, if any), then the columns.
"""

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Streams

MAGIC = b"SMR1"
HEADER_SIZE = struct.Struct("<I")
HEADER_AT = len(MAGIC) + HEADER_SIZE.size
#: Stream type → how many of its smallest unit make one; all others are stored as whole numbers.
SCALES = {
    "distance": 100,
    "altitude": 10,
    "velocity_smooth": 1000,
    "grade_smooth": 10,
    "lat": 1_000_000,
    "lng": 1_000_000,
}
#: Codes of ``array``: signed integers of 1, 2, 4 and 8 bytes.
CODES = "bhiq"
MAX_SAMPLES = 2_000_000


class Column(NamedTuple):
    """The packed values of one stream, and where it has gaps (empty without gaps)."""

    key: str
    code: str
    values: bytes
    gaps: bytes


def pack(streams: Streams, left_out: Mapping[str, int] | None = None) -> bytes:
    """Pack ``streams``, lists of equal length. Raises ValueError if their lengths differ.

    ``left_out``: the number of readings that are gaps because they were implausible.
    """
    size = len(next(iter(streams.values()), ()))
    packed = []
    for key, values in _flat(streams):
        if len(values) != size:
            raise ValueError(f"{key} has {len(values)} samples and not {size}.")
        packed.append(_pack(key, values))
    columns = [
        {"key": key, "code": code, "bytes": len(values), "gaps": len(gaps)}
        for key, code, values, gaps in packed
    ]
    fields: JSON = {"samples": size, "columns": columns}
    if left_out:
        fields["left_out"] = dict(left_out)
    header = json.dumps(fields, separators=(",", ":")).encode()
    bodies = [part for column in packed for part in (column.values, column.gaps)]
    return b"".join([MAGIC, HEADER_SIZE.pack(len(header)), header, *bodies])


def unpack(block: bytes, keys: Collection[str] | None = None) -> Streams:
    """Return the streams of a block, or those of ``keys``. Raises ValueError if it is damaged."""
    try:
        if block[: len(MAGIC)] != MAGIC:
            raise ValueError("the first bytes are not those of a block")
        header, begin = _header(block)
        if not 0 <= header["samples"] <= MAX_SAMPLES:
            raise ValueError("too many samples")
        return _read(block, begin, header, keys)
    except (ValueError, KeyError, TypeError, struct.error, zlib.error) as exc:
        raise ValueError(f"The recording in the library is damaged: {exc}.") from exc


def sizes(block: bytes) -> Mapping[str, int]:
    """Return the number of samples by stream type, without unpacking any."""
    header, _ = _header(block)
    keys = [column["key"] for column in header["columns"] if column["key"] != "lng"]
    return {"latlng" if key == "lat" else key: int(header["samples"]) for key in keys}


def left_out(block: bytes) -> Mapping[str, int]:
    """Return the number of implausible readings by stream type, of a block that can be unpacked."""
    header, _ = _header(block)
    counts: Mapping[str, int] = header.get("left_out", {})
    return counts


def _header(block: bytes) -> tuple[JSON, int]:
    """Return the header and the position of the first column."""
    (size,) = HEADER_SIZE.unpack_from(block, len(MAGIC))
    begin = HEADER_AT + size
    header: JSON = json.loads(block[HEADER_AT:begin])
    return header, begin


def _read(block: bytes, begin: int, header: JSON, keys: Collection[str] | None) -> Streams:
    wanted = None if keys is None else {*keys, *(("lat", "lng") if "latlng" in keys else ())}
    streams: Streams = {}
    for column in header["columns"]:
        key, end = column["key"], begin + column["bytes"]
        if wanted is None or key in wanted:
            integers = _inflate(block[begin:end], column["code"], header["samples"])
            streams[key] = _restore(key, integers, block[end : end + column["gaps"]])
        begin = end + column["gaps"]
    if "lat" in streams:
        points = map(list, zip(streams.pop("lat"), streams.pop("lng"), strict=True))
        streams["latlng"] = [None if point[0] is None else point for point in points]
    return streams


def _flat(streams: Streams) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield columns of plain numbers: positions become two."""
    for key, values in streams.items():
        if key == "latlng":
            yield "lat", [None if point is None else point[0] for point in values]
            yield "lng", [None if point is None else point[1] for point in values]
        else:
            yield key, values


def _pack(key: str, values: Sequence[Any]) -> Column:
    code, body = _deflate(_to_integers(key, values))
    gaps = bytes(value is None for value in values) if None in values else b""
    return Column(key, code, body, zlib.compress(gaps) if gaps else b"")


def _to_integers(key: str, values: Sequence[Any]) -> list[int]:
    """Convert to the smallest unit; a gap repeats the value before it."""
    scale, last, integers = SCALES.get(key, 1), 0, []
    for value in values:
        last = last if value is None else round(value * scale)
        integers.append(last)
    return integers


def _deflate(integers: Sequence[int]) -> tuple[str, bytes]:
    """Return the code of the integer type and the compressed differences."""
    steps = [b - a for a, b in zip([0, *integers], integers, strict=False)]
    for code in CODES:
        try:
            data = array(code, steps)
        except OverflowError:
            continue
        if sys.byteorder == "big":
            data.byteswap()
        return code, zlib.compress(data.tobytes(), 6)
    raise ValueError("A value does not fit into 8 bytes.")


def _inflate(body: bytes, code: str, size: int) -> list[int]:
    if code not in CODES:
        raise ValueError("an unknown integer type")
    data = array(code)
    max_bytes = size * data.itemsize
    data.frombytes(zlib.decompressobj().decompress(body, max_bytes + 1))
    if len(data) != size:
        raise ValueError("a column of another length")
    if sys.byteorder == "big":
        data.byteswap()
    return list(accumulate(data))


def _restore(key: str, integers: list[int], gaps: bytes) -> list[Any]:
    """Convert from the smallest unit, and put None into the gaps."""
    scale = SCALES.get(key, 1)
    values: list[Any] = integers
    if key == "moving":
        values = [value == 1 for value in integers]
    elif scale != 1:
        values = [value / scale for value in integers]
    if gaps:
        mask = zlib.decompressobj().decompress(gaps, len(integers) + 1)
        values = [None if gap else value for value, gap in zip(values, mask, strict=True)]
    return values
