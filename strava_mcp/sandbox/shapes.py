"""Shapes of loops: points in a plane, in no unit."""

import math
from itertools import accumulate, pairwise
from random import Random

from strava_mcp.geo import Point
from strava_mcp.sandbox.profiles import NODES


def bends(rng: Random) -> list[Point]:
    """A circle with bends."""
    waves = [(n, rng.uniform(0.1, 0.6) / n, rng.uniform(0, 6.28)) for n in (2, 3, 5, 9, 17, 29)]
    heading = rng.uniform(0, 2 * math.pi)
    raw = []
    for i in range(NODES + 1):
        angle = 2 * math.pi * i / NODES + heading
        radius = 1 + sum(size * math.sin(n * angle + phase) for n, size, phase in waves)
        raw.append((radius * math.cos(angle), radius * math.sin(angle)))
    return raw


def oval() -> list[Point]:
    """A track of 400 m: straights of 84.39 m and curves of 36.8 m radius (World Athletics)."""
    straight, radius = 84.39, 36.8
    curve = [math.pi * i / 60 for i in range(61)]
    right = [
        (straight + radius * math.sin(angle), radius - radius * math.cos(angle)) for angle in curve
    ]
    left = [(-radius * math.sin(angle), radius + radius * math.cos(angle)) for angle in curve]
    outline = [(0.0, 0.0), *right, *left]
    return outline + [(0.0, 0.0)] * (NODES + 1 - len(outline))


def evenly(points: list[Point]) -> list[Point]:
    """Resample a line to as many points at equal distances."""
    steps = [math.dist(a, b) for a, b in pairwise(points)]
    along = [0.0, *accumulate(steps)]
    result, node = [], 0
    for i in range(len(points)):
        wanted = along[-1] * i / (len(points) - 1)
        while node < len(steps) - 1 and along[node + 1] < wanted:
            node += 1
        rest = (wanted - along[node]) / steps[node] if steps[node] else 0.0
        (x0, y0), (x1, y1) = points[node], points[node + 1]
        result.append((x0 + (x1 - x0) * rest, y0 + (y1 - y0) * rest))
    return result
