"""Where the athlete trains: closed courses with hills, the same ones again and again.

A course never changes, so two activities on it share their line on the map, their hills and their
segments, as those of a real athlete with favourite rounds do.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random

from strava_mcp.geo import EARTH_RADIUS_M, Point
from strava_mcp.polyline import encode

#: Nodes of a course, equally far from each other; in between it runs straight.
NODES = 300


@dataclass(frozen=True)
class Place:
    """Where a course begins: coordinates in degrees, metres above the sea, and its time zone.

    ``timezone`` is Strava's wording, with the offset of winter.
    """

    latlng: Point
    timezone: str
    altitude_m: float


@dataclass(frozen=True)
class Course:
    """A round that begins and ends at ``place``. ``key`` decides its shape and its hills."""

    key: str
    place: Place
    length_m: float
    ascent_m: float


ZURICH = Place((47.3769, 8.5417), "(GMT+01:00) Europe/Zurich", 408.0)
TOKYO = Place((35.6812, 139.7671), "(GMT+09:00) Asia/Tokyo", 12.0)
BOULDER = Place((40.0150, -105.2705), "(GMT-07:00) America/Denver", 1630.0)

#: Metres of ascent on each kilometre.
CLIMBS = {"Run": 7, "TrailRun": 32, "Ride": 9, "VirtualRide": 7, "GravelRide": 14, "Hike": 58}
CLIMBS |= {"Walk": 5}

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

#: What races are run on: longer by what a watch adds to the official distance.
TEN_K = Course("race-10k", ZURICH, 10_040.0, 38.0)
HALF_MARATHON = Course("race-half", ZURICH, 21_190.0, 212.0)

#: The ways to work, by sport.
TO_WORK = {
    "Ride": Course("ride-to-work", ZURICH, 6_100.0, 61.0),
    "Walk": Course("walk-to-work", ZURICH, 2_640.0, 14.0),
}


@lru_cache(maxsize=64)
def courses(place: Place, sport: str) -> tuple[Course, ...]:
    """The courses for a sport at a place, shortest first; none for what is not done there."""
    found = []
    for length_m in LENGTHS_M[place].get(sport, ()):
        key = f"{sport}-{length_m}"
        ascent = length_m / 1000 * CLIMBS[sport] * Random(key).uniform(0.6, 1.4)
        found.append(Course(key, place, float(length_m), round(ascent, 1)))
    return tuple(found)


def nearest(place: Place, sport: str, length_m: float, rng: Random) -> Course | None:
    """One of the two courses whose lengths are nearest to what is wanted."""
    known = courses(place, sport)
    if not known:
        return None
    at = bisect_left([course.length_m for course in known], length_m)
    return rng.choice(known[max(0, at - 1) : at + 1])


def line(course: Course, fractions: Sequence[float]) -> list[Point]:
    """Points of a course at fractions (0 to 1) of its length."""
    nodes = _outline(course)
    found = []
    for fraction in fractions:
        at = min(fraction, 1.0) * NODES
        node = min(int(at), NODES - 1)
        rest = at - node
        (lat0, lng0), (lat1, lng1) = nodes[node], nodes[node + 1]
        found.append((lat0 + (lat1 - lat0) * rest, lng0 + (lng1 - lng0) * rest))
    return found


def altitudes(course: Course, fractions: Sequence[float]) -> list[float]:
    """Metres above the sea at fractions of a course."""
    nodes = heights(course)
    found = []
    for fraction in fractions:
        at = min(fraction, 1.0) * NODES
        node = min(int(at), NODES - 1)
        found.append(nodes[node] + (nodes[node + 1] - nodes[node]) * (at - node))
    return found


def slopes(course: Course, fractions: Sequence[float]) -> list[float]:
    """Rise over run at fractions of a course: 0.05 is five per cent uphill."""
    step_m = course.length_m / NODES
    nodes = [(b - a) / step_m for a, b in zip(heights(course), heights(course)[1:], strict=False)]
    return [nodes[min(int(fraction * NODES), NODES - 1)] for fraction in fractions]


@lru_cache(maxsize=256)
def polyline(course: Course, points: int) -> str:
    """The course as an encoded polyline of so many points."""
    return encode(line(course, [i / (points - 1) for i in range(points)]))


@lru_cache(maxsize=256)
def heights(course: Course) -> tuple[float, ...]:
    """Metres above the sea at the nodes. They climb the course's ascent in all, and end as high
    as they begin, which is the lowest point.
    """
    rng = Random(f"hills:{course.key}")
    lean = rng.uniform(-0.25, 0.25)  # pushes hills to one side; without it courses are symmetric
    waves = [(math.pi * n, rng.uniform(0.3, 1.0) / n**1.2) for n in (1, 2, 3, 5, 9, 14)]
    raw = []
    for i in range(NODES + 1):
        x = i / NODES
        x += lean * math.sin(math.pi * x) ** 2
        raw.append(sum(size * math.sin(n * x) ** 2 for n, size in waves))
    climbed = sum(max(0.0, b - a) for a, b in zip(raw, raw[1:], strict=False))
    scale = course.ascent_m / climbed
    return tuple(course.place.altitude_m + scale * height for height in raw)


@lru_cache(maxsize=256)
def _outline(course: Course) -> tuple[Point, ...]:
    """The nodes on the map: a circle with bends, cut into steps of one length."""
    rng = Random(f"course:{course.key}")
    waves = [(n, rng.uniform(0.1, 0.6) / n, rng.uniform(0, 6.28)) for n in (2, 3, 5, 9, 17, 29)]
    heading = rng.uniform(0, 2 * math.pi)
    raw = []
    for i in range(NODES + 1):
        angle = 2 * math.pi * i / NODES + heading
        radius = 1 + sum(size * math.sin(n * angle + phase) for n, size, phase in waves)
        raw.append((radius * math.cos(angle), radius * math.sin(angle)))
    even = _evenly(raw)
    around = sum(math.dist(a, b) for a, b in zip(even, even[1:], strict=False))
    degrees = course.length_m / around / math.radians(1) / EARTH_RADIUS_M
    (lat, lng), (x0, y0) = course.place.latlng, even[0]
    middle = math.radians(lat + degrees * (sum(y for _, y in even) / len(even) - y0))
    narrow = math.cos(middle)  # a degree of longitude is shorter than one of latitude
    return tuple((lat + degrees * (y - y0), lng + degrees * (x - x0) / narrow) for x, y in even)


def _evenly(points: list[Point]) -> list[Point]:
    """The same line with its points at equal distances."""
    steps = [math.dist(a, b) for a, b in zip(points, points[1:], strict=False)]
    along = [0.0, *accumulate(steps)]
    found, node = [], 0
    for i in range(len(points)):
        wanted = along[-1] * i / (len(points) - 1)
        while node < len(steps) - 1 and along[node + 1] < wanted:
            node += 1
        rest = (wanted - along[node]) / steps[node]
        (x0, y0), (x1, y1) = points[node], points[node + 1]
        found.append((x0 + (x1 - x0) * rest, y0 + (y1 - y0) * rest))
    return found
