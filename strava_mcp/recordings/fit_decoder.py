"""Decoding the messages of one FIT file (FIT protocol, record format).

A field that cannot be decoded costs that field. Values are those that are stored, without scale and
offset; fields without a value are absent.
"""

import math
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from strava_mcp.recordings.fit_developer import DeveloperFields, Slot
from strava_mcp.recordings.fit_profile import (
    ARRAYS,
    BASE_TYPE_MASK,
    BYTES,
    FIELD_DESCRIPTION,
    NUMBERS,
    STRING,
    TEXTS,
    TIMESTAMP,
    Message,
    field_names,
)

IS_COMPRESSED, IS_DEFINITION, HAS_DEVELOPER_FIELDS = 0x80, 0x40, 0x20
#: A day of records with a definition each.
MAX_DEFINITION_BYTES = 8 << 20
#: Bits of a compressed timestamp.
SECONDS_MASK = 0x1F


class Damaged(Exception):
    """The rest of the messages cannot be decoded."""


class TooMany(Exception):
    """The file has more messages than any recording."""


class Field(NamedTuple):
    """A field of a message. ``first`` and ``last``: its values among those unpacked."""

    name: str
    first: int
    last: int
    invalid: int | None
    is_bytes: bool = False


class Layout(NamedTuple):
    """A definition message. ``sizes``: of the profile's fields, and with developer fields."""

    kind: int
    order: str
    values: struct.Struct
    fields: tuple[Field, ...]
    slots: tuple[Slot, ...]
    size: int
    has_timestamp: bool


def decode(data: bytes) -> Iterator[tuple[int, Message]]:
    """Yield the number and the values of every message, also of kinds that are not read.

    ``data``: the messages of one file, without header and checksum. Raises Damaged where it
    cannot be decoded further, and TooMany, both after the messages before that.
    """
    layouts: dict[int, Layout] = {}
    developer = DeveloperFields()
    at, now, end, definition_bytes = 0, 0, len(data), 0
    try:
        while at < end:
            head = data[at]
            at += 1
            if head & IS_COMPRESSED:
                layout = layouts[head >> 5 & 0x03]
            elif head & IS_DEFINITION:
                start = at
                layout, at = _definition(data, at, bool(head & HAS_DEVELOPER_FIELDS))
                layouts[head & 0x0F] = layout
                definition_bytes += at - start
                if definition_bytes > MAX_DEFINITION_BYTES:
                    raise TooMany
                yield layout.kind, {}
                continue
            else:
                layout = layouts[head & 0x0F]
            if at + layout.size > end:
                raise Damaged
            message = _message(layout, data, at)
            if layout.has_timestamp:
                now = message.get("timestamp", now)
            elif head & IS_COMPRESSED:
                now += (head - now) & SECONDS_MASK
                message["timestamp"] = now
            if layout.slots and (
                values := developer.values(layout.kind, layout.slots, data, at, layout.order)
            ):
                message["developer"] = values
            at += layout.size
            if layout.kind == FIELD_DESCRIPTION:
                developer.describe(message)
            yield layout.kind, message
    except (IndexError, KeyError, struct.error) as exc:
        raise Damaged from exc


def _definition(data: bytes, at: int, has_developer_fields: bool) -> tuple[Layout, int]:
    """Return the definition at ``at``, and where it ends."""
    order = ">" if data[at + 1] else "<"
    (kind,) = struct.unpack_from(order + "H", data, at + 2)
    names = field_names(kind)
    formats, fields, count, size, has_timestamp = [order], [], 0, 0, False
    at, field_count = at + 5, data[at + 4]
    if not names:
        # Most messages are of kinds that are not read.
        size = sum(data[at + 1 : at + 3 * field_count : 3])
        formats.append(f"{size}x")
    for number, bytes_, base_type in _triples(data, at, field_count if names else 0):
        code, invalid = NUMBERS.get(base_type & BASE_TYPE_MASK, ("", None))
        size += bytes_
        name = names.get(number)
        if name in TEXTS and base_type & BASE_TYPE_MASK == STRING:
            formats.append(f"{bytes_}s")
            fields.append(Field(name, count, count + 1, None))
            count += 1
        elif name and code and bytes_ and bytes_ % struct.calcsize(code) == 0:
            items = bytes_ // struct.calcsize(code) if name in ARRAYS else 1
            formats.append(f"{items}{code}{bytes_ - items * struct.calcsize(code)}x")
            is_bytes = base_type & BASE_TYPE_MASK == BYTES
            fields.append(Field(name, count, count + items, invalid, is_bytes))
            count += items
            has_timestamp |= number == TIMESTAMP and invalid is not None
        else:
            formats.append(f"{bytes_}x")
    at += 3 * field_count
    slots = []
    if has_developer_fields:
        slot_count = data[at]
        for number, bytes_, owner in _triples(data, at + 1, slot_count):
            slots.append(Slot((owner, number), size, bytes_))
            size += bytes_
        at += 1 + 3 * slot_count
    values = struct.Struct("".join(formats))
    return Layout(kind, order, values, tuple(fields), tuple(slots), size, has_timestamp), at


def _triples(data: bytes, at: int, count: int) -> Iterator[tuple[int, int, int]]:
    """Yield field number, size and base type of each field of a definition."""
    for start in range(at, at + 3 * count, 3):
        yield data[start], data[start + 1], data[start + 2]


def _message(layout: Layout, data: bytes, at: int) -> Message:
    values = layout.values.unpack_from(data, at)
    message: Message = {}
    for name, first, last, invalid, is_bytes in layout.fields:
        value = values[first] if last == first + 1 else list(values[first:last])
        if value.__class__ is int:
            if value != invalid:
                message[name] = value
        elif (other := _other(value, invalid, is_bytes)) is not None:
            message[name] = other
    return message


def _other(value: Any, invalid: int | None, is_bytes: bool) -> Any:
    """Return a number with decimals, a text or a list; None if it has no value.

    Bytes have no value if all of them have none.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        texts = [text for text in value.decode("utf-8", "ignore").split("\0") if text.strip()]
        return texts if len(texts) > 1 else next(iter(texts), None)
    if is_bytes:
        return value if any(item != invalid for item in value) else None
    items = [None if item == invalid or not math.isfinite(item) else item for item in value]
    return items if any(item is not None for item in items) else None
