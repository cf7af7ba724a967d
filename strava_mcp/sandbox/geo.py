"""Lengths on the globe."""

import math
from collections.abc import Sequence

Point = tuple[float, float]

EARTH_M = 6_371_008.8


def haversine_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres between two (latitude, longitude) points in degrees."""
    lat1, lat2 = math.radians(a[0]), math.radians(b[0])
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(half))


def length_m(points: Sequence[Point]) -> float:
    """Length of a line through points, in metres."""
    return sum(haversine_m(a, b) for a, b in zip(points, points[1:], strict=False))
