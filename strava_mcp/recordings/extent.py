"""How long and how far a recording goes, and what can be part of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from strava_mcp.json_types import JSON
from strava_mcp.recordings.left_out import TIMES, distance, duration
from strava_mcp.recordings.samples import PLAUSIBLE_TOTALS
from strava_mcp.sports import ON_FOOT, RIDES, SWIMS
from strava_mcp.training.plausible import READINGS, is_within
from strava_mcp.training.track import MAX_SPEED_MS

#: A watch may be stopped a while after its last sample.
MIN_SLACK_S, SLACK_SHARE = 60.0, 0.05
#: Distances of laps and of the whole come from different sensors.
MIN_SLACK_M = 50.0
#: Average speeds in m/s above the world records of short distances (100 m: 10.4, 50 m freestyle:
#: 2.4), and above those behind a motorcycle (25).
MAX_AVERAGE_MS = {
    **dict.fromkeys(ON_FOOT, 12.5),
    **dict.fromkeys(SWIMS, 3.5),
    **dict.fromkeys(RIDES, 30.0),
}
#: A device's distance up to twice that of the samples is confirmed by them.
MAX_CONFIRMED_FACTOR = 2.0
#: Upper bounds per second. Cable cars climb 12 m/s; an hour of the hardest work takes 2,000 kcal;
#: the highest power is 5 kW.
MAX_PER_SECOND = {"total_elevation_gain": 15.0, "calories": 1.0, "kilojoules": 5.0}
#: What may come at once.
MIN_AMOUNT = 100.0
#: Samples further apart miss a peak, but not by as much. Some programs write km/h.
MAX_PEAK_FACTOR, MIN_PEAK_MS = 1.5, 1.0

#: A key, and the reason why its value cannot be true.
Reason = tuple[str, str]


@dataclass(frozen=True)
class Extent:
    """Seconds, metres and the highest recorded speed of a recording or of its samples.

    None if unknown.
    """

    seconds: float | None = None
    metres: float | None = None
    max_speed: float | None = None

    @property
    def max_seconds(self) -> float:
        """The longest time that a part may have."""
        if self.seconds is None:
            return float("inf")
        return self.seconds + max(MIN_SLACK_S, SLACK_SHARE * self.seconds)

    @property
    def max_metres(self) -> float:
        """The longest distance that a part may have."""
        if self.metres is None:
            return float("inf")
        return self.metres + max(MIN_SLACK_M, SLACK_SHARE * self.metres)


def impossible(values: JSON) -> Iterator[Reason]:
    """Yield values that are out of all bounds."""
    for key, value in values.items():
        if not is_within(PLAUSIBLE_TOTALS[key], value):
            yield key, "it is impossible"
    low, high = (values.get(key) for key in ("elev_low", "elev_high"))
    if low is not None and high is not None and READINGS["altitude"][1] >= low > high:
        yield from ((key, "low is above high") for key in ("elev_low", "elev_high"))


def excessive(
    values: JSON, whole: Extent, sport: str | None, samples: Extent | None = None
) -> Iterator[Reason]:
    """Yield values that are more than the whole, or than their time allows.

    ``samples``: a distance that these confirm is not too long, as that of a drive in a car.
    """
    own_s = [values[key] for key in TIMES if 1 <= values.get(key, 0.0) <= whole.max_seconds]
    seconds = max(own_s, default=whole.seconds)
    for key in TIMES:
        if values.get(key, 0.0) > whole.max_seconds:
            yield key, f"the recording lasts {duration(whole.seconds or 0)}"
    metres = values.get("distance", 0.0)
    if metres > whole.max_metres:
        yield "distance", f"the recording has {distance(whole.metres or 0)}"
    if whole.max_speed is not None:
        if values.get("max_speed", 0.0) > MAX_PEAK_FACTOR * whole.max_speed + MIN_PEAK_MS:
            yield "max_speed", f"the samples have {whole.max_speed:g} m/s"
    if seconds is None or whole.seconds is None:
        return
    confirmed_m = MAX_CONFIRMED_FACTOR * (samples.metres or 0.0) if samples else 0.0
    max_speed = MAX_AVERAGE_MS.get(sport or "", MAX_SPEED_MS)
    if metres > max(max_speed * seconds + MIN_SLACK_M, confirmed_m):
        yield "distance", f"nobody covers that in {duration(seconds)}"
    for key, per_second in MAX_PER_SECOND.items():
        # Some programs write the calories of all laps into the first.
        if values.get(key, 0.0) > per_second * whole.seconds + MIN_AMOUNT:
            yield key, f"the recording lasts {duration(whole.seconds)}"
