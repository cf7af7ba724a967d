"""Great-circle distances."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

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
