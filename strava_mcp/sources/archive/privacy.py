"""Privacy zone: removes positions within a circle around home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, TypeVar

from strava_mcp.geo import Plane, distance_to_line_m, haversine_m
from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Point

#: A position of a line, which may have an altitude as well.
P = TypeVar("P", bound=Sequence[float])

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
        if abs(point[0] - self.latitude) > self._reach:
            return False
        return haversine_m((self.latitude, self.longitude), point) <= self.radius_m

    def mask(self, track: Sequence[Point | None]) -> list[Point | None]:
        """Replace the positions within the circle by None, so that no line leads through it.

        Where two positions outside of it lie so far apart that the line between them does, the
        second of them is replaced as well.
        """
        masked: list[Point | None] = []
        before: Point | None = None
        for point in track:
            is_hidden = self.contains(point) or self._is_crossed(before, point)
            masked.append(None if is_hidden else point)
            before = masked[-1]
        return masked

    def cut(self, line: Sequence[P | None]) -> list[P | None]:
        """Cut out of a line what leads through the circle; None is a gap."""
        visible: list[P | None] = []
        for point in line:
            is_hidden = point is None or self.contains(point[:2])
            before = visible[-1] if visible else None
            if before and (is_hidden or self._is_crossed(before, point)):
                visible.append(None)
            if not is_hidden:
                visible.append(point)
        return visible if any(visible[-1:]) else visible[:-1]

    def _is_crossed(self, begin: Sequence[float] | None, end: Sequence[float] | None) -> bool:
        """Whether the line between two positions leads through the circle."""
        if not begin or not end:
            return False
        south, north = sorted((begin[0], end[0]))
        if not south - self._reach <= self.latitude <= north + self._reach:
            return False
        line = self._plane.at(begin), self._plane.at(end)
        return distance_to_line_m((0.0, 0.0), *line) < self.radius_m

    @cached_property
    def _reach(self) -> float:
        """Degrees of latitude beyond which nothing is within the circle."""
        return (self.radius_m + 500) / METRES_PER_DEGREE_OF_LATITUDE

    @cached_property
    def _plane(self) -> Plane:
        return Plane((self.latitude, self.longitude))


def redact(value: Mapping[str, Any], zone: PrivacyZone | None) -> JSON:
    """Copy an activity or a route without the positions that are within the zone.

    ``outline`` and ``points`` have None where the line is cut.
    """
    redacted = dict(value)
    if zone is None:
        return redacted
    for key in ("start_latlng", "end_latlng"):
        if zone.contains(redacted.get(key)):
            redacted[key] = []
    for key in ("outline", "points"):
        if key in redacted:
            redacted[key] = zone.cut(redacted[key])
    return redacted


def parts_of(line: Sequence[P | None]) -> list[list[P]]:
    """The parts of a line between its gaps."""
    return [[point for point in part if point] for shown, part in groupby(line, bool) if shown]
