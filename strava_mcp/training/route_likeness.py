"""Whether two activities took the same route.

Both are laid on a grid of cells of about 100 m. Routes are alike if they share most cells and are
of like length; points along the way tell the direction. The bounds are ours, from measured noise.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from math import ceil, cos, floor, radians
from typing import Literal, NamedTuple

from strava_mcp.geo import Point, haversine_m

#: Degrees of latitude of a cell, about 100 m.
CELL_DEGREES = 0.0009
#: More than the columns of any row.
COLUMNS = 1_000_000
#: Metres between the points that a track is filled to.
FILL_M = 50.0
#: Cells in common (Jaccard), and the largest difference of length.
MIN_SHARED, MAX_LENGTH_DIFFERENCE = 0.6, 0.10
#: Fewer cells are no route.
MIN_CELLS = 10
WAYPOINTS = 7
#: How far waypoints may differ: a share of the length, and metres.
MAX_DRIFT_SHARE, MAX_DRIFT_M = 0.10, 750.0
#: A gap that is longer is not filled: nobody knows the way.
MAX_FILLED_M = 5_000.0

Likeness = Literal["same", "reversed", "same loop"]


class Route(NamedTuple):
    """``cells`` of the grid, the length in metres, and points (°) at equal shares of the way.

    A point that is hidden is None.
    """

    cells: frozenset[int]
    length_m: float
    waypoints: tuple[Point | None, ...]


def route(track: Sequence[Point]) -> Route | None:
    """The route of a track of latitudes and longitudes (°); None if it is too short to compare."""
    if len(track) < 2:
        return None
    along = [0.0]
    cells = {_cell(track[0])}
    for before, after in zip(track, track[1:], strict=False):
        step_m = haversine_m(before, after)
        along.append(along[-1] + step_m)
        if step_m <= MAX_FILLED_M:
            parts = max(1, ceil(step_m / FILL_M))
            cells.update(_cell(_between(before, after, k / parts)) for k in range(1, parts + 1))
    if len(cells) < MIN_CELLS:
        return None
    goals = (along[-1] * k / (WAYPOINTS - 1) for k in range(WAYPOINTS))
    waypoints = tuple(track[min(len(track) - 1, bisect_left(along, goal))] for goal in goals)
    return Route(frozenset(cells), along[-1], waypoints)


def shared(a: Route, b: Route) -> float:
    """The share of cells in common, from 0 to 1 (Jaccard)."""
    common = len(a.cells & b.cells)
    return common / (len(a.cells) + len(b.cells) - common)


def likeness(a: Route, b: Route) -> Likeness | None:
    """How two routes are alike; None if they are not."""
    if abs(a.length_m - b.length_m) > MAX_LENGTH_DIFFERENCE * max(a.length_m, b.length_m):
        return None
    if shared(a, b) < MIN_SHARED:
        return None
    allowed_m = min(MAX_DRIFT_SHARE * a.length_m, MAX_DRIFT_M)
    if _drift_m(a.waypoints, b.waypoints) <= allowed_m:
        return "same"
    if _drift_m(a.waypoints, b.waypoints[::-1]) <= allowed_m:
        return "reversed"
    return "same loop"


def alike(route: Route, others: Mapping[int, Route]) -> dict[int, Likeness]:
    """Which of many routes are like one, by their keys, and how."""
    results = {key: likeness(route, other) for key, other in others.items()}
    return {key: result for key, result in results.items() if result}


def cell_centre(cell: int) -> Point:
    """The position (°) of the middle of a cell."""
    row, column = divmod(cell, COLUMNS)
    lat = (row + 0.5) * CELL_DEGREES
    return lat, (column + 0.5) * _width(row) - 180


def _drift_m(a: Sequence[Point | None], b: Sequence[Point | None]) -> float:
    """The median distance between corresponding waypoints, of those that are not hidden."""
    drifts = sorted(haversine_m(p, q) for p, q in zip(a, b, strict=True) if p and q)
    return drifts[len(drifts) // 2] if drifts else 0.0


def _cell(point: Point) -> int:
    """The number of a cell. Columns are as wide as rows are high at their row's latitude."""
    row = floor(point[0] / CELL_DEGREES)
    return row * COLUMNS + floor((point[1] + 180) % 360 / _width(row))


def _width(row: int) -> float:
    """Degrees of longitude of the cells of a row."""
    return CELL_DEGREES / max(0.01, cos(radians((row + 0.5) * CELL_DEGREES)))


def _between(a: Point, b: Point, share: float) -> Point:
    """A point between two, across the date line if that is the short way."""
    east = (b[1] - a[1] + 180) % 360 - 180
    return a[0] + (b[0] - a[0]) * share, a[1] + east * share
