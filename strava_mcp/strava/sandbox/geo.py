"""Lengths on the globe, and Google's encoding of lines on it."""

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


def encode(points: Sequence[Point]) -> str:
    """Google's encoded polyline, precision 5 (Encoded Polyline Algorithm Format)."""
    text: list[str] = []
    before = (0, 0)
    for point in points:
        now = (round(point[0] * 1e5), round(point[1] * 1e5))
        for new, old in zip(now, before, strict=True):
            value = (new - old) << 1
            value = ~value if new < old else value
            while value >= 0x20:
                text.append(chr((0x20 | (value & 0x1F)) + 63))
                value >>= 5
            text.append(chr(value + 63))
        before = now
    return "".join(text)
