"""Decoding the messages of one FIT file (FIT protocol, record format).

A field that cannot be decoded costs that field. Values are those that are stored, without scale and
offset; fields without a value are absent.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from strava_mcp.recordings.fit_developer import DeveloperFields
from strava_mcp.recordings.fit_layouts import Layout, definition
from strava_mcp.recordings.fit_profile import FIELD_DESCRIPTION, TIMESTAMP, Message

IS_COMPRESSED, IS_DEFINITION, HAS_DEVELOPER_FIELDS = 0x80, 0x40, 0x20
#: Bits of a compressed timestamp.
SECONDS_MASK = 0x1F


class Damaged(Exception):
    """The rest of the messages cannot be decoded."""


class TooMany(Exception):
    """The file has more messages than any recording."""


@dataclass
class Budget:
    """What may still be decoded of a file, over all parts of a chain.

    ``values``: messages, and the values in them; ``definition_bytes``: of all definitions.
    """

    values: int
    definition_bytes: int


def decode(data: bytes, budget: Budget) -> Iterator[tuple[int, Message]]:
    """Yield the number and the values of every message, also of kinds that are not read.

    ``data``: the messages of one file, without header and checksum. Raises Damaged where it cannot
    be decoded further, after the messages before that, and TooMany where the budget ends.
    """
    layouts: dict[int, Layout] = {}
    developer = DeveloperFields()
    at, now, end = 0, 0, len(data)
    try:
        while at < end:
            head = data[at]
            at += 1
            if head & IS_COMPRESSED:
                layout = layouts[head >> 5 & 0x03]
            elif head & IS_DEFINITION:
                start = at
                layout, at = definition(data, at, bool(head & HAS_DEVELOPER_FIELDS))
                layouts[head & 0x0F] = layout
                budget.definition_bytes -= at - start
                if budget.definition_bytes < 0:
                    raise TooMany
                continue
            else:
                layout = layouts[head & 0x0F]
            if at + layout.size > end:
                raise Damaged
            budget.values -= layout.cost
            if budget.values < 0:
                raise TooMany
            message = _message(layout, data, at)
            if layout.has_timestamp:
                now = message.get(TIMESTAMP, now)
            elif head & IS_COMPRESSED:
                now += (head - now) & SECONDS_MASK
                message[TIMESTAMP] = now
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
