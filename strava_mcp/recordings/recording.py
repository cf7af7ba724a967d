"""A recorded session, independent of the file format."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.training.climbing import AltitudeSource

#: Latitude and longitude in degrees.
Point = Sequence[float]
#: Lists of equal length by Strava's stream type; None where the device recorded nothing.
Streams = dict[str, list[Any]]

#: How the report of an import begins to describe a fault of the readers.
UNFORESEEN = "reading it failed"

log = logging.getLogger(__name__)


class CorruptFile(ValueError):
    """The file cannot be read; the message says why, for a person."""


class OutOfMemory(CorruptFile):
    """Reading the file takes more memory than there is, now or on this machine."""


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn a lack of memory or of stack into OutOfMemory, which costs the one file."""
    try:
        yield
    except (MemoryError, RecursionError):
        raise OutOfMemory("reading it takes more memory than this machine has free") from None


@contextmanager
def reading_errors() -> Iterator[None]:
    """Let whatever goes wrong in parsing cost the one file, never the import.

    A lack of memory becomes OutOfMemory, and an exception that nobody foresaw CorruptFile.
    """
    try:
        with memory_errors():
            yield
    except (CorruptFile, ImportError):
        raise
    except Exception as exc:
        log.exception("A file could not be read")
        raise CorruptFile(f"{UNFORESEEN} ({type(exc).__name__}): please report it") from exc


@dataclass(frozen=True)
class Lap:
    """A lap as the device or the athlete marked it.

    ``start_s``: seconds since the start of the recording. ``totals``: the device's own values under
    the names and in the units of Strava's Lap: distance, elapsed_time, moving_time,
    total_elevation_gain, average_heartrate, max_heartrate, average_watts …
    """

    start_s: float
    totals: JSON = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """One session of a recording.

    ``start``: in UTC, None if the file has no times or they count from an unknown moment.
    ``offset_s``: local time minus UTC according to the device's clock. ``sport``: one of Strava's
    sport types. ``is_indoor``: recorded on a trainer or a treadmill, or in a virtual world, whose
    positions are not those of the athlete. ``altitude_source``: what measured altitude (see
    ``training.climbing``).

    ``streams``: time (whole seconds since the start), distance (m), latlng, altitude (m),
    velocity_smooth (m/s), heartrate (bpm), cadence (rpm, of one leg on foot), watts (W), temp (°C),
    moving, grade_smooth (%). Types that were not recorded are absent; ``computed`` lists those
    that were computed from others.

    ``totals``: the device's own values for the session under the names and in the units of
    Strava's DetailedActivity: distance, elapsed_time, moving_time, total_elevation_gain, calories,
    average_heartrate … ``is_course``: a plan to follow, not a recording. ``left_out``: how many
    readings were beyond all bounds, by stream type; the streams have None there. ``problems``:
    what else was left out of the file, one line each.
    """

    start: datetime | None
    streams: Streams
    offset_s: int | None = None
    sport: str | None = None
    name: str | None = None
    device: str | None = None
    is_indoor: bool = False
    altitude_source: AltitudeSource = "barometer"
    totals: JSON = field(default_factory=dict)
    laps: tuple[Lap, ...] = ()
    computed: frozenset[str] = frozenset()
    is_course: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
