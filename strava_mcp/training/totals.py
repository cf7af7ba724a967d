"""What a recording adds up to, under the names and in the units of Strava's DetailedActivity.

A sample tells of the step that ends in it: ``moving``, speed and power are those since the sample
before, and the first sample is only where things begin.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from statistics import fmean
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.training.climbing import climbing
from strava_mcp.training.series import Series, mean, seconds_each

Streams = Mapping[str, Sequence[Any]]

#: The longest that a value speaks for, in seconds; in the rest of a longer step nothing is known.
MAX_GAP_S = 30.0
#: The seconds of the rolling mean of normalized power.
ROLLING_S = 30


def totals(streams: Streams) -> JSON:
    """The summary values of a recording; those that cannot be known from it are absent.

    ``streams``: lists of one length by Strava's stream types: time (s), distance (m), moving,
    altitude (m), velocity_smooth (m/s), heartrate, cadence, watts and temp, with None where nothing
    was recorded; only ``time`` is needed. Averages are over moving time, each value weighted by its
    seconds; where nobody moved, over all of it.
    """
    if not streams.get("time"):
        return {}
    seconds = weights(streams)
    found = _extent(streams) | _sensors(streams, seconds) | _heights(streams)
    if streams.get("watts"):
        found |= _power(streams["watts"], seconds)
    return {name: value for name, value in found.items() if value is not None}


def seconds_moved(streams: Streams) -> list[float]:
    """The seconds in which the athlete moved, of the step that ends in each sample.

    Without ``moving`` all of them.
    """
    steps = [0.0, *seconds_each(streams["time"])[:-1]]
    moving = streams.get("moving")
    return [s if m else 0.0 for s, m in zip(steps, moving, strict=True)] if moving else steps


def weights(streams: Streams) -> list[float]:
    """The seconds that the value of each sample counts for in an average."""
    seconds = seconds_moved(streams)
    if not any(seconds):
        seconds = seconds_moved({"time": streams["time"]})
    return [min(MAX_GAP_S, second) for second in seconds]


def _extent(streams: Streams) -> JSON:
    """How far and how long."""
    time, distance = streams["time"], streams.get("distance")
    found: JSON = {"elapsed_time": round(time[-1] - time[0])}
    moving_s = sum(seconds_moved(streams))
    if "moving" in streams:
        found["moving_time"] = round(moving_s)
    if distance:
        metres = distance[-1] - distance[0]
        found["distance"] = round(metres, 1)
        if "moving" in streams:
            found["average_speed"] = round(metres / moving_s, 3) if moving_s else 0.0
    return found


def _sensors(streams: Streams, seconds: Sequence[float]) -> JSON:
    """Averages and highest values of what was measured."""
    turning = [value or None for value in streams.get("cadence", ())]
    top = top_speed(streams.get("velocity_smooth", ()))
    return {
        "max_speed": None if top is None else round(top, 3),
        "average_heartrate": _mean(streams.get("heartrate"), seconds),
        "max_heartrate": _highest(streams.get("heartrate", ())),
        # Coasting is no cadence: bicycle computers leave zeros out of its average.
        "average_cadence": _mean(turning, seconds),
        "max_cadence": _highest(turning),
        "average_temp": _mean(streams.get("temp"), seconds, 0),
    }


def _power(watts: Series, seconds: Sequence[float]) -> JSON:
    """Mean, highest and normalized power, and the work done."""
    average, normalized = mean(watts, seconds), normalized_power(watts, seconds)
    if average is None:
        return {}
    known_s = sum(s for value, s in zip(watts, seconds, strict=True) if value is not None)
    return {
        "average_watts": round(average, 1),
        "max_watts": _highest(watts),
        "weighted_average_watts": None if normalized is None else round(normalized),
        "kilojoules": round(average * known_s / 1000, 1),
    }


def _heights(streams: Streams) -> JSON:
    found = climbing(streams.get("altitude", ()))
    if found is None:
        return {}
    return {
        "total_elevation_gain": round(found.gain_m, 1),
        "elev_low": round(found.low_m, 1),
        "elev_high": round(found.high_m, 1),
    }


def top_speed(velocity: Series) -> float | None:
    """The highest speed that two samples running reached, in m/s; None where there are no two.

    A receiver that loses its place writes a single spike; a sprint lasts longer than one sample.
    """
    pairs = pairwise(value for value in velocity if value is not None)
    return max((min(pair) for pair in pairs), default=None)


def normalized_power(watts: Series, seconds: Sequence[float]) -> float | None:
    """Normalized power in watts (Allen and Coggan, Training and Racing with a Power Meter).

    The fourth root of the mean fourth power of the rolling mean over 30 s, at one value a second.
    ``seconds``: what each value counts for; it is repeated as often. Seconds that count for
    nothing (a stop, a gap, a sensor that fell out) are left out and what lies on both sides is
    joined, as a device does whose timer stands still. None below 30 s.
    """
    each: list[float] = []
    for value, second in zip(watts, seconds, strict=True):
        if value is not None:
            each += [value] * round(second)
    work = list(accumulate(each, initial=0.0))
    rolling = [(b - a) / ROLLING_S for a, b in zip(work, work[ROLLING_S:], strict=False)]
    return fmean(value**4 for value in rolling) ** 0.25 if rolling else None


def _mean(series: Series | None, seconds: Sequence[float], digits: int = 1) -> float | None:
    value = mean(series, seconds) if series else None
    return None if value is None else round(value, digits)


def _highest(series: Series) -> float | None:
    return max((value for value in series if value is not None), default=None)
