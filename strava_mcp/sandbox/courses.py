"""Generated courses: closed loops with fixed elevation profiles.

A course never changes, so activities on it share positions, altitudes and segments, like those of
a real athlete who has favourite loops.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from random import Random

from strava_mcp.geo import EARTH_RADIUS_M, Point
from strava_mcp.polyline import encode
from strava_mcp.sports import VIRTUAL

#: A course has this many straight stretches of equal length between its nodes.
NODES = 300


@dataclass(frozen=True)
class Place:
    """Where a course begins. ``latlng``: in degrees.

    ``timezone``: as Strava writes it, with the winter offset.
    """

    latlng: Point
    timezone: str
    altitude_m: float


@dataclass(frozen=True)
class Course:
    """A loop that begins and ends at ``place``. ``key`` seeds its shape and its hills."""

    key: str
    place: Place
    length_m: float
    ascent_m: float


ZURICH = Place((47.3769, 8.5417), "(GMT+01:00) Europe/Zurich", 408.0)
TOKYO = Place((35.6812, 139.7671), "(GMT+09:00) Asia/Tokyo", 12.0)
BOULDER = Place((40.0150, -105.2705), "(GMT-07:00) America/Denver", 1630.0)
#: Where Zwift's island Watopia lies: Strava returns these positions as if somebody had been there.
WATOPIA_LATLNG = (-11.6368, 166.9723)

#: Metres of ascent per kilometre.
ASCENT_PER_KM = {
    "Run": 7,
    "TrailRun": 32,
    "Ride": 9,
    "VirtualRide": 7,
    "GravelRide": 14,
    "Hike": 58,
}
ASCENT_PER_KM |= {"Walk": 5}

LENGTHS_M: dict[Place, dict[str, tuple[float, ...]]] = {
    ZURICH: {
        "Run": (5230, 6480, 7350, 8110, 9070, 10240, 11380, 12900, 14600, 16250, 18500, 21300),
        "TrailRun": (8900, 11200, 13400, 16100, 18800),
        "Ride": (27400, 33800, 41500, 52300, 63900, 74100, 86500, 98700, 116_000),
        "VirtualRide": (20900, 25300, 29800, 35200, 41900, 50400),
        "GravelRide": (34600, 43100, 52700, 63500),
        "Hike": (8700, 11300, 13900, 16400),
        "Walk": (3450, 4780, 6200),
    },
    TOKYO: {
        "Run": (5010, 7240, 9830, 13100, 17200),
        "TrailRun": (12300,),
        "Hike": (9400, 12800),
        "Walk": (3100, 5600),
    },
    BOULDER: {
        "Run": (6030, 8450, 11900, 15800),
        "TrailRun": (9700, 14300),
        "Hike": (8200, 13600),
        "Walk": (3800,),
    },
}

#: Courses of races. Watches measure a bit more than the official distance.
TEN_K = Course("race-10k", ZURICH, 10_040.0, 38.0)
HALF_MARATHON = Course("race-half", ZURICH, 21_190.0, 212.0)

#: Courses of commutes, by sport.
TO_WORK = {
    "Ride": Course("ride-to-work", ZURICH, 6_100.0, 61.0),
    "Walk": Course("walk-to-work", ZURICH, 2_640.0, 14.0),
}


@lru_cache(maxsize=64)
def courses_for(place: Place, sport: str) -> tuple[Course, ...]:
    """The courses for a sport at a place, shortest first; empty if it is not done there."""
    result = []
    for length_m in LENGTHS_M[place].get(sport, ()):
        key = f"{sport}-{length_m}"
        ascent = length_m / 1000 * ASCENT_PER_KM[sport] * Random(key).uniform(0.6, 1.4)
        start = replace(place, latlng=WATOPIA_LATLNG) if sport in VIRTUAL else place
        result.append(Course(key, start, float(length_m), round(ascent, 1)))
    return tuple(result)


def random_course(place: Place, sport: str, length_m: float, rng: Random) -> Course | None:
    """One of the two courses that are next in length to ``length_m``; None if there are none."""
    courses = courses_for(place, sport)
    if not courses:
        return None
    index = bisect_left([course.length_m for course in courses], length_m)
    return rng.choice(courses[max(0, index - 1) : index + 1])


def positions(course: Course, fractions: Sequence[float]) -> list[Point]:
    """Latitude and longitude in degrees at fractions (0 to 1) of the course's length."""
    nodes = _node_positions(course)
    result = []
    for node, rest in map(_node_before, fractions):
        (lat0, lng0), (lat1, lng1) = nodes[node], nodes[node + 1]
        result.append((lat0 + (lat1 - lat0) * rest, lng0 + (lng1 - lng0) * rest))
    return result


def altitudes(course: Course, fractions: Sequence[float]) -> list[float]:
    """Metres above sea level at fractions (0 to 1) of the course's length."""
    nodes = node_altitudes(course)
    return [
        nodes[node] + (nodes[node + 1] - nodes[node]) * rest
        for node, rest in map(_node_before, fractions)
    ]


def _node_before(fraction: float) -> tuple[int, float]:
    """The node before a fraction of a course, and how far it is to the next one (0 to 1)."""
    at = min(fraction, 1.0) * NODES
    node = min(int(at), NODES - 1)
    return node, at - node


def total_ascent(heights: Sequence[float]) -> float:
    """The sum of all rises, in the unit of the heights."""
    return sum(max(0.0, b - a) for a, b in pairwise(heights))


def slopes(course: Course, fractions: Sequence[float]) -> list[float]:
    """Rise over run at fractions of a course's length: 0.05 is 5 % uphill."""
    step_m, heights = course.length_m / NODES, node_altitudes(course)
    nodes = [(b - a) / step_m for a, b in pairwise(heights)]
    return [nodes[min(int(fraction * NODES), NODES - 1)] for fraction in fractions]


@lru_cache(maxsize=256)
def polyline(course: Course, points: int) -> str:
    """The course as an encoded polyline with ``points`` points."""
    return encode(positions(course, [i / (points - 1) for i in range(points)]))


@lru_cache(maxsize=256)
def node_altitudes(course: Course) -> tuple[float, ...]:
    """Metres above sea level at the nodes.

    Their climbs add up to the course's ascent. The first and the last are the lowest.
    """
    rng = Random(f"hills:{course.key}")
    lean = rng.uniform(-0.25, 0.25)  # shifts the hills; without it courses are symmetric
    waves = [(math.pi * n, rng.uniform(0.3, 1.0) / n**1.2) for n in (1, 2, 3, 5, 9, 14)]
    raw = []
    for i in range(NODES + 1):
        x = i / NODES
        x += lean * math.sin(math.pi * x) ** 2
        raw.append(sum(size * math.sin(n * x) ** 2 for n, size in waves))
    scale = course.ascent_m / total_ascent(raw)
    return tuple(course.place.altitude_m + scale * height for height in raw)


@lru_cache(maxsize=256)
def _node_positions(course: Course) -> tuple[Point, ...]:
    """Latitude and longitude of the nodes: a circle with bends, in steps of equal length."""
    rng = Random(f"course:{course.key}")
    waves = [(n, rng.uniform(0.1, 0.6) / n, rng.uniform(0, 6.28)) for n in (2, 3, 5, 9, 17, 29)]
    heading = rng.uniform(0, 2 * math.pi)
    raw = []
    for i in range(NODES + 1):
        angle = 2 * math.pi * i / NODES + heading
        radius = 1 + sum(size * math.sin(n * angle + phase) for n, size, phase in waves)
        raw.append((radius * math.cos(angle), radius * math.sin(angle)))
    even = _evenly(raw)
    around = sum(math.dist(a, b) for a, b in pairwise(even))
    degrees = course.length_m / around / math.radians(1) / EARTH_RADIUS_M
    (lat, lng), (x0, y0) = course.place.latlng, even[0]
    middle = math.radians(lat + degrees * (sum(y for _, y in even) / len(even) - y0))
    narrow = math.cos(middle)  # meridians converge: degrees of longitude are shorter
    return tuple((lat + degrees * (y - y0), lng + degrees * (x - x0) / narrow) for x, y in even)


def _evenly(points: list[Point]) -> list[Point]:
    """Resample a line to as many points at equal distances."""
    steps = [math.dist(a, b) for a, b in pairwise(points)]
    along = [0.0, *accumulate(steps)]
    result, node = [], 0
    for i in range(len(points)):
        wanted = along[-1] * i / (len(points) - 1)
        while node < len(steps) - 1 and along[node + 1] < wanted:
            node += 1
        rest = (wanted - along[node]) / steps[node]
        (x0, y0), (x1, y1) = points[node], points[node + 1]
        result.append((x0 + (x1 - x0) * rest, y0 + (y1 - y0) * rest))
    return result
