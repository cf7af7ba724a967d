"""Messages with a compressed timestamp, which Garmin's decoder does not know, made usual ones.

Old devices save three bytes a sample so: five bits in the head of a message say the seconds since
the last whole timestamp (FIT protocol, compressed timestamp header). Each is written here with all
of its timestamp, and before it a definition that has room for it.
"""

import struct
from typing import NamedTuple

IS_COMPRESSED, IS_DEFINITION, HAS_DEVELOPER_FIELDS = 0x80, 0x40, 0x20
TIMESTAMP, UINT32 = 253, 0x86
SECONDS_BITS = 5


class Layout(NamedTuple):
    """A definition: its bytes, and of its messages the size and where the timestamp is."""

    definition: bytes
    size: int
    timestamp_at: int | None
    order: str

    def timed(self) -> "Layout":
        """The same with the timestamp as a further, first field."""
        fields = bytes([self.definition[5] + 1, TIMESTAMP, 4, UINT32])
        definition = self.definition[:5] + fields + self.definition[6:]
        return Layout(definition, self.size + 4, 0, self.order)


def expanded(messages: bytes) -> bytes:
    """The messages of a FIT file, without header and checksum, none of them compressed.

    What cannot be told, because it is cut off or damaged, is left as it is.
    """
    found = bytearray()
    layouts: dict[int, Layout] = {}
    written: dict[int, Layout] = {}
    at, now = 0, 0
    try:
        while at < len(messages):
            head = messages[at]
            if not head & IS_COMPRESSED and head & IS_DEFINITION:
                layout = _layout(messages, at)
                layouts[head & 0x0F] = written[head & 0x0F] = layout
                found += layout.definition
                at += len(layout.definition)
                continue
            number = head >> SECONDS_BITS & 0x03 if head & IS_COMPRESSED else head & 0x0F
            layout = layouts[number]
            body = messages[at + 1 : at + 1 + layout.size]
            if head & IS_COMPRESSED:
                now = _later(now, head)
                body = struct.pack(layout.order + "I", now) + body
                layout = layout.timed()
            elif layout.timestamp_at is not None:
                (now,) = struct.unpack_from(layout.order + "I", body, layout.timestamp_at)
            if written[number] != layout:
                found += layout.definition
                written[number] = layout
            found += bytes([number]) + body
            at += 1 + layouts[number].size
    except (IndexError, KeyError, ValueError, struct.error):
        found += messages[at:]
    return bytes(found)


def _layout(messages: bytes, at: int) -> Layout:
    """The definition that begins at ``at``. Raises IndexError where it is cut off."""
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


def _later(now: int, head: int) -> int:
    """The first moment from ``now`` on whose lowest bits are those of the head."""
    mask = (1 << SECONDS_BITS) - 1
    return (now + ((head - now) & mask)) & 0xFFFFFFFF
