"""Distance, speed, movement and grade along a track."""

import pytest

from strava_mcp.geo import EARTH_RADIUS_M, haversine_m
from strava_mcp.training import track


def test_haversine_of_known_distances() -> None:
    degree = EARTH_RADIUS_M * 3.141592653589793 / 180
    assert haversine_m((0, 0), (0, 1)) == pytest.approx(degree)
    assert haversine_m((0, 0), (1, 0, 500.0)) == pytest.approx(degree)
    assert haversine_m((60, 10), (60, 11)) == pytest.approx(degree / 2, rel=1e-4)
    assert haversine_m((0, 0), (0, 180)) == pytest.approx(180 * degree)
    # Zurich to Geneva, over the date line, and no way at all.
    assert haversine_m((47.3769, 8.5417), (46.2044, 6.1432)) == pytest.approx(224_100, rel=0.01)
    assert haversine_m((0, 179.5), (0, -179.5)) == pytest.approx(degree)
    assert haversine_m((47, 8), (47, 8)) == 0


def test_cumulative_distance_bridges_gaps() -> None:
    metres = track.cumulative_m([None, (0, 0), None, (0, 1), (0, 2)])
    assert metres[0] is None and metres[1] == 0 and metres[2] is None
    assert metres[4] == pytest.approx(2 * (metres[3] or 0))


def test_odometer_never_decreases_or_jumps() -> None:
    assert track.odometer_m([0, 5, 3, 8, 9000, 9010], [0, 1, 2, 3, 4, 5]) == [0, 5, 5, 10, 10, 20]
    # Ninety seconds are enough for 8992 m; without time there is no telling.
    assert track.odometer_m([0, 8, 9000], [0, 1, 91])[-1] == 9000
    assert track.odometer_m([0, 8, 9000])[-1] == 9000
    assert track.odometer_m([5000, 5003], [0, 1]) == [0, 3]
    assert track.odometer_m([0, 5, 50, 55], [0, 1, 60, 61], [False, False, True, False])[-1] == 10


def test_gaps_are_interpolated_over_time() -> None:
    assert track.interpolated([None, 0, None, None, 9, None], [0, 1, 2, 7, 10, 11]) == [
        0,
        0,
        1,
        6,
        9,
        9,
    ]
    assert track.interpolated([None, None], [0, 1]) == [0, 0]
    assert track.interpolated([], []) == []


def test_speed_over_neighbours_and_over_a_gap() -> None:
    even = track.speed_ms(range(10), [4.0 * s for s in range(10)])
    assert even == pytest.approx([4.0] * 10)
    # A single wrong step is shared by those around it.
    jumpy = track.speed_ms(range(9), [0, 4, 8, 12, 20, 20, 24, 28, 32])
    assert max(jumpy) < 6
    assert track.speed_ms([0, 100, 200], [0, 500, 500]) == [0, 5, 0]
    assert track.speed_ms([5], [0]) == [0]


def test_interval_is_paused_if_most_of_it_is() -> None:
    times = [0, 10, 20, 50, 60]
    assert track.paused(times, [(21, 50)]) == [False, False, False, True, False]
    assert track.paused(times, [(16, 24), (50, 52)]) == [False] * 5
    assert track.paused(times, [(0, 60)]) == [False, True, True, True, True]
    assert track.paused([], []) == []


def test_moving_needs_a_running_timer_and_a_speed() -> None:
    rests = [False, False, True, False, False]
    assert track.moving([9, 0.2, 5, None, 0.3], rests, 0.3) == [False, False, False, True, True]
    assert track.moving([0], [False], 0.3) == [False]
    assert track.moving([], [], 0.3) == []


def test_grade_over_a_distance() -> None:
    metres = [float(m) for m in range(0, 500, 5)]
    climb = [400 + m * 0.08 for m in metres]
    assert track.grade_percent(metres, climb) == pytest.approx([8.0] * len(metres))
    # A metre of noise at every other sample makes no slope of 20 %.
    noisy = [400 + i % 2 for i in range(len(metres))]
    assert max(abs(grade or 0) for grade in track.grade_percent(metres, noisy)) <= 5


def test_grade_without_distance_or_altitude() -> None:
    assert track.grade_percent([0, 2, 4], [400, 410, 420]) == [0, 0, 0]
    assert track.grade_percent([0, 50, 100], [None, 400, None]) == [None, 0, None]
    assert track.grade_percent([0, 20, 40], [0, 900, 1800])[1] == track.MAX_GRADE
