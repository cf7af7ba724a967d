"""Hiding where home is: positions within a circle are gaps wherever they would be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strava_mcp.geo import haversine_m
from strava_mcp.json_types import JSON


@dataclass(frozen=True)
class PrivacyZone:
    """A circle around home: its centre in degrees and its radius in metres."""

    latitude: float
    longitude: float
    radius_m: float

    def contains(self, point: Sequence[float] | None) -> bool:
        """Whether a position (latitude, longitude) is within it."""
        if not point or len(point) != 2:
            return False
        # Most points are far off, which one subtraction tells: 111 km is a degree of latitude.
        if abs(point[0] - self.latitude) * 111_000 > self.radius_m + 500:
            return False
        return haversine_m((self.latitude, self.longitude), point) <= self.radius_m

    def mask(self, points: Sequence[Any]) -> list[Any]:
        """A track with gaps where it is within the circle."""
        return [None if self.contains(point) else point for point in points]


def redact(value: Mapping[str, Any], home: PrivacyZone | None) -> JSON:
    """An activity or a route without the positions that are at home."""
    found = dict(value)
    if home is None:
        return found
    for key in ("start_latlng", "end_latlng"):
        if home.contains(found.get(key)):
            found[key] = []
    for key in ("outline", "points"):
        if key in found:
            found[key] = [point for point in found[key] if not home.contains(point[:2])]
    return found
