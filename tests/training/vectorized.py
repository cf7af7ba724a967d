"""Recordings on whole seconds, and real ones, for the checks with numpy.

Everything here is a formulation of its own: nothing of ``training`` is used.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from strava_mcp.recordings import read
from tests.conftest import require

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Recordings of devices beside the project.
RIDES_WITH_POWER = (
    "Edge810-Vector-2013-08-16-15-35-10.fit",
    "sample-activity-indoor-trainer.fit",
)
RUNS = ("activity-small-fenix2-run.fit", "garmin-fenix-5-run.fit", "developer-types-sample.fit")
RIDES = (*RIDES_WITH_POWER, "sample-activity.fit", "garmin-edge-820-bike.fit")
ALL = (*RIDES, *RUNS)


def streams_of(shared: Path, name: str) -> dict[str, list[Any]]:
    """The streams of a real recording."""
    path = shared / "data/fit" / name
    require(path.is_file(), f"{name} is not beside the project")
    (recording,) = read(path.read_bytes())
    return recording.streams


def array(values: Sequence[Any]) -> Array:
    """Numbers with NaN for None."""
    return np.array([np.nan if value is None else value for value in values], float)


def on_seconds(time_s: Sequence[float], values: Sequence[Any]) -> tuple[Array, Mask]:
    """The value of each second, NaN where there is none, and whether the second was recorded.

    A sample lasts until the next one. A step longer than 10 s, or than twice the usual step, is a
    pause, of which only the first second was recorded. Holes of at most 10 s take the value before.
    """
    time = np.round(np.array(time_s, float) - time_s[0]).astype(int)
    steps = np.diff(time)
    usual = np.sort(steps)[len(steps) // 2] if len(steps) else 1
    second = np.arange(time[-1] + 1)
    sample = np.searchsorted(time, second, side="right") - 1
    step = np.append(steps, 1)[sample]
    recorded: Mask = (step <= max(10, 2 * min(usual, 60))) | (second == time[sample])
    series = np.where(recorded, array(values)[sample], np.nan)
    present = ~np.isnan(series)
    before = np.maximum.accumulate(np.where(present, second, -1))
    # The next second that is no hole: present, or in a pause.
    bounds = np.where(present | ~recorded, second, len(second))
    after = np.minimum.accumulate(bounds[::-1])[::-1]
    is_short = (before >= 0) & (after - before <= 11) & recorded & ~present
    return np.where(is_short, series[before], series), recorded


def rolling_mean(values: Array, size: int) -> Array:
    """The mean of each window; NaN where a value is missing."""
    means: Array = sliding_window_view(values, size).mean(axis=1)
    return means


def haversine(lat: Array, lon: Array) -> Array:
    """Metres from each position (°) to the next."""
    lat, lon = np.radians(lat), np.radians(lon)
    half = np.sin(np.diff(lat) / 2) ** 2
    half += np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    metres: Array = 2 * 6_371_000 * np.arcsin(np.sqrt(half))
    return metres


def graded_m(distance_m: Sequence[float], altitude_m: Sequence[float]) -> Array:
    """Grade-adjusted metres along: heights of 7 samples' medians, averaged over 55 m; the grade
    over the last 30 m; the effort of elevate's points.
    """
    d, h = np.array(distance_m, float), np.array(altitude_m, float)
    middles = np.clip(np.arange(len(d)), 3, len(d) - 4)
    medians = np.median(sliding_window_view(h, 7), axis=1)[middles - 3]
    sums = np.concatenate([[0], np.cumsum(medians)])
    low, high = np.searchsorted(d, d - 27.5), np.searchsorted(d, d + 27.5, side="right")
    heights = (sums[high] - sums[low]) / (high - low)
    back = np.searchsorted(d, d - 30, side="right") - 1
    run = np.where(back >= 0, d - d[back], np.inf)
    at = [-20, -10, -8, -4, 0, 4, 10, 20, 30]
    factors = [1.09, 0.88, 0.88, 0.91, 1, 1.14, 1.47, 2.30, 3.16]
    factor = np.interp(100 * (heights - heights[back]) / run, at, factors)
    metres: Array = np.cumsum(np.diff(d, prepend=d[0]) * factor)
    return metres


def drift_percent(streams: Mapping[str, Sequence[Any]]) -> float:
    """How much metres per beat fell between the halves of a run's motion, after ten minutes."""
    time = np.array(streams["time"], float)
    graded = graded_m(streams["distance"], streams["altitude"])
    speed = np.diff(np.interp(np.arange(time[0], time[-1] + 1), time, graded))
    flags = streams["moving"]  # of the time before each sample
    moving, _ = on_seconds(streams["time"], [*flags[1:], flags[-1]])
    rates, _ = on_seconds(streams["time"], streams["heartrate"])
    is_moving = moving[: len(speed)] == 1
    parts = zip(
        np.array_split(speed[is_moving][600:], 2),
        np.array_split(rates[: len(speed)][is_moving][600:], 2),
        strict=True,
    )
    first, second = (part.mean() / np.nanmean(rate) for part, rate in parts)
    return float(100 * (1 - second / first))
