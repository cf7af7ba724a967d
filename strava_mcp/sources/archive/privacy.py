"""Privacy zone: removes positions within a circle around home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strava_mcp.geo import haversine_m
from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Point

METRES_PER_DEGREE_OF_LATITUDE = 111_000


@dataclass(frozen=True)
class PrivacyZone:
    """A circle: its centre in degrees and its radius in metres."""

    latitude: float
    longitude: float
    radius_m: float

    def contains(self, point: Sequence[float] | None) -> bool:
        """Whether a position (latitude, longitude) is within the circle."""
        if not point or len(point) != 2:
            return False
        # Most positions are far away, which the latitude alone shows.
        north_m = abs(point[0] - self.latitude) * METRES_PER_DEGREE_OF_LATITUDE
        if north_m > self.radius_m + 500:
            return False
        return haversine_m((self.latitude, self.longitude), point) <= self.radius_m

    def mask(self, track: Sequence[Point | None]) -> list[Point | None]:
        """Replace the positions within the circle by None."""
        return [None if self.contains(point) else point for point in track]


def redact(value: Mapping[str, Any], zone: PrivacyZone | None) -> JSON:
    """Copy an activity or a route without the positions that are within the zone."""
    redacted = dict(value)
    if zone is None:
        return redacted
    for key in ("start_latlng", "end_latlng"):
        if zone.contains(redacted.get(key)):
            redacted[key] = []
    for key in ("outline", "points"):
        if key in redacted:
            redacted[key] = [point for point in redacted[key] if not zone.contains(point[:2])]
    return redacted
