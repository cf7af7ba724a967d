"""Expanding compressed timestamps, which Garmin's decoder does not support.

Old devices save three bytes per sample: five bits in a message's header are the seconds since the
last full timestamp (FIT protocol, compressed timestamp header). Here such messages are rewritten
with a full timestamp, preceded by a definition that includes one.
"""

import struct
from typing import NamedTuple

IS_COMPRESSED, IS_DEFINITION, HAS_DEVELOPER_FIELDS = 0x80, 0x40, 0x20
TIMESTAMP, UINT32 = 253, 0x86
SECONDS_BITS = 5


class Layout(NamedTuple):
    """A definition message; the size, timestamp position and byte order of its data messages."""

    definition: bytes
    size: int
    timestamp_at: int | None
    order: str

    def timed(self) -> "Layout":
        """Return this layout with a timestamp as an additional first field."""
        fields = bytes([self.definition[5] + 1, TIMESTAMP, 4, UINT32])
        definition = self.definition[:5] + fields + self.definition[6:]
        return Layout(definition, self.size + 4, 0, self.order)


def expand_timestamps(messages: bytes) -> bytes:
    """Rewrite the messages of a FIT file (without header and checksum).

    The rest is copied unchanged from where it is truncated or damaged.
    """
    expanded = bytearray()
    layouts: dict[int, Layout] = {}
    written: dict[int, Layout] = {}
    at, now = 0, 0
    try:
        while at < len(messages):
            head = messages[at]
            if not head & IS_COMPRESSED and head & IS_DEFINITION:
                layout = _layout(messages, at)
                layouts[head & 0x0F] = written[head & 0x0F] = layout
                expanded += layout.definition
                at += len(layout.definition)
                continue
            number = head >> SECONDS_BITS & 0x03 if head & IS_COMPRESSED else head & 0x0F
            layout = layouts[number]
            body = messages[at + 1 : at + 1 + layout.size]
            if head & IS_COMPRESSED:
                now = _next_time(now, head)
                body = struct.pack(layout.order + "I", now) + body
                layout = layout.timed()
            elif layout.timestamp_at is not None:
                (now,) = struct.unpack_from(layout.order + "I", body, layout.timestamp_at)
            if written[number] != layout:
                expanded += layout.definition
                written[number] = layout
            expanded += bytes([number]) + body
            at += 1 + layouts[number].size
    except (IndexError, KeyError, ValueError, struct.error):
        expanded += messages[at:]
    return bytes(expanded)


def _layout(messages: bytes, at: int) -> Layout:
    """Parse the definition at ``at``. Raises IndexError if it is truncated."""
    order = ">" if messages[at + 2] else "<"
    end, size, timestamp_at = at + 6, 0, None
    for _ in range(messages[at + 5]):
        if messages[end] == TIMESTAMP and messages[end + 1] == 4:
            timestamp_at = size
        size += messages[end + 1]
        end += 3
    if messages[at] & HAS_DEVELOPER_FIELDS:
        count = messages[end]
        end += 1
        for _ in range(count):
            size += messages[end + 1]
            end += 3
    return Layout(messages[at:end], size, timestamp_at, order)


def _next_time(now: int, head: int) -> int:
    """Return the first time from ``now`` on whose lowest bits are those of the header."""
    mask = (1 << SECONDS_BITS) - 1
    return (now + ((head - now) & mask)) & 0xFFFFFFFF
