"""Lines that are thinned together: bounded in all, and true to their shape."""

from math import cos, pi, sin
from random import Random

import pytest

from strava_mcp.analysis.track_thinning import MIN_PART, TOLERANCE_M, Line, Metres, thin_lines
from strava_mcp.geo import distance_to_line_m


def thin(line: Line, tolerance_m: float = TOLERANCE_M) -> list[Metres | None]:
    (thinned,) = thin_lines([line], tolerance_m)
    return thinned


def walk(number: int, steps: int = 200) -> list[Metres]:
    """A random walk in steps of 50 m."""
    noise = Random(number)
    x = y = heading = 0.0
    line = [(x, y)]
    for _ in range(steps):
        heading += noise.gauss(0, 0.6)
        x, y = x + 50 * cos(heading), y + 50 * sin(heading)
        line.append((x, y))
    return line


def offset(line: Line, thinned: Line) -> float:
    """How far a line is from its thinned line at most."""
    ends = [point for point in thinned if point]
    pairs = list(zip(ends, ends[1:], strict=False))
    return max(min(distance_to_line_m(point, *pair) for pair in pairs) for point in line if point)


def test_corners_are_kept() -> None:
    line = [(float(x), 0.0) for x in range(100)]
    assert thin(line) == [line[0], line[-1]]
    corner = [(0.0, 0.0), (50.0, 0.5), (100.0, 0.0), (100.0, 100.0)]
    assert thin(corner) == [corner[0], corner[2], corner[3]]
    assert thin([(0.0, 0.0), (0.0, 0.0)]) == [(0.0, 0.0), (0.0, 0.0)]


def test_there_and_back_on_one_street_keeps_its_far_end() -> None:
    assert thin([(0.0, 0.0), (5000.0, 0.0), (5.0, 0.0)]) == [(0, 0), (5000, 0), (5, 0)]
    line = [(float(x), 0.0) for x in (0, 1000, 2000, 3000, 2500, 1500, 700)]
    assert thin(line) == [(0, 0), (3000, 0), (700, 0)]


def test_a_loop_is_not_reduced_to_its_start() -> None:
    turns = [index / 60 * 2 * pi for index in range(61)]
    loop = [(500 * cos(turn), 500 * sin(turn)) for turn in turns]
    thinned = thin(loop)
    assert 8 < len(thinned) < 40 and offset(loop, thinned) <= TOLERANCE_M


@pytest.mark.parametrize("number", range(5))
def test_no_point_is_further_away_than_the_tolerance(number: int) -> None:
    line = walk(number)
    thinned = thin(line)
    assert offset(line, thinned) <= TOLERANCE_M
    assert [point for point in line if point in thinned] == thinned, "in order"


def test_gaps_stay_and_single_points_do_not() -> None:
    line = [None, (0.0, 0.0), (100.0, 0.0), None, None, (5.0, 5.0), None, (0.0, 90.0), (0.0, 99.0)]
    assert thin(line) == [(0, 0), (100, 0), None, (0, 90), (0, 99)]
    assert thin_lines([[], [None], [(1.0, 1.0)]]) == [[], [], []]


def test_all_lines_share_one_budget() -> None:
    lines = [walk(number) for number in range(30)]
    thinned = thin_lines(lines, max_points=400)
    assert 350 < sum(map(len, thinned)) <= 400
    offsets = [offset(line, short) for line, short in zip(lines, thinned, strict=True)]
    assert max(offsets) < 8 * min(offsets), "none is thinned much more than the others"


def test_of_too_many_parts_the_smallest_are_left_out() -> None:
    long = walk(1)
    short: list[Metres | None] = [(0.0, 0.0), (1.0, 1.0), None] * 500
    thinned = thin_lines([short, long], max_points=20 * MIN_PART)
    assert sum(map(len, thinned)) <= 20 * MIN_PART
    assert thinned[1][0] == long[0] and thinned[1][-1] == long[-1]
