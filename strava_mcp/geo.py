"""Distances on the globe."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]

#: Mean radius of the earth in metres (IUGG).
EARTH_RADIUS_M = 6_371_008.8


def haversine_m(a: Sequence[float], b: Sequence[float]) -> float:
    """Great-circle distance in metres; each position begins with latitude and longitude in °."""
    lat_a, lat_b = radians(a[0]), radians(b[0])
    across = sin((lat_b - lat_a) / 2) ** 2
    across += cos(lat_a) * cos(lat_b) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(across)))


def length_m(points: Sequence[Sequence[float]]) -> float:
    """Length of a line through positions, in metres."""
    return sum(haversine_m(a, b) for a, b in pairwise(points))
