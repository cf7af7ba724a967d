"""The layout of a FIT file's messages, from its definition messages (FIT protocol)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from strava_mcp.recordings.fit_developer import Slot
from strava_mcp.recordings.fit_profile import (
    ARRAYS,
    BASE_TYPE_MASK,
    BYTES,
    NUMBERS,
    STRING,
    TEXTS,
    TIMESTAMP,
    field_names,
)

#: Bytes of a definition before its fields, and of each field: number, size and base type.
HEAD_BYTES, FIELD_BYTES = 5, 3
#: Of decoding a text of up to 255 bytes, in numbers.
TEXT_COST = 10


class Field(NamedTuple):
    """A field that is read. ``first`` and ``last``: its values among those unpacked.

    ``invalid``: the number that says that there is no value; None for texts and floats.
    """

    name: str
    first: int
    last: int
    invalid: int | None = None
    is_bytes: bool = False


class Layout(NamedTuple):
    """How to decode messages: their kind, byte order, fields, and size with developer fields.

    ``cost``: of decoding one, in values: a message without any may be one byte long.
    """

    kind: int
    order: str
    values: struct.Struct
    fields: tuple[Field, ...]
    slots: tuple[Slot, ...]
    size: int
    has_timestamp: bool
    cost: int


def definition(data: bytes, at: int, has_developer_fields: bool) -> tuple[Layout, int]:
    """Return the layout that the definition at ``at`` describes, and where it ends.

    Raises IndexError or struct.error if it is cut off.
    """
    order = ">" if data[at + 1] else "<"
    (kind,) = struct.unpack_from(order + "H", data, at + 2)
    first = at + HEAD_BYTES
    end = first + FIELD_BYTES * data[first - 1]
    size = sum(data[first + 1 : end : FIELD_BYTES])
    formats, fields = _fields(data[first:end], field_names(kind))
    slots = []
    if has_developer_fields:
        first, end = end + 1, end + 1 + FIELD_BYTES * data[end]
        for number, field_size, owner in _triples(data[first:end]):
            if field_size:
                slots.append(Slot((owner, number), size, field_size))
            size += field_size
    if end > len(data):
        raise IndexError("the definition is cut off")
    values = struct.Struct(order + (formats if fields else ""))
    has_timestamp = any(field.name == TIMESTAMP and field.invalid is not None for field in fields)
    cost = 1 + sum(map(_cost, fields)) + len(slots)
    return Layout(kind, order, values, tuple(fields), tuple(slots), size, has_timestamp, cost), end


def _fields(definitions: bytes, names: dict[int, str]) -> tuple[str, list[Field]]:
    """Return the format of a message, and its fields that are read.

    The others are skipped, and those of a type or size that the profile's field cannot have.
    """
    formats: list[str] = []
    fields: list[Field] = []
    count = 0
    for number, size, base_type in _triples(definitions) if names else ():
        name, base_type = names.get(number), base_type & BASE_TYPE_MASK
        code, invalid = NUMBERS.get(base_type, ("", None))
        item_size = struct.calcsize(code)
        if name in TEXTS and base_type == STRING and size:
            formats.append(f"{size}s")
            fields.append(Field(name, count, count + 1))
        elif name and code and size and size % item_size == 0:
            items = size // item_size if name in ARRAYS else 1
            formats.append(f"{items}{code}{size - items * item_size}x")
            fields.append(Field(name, count, count + items, invalid, base_type == BYTES))
        else:
            formats.append(f"{size}x")
            continue
        count = fields[-1].last
    return "".join(formats), fields


def _cost(field: Field) -> int:
    """Return the number of values; a text costs as much as several numbers."""
    return TEXT_COST if field.name in TEXTS else field.last - field.first


def _triples(definitions: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the three bytes that define each field."""
    yield from zip(*(definitions[part::FIELD_BYTES] for part in range(FIELD_BYTES)), strict=False)
