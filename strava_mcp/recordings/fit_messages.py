"""The messages of a FIT file, through Garmin's decoder.

It is asked for values as they are written: turning every field into names, dates and quantities
takes it half as long again, and a dozen fields are needed. Records become samples as they come, so
that a long recording is not held in memory twice.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from strava_mcp.recordings.fit_chain import HEADER, MARK, parts
from strava_mcp.recordings.fit_compressed import expanded
from strava_mcp.recordings.fit_fields import NATIVE, Message, PackedSpeed, moment, sample
from strava_mcp.recordings.samples import Sample

#: Numbers of the messages that are read (FIT profile, mesg_num).
KINDS = {
    **{0: "file_id", 18: "session", 19: "lap", 20: "record", 21: "event", 23: "device_info"},
    **{34: "activity", 101: "length", 132: "hr", 206: "field_description"},
}
RECORD = 20
#: Ten days at a sample a second.
MAX_MESSAGES = 1_000_000
MAX_DEVELOPER_FIELDS = 1000
AS_WRITTEN: dict[str, Any] = {
    **{"apply_scale_and_offset": False, "convert_datetimes_to_dates": False},
    **{"convert_types_to_strings": False, "expand_sub_fields": False, "expand_components": False},
    **{"merge_heart_rates": False, "enable_crc_check": False},
}
#: What the decoder needs to bring the pulse of a chest strap, sent after a swim, to its moments.
WITH_PULSE: dict[str, Any] = {
    **{"convert_datetimes_to_dates": False, "convert_types_to_strings": False},
    **{"expand_sub_fields": False, "enable_crc_check": False},
}


@dataclass
class Messages:
    """What was read: ``samples`` from records, ``of`` a kind the other messages, as written."""

    samples: list[Sample] = field(default_factory=list)
    of: dict[str, list[dict[Any, Any]]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)


class TooMany(Exception):
    """A file of more messages than any recording has."""


def read(data: bytes) -> Messages:
    """The messages of a FIT file or a chain of them. Damage is among ``problems``."""
    found = Messages()
    for part in parts(data):
        read_part, is_whole = _decoded(part.data) if part.data else (Messages(), True)
        found.samples += read_part.samples
        for kind, messages in read_part.of.items():
            found.of[kind] += messages
        # One damage has many signs: a file that ends early also ends within a message.
        if part.problem:
            found.problems.append(part.problem)
        elif not is_whole:
            found.problems.append("a part of it is damaged, and what follows there is left out")
    return found


def _decoded(data: bytes) -> tuple[Messages, bool]:
    """The messages of one file, and whether all of it could be read."""
    found, is_whole = _run(data)
    if not is_whole:
        usual = _without_compression(data)
        if usual != data:
            data = usual
            found, is_whole = _run(usual)
    if found.of["hr"]:
        _merge_pulse(data, found.samples)
    return found, is_whole


def _run(data: bytes) -> tuple[Messages, bool]:
    from garmin_fit_sdk import Decoder, Stream

    found = Messages()
    stream = Stream.from_byte_array(bytearray(data))
    _, errors = Decoder(stream).read(**AS_WRITTEN, mesg_listener=_Collector(found).take)
    return found, not errors


def _without_compression(data: bytes) -> bytes:
    """The file with usual timestamps only; as it is where it has no others."""
    size, protocol, profile, length, _ = HEADER.unpack_from(data)
    messages = expanded(data[size : size + length])
    if len(messages) == length:
        return data
    header = HEADER.pack(HEADER.size, protocol, profile, len(messages), MARK)
    return header + messages + b"\0\0"


def _merge_pulse(data: bytes, samples: list[Sample]) -> None:
    """Give the samples the pulse of the file's hr messages where they have none."""
    from garmin_fit_sdk import Decoder, Stream

    messages, _ = Decoder(Stream.from_byte_array(bytearray(data))).read(**WITH_PULSE)
    pulse = {moment(m, "timestamp"): m.get("heart_rate") for m in messages.get("record_mesgs", ())}
    for item in samples:
        beats = pulse.get(item.get("time"))
        if beats is not None:
            item.setdefault("heartrate", beats)


class _Collector:
    """Takes each message from the decoder, and empties those that are not needed any more."""

    def __init__(self, found: Messages) -> None:
        self._found = found
        self._count = 0
        self._packed = PackedSpeed()
        self._native: dict[int, str] = {}

    def take(self, number: int, message: dict[Any, Any]) -> None:
        """The decoder's listener. Raises TooMany, which the decoder takes for an error."""
        self._count += 1
        if self._count > MAX_MESSAGES:
            raise TooMany
        kind = KINDS.get(number)
        if kind == "record":
            self._found.samples.append(self._sample(message))
        elif kind == "field_description":
            self._describe(message)
        elif kind:
            self._found.of[kind].append(dict(message))
        message.clear()

    def _sample(self, message: Message) -> Sample:
        found = sample(message)
        for key, value in message.get("developer_fields", {}).items():
            if name := self._native.get(key):
                found.setdefault(name, value)
        return self._packed.read(message) | found

    def _describe(self, message: Message) -> None:
        """Developer fields that stand for a field of the record are in its unit."""
        if len(self._native) >= MAX_DEVELOPER_FIELDS:
            raise TooMany
        name = NATIVE.get(message.get("native_field_num", -1))
        is_of_record = message.get("native_mesg_num", RECORD) == RECORD
        self._native[message["key"]] = name if name and is_of_record else ""
