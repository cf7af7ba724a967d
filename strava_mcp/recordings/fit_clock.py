"""Devices whose clock was not set: their times count from when they were switched on.

Such system times are below 0x10000000 (FIT profile, date_time). A file may say how they relate to
UTC; otherwise only their differences are known.
"""

from collections.abc import Iterator, Sequence
from typing import TypeGuard

from strava_mcp.recordings.fit_fields import EPOCH_S
from strava_mcp.recordings.fit_messages import PartMessages
from strava_mcp.recordings.fit_profile import (
    DEVICE_SETTINGS,
    EVENT,
    HEART_RATE,
    LAP,
    LENGTH,
    SESSION,
    TIMESTAMP_CORRELATION,
)

#: In FIT's epoch, times from here on are in UTC.
FIRST_UTC = 0x10000000
#: Messages and fields with times that are converted.
KINDS = (SESSION, LAP, LENGTH, EVENT, HEART_RATE)
FIELDS = ("timestamp", "start_time")


def set_clock(parts: Sequence[PartMessages]) -> bool:
    """Convert system times to UTC, in place; return whether it is known when that is.

    If it is not, and no time of the file is in UTC, its times are moved to FIRST_UTC: they are
    right among each other only.
    """
    offset = next(_offsets(parts), None)
    if offset is None and max(_times(parts), default=FIRST_UTC) >= FIRST_UTC:
        return True
    by = FIRST_UTC if offset is None else offset
    for part in parts:
        for sample in part.samples:
            if "time" in sample and sample["time"] - EPOCH_S < FIRST_UTC:
                sample["time"] += by
        for kind in KINDS:
            for message in part.by_kind.get(kind, ()):
                for field in FIELDS:
                    if _is_system_time(message.get(field)):
                        message[field] += by
    return offset is not None


def _times(parts: Sequence[PartMessages]) -> Iterator[int]:
    """Yield the times of samples, and of what sessions, laps and lengths started."""
    for part in parts:
        yield from (sample["time"] - EPOCH_S for sample in part.samples if "time" in sample)
        for kind in (SESSION, LAP, LENGTH):
            starts = (message.get("start_time") for message in part.by_kind.get(kind, ()))
            yield from (start for start in starts if isinstance(start, int))


def _offsets(parts: Sequence[PartMessages]) -> Iterator[int]:
    """Yield what to add to system times, as messages of the file say."""
    for part in parts:
        for message in part.by_kind.get(TIMESTAMP_CORRELATION, ()):
            utc, system = message.get("timestamp"), message.get("system_timestamp")
            if isinstance(utc, int) and utc >= FIRST_UTC and _is_system_time(system):
                yield utc - system
        for message in part.by_kind.get(DEVICE_SETTINGS, ()):
            offset = message.get("utc_offset")
            if isinstance(offset, int) and offset >= FIRST_UTC:
                yield offset


def _is_system_time(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and value < FIRST_UTC
