"""What a device recorded of one activity, whatever the format of its file."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from strava_mcp.json_types import JSON

#: Columns of one length by Strava's stream types; None where the device recorded nothing.
Streams = dict[str, list[Any]]


class CorruptFile(ValueError):
    """The file cannot be read; the text says why, for a person."""


@dataclass(frozen=True)
class Lap:
    """A lap as the device (or its wearer) cut it.

    ``start_s``: seconds from the start of the recording to its begin. ``totals``: what the device
    says of it under the names and in the units of Strava's Lap: distance, elapsed_time,
    moving_time, total_elevation_gain, average_heartrate, max_heartrate, average_watts …
    """

    start_s: float
    totals: JSON = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """One session of a recording.

    ``start``: in UTC, None where the file does not tell the time. ``offset_s``: local time minus
    UTC as the device's own clock had it. ``sport``: one of Strava's sport types.

    ``streams``: time (whole seconds from the start), distance (m), latlng, altitude (m),
    velocity_smooth (m/s), heartrate (bpm), cadence (rpm, of one leg on foot), watts (W), temp (°C),
    moving, grade_smooth (%). Types that were not recorded are absent; ``computed`` names those that
    were worked out from others.

    ``totals``: what the device itself says of the session, under the names and in the units of
    Strava's DetailedActivity: distance, elapsed_time, moving_time, total_elevation_gain, calories,
    average_heartrate … ``problems``: what was left out of the file, a line each.
    """

    start: datetime | None
    streams: Streams
    offset_s: int | None = None
    sport: str | None = None
    name: str | None = None
    device: str | None = None
    totals: JSON = field(default_factory=dict)
    laps: tuple[Lap, ...] = ()
    computed: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
