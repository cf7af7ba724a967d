"""Streams as the API gives them: chosen by key, thinned to a resolution, by type or as a list."""

from bisect import bisect_left
from collections.abc import Collection
from typing import Any

from strava_mcp.json_types import JSON

STREAM_TYPES = (
    *("time", "distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence"),
    *("watts", "temp", "moving", "grade_smooth"),
)
#: Resolution → the most points.
RESOLUTIONS = {"low": 100, "medium": 1000, "high": 10_000}
SERIES_TYPES = ("distance", "time")


def stream_set(
    recorded: dict[str, list[Any]],
    keys: Collection[str],
    resolution: str | None = None,
    series_type: str = "distance",
) -> dict[str, JSON]:
    """A StreamSet of what was recorded and is asked for.

    Points are chosen evenly along ``series_type``, whose stream comes with the answer whether it
    was asked for or not. Without a ``resolution`` all points come.
    """
    if not recorded:
        return {}
    series = series_type if series_type in recorded else "time"
    wanted = [key for key in STREAM_TYPES if key in recorded and (key in keys or key == series)]
    size = len(recorded[series])
    chosen = _even(recorded[series], RESOLUTIONS[resolution] if resolution else size)
    return {
        key: {
            "data": [recorded[key][index] for index in chosen],
            "series_type": series,
            "original_size": size,
            "resolution": resolution or "high",
        }
        for key in wanted
    }


def _even(series: list[float], most: int) -> list[int]:
    """Indices of ``most`` samples, or of all if there are fewer, as evenly along the series as
    may be: where it stands still, neighbours make up the number. Its ends are among them.
    """
    size = len(series)
    if size <= most:
        return list(range(size))
    first, last = series[0], series[-1]
    found, before = [], -1
    for i in range(most):
        wanted = bisect_left(series, first + (last - first) * i / (most - 1))
        latest = size - most + i  # enough must be left for those that follow
        before = min(max(wanted, before + 1), latest)
        found.append(before)
    return [*found[:-1], size - 1]
