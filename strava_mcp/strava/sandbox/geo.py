"""Courses on the map: closed loops of a given length, and Google's encoding of them."""

import math
from collections.abc import Sequence
from random import Random

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


def loop(start: Point, distance_m: float, course: int, fractions: Sequence[float]) -> list[Point]:
    """Points of a loop of ``distance_m`` from ``start``, at fractions (0 to 1) of its length.

    ``course`` chooses its shape: the same number gives the same loop at another size.
    """
    rng = Random(f"course:{course}")
    waves = [(n, rng.uniform(0.04, 0.3) / n, rng.uniform(0, 2 * math.pi)) for n in (2, 3, 5)]
    heading = rng.uniform(0, 2 * math.pi)

    def outline(t: float) -> Point:
        angle = 2 * math.pi * t + heading
        radius = 1 + sum(size * math.sin(n * angle + phase) for n, size, phase in waves)
        return radius * math.cos(angle), radius * math.sin(angle)

    steps = [outline(i / 720) for i in range(721)]
    lengths = [0.0]
    for (x0, y0), (x1, y1) in zip(steps, steps[1:], strict=False):
        lengths.append(lengths[-1] + math.hypot(x1 - x0, y1 - y0))
    scale = distance_m / lengths[-1] / math.radians(1) / EARTH_M
    narrow = math.cos(math.radians(start[0]))
    x0, y0 = steps[0]
    found: list[Point] = []
    step = 0
    for fraction in fractions:  # fractions ascend, so that one walk along the outline is enough
        wanted = fraction * lengths[-1]
        while step < 719 and lengths[step + 1] < wanted:
            step += 1
        along = (wanted - lengths[step]) / (lengths[step + 1] - lengths[step])
        (xa, ya), (xb, yb) = steps[step], steps[step + 1]
        x, y = xa + (xb - xa) * along - x0, ya + (yb - ya) * along - y0
        found.append((round(start[0] + y * scale, 6), round(start[1] + x * scale / narrow, 6)))
    return found


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
