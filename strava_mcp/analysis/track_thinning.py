"""Lines on the ground thinned together, within a budget of points for all of them."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import groupby

Metres = tuple[float, float]
Line = Sequence[Metres | None]

#: How far a thinned line may be from the recorded one, where the budget allows it.
TOLERANCE_M = 15.0
#: Points and gaps that are left of all lines together.
MAX_POINTS = 15_000
#: Both ends and the gap after it: the least that a part of a line costs.
MIN_PART = 3


def thin_lines(
    lines: Sequence[Line], tolerance_m: float = TOLERANCE_M, max_points: int = MAX_POINTS
) -> list[list[Metres | None]]:
    """The lines with fewer points, at most ``max_points`` in all; None is a gap.

    Douglas–Peucker, with the point that is furthest from its thinned line first, whichever line it
    belongs to: until all are within ``tolerance_m`` or the budget is used up. Single points between
    gaps are left out, and of too many parts the smallest.
    """
    parts = [
        (number, [point for point in part if point])
        for number, line in enumerate(lines)
        for is_visible, part in groupby(line, bool)
        if is_visible
    ]
    parts = _largest([part for part in parts if len(part[1]) > 1], max_points // MIN_PART)
    kept = _kept([points for _, points in parts], tolerance_m, max_points)
    thin: list[list[Metres | None]] = [[] for _ in lines]
    for (number, points), indices in zip(parts, kept, strict=True):
        if thin[number]:
            thin[number].append(None)
        thin[number] += [points[index] for index in sorted(indices)]
    return thin


def _largest(parts: list[tuple[int, list[Metres]]], count: int) -> list[tuple[int, list[Metres]]]:
    """At most ``count`` parts, in their order; those with the fewest points are left out."""
    if len(parts) <= count:
        return parts
    ranked = sorted(range(len(parts)), key=lambda index: -len(parts[index][1]))
    return [parts[index] for index in sorted(ranked[:count])]


def _kept(parts: Sequence[Sequence[Metres]], tolerance_m: float, max_points: int) -> list[set[int]]:
    """The indices of the points of each part that are kept."""
    kept = [{0, len(points) - 1} for points in parts]
    left = max_points - MIN_PART * len(parts)
    limit = tolerance_m**2
    #: (− squared offset, number of the part, begin, furthest point, end) of stretches to divide.
    stretches = [
        (-offset, number, 0, middle, len(points) - 1)
        for number, points in enumerate(parts)
        for offset, middle in [_furthest(points, 0, len(points) - 1)]
        if offset > limit
    ]
    heapify(stretches)
    while stretches and left > 0:
        _, number, begin, middle, end = heappop(stretches)
        kept[number].add(middle)
        left -= 1
        for one, other in ((begin, middle), (middle, end)):
            offset, furthest = _furthest(parts[number], one, other)
            if offset > limit:
                heappush(stretches, (-offset, number, one, furthest, other))
    return kept


def _furthest(points: Sequence[Metres], begin: int, end: int) -> tuple[float, int]:
    """The squared distance and the index of the point between two that is furthest from their line.

    Written out, because it is called for every point of a thousand tracks several times.
    """
    x, y = points[begin]
    dx, dy = points[end][0] - x, points[end][1] - y
    squared = dx * dx + dy * dy
    greatest, furthest = 0.0, begin
    for index in range(begin + 1, end):
        px, py = points[index]
        px -= x
        py -= y
        along = px * dx + py * dy
        if along <= 0:
            offset = px * px + py * py
        elif along >= squared:
            offset = (px - dx) ** 2 + (py - dy) ** 2
        else:
            across = px * dy - py * dx
            offset = across * across / squared
        if offset > greatest:
            greatest, furthest = offset, index
    return greatest, furthest
