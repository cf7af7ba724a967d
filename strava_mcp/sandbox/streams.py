"""Selects streams for a response: by key, and thinned to a resolution."""

from bisect import bisect_left
from collections.abc import Collection

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.recording import Streams

STREAM_TYPES = (
    *("time", "distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence"),
    *("watts", "temp", "moving", "grade_smooth"),
)
#: Resolution → maximum number of points.
RESOLUTIONS = {"low": 100, "medium": 1000, "high": 10_000}
SERIES_TYPES = ("distance", "time")


def stream_set(
    recorded: Streams,
    keys: Collection[str],
    resolution: str | None = None,
    series_type: str = "distance",
) -> dict[str, JSON]:
    """The recorded streams among ``keys`` (StreamSet).

    Points are spaced evenly along ``series_type``, whose stream is always included. Without a
    ``resolution`` all points are included.
    """
    if not recorded:
        return {}
    series = series_type if series_type in recorded else "time"
    selected = [key for key in STREAM_TYPES if key in recorded and (key in keys or key == series)]
    size = len(recorded[series])
    points = _evenly_spaced(recorded[series], RESOLUTIONS[resolution] if resolution else size)
    return {
        key: {
            "data": [recorded[key][index] for index in points],
            "series_type": series,
            "original_size": size,
            "resolution": resolution or "high",
        }
        for key in selected
    }


def _evenly_spaced(series: list[float], max_points: int) -> list[int]:
    """Indices of at most ``max_points`` samples, both ends among them, evenly along the series.

    Where the series stands still, the next samples are taken, so that there are always enough.
    """
    size = len(series)
    if size <= max_points:
        return list(range(size))
    first, last = series[0], series[-1]
    indices, previous = [], -1
    for i in range(max_points):
        wanted = bisect_left(series, first + (last - first) * i / (max_points - 1))
        latest = size - max_points + i  # leaves enough samples for the points that follow
        previous = min(max(wanted, previous + 1), latest)
        indices.append(previous)
    return [*indices[:-1], size - 1]
