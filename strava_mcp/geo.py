"""Great-circle distances, and positions on a plane."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt

Point = tuple[float, float]

#: Mean radius of the earth in metres (IUGG).
EARTH_RADIUS_M = 6_371_008.8


def haversine_m(a: Sequence[float], b: Sequence[float]) -> float:
    """Great-circle distance in metres; a position starts with latitude and longitude in degrees."""
    lat_a, lat_b = radians(a[0]), radians(b[0])
    haversine = sin((lat_b - lat_a) / 2) ** 2
    haversine += cos(lat_a) * cos(lat_b) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(haversine)))


def length_m(points: Sequence[Sequence[float]]) -> float:
    """Length of the line through positions (latitude and longitude in degrees), in metres."""
    return sum(haversine_m(a, b) for a, b in pairwise(points))


class Plane:
    """Metres east and north of an origin (° latitude, longitude), also across the date line.

    Distances near the origin are exact; east and west shrink with the latitude of the origin.
    """

    def __init__(self, origin: Sequence[float]) -> None:
        self._origin = origin
        self._north = radians(1) * EARTH_RADIUS_M
        self._east = self._north * cos(radians(origin[0]))

    def at(self, point: Sequence[float]) -> Point:
        """A position in metres east and north of the origin."""
        east = (point[1] - self._origin[1] + 180) % 360 - 180
        return east * self._east, (point[0] - self._origin[0]) * self._north


def distance_to_line_m(point: Point, begin: Point, end: Point) -> float:
    """Distance from a point of a plane to the line from ``begin`` to ``end``, in its metres."""
    (x, y), dx, dy = begin, end[0] - begin[0], end[1] - begin[1]
    squared = dx * dx + dy * dy
    if squared:
        share = ((point[0] - x) * dx + (point[1] - y) * dy) / squared
        share = min(1.0, max(0.0, share))
        x, y = x + share * dx, y + share * dy
    return hypot(point[0] - x, point[1] - y)
