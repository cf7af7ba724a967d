"""Generated courses: loops, circuits and paths with fixed elevation profiles.

A course never changes, so activities on it share positions, altitudes and segments, like those of
a real athlete who has favourite loops.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from random import Random

from strava_mcp.geo import EARTH_RADIUS_M, Point
from strava_mcp.polyline import encode
from strava_mcp.sandbox import shapes
from strava_mcp.sandbox.profiles import NODES
from strava_mcp.sandbox.profiles import heights as profile_heights
from strava_mcp.sandbox.profiles import hill, total_ascent
from strava_mcp.sports import VIRTUAL


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
    """A way that begins at ``place``. ``key`` seeds its shape and its hills.

    Its shape is a loop of ``loop_m`` metres, by default the whole length. A shorter one is gone
    round several times, as a track. ``turns``: the distances at which the athlete turns round.
    """

    key: str
    place: Place
    length_m: float
    ascent_m: float
    loop_m: float = 0.0
    turns: tuple[float, ...] = ()

    def on_loop(self, metres: Iterable[float]) -> list[float]:
        """Shares (0 to 1) of the loop at distances from the start, in ascending order."""
        loop_m = self.loop_m or self.length_m
        if not self.turns:
            return [
                metre / loop_m if metre <= loop_m else metre % loop_m / loop_m for metre in metres
            ]
        result, turns = [], [*self.turns, math.inf]
        at, since, forward, turned = 0.0, 0.0, 1, 0
        for metre in metres:
            while metre > turns[turned]:
                at += forward * (turns[turned] - since)
                since, forward, turned = turns[turned], -forward, turned + 1
            result.append(min(1.0, max(0.0, (at + forward * (metre - since)) / loop_m)))
        return result


ZURICH = Place((47.3769, 8.5417), "(GMT+01:00) Europe/Zurich", 408.0)
TOKYO = Place((35.6812, 139.7671), "(GMT+09:00) Asia/Tokyo", 12.0)
BOULDER = Place((40.0150, -105.2705), "(GMT-07:00) America/Denver", 1630.0)
#: Where Zwift's island Watopia lies: Strava returns these positions as if somebody had been there.
WATOPIA_LATLNG = (-11.6368, 166.9723)

HOME = replace(ZURICH, latlng=(47.37212, 8.51183), altitude_m=417.0)
OFFICE = replace(ZURICH, latlng=(47.38934, 8.51576), altitude_m=404.0)
LAKE = replace(ZURICH, latlng=(47.36427, 8.53592), altitude_m=407.0)
FOREST = replace(ZURICH, latlng=(47.35241, 8.51204), altitude_m=469.0)
TRACK = replace(ZURICH, latlng=(47.36692, 8.52631), altitude_m=411.0)
RIVER = replace(ZURICH, latlng=(47.35713, 8.52244), altitude_m=418.0)
HILL = replace(ZURICH, latlng=(47.38006, 8.55511), altitude_m=470.0)
MOUNTAIN = replace(ZURICH, latlng=(47.03388, 8.42917), altitude_m=780.0)
#: Where courses at home begin, by sport: the first ones most often.
STARTS = {
    "Run": (HOME, HOME, OFFICE, HOME, LAKE),
    "TrailRun": (FOREST, HOME),
    "Ride": (HOME,),
    "GravelRide": (HOME,),
    "Hike": (MOUNTAIN,),
    "Walk": (HOME, LAKE),
}

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
TEN_K = Course("race-10k", LAKE, 10_040.0, 30.0)
HALF_MARATHON = Course("race-half", LAKE, 21_190.0, 88.0)

#: The road along the lake, for rides against the clock.
TIME_TRIAL = Course("time-trial", LAKE, 34_200.0, 96.0)

#: Courses of commutes, by sport.
TO_WORK = {
    "Ride": Course("ride-to-work", HOME, 6_100.0, 61.0),
    "Walk": Course("walk-to-work", HOME, 2_640.0, 14.0),
}
TRACK_M, PATH_M, HILL_M = 400.0, 13_000.0, 3_000.0
#: Metres of ascent per kilometre of a path or a circuit.
LOOP_ASCENT_PER_KM = 4
#: Courses of any length have it rounded to this, so that some of them are the same.
LENGTH_STEP_M = 200
#: Circuits of the virtual world: their lengths.
CIRCUITS_M = (17_300.0, 9_200.0)


@lru_cache(maxsize=64)
def courses_for(place: Place, sport: str) -> tuple[Course, ...]:
    """The loops for a sport at a place, shortest first; empty if it is not done there."""
    starts = STARTS.get(sport, (place,)) if place == ZURICH else (place,)
    return tuple(
        loop(f"{sport}-{length_m}", starts[index % len(starts)], sport, length_m)
        for index, length_m in enumerate(LENGTHS_M[place].get(sport, ()))
    )


def loop(key: str, start: Place, sport: str, length_m: float) -> Course:
    """A loop for a sport."""
    ascent = length_m / 1000 * ASCENT_PER_KM[sport] * Random(key).uniform(0.6, 1.4)
    return Course(key, start, float(length_m), round(ascent, 1))


def random_course(place: Place, sport: str, length_m: float, rng: Random) -> Course | None:
    """One of the two courses that are next in length to ``length_m``; None if there are none."""
    courses = courses_for(place, sport)
    if not courses:
        return None
    index = bisect_left([course.length_m for course in courses], length_m)
    return rng.choice(courses[max(0, index - 1) : index + 1])


def circuit(place: Place, sport: str, length_m: float, rng: Random) -> Course:
    """Laps on a circuit of the virtual world, or on the track of a stadium."""
    rounded_m = _rounded(length_m)
    if sport not in VIRTUAL:
        return Course("track", TRACK, rounded_m, 0.0, TRACK_M)
    start = replace(place, latlng=WATOPIA_LATLNG, altitude_m=20.0)
    return _with_ascent(Course("circuit", start, rounded_m, 0.0, rng.choice(CIRCUITS_M)))


def path(where: str, length_m: float, turns: Sequence[float] = ()) -> Course:
    """Out and back along the river, or to a hill, where ``turns`` lead up and down."""
    if where == "hill":
        return _with_ascent(Course("hill", HILL, length_m, 0.0, HILL_M, tuple(turns)))
    rounded_m = _rounded(length_m)
    return _with_ascent(Course("river", RIVER, rounded_m, 0.0, PATH_M, (rounded_m / 2,)))


def _rounded(length_m: float) -> float:
    return float(LENGTH_STEP_M * round(length_m / LENGTH_STEP_M))


@lru_cache(maxsize=256)
def _with_ascent(course: Course) -> Course:
    """The course with the ascent of its laps and turns."""
    fractions = _fractions(course, round(course.length_m / 50))
    return replace(course, ascent_m=round(total_ascent(altitudes(course, fractions)), 1))


def _nodes_before(course: Course, fractions: Sequence[float]) -> list[tuple[int, float]]:
    """The node before each fraction of a course, and how far it is to the next one (0 to 1)."""
    shares = course.on_loop([fraction * course.length_m for fraction in fractions])
    at = [share * NODES for share in shares]
    return [(node, x - node) for x in at for node in (min(int(x), NODES - 1),)]


def positions(course: Course, fractions: Sequence[float]) -> list[Point]:
    """Latitude and longitude in degrees at ascending fractions (0 to 1) of the course's length."""
    nodes = _node_positions(course)
    result = []
    for node, rest in _nodes_before(course, fractions):
        (lat0, lng0), (lat1, lng1) = nodes[node], nodes[node + 1]
        result.append((lat0 + (lat1 - lat0) * rest, lng0 + (lng1 - lng0) * rest))
    return result


def altitudes(course: Course, fractions: Sequence[float]) -> list[float]:
    """Metres above sea level at ascending fractions (0 to 1) of the course's length."""
    nodes = node_altitudes(course)
    return [
        nodes[node] + (nodes[node + 1] - nodes[node]) * rest
        for node, rest in _nodes_before(course, fractions)
    ]


def shifted(point: Point, north_m: float, east_m: float) -> Point:
    """A point some metres to the north and east of another, in degrees."""
    lat, lng = point
    per_degree = math.radians(1) * EARTH_RADIUS_M
    return lat + north_m / per_degree, lng + east_m / per_degree / math.cos(math.radians(lat))


@lru_cache(maxsize=256)
def extremes(course: Course) -> tuple[tuple[float, float], tuple[float, float], float]:
    """The lowest and the highest altitude, each with its fraction of the course, and the last."""
    fractions = _fractions(course, NODES + 1)
    heights = altitudes(course, fractions)
    pairs = list(zip(heights, fractions, strict=True))
    return min(pairs), max(pairs), heights[-1]


@lru_cache(maxsize=256)
def polyline(course: Course, points: int) -> str:
    """The course as an encoded polyline with at least ``points`` points."""
    loop_m = course.loop_m or course.length_m
    per_loop = 16 if loop_m < 1000 else 70
    laps = course.length_m / loop_m
    return encode(positions(course, _fractions(course, max(points, round(per_loop * laps) + 1))))


def _fractions(course: Course, points: int) -> list[float]:
    """Fractions of a course at equal distances, and at its turns."""
    even = [i / (points - 1) for i in range(points)]
    turns = [turn / course.length_m for turn in course.turns]
    return sorted([*even, *turns]) if turns else even


def node_altitudes(course: Course) -> tuple[float, ...]:
    """Metres above sea level at the nodes of a course's loop, of which it has NODES + 1."""
    ascent_m = course.loop_m / 1000 * LOOP_ASCENT_PER_KM or course.ascent_m
    return _node_altitudes(course.key, course.place, course.loop_m or course.length_m, ascent_m)


@lru_cache(maxsize=256)
def _node_altitudes(key: str, place: Place, loop_m: float, ascent_m: float) -> tuple[float, ...]:
    if key == "track":
        return (place.altitude_m,) * (NODES + 1)
    if key == "hill":
        return tuple(place.altitude_m + height for height in hill(loop_m))
    heights = profile_heights(Random(f"hills:{key}"), loop_m, ascent_m)
    return tuple(place.altitude_m + height for height in heights)


def slopes(course: Course) -> tuple[float, ...]:
    """Rise over run of each stretch between two nodes: 0.05 is 5 % uphill."""
    return _slopes(node_altitudes(course), (course.loop_m or course.length_m) / NODES)


@lru_cache(maxsize=256)
def _slopes(heights: tuple[float, ...], step_m: float) -> tuple[float, ...]:
    return tuple((b - a) / step_m for a, b in pairwise(heights))


def _node_positions(course: Course) -> tuple[Point, ...]:
    return _shape(course.key, course.place, course.loop_m or course.length_m)


@lru_cache(maxsize=256)
def _shape(key: str, place: Place, loop_m: float) -> tuple[Point, ...]:
    """Latitude and longitude of the nodes, in steps of equal length."""
    raw = shapes.oval() if key == "track" else shapes.bends(Random(f"course:{key}"))
    even = shapes.evenly(raw)
    around = sum(math.dist(a, b) for a, b in pairwise(even))
    degrees = loop_m / around / math.radians(1) / EARTH_RADIUS_M
    (lat, lng), (x0, y0) = place.latlng, even[0]
    middle = math.radians(lat + degrees * (sum(y for _, y in even) / len(even) - y0))
    narrow = math.cos(middle)  # meridians converge: degrees of longitude are shorter
    return tuple((lat + degrees * (y - y0), lng + degrees * (x - x0) / narrow) for x, y in even)
