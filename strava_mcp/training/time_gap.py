"""How far one athlete was behind another along the same route, and where the gap arose.

Both tracks are compared at points at equal shares of the first one's way. Which sample of the other
track belongs to each is found for all of them together, in the order of the way (dynamic time
warping, Sakoe and Chiba 1978), so that laps and ways there and back are not confused. The bounds
are ours.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import hypot
from typing import NamedTuple

from strava_mcp.geo import Plane, Point, haversine_m
from strava_mcp.training.series import Streams, sample_durations
from strava_mcp.training.unmeasurable import Unmeasurable

#: Points are at every 2 % of the way; ten of them make a stretch.
PARTS, STRETCHES = 50, 10
#: Samples of the other track that are candidates for a point, before the exact place is found.
MAX_NODES = 400
#: Farther from the first track, the other one is elsewhere.
MAX_OFF_M = 60.0
#: The length of a way is that of chords at least as long.
MIN_CHORD_M = 15.0
#: A longer step between positions hides the way.
MAX_STEP_M = 200.0
#: Costs of a candidate per metre that it is out of proportion; decides where tracks overlap.
OUT_OF_PROPORTION = 0.02
#: Ways that differ by more, as a share and in metres, have a lap or a detour more.
MAX_LENGTH_DIFFERENCE, MAX_LENGTH_DIFFERENCE_M = 0.03, 150.0
#: The share of points that must have a counterpart.
MIN_MATCHED = 0.5


class Passage(NamedTuple):
    """A point of the way. ``at_m``: metres from the start of the first track.

    ``gap_s``: seconds that the other had lost by then (negative: gained) since the first passage;
    ``standing_s``: of them by standing longer. ``at_s``: when the first passed, on its own clock.
    """

    at_m: float
    gap_s: float
    standing_s: float
    at_s: float


class Stretch(NamedTuple):
    """A part of the way, in metres, and the seconds that the other lost on it; see ``Passage``."""

    begin_m: float
    end_m: float
    lost_s: float
    standing_s: float


class Track(NamedTuple):
    """Samples with a position (°): seconds, metres along, and seconds of standing so far."""

    time_s: list[float]
    points: list[Point]
    along_m: list[float]
    standing_s: list[float]


def track(streams: Streams) -> Track:
    """Read the track of a recording with ``time`` and ``latlng``; hidden positions are left out.

    Raises Unmeasurable without positions.
    """
    time, positions = streams.get("time", ()), streams.get("latlng", ())
    moving = streams.get("moving") or [True] * len(time)
    durations = sample_durations(time)
    # The flag of a sample is that of the interval that ends at it.
    rests = [0 if is_moving else s for is_moving, s in zip(moving[1:], durations, strict=False)]
    standing = list(accumulate(rests, initial=0.0))
    kept = [i for i, point in enumerate(positions) if point]
    points = [(positions[i][0], positions[i][1]) for i in kept]
    along = _along_m(points)
    if len(points) < 2 or not along[-1]:
        raise Unmeasurable("no positions were recorded, or they are hidden")
    return Track([time[i] for i in kept], points, along, [standing[i] for i in kept])


def _along_m(points: Sequence[Point]) -> list[float]:
    """Metres along from chords of at least MIN_CHORD_M, so that noise does not lengthen the way."""
    raw = list(accumulate((haversine_m(a, b) for a, b in pairwise(points)), initial=0.0))
    along = [0.0]
    anchor = 0
    for index in range(1, len(points)):
        chord_m = haversine_m(points[anchor], points[index])
        if chord_m < MIN_CHORD_M and index < len(points) - 1:
            continue
        begin, length_m = along[-1], raw[index] - raw[anchor]
        scale = chord_m / length_m if length_m else 0.0
        along += [begin + (raw[k] - raw[anchor]) * scale for k in range(anchor + 1, index + 1)]
        anchor = index
    return along


def time_gaps(first: Track, other: Track) -> list[Passage]:
    """The gap at each point of the way that both passed.

    Raises Unmeasurable if they part, or if one has a lap or a detour more.
    """
    if not is_as_long(first.along_m[-1], other.along_m[-1]):
        raise Unmeasurable("the ways differ in length: one has a lap or a detour more")
    plane, nodes = Plane(first.points[0]), _nodes(other)
    xy = [plane.at(point) for point in other.points]
    goals = [
        (share, at, plane.at(_point(first, at)))
        for share in (k / PARTS for k in range(PARTS + 1))
        if (at := _at(first, share * first.along_m[-1])) is not None
    ]
    targets = [(share, target) for share, _, target in goals]
    chosen = _matched(targets, [xy[i] for i in nodes], [other.along_m[i] for i in nodes])
    passages: list[Passage] = []
    base, earliest = (0.0, 0.0), 0.0
    for (share, at, target), node in zip(goals, chosen, strict=True):
        begin, end = nodes[max(0, node - 1)], nodes[min(len(nodes) - 1, node + 1)]
        off_m, place = _nearest(target, xy, begin, end)
        if off_m > MAX_OFF_M or place < earliest:
            continue
        earliest = place
        at_s = _value(first.time_s, at)
        gap = _value(other.time_s, place) - at_s
        standing = _value(other.standing_s, place) - _value(first.standing_s, at)
        if not passages:
            base = gap, standing
        at_m = share * first.along_m[-1]
        passages.append(Passage(at_m, gap - base[0], standing - base[1], at_s))
    if len(passages) < MIN_MATCHED * (PARTS + 1):
        raise Unmeasurable("the tracks do not run together for half of the way")
    return passages


def is_as_long(first_m: float, other_m: float) -> bool:
    """Whether two ways are of one length, so that times at their points compare."""
    allowed_m = max(MAX_LENGTH_DIFFERENCE * first_m, MAX_LENGTH_DIFFERENCE_M)
    return abs(first_m - other_m) <= allowed_m


def stretches(passages: Sequence[Passage]) -> list[Stretch]:
    """The way in tenths, with the seconds lost on each, the greatest change first."""
    size_m = passages[-1].at_m / STRETCHES
    ends = [passages[0]]
    for passage in passages[1:]:
        if int(passage.at_m / size_m + 1e-6) > int(ends[-1].at_m / size_m + 1e-6):
            ends.append(passage)
    parts = [
        Stretch(a.at_m, b.at_m, b.gap_s - a.gap_s, b.standing_s - a.standing_s)
        for a, b in pairwise(ends)
    ]
    return sorted(parts, key=lambda part: -abs(part.lost_s))


def _at(track: Track, metres: float) -> float | None:
    """The place of a distance along the track, as an index with a fraction; None in a gap."""
    index = min(len(track.along_m) - 1, max(1, bisect_left(track.along_m, metres)))
    before, after = track.along_m[index - 1], track.along_m[index]
    if after - before > MAX_STEP_M:
        return None
    return index - 1 + ((metres - before) / (after - before) if after > before else 1.0)


def _value(values: Sequence[float], place: float) -> float:
    """Linear between samples; ``place``: an index with a fraction."""
    index = min(int(place), len(values) - 2)
    return values[index] + (place - index) * (values[index + 1] - values[index])


def _point(track: Track, place: float) -> Point:
    index = min(int(place), len(track.points) - 2)
    (lat, lon), after = track.points[index], track.points[index + 1]
    east = (after[1] - lon + 180) % 360 - 180
    share = place - index
    return lat + share * (after[0] - lat), lon + share * east


def _nodes(track: Track) -> list[int]:
    """Indices of samples at about equal distances, at most MAX_NODES + 1, with both ends."""
    step_m = track.along_m[-1] / MAX_NODES
    nodes = [0]
    for index, metres in enumerate(track.along_m):
        if metres >= len(nodes) * step_m and index > nodes[-1]:
            nodes.append(index)
    return nodes if nodes[-1] == len(track.along_m) - 1 else [*nodes, len(track.along_m) - 1]


def _matched(
    targets: Sequence[tuple[float, Point]], nodes: Sequence[Point], along_m: Sequence[float]
) -> list[int]:
    """The node of each target, none before that of the target before, at the lowest total cost."""
    costs = [0.0] * len(nodes)
    choices: list[list[int]] = []
    for share, (x, y) in targets:
        expected_m = share * along_m[-1]
        best, best_index = float("inf"), 0
        row, choice = [], []
        for index, ((nx, ny), metres) in enumerate(zip(nodes, along_m, strict=True)):
            if costs[index] < best:
                best, best_index = costs[index], index
            off_m = min(hypot(nx - x, ny - y), 10 * MAX_OFF_M)
            row.append(best + off_m + OUT_OF_PROPORTION * abs(metres - expected_m))
            choice.append(best_index)
        costs = row
        choices.append(choice)
    index = min(range(len(nodes)), key=costs.__getitem__)
    chosen = []
    for choice in reversed(choices):
        chosen.append(index)
        index = choice[index]
    return chosen[::-1]


def _nearest(target: Point, xy: Sequence[Point], begin: int, end: int) -> tuple[float, float]:
    """The distance to the line between two samples, and the place on it; see ``_value``."""
    best = (float("inf"), float(begin))
    x, y = target
    for index in range(begin, end):
        (ax, ay), (bx, by) = xy[index], xy[index + 1]
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        share = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square)) if square else 0.0
        off_m = hypot(ax + share * dx - x, ay + share * dy - y)
        if off_m < best[0] and square <= MAX_STEP_M**2:
            best = off_m, index + share
    return best
