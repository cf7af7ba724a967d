"""Raw sessions: what a reader of a format hands over, before anything is worked out of it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.training.track import MAX_SPEED_MS

#: What was recorded at one moment, by Strava's stream types and in their units; ``time`` in seconds
#: since 1970. What was not recorded has no key.
Sample = dict[str, Any]

DAY_S = 86400.0
#: No recording is longer; a sample further from its middle has a time that is wrong.
MAX_DURATION_S = 31 * DAY_S
#: Fewer samples than this are no track, even if all were written in one second.
MIN_TRACK_POINTS = 3
#: What can be true of a sample. Sensors say 0 or 255 for no pulse, FIT has the highest number of
#: each type for nothing, and watts above this are those of a meter that went wrong.
PLAUSIBLE = {
    "distance": (0.0, 10_000_000.0),
    "altitude": (-500.0, 9000.0),
    "velocity_smooth": (0.0, MAX_SPEED_MS),
    "heartrate": (1, 254),
    "cadence": (0, 254),
    "watts": (0, 5000),
    "temp": (-60, 80),
}
#: The same for totals.
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
#: 0x10000000 s after FIT's epoch: below it are seconds since the device was switched on (FIT
#: profile, date_time). Clocks that were never set show 1970, 1980 or 1989.
EARLIEST = 631_065_600 + 0x10000000


@dataclass
class Session:
    """One session of a file.

    ``start``: seconds since 1970, as are those of ``pauses`` (begin and end) and ``laps`` (begin
    and facts). ``offset_s``, ``totals`` …: as in Recording.
    """

    samples: list[Sample] = field(default_factory=list)
    start: float | None = None
    offset_s: int | None = None
    sport: str | None = None
    name: str | None = None
    device: str | None = None
    totals: JSON = field(default_factory=dict)
    laps: list[tuple[float, JSON]] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def is_time(value: Any) -> bool:
    """Whether a number of seconds since 1970 can be when something was recorded."""
    return isinstance(value, int | float) and EARLIEST <= value <= time.time() + DAY_S


def is_plausible(key: str, value: Any) -> bool:
    """Whether a value of this stream type can be true."""
    if key == "time":
        return is_time(value)
    if key == "latlng":
        lat, lng = value
        # A receiver that does not know yet writes 0, 0: a point in the Gulf of Guinea.
        return abs(lat) <= 90 and abs(lng) <= 180 and (lat, lng) != (0, 0)
    return _is_within(PLAUSIBLE[key], value)


def plausible_totals(totals: JSON) -> JSON:
    """Totals of a session or a lap without those that cannot be true."""
    return {key: value for key, value in totals.items() if _is_within(PLAUSIBLE_TOTALS[key], value)}


def _is_within(bounds: tuple[float, float], value: Any) -> bool:
    """Also whether it is a number at all: NaN is within no bounds."""
    return isinstance(value, int | float) and bounds[0] <= value <= bounds[1]


def plausible(sample: Sample) -> Sample:
    """The sample without values that cannot be true; itself where all can."""
    if all(is_plausible(key, value) for key, value in sample.items()):
        return sample
    return {key: value for key, value in sample.items() if is_plausible(key, value)}


def in_order(samples: Iterable[Sample]) -> tuple[list[Sample], list[str]]:
    """Samples as they followed each other, one a second; and what was left out, a line each.

    Of values in one second the last counts. Where less than half of the samples tell a plausible
    time, or all the same one, there is no time at all, and they stay in the order of the file.
    Samples are changed in place: of a day's there is no room for a second set.
    """
    found = [sample for sample in map(plausible, samples) if sample]
    timed = [sample for sample in found if "time" in sample]
    moments = {int(sample["time"]) for sample in timed}
    is_timeless = len(moments) == 1 and len(found) >= MIN_TRACK_POINTS
    if 2 * len(timed) < len(found) or is_timeless:
        return [_without_time(sample) for sample in found], []
    timed.sort(key=lambda sample: sample["time"])
    middle = timed[len(timed) // 2]["time"] if timed else 0.0
    by_second: dict[int, Sample] = {}
    strays = 0
    for sample in timed:
        if abs(sample["time"] - middle) > MAX_DURATION_S:
            strays += 1
            continue
        second = int(sample["time"])
        sample["time"] = second
        by_second.setdefault(second, sample).update(sample)
    strays += len(found) - len(timed)
    problems = [f"{strays} samples without a plausible time are left out"] if strays else []
    return list(by_second.values()), problems


def _without_time(sample: Sample) -> Sample:
    return {key: value for key, value in sample.items() if key != "time"}
