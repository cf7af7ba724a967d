"""Distance, speed, movement and grade along a track."""

from itertools import pairwise

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


def north(*metres: float) -> list[tuple[float, float]]:
    """Positions so many metres north of a start."""
    return [(47 + m / EARTH_RADIUS_M * 57.29577951308232, 8.5) for m in metres]


def test_cumulative_distance_leaves_out_single_jumps() -> None:
    run = [3.0 * s for s in range(60)]
    steady = track.cumulative_m(north(*run), range(60))
    assert steady[-1] == pytest.approx(177)
    jumping = [*run[:20], run[20] + 40, *run[21:50], run[50] - 60, *run[51:]]
    metres = track.cumulative_m(north(*jumping), range(60))
    assert metres[20] is metres[50] is None and metres[-1] == pytest.approx(177)
    # Without time there is no telling.
    assert (track.cumulative_m(north(*jumping))[-1] or 0) > 350


def test_cumulative_distance_of_two_receivers_in_turn() -> None:
    """Every other position is 40 m off: only one of the two is followed."""
    zigzag = [3.0 * s + 40 * (s % 2) for s in range(100)]
    assert track.cumulative_m(north(*zigzag))[-1] == pytest.approx(99 * 40, rel=0.02)
    followed = [m for m in track.cumulative_m(north(*zigzag), range(100)) if m is not None]
    assert followed[-1] == pytest.approx(297, abs=41)


def test_cumulative_distance_keeps_turns_and_sparse_positions() -> None:
    there_and_back = [5.0 * s for s in (*range(50), *range(50, -1, -1))]
    metres = track.cumulative_m(north(*there_and_back), range(len(there_and_back)))
    assert metres[-1] == pytest.approx(500)
    sparse = track.cumulative_m(north(0, 90, 0, 90), [0, 10, 20, 30])
    assert sparse[-1] == pytest.approx(270)


def test_odometer_never_decreases_or_jumps() -> None:
    assert track.odometer_m([0, 3, 8, 7, 9000, 9010], [0, 1, 2, 3, 4, 5])[2:] == [5, 7, 7, 17]
    # Ninety seconds are enough for 8992 m; without time there is no telling.
    assert track.odometer_m([0, 8, 9000], [0, 1, 91])[-1] == 9000
    assert track.odometer_m([0, 8, 9000])[-1] == 9000
    assert track.odometer_m([5000, 5003], [0, 1]) == [0, 3]
    assert track.odometer_m([0, 5, 50, 55], [0, 1, 60, 61], [False, False, True, False])[-1] == 10
    assert track.odometer_m([], []) == [] and track.odometer_m([None, None], [0, 1]) == [0, 0]


def test_odometer_catches_up_after_a_standstill() -> None:
    """The athlete runs on in a tunnel, and the watch adds the whole of it afterwards."""
    running = [2.5 * s for s in range(100)]
    readings = [*running, *[running[-1]] * 90, *(running[-1] + 225.5 + 2.5 * s for s in range(110))]
    metres = track.odometer_m(readings, range(300))
    assert metres[-1] == pytest.approx(readings[-1])
    # It is spread over the standstill, or a splinter of it would be the fastest ever run.
    steps = [after - before for before, after in pairwise(metres)]
    assert max(steps) == pytest.approx(2.5, abs=0.01) and min(steps) > 2.4
    # 90 s are too short for 12 km, which count as 0.
    far = [*running, *[running[-1]] * 90, running[-1] + 12_000, running[-1] + 12_002.5]
    assert track.odometer_m(far, range(192))[-1] == pytest.approx(running[-1] + 2.5)


def test_odometer_catches_up_over_samples_without_a_reading() -> None:
    readings: list[float | None] = [0, 10, *[None] * 28, 310, 320]
    metres = track.odometer_m(readings, range(32))
    assert metres[-1] == 320 and metres[16] == pytest.approx(10 + 300 * 15 / 29)


def test_a_short_stop_is_not_spread() -> None:
    readings = [0.0, 6.0, 12.0, *[12.0] * 30, 15.0, 21.0]
    assert track.odometer_m(readings, range(len(readings))) == readings


@pytest.mark.parametrize("at", [1, 30, 58])
@pytest.mark.parametrize("error_m", [80.0, 5000.0, -50.0, -5000.0])
def test_a_spiked_sample_does_not_count(at: int, error_m: float) -> None:
    steady = [8.0 * s for s in range(60)]
    spiked = [*steady[:at], max(0.0, steady[at] + error_m), *steady[at + 1 :]]
    metres = track.odometer_m(spiked, range(60))
    assert metres == pytest.approx(steady, abs=8) and metres[-1] == steady[-1]


def test_an_odometer_going_to_and_fro_does_not_add_up() -> None:
    steady = [3.0 * s for s in range(1000)]
    zigzag = [m + (12 if s % 2 else -12) for s, m in enumerate(steady)]
    forward = sum(max(0.0, after - before) for before, after in pairwise(zigzag))
    assert forward > 4 * steady[-1]
    assert track.odometer_m(zigzag, range(1000))[-1] == pytest.approx(steady[-1], rel=0.01)


def test_a_restarted_odometer_goes_on() -> None:
    first, second = [3.0 * s for s in range(200)], [3.0 * s for s in range(100)]
    times = [*range(200), *range(600, 700)]
    assert track.odometer_m([*first, *second], times)[-1] == pytest.approx(first[-1] + second[-1])


def test_an_odometer_that_began_elsewhere() -> None:
    """A leg of a triathlon continues the odometer of the leg before, or of the day."""
    assert track.odometer_m([1500.0 + 3 * s for s in range(100)], range(100))[-1] == 297
    assert track.odometer_m([60.0 + 3 * s for s in range(100)], range(100))[-1] == 297
    # The first samples had no odometer: 30 m in 10 s count, and grow from 0.
    late: list[float | None] = [*[None] * 10, *(30.0 + 3 * s for s in range(90))]
    assert track.odometer_m(late, range(100)) == pytest.approx([3.0 * s for s in range(100)])


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


def test_speed_that_shows_movement() -> None:
    times, metres = [0, 5, 10, 40, 41], [0.0, 10.0, 20.0, 20.0, 24.0]
    assert track.step_speeds(times, metres, [2, None, 1.9, 3.0, 4.0]) == [2, 2.0, 1.9, 0.0, 4.0]
    assert track.step_speeds(times, metres, None)[1:] == [2, 2, 0, 4]
    assert track.step_speeds(times, [0.0] * 5, [1, 1, 1, 1, 1]) == [None] * 5
    assert track.step_speeds(times, None, None) == [None] * 5


def moved_s(flags: list[bool], times: list[int]) -> int:
    return sum(b - a for a, b, flag in zip(times, times[1:], flags[1:], strict=False) if flag)


def test_moving_flags_add_up_to_the_known_time() -> None:
    times = list(range(101))
    speed = [2.0] * 40 + [0.4 + i / 100 for i in range(20)] + [0.1] * 10 + [3.0] * 31
    flags = track.moving(speed, [False] * 101, 0.3)
    assert moved_s(flags, times) == 90
    assert track.with_moving_time(flags, times, speed, 90) == flags
    fewer = track.with_moving_time(flags, times, speed, 85)
    assert moved_s(fewer, times) == 85 and fewer.index(False) == 40 and fewer[45]
    more = track.with_moving_time(flags, times, speed, 97)
    assert moved_s(more, times) == 97
    assert all(new or not old for old, new in zip(flags, more, strict=True))
    everything = track.with_moving_time(flags, times, speed, 500)
    assert all(everything)


def test_a_long_gap_does_not_overshoot_the_known_time() -> None:
    """The gap is faster than the seconds around it, and longer than what is missing."""
    times, speed = [*range(101), *range(165, 201)], [2.0] * 41 + [0.1] * 60 + [0.2] + [2.0] * 35
    flags = track.moving(speed, [False] * 137, 0.3)
    assert moved_s(flags, times) == 75
    assert moved_s(track.with_moving_time(flags, times, speed, 115), times) == 115


def test_moving_flags_of_long_intervals_are_as_near_as_possible() -> None:
    times, speed = [0, 7, 14, 21, 28, 35], [1.0, 1.0, 0.5, 0.6, 1.0, 1.0]
    for known_s in range(36):
        flags = track.with_moving_time([True] * 6, times, speed, known_s)
        assert abs(moved_s(flags, times) - known_s) <= 3.5, known_s
    assert track.with_moving_time([True], [0], [None], 0) == [True]
    assert track.with_moving_time([], [], [], 5) == []


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
