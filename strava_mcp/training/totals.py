"""Totals and averages of a recording, under the names and in the units of DetailedActivity.

A sample describes the interval that ends in it: ``moving``, speed and power are those since the
previous sample, and the first sample only marks the start.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import fmean
from typing import TypedDict, cast

from strava_mcp.training.climbing import climbing
from strava_mcp.training.series import Series, Streams, mean, sample_durations

#: Maximum seconds one sample is weighted with; the rest of a longer gap is ignored.
MAX_GAP_S = 30.0
#: Seconds of the rolling mean of normalized power.
ROLLING_S = 30


class Totals(TypedDict, total=False):
    """Summary values (API v3, DetailedActivity); those that a recording does not have are absent.

    Seconds, metres, m/s, bpm, rpm, °C, watts and kJ.
    """

    elapsed_time: int
    moving_time: int
    distance: float
    average_speed: float
    max_speed: float | None
    average_heartrate: float | None
    max_heartrate: float | None
    average_cadence: float | None
    max_cadence: float | None
    average_temp: float | None
    total_elevation_gain: float
    elev_low: float
    elev_high: float
    average_watts: float
    max_watts: float | None
    weighted_average_watts: int | None
    kilojoules: float


def totals(streams: Streams) -> Totals:
    """The summary values of a recording.

    ``streams``: only ``time`` is required. Averages are over moving time, each value weighted by
    the seconds of its interval; if the athlete never moved, over the whole recording.
    """
    if not streams.get("time"):
        return {}
    weights = sample_weights(streams)
    values = {
        **_extent(streams),
        **_sensors(streams, weights),
        **_altitude(streams),
        **_power(streams.get("watts", ()), weights),
    }
    return cast(Totals, {name: value for name, value in values.items() if value is not None})


def moving_seconds(streams: Streams) -> list[float]:
    """The seconds of the interval ending at each sample, 0 if the athlete was standing.

    Without ``moving`` every interval counts.
    """
    intervals = [0.0, *sample_durations(streams["time"])[:-1]]
    moving = streams.get("moving")
    if not moving:
        return intervals
    return [s if m else 0.0 for s, m in zip(intervals, moving, strict=True)]


def sample_weights(streams: Streams, max_gap_s: float = MAX_GAP_S) -> list[float]:
    """The seconds that the value of each sample counts for in an average, at most ``max_gap_s``."""
    seconds = moving_seconds(streams)
    if not any(seconds):
        seconds = moving_seconds({"time": streams["time"]})
    return [min(max_gap_s, second) for second in seconds]


def _extent(streams: Streams) -> Totals:
    """Times, distance and average speed."""
    time, distance = streams["time"], streams.get("distance")
    extent: Totals = {"elapsed_time": round(time[-1] - time[0])}
    moving_s = sum(moving_seconds(streams))
    if "moving" in streams:
        extent["moving_time"] = round(moving_s)
    if distance:
        metres = distance[-1] - distance[0]
        extent["distance"] = round(metres, 1)
        if "moving" in streams:
            extent["average_speed"] = round(metres / moving_s, 3) if moving_s else 0.0
    return extent


def _sensors(streams: Streams, weights: Sequence[float]) -> Totals:
    """Averages and maxima of speed, heart rate, cadence and temperature."""
    # Coasting is not cadence: bicycle computers leave zeros out of its average.
    pedalling = [value or None for value in streams.get("cadence", ())]
    speed = max_speed(streams.get("velocity_smooth", ()))
    return {
        "max_speed": None if speed is None else round(speed, 3),
        "average_heartrate": _mean(streams.get("heartrate"), weights),
        "max_heartrate": _max(streams.get("heartrate", ())),
        "average_cadence": _mean(pedalling, weights),
        "max_cadence": _max(pedalling),
        "average_temp": _mean(streams.get("temp"), weights, 0),
    }


def _power(watts: Series, weights: Sequence[float]) -> Totals:
    """Average, maximum and normalized power, and work; empty if no power was recorded."""
    average = mean(watts, weights) if watts else None
    if average is None:
        return {}
    normalized = normalized_power(watts, weights)
    recorded_s = sum(s for value, s in zip(watts, weights, strict=True) if value is not None)
    return {
        "average_watts": round(average, 1),
        "max_watts": _max(watts),
        "weighted_average_watts": None if normalized is None else round(normalized),
        "kilojoules": round(average * recorded_s / 1000, 1),
    }


def _altitude(streams: Streams) -> Totals:
    """The climbing; with ``climb``, metres climbed up to each sample, the gain is taken from it."""
    climb = climbing(streams.get("altitude", ()))
    if climb is None:
        return {}
    climbed = streams.get("climb")
    return {
        "total_elevation_gain": round(climbed[-1] - climbed[0] if climbed else climb.gain_m, 1),
        "elev_low": round(climb.low_m, 1),
        "elev_high": round(climb.high_m, 1),
    }


def max_speed(velocity: Series) -> float | None:
    """The highest speed held for two consecutive samples, in m/s; None if there are no two.

    A receiver that loses its position records a single spike; a sprint lasts for several samples.
    """
    pairs = pairwise(value for value in velocity if value is not None)
    return max((min(pair) for pair in pairs), default=None)


def normalized_power(watts: Series, seconds: Sequence[float]) -> float | None:
    """Normalized power in watts (Allen and Coggan, Training and Racing with a Power Meter).

    The fourth root of the mean fourth power of the 30 s rolling mean, at one value per second.
    ``seconds``: the weight of each value, which is repeated as many times. Stops, gaps and sensor
    dropouts are cut out and their sides joined, like on a device with a paused timer. None below
    30 s.
    """
    per_second: list[float] = []
    for value, second in zip(watts, seconds, strict=True):
        if value is not None:
            per_second += [value] * round(second)
    work = list(accumulate(per_second, initial=0.0))
    rolling = [(b - a) / ROLLING_S for a, b in zip(work, work[ROLLING_S:], strict=False)]
    return fmean(value**4 for value in rolling) ** 0.25 if rolling else None


def _mean(series: Series | None, weights: Sequence[float], digits: int = 1) -> float | None:
    value = mean(series, weights) if series else None
    return None if value is None else round(value, digits)


def _max(series: Series) -> float | None:
    return max((value for value in series if value is not None), default=None)
