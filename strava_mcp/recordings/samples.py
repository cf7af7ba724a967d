"""Raw sessions, as the parsers of all formats return them, and plausibility checks."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from strava_mcp.json_types import JSON
from strava_mcp.training.climbing import AltitudeSource
from strava_mcp.training.plausible import (
    NO_READING,
    READINGS,
    TOTALS,
    is_position,
    is_within,
)

#: The values recorded at one moment, by Strava's stream type and in its unit; ``time`` in seconds
#: since 1970. Types that were not recorded are absent.
Sample = dict[str, Any]

DAY_S = 86400.0
#: Longer than any recording: samples further from its middle have a wrong time.
MAX_DURATION_S = 31 * DAY_S
#: Bounds of totals of sessions and laps.
PLAUSIBLE_TOTALS = {
    **TOTALS,
    **dict.fromkeys(("elapsed_time", "moving_time"), (0.0, MAX_DURATION_S)),
}
#: 0x10000000 s after FIT's epoch: smaller values count from when the device was switched on (FIT
#: profile, date_time). Clocks that were never set start in 1970, 1980 or 1989.
EARLIEST_S = 631_065_600 + 0x10000000


class RawLap(NamedTuple):
    """A lap. ``start``: seconds since 1970; ``totals``: as in ``recording.Lap``."""

    start: float
    totals: JSON


class Pause(NamedTuple):
    """A time in which the timer was stopped, in seconds since 1970 or since the start."""

    start: float
    end: float


@dataclass
class Session:
    """One session of a file. ``start``: seconds since 1970; the rest as in ``Recording``.

    ``has_start``: False if the times count from an unknown moment.
    ``maker``: the manufacturer of the device, an identifier of the FIT profile.
    ``altitude_source``: None if only the device's name shows it.
    """

    samples: list[Sample] = field(default_factory=list)
    start: float | None = None
    has_start: bool = True
    is_course: bool = False
    offset_s: int | None = None
    sport: str | None = None
    name: str | None = None
    device: str | None = None
    maker: str | None = None
    is_indoor: bool = False
    altitude_source: AltitudeSource | None = None
    totals: JSON = field(default_factory=dict)
    laps: list[RawLap] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def is_time(value: object) -> bool:
    """Whether a number of seconds since 1970 is a plausible time of a recording."""
    return isinstance(value, int | float) and EARLIEST_S <= value <= time.time() + DAY_S


def is_plausible(key: str, value: Any) -> bool:
    """Whether a value of this stream type is plausible."""
    if key == "time":
        return is_time(value)
    return is_position(*value) if key == "latlng" else is_within(READINGS[key], value)


def plausible(sample: Sample, left_out: Counter[str] | None = None) -> Sample:
    """Return the sample without implausible values; the sample itself if there are none.

    ``left_out``: counts the readings that are left out, by stream type.
    """
    wrong = [key for key, value in sample.items() if not is_plausible(key, value)]
    if not wrong:
        return sample
    if left_out is not None:
        left_out.update(key for key in wrong if _is_reading(key, sample[key]))
    return {key: value for key, value in sample.items() if key not in wrong}


def _is_reading(key: str, value: Any) -> bool:
    return key != "time" and value not in NO_READING.get(key, ())


def without_time(sample: Sample) -> Sample:
    """Copy a sample without its time."""
    return {key: value for key, value in sample.items() if key != "time"}


def counted(number: int, noun: str) -> str:
    """Return a number of things, such as ``1 sample`` or ``2 samples``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
