"""Reading the messages of a FIT file with Garmin's decoder.

The decoder returns stored values: converting every field takes 50 % longer, and only a dozen
fields are needed. Records are converted to samples immediately, so that a long recording is not in
memory twice.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from strava_mcp.recordings.fit_chain import HEADER, SIGNATURE, parts
from strava_mcp.recordings.fit_compressed import expand_timestamps
from strava_mcp.recordings.fit_fields import NATIVE, Message, PackedSpeed, sample, unix_time
from strava_mcp.recordings.samples import Sample

#: Numbers and names of the messages that are read (FIT profile, mesg_num).
KINDS = {
    **{0: "file_id", 18: "session", 19: "lap", 20: "record", 21: "event", 23: "device_info"},
    **{34: "activity", 101: "length", 132: "hr", 206: "field_description"},
}
RECORD = 20
#: Ten days at one sample per second.
MAX_MESSAGES = 1_000_000
MAX_DEVELOPER_FIELDS = 1000
STORED_VALUES: dict[str, Any] = {
    **{"apply_scale_and_offset": False, "convert_datetimes_to_dates": False},
    **{"convert_types_to_strings": False, "expand_sub_fields": False, "expand_components": False},
    **{"merge_heart_rates": False, "enable_crc_check": False},
}
#: Options with which the decoder merges the heart rate that a chest strap sends after a swim.
WITH_HEART_RATE: dict[str, Any] = {
    **{"convert_datetimes_to_dates": False, "convert_types_to_strings": False},
    **{"expand_sub_fields": False, "enable_crc_check": False},
}


@dataclass
class Messages:
    """The samples of a file, and its other messages by kind with their stored values."""

    samples: list[Sample] = field(default_factory=list)
    by_kind: dict[str, list[dict[Any, Any]]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)


class TooMany(Exception):
    """The file has more messages than any recording."""


def read(data: bytes) -> Messages:
    """Read a FIT file or a chain of them; damage is listed in ``problems``."""
    result = Messages()
    for part in parts(data):
        read_part, is_whole = _decode(part.data) if part.data else (Messages(), True)
        result.samples += read_part.samples
        for kind, messages in read_part.by_kind.items():
            result.by_kind[kind] += messages
        # One cause, one problem: a truncated file also ends within a message.
        if part.problem:
            result.problems.append(part.problem)
        elif not is_whole:
            result.problems.append("a part of it is damaged, and what follows there is left out")
    return result


def _decode(data: bytes) -> tuple[Messages, bool]:
    """Decode one file; return its messages and whether all of them could be decoded."""
    result, is_whole = _decode_once(data)
    if not is_whole:
        expanded = _with_full_timestamps(data)
        if expanded != data:
            data = expanded
            result, is_whole = _decode_once(expanded)
    if result.by_kind["hr"]:
        _merge_heart_rate(data, result.samples)
    return result, is_whole


def _decode_once(data: bytes) -> tuple[Messages, bool]:
    from garmin_fit_sdk import Decoder, Stream

    result = Messages()
    stream = Stream.from_byte_array(bytearray(data))
    _, errors = Decoder(stream).read(**STORED_VALUES, mesg_listener=_Collector(result).take)
    return result, not errors


def _with_full_timestamps(data: bytes) -> bytes:
    """Return the file with full timestamps; unchanged if it has no compressed ones."""
    size, protocol, profile, length, _ = HEADER.unpack_from(data)
    messages = expand_timestamps(data[size : size + length])
    if len(messages) == length:
        return data
    header = HEADER.pack(HEADER.size, protocol, profile, len(messages), SIGNATURE)
    return header + messages + b"\0\0"


def _merge_heart_rate(data: bytes, samples: list[Sample]) -> None:
    """Add the heart rate of the file's hr messages to samples without one."""
    from garmin_fit_sdk import Decoder, Stream

    messages, _ = Decoder(Stream.from_byte_array(bytearray(data))).read(**WITH_HEART_RATE)
    rates = {
        unix_time(m, "timestamp"): m.get("heart_rate") for m in messages.get("record_mesgs", ())
    }
    for item in samples:
        beats = rates.get(item.get("time"))
        if beats is not None:
            item.setdefault("heartrate", beats)


class _Collector:
    """Collects messages from the decoder and empties them, so that it does not keep them."""

    def __init__(self, result: Messages) -> None:
        self._result = result
        self._count = 0
        self._packed = PackedSpeed()
        self._native: dict[int, str] = {}

    def take(self, number: int, message: dict[Any, Any]) -> None:
        """Take a message (listener of the decoder). Raises TooMany, which the decoder reports."""
        self._count += 1
        if self._count > MAX_MESSAGES:
            raise TooMany
        kind = KINDS.get(number)
        if kind == "record":
            self._result.samples.append(self._sample(message))
        elif kind == "field_description":
            self._describe(message)
        elif kind:
            self._result.by_kind[kind].append(dict(message))
        message.clear()

    def _sample(self, message: Message) -> Sample:
        result = sample(message)
        for key, value in message.get("developer_fields", {}).items():
            if name := self._native.get(key):
                result.setdefault(name, value)
        return self._packed.read(message) | result

    def _describe(self, message: Message) -> None:
        """Note which developer field replaces a field of records; both have the same unit."""
        if len(self._native) >= MAX_DEVELOPER_FIELDS:
            raise TooMany
        name = NATIVE.get(message.get("native_field_num", -1))
        is_of_record = message.get("native_mesg_num", RECORD) == RECORD
        self._native[message["key"]] = name if name and is_of_record else ""
