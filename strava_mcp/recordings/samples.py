"""Raw sessions, as the parsers of all formats return them, and plausibility checks."""

import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from strava_mcp.json_types import JSON
from strava_mcp.training.climbing import AltitudeSource
from strava_mcp.training.track import MAX_SPEED_MS

#: The values recorded at one moment, by Strava's stream type and in its unit; ``time`` in seconds
#: since 1970. Types that were not recorded are absent.
Sample = dict[str, Any]

DAY_S = 86400.0
#: Longer than any recording: samples further from its middle have a wrong time.
MAX_DURATION_S = 31 * DAY_S
#: Bounds of plausible values. Sensors write 0 or 255 without a pulse, and FIT writes the maximum of
#: a type if there is no value. Higher power is a measuring error.
PLAUSIBLE = {
    "distance": (0.0, 10_000_000.0),
    "altitude": (-500.0, 9000.0),
    "velocity_smooth": (0.0, MAX_SPEED_MS),
    "heartrate": (1, 254),
    "cadence": (0, 254),
    "watts": (0, 5000),
    "temp": (-60, 80),
}
#: The same for totals of sessions and laps.
PLAUSIBLE_TOTALS = {
    **{"distance": PLAUSIBLE["distance"], "total_elevation_gain": (0.0, 100_000.0)},
    **{"elev_low": PLAUSIBLE["altitude"], "elev_high": PLAUSIBLE["altitude"]},
    **dict.fromkeys(("elapsed_time", "moving_time"), (0.0, MAX_DURATION_S)),
    **dict.fromkeys(("average_speed", "max_speed"), PLAUSIBLE["velocity_smooth"]),
    **dict.fromkeys(("average_heartrate", "max_heartrate"), PLAUSIBLE["heartrate"]),
    **dict.fromkeys(("average_cadence", "max_cadence"), PLAUSIBLE["cadence"]),
    **dict.fromkeys(("average_watts", "weighted_average_watts", "max_watts"), PLAUSIBLE["watts"]),
    **{"average_temp": PLAUSIBLE["temp"], "calories": (0, 100_000), "kilojoules": (0, 100_000)},
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
    if key == "latlng":
        lat, lng = value
        # GPS receivers without a fix write 0, 0: a point in the Gulf of Guinea.
        return abs(lat) <= 90 and abs(lng) <= 180 and (lat, lng) != (0, 0)
    return is_within(PLAUSIBLE[key], value)


def is_within(bounds: tuple[float, float], value: object) -> bool:
    """Whether the value is a number within the bounds; NaN never is."""
    return isinstance(value, int | float) and bounds[0] <= value <= bounds[1]


def plausible(sample: Sample) -> Sample:
    """Return the sample without implausible values; the sample itself if there are none."""
    if all(is_plausible(key, value) for key, value in sample.items()):
        return sample
    return {key: value for key, value in sample.items() if is_plausible(key, value)}


def without_time(sample: Sample) -> Sample:
    """Copy a sample without its time."""
    return {key: value for key, value in sample.items() if key != "time"}


def counted(number: int, noun: str) -> str:
    """Return a number of things, such as ``1 sample`` or ``2 samples``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
