"""Likeness of synthetic routes with noise."""

import random
from math import cos, radians

import pytest

from strava_mcp.training.route_likeness import Point, likeness, route, shared

METRES_PER_DEGREE = 111_195


def track(
    seed: int = 1, *, count: int = 300, lat: float = 59.3, lon: float = 18.1, noise_m: float = 0
) -> list[Point]:
    """A wandering track of about 10 km; ``noise_m`` moves each point, not the route."""
    way, noise = random.Random(seed), random.Random(seed + 99)
    heading_n, heading_e, points = 0.0, 1.0, list[Point]()
    for i in range(count):
        if i % 20 == 0:
            heading_n, heading_e = way.choice([(1, 0), (0, 1), (0.7, 0.7), (-0.7, 0.7)])
        lat += heading_n * 35 / METRES_PER_DEGREE
        lon += heading_e * 35 / METRES_PER_DEGREE / cos(radians(lat))
        points.append(
            (
                lat + noise.gauss(0, noise_m) / METRES_PER_DEGREE,
                (lon + noise.gauss(0, noise_m) / METRES_PER_DEGREE / cos(radians(lat)) + 180) % 360
                - 180,
            )
        )
    return points


def like(a: list[Point], b: list[Point]) -> str | None:
    first, second = route(a), route(b)
    assert first and second
    return likeness(first, second)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("place", [(59.3, 18.1), (-37.8, 144.9), (69.6, 18.9), (-16.8, 179.99)])
def test_the_same_route_with_noise(seed: int, place: tuple[float, float]) -> None:
    lat, lon = place
    first = track(seed, lat=lat, lon=lon)
    again = track(seed, lat=lat, lon=lon, noise_m=8)
    assert like(first, again) == "same"
    assert like(first, again[::-1]) == "reversed"
    assert like(first, again[::3]) == "same", "sampled less often"


def test_other_routes_differ() -> None:
    assert like(track(1), track(2)) is None
    assert like(track(1), track(1, lat=60.3)) is None
    assert like(track(1), track(1)[:150]) is None, "half of it is not the same"


def test_a_loop_begun_elsewhere() -> None:
    points = track(1)
    loop = points + [(lat, lon + 0.004) for lat, lon in reversed(points)]
    turned = loop[200:] + loop[:200]
    assert like(loop, turned) in ("same loop", None) and like(loop, loop) == "same"


def test_likeness_is_symmetric_and_whole_with_itself() -> None:
    a, b = route(track(3)), route(track(3, noise_m=8))
    assert a and b
    assert shared(a, b) == shared(b, a) and shared(a, a) == 1


@pytest.mark.parametrize("points", [[], [(59.3, 18.1)], [(59.3, 18.1)] * 500])
def test_too_short_to_compare(points: list[Point]) -> None:
    assert route(points) is None


def test_a_jump_is_not_filled() -> None:
    points = [*track(1), *track(1, lat=40.0, lon=-74.0)]
    result = route(points)
    assert result and len(result.cells) < 400


def test_cells_at_the_pole_are_bounded() -> None:
    result = route([(89.999, 0.0), (89.99, 0.0), (89.9, 0.0)])
    assert result is None or len(result.cells) < 400
