"""Intervals of made sessions."""

import random
from itertools import accumulate, pairwise

import pytest

from strava_mcp.training.interval_sets import Structure, structure
from strava_mcp.training.intervals import are_automatic, levels
from strava_mcp.training.unmeasurable import Unmeasurable


def of(output: list[float], *laps: tuple[int, int], is_swim: bool = False) -> Structure:
    return structure(output, [value > 0 for value in output], laps, is_swim=is_swim)


def session(
    work: float, rest: float, plan: list[tuple[int, int]], noise: float = 0.0
) -> list[float]:
    """10 minutes of warm-up, (work, rest) seconds in turn, 10 minutes of cool-down."""
    rng = random.Random(7)
    output = [rest] * 600
    for work_s, rest_s in plan:
        output += [work] * work_s + [rest] * rest_s
    output += [rest] * 600
    return [max(0.0, value + rng.gauss(0, noise)) for value in output]


@pytest.mark.parametrize("noise", [0, 15])
@pytest.mark.parametrize("work_s, rest_s, count", [(240, 90, 5), (60, 60, 10), (30, 30, 12)])
def test_repetitions(work_s: int, rest_s: int, count: int, noise: float) -> None:
    result = of(session(300, 150, [(work_s, rest_s)] * count, noise))
    assert result.origin == "output" and len(result.repetitions) == count
    for i, repetition in enumerate(result.repetitions):
        begin = 600 + i * (work_s + rest_s)
        assert abs(repetition.begin_s - begin) <= 3 and abs(repetition.duration_s - work_s) <= 5
        assert repetition.output == pytest.approx(300, rel=0.05)
    (group,) = result.sets
    assert len(group.repetitions) == count and abs(group.fade_percent) < 5
    assert all(abs(rest - rest_s) <= 5 for rest in group.rests_s)


def test_a_dropout_does_not_split_and_a_sprint_is_not_a_repetition() -> None:
    output = session(300, 150, [(240, 90)] * 4)
    output[700:704] = [0] * 4
    output[100:108] = [600] * 8
    assert len(of(output).repetitions) == 4


def test_a_corner_does_not_split_a_long_repetition_but_a_rest_does() -> None:
    output = session(300, 150, [(600, 180)] * 3)
    output[900:911] = [0.0] * 11
    assert [one.duration_s for one in of(output).repetitions] == [600] * 3
    short = session(300, 150, [(180, 30)] * 6)
    assert len(of(short).repetitions) == 6


@pytest.mark.parametrize(
    "output",
    [[], [0.0] * 3600, [200.0] * 3600, [200.0, 210.0] * 1800, [5.0]],
    ids=["empty", "standing", "even", "nearly even", "one second"],
)
def test_no_intervals(output: list[float]) -> None:
    with pytest.raises(Unmeasurable, match="do not alternate"):
        of(output)


@pytest.mark.parametrize("seed", range(6))
def test_hills_and_traffic_are_no_intervals(seed: int) -> None:
    rng = random.Random(seed)
    output: list[float] = []
    while len(output) < 7200:  # a free ride: stretches of any length and power, and coasting
        output += [max(0.0, rng.gauss(170, 70))] * rng.randint(5, 240)
        output += [0.0] * rng.choice((0, 0, 3, 8, 20))
    with pytest.raises(Unmeasurable):
        of(output)


def test_stops_of_an_easy_run_are_no_intervals() -> None:
    rng = random.Random(3)
    output = [rng.gauss(2.9, 0.12) for _ in range(3000)]
    for begin in (700, 1500, 2300):
        output[begin : begin + 40] = [0.0] * 20 + [1.2] * 20
    with pytest.raises(Unmeasurable):
        of(output)


def test_fade_is_how_much_the_last_is_below_the_first() -> None:
    output = session(300, 150, [(180, 90)] * 3)
    output[600 + 2 * 270 : 600 + 2 * 270 + 180] = [282] * 180
    (group,) = of(output).sets
    assert group.fade_percent == pytest.approx(6, abs=0.8)


def test_two_kinds_make_two_sets() -> None:
    output = session(300, 150, [(240, 90)] * 3 + [(60, 60)] * 4)
    assert [len(group.repetitions) for group in of(output).sets] == [3, 4]


def test_efforts_that_differ_are_a_fartlek() -> None:
    result = of(session(4.2, 2.9, [(60, 60), (180, 90), (45, 60), (120, 120), (60, 60)]))
    assert not result.sets
    assert [one.duration_s for one in result.repetitions] == [60, 180, 45, 120, 60]


def test_one_block_is_reported_alone_if_it_is_steady() -> None:
    (block,) = of(session(300, 150, [(900, 300)])).repetitions
    assert (block.begin_s, block.duration_s) == (600, 900)
    ramp = session(0, 150, [])[:600] + [150 + i / 4 for i in range(900)] + [100.0] * 600
    with pytest.raises(Unmeasurable):
        of(ramp)


def cut(*lengths: tuple[int, float]) -> tuple[list[float], list[tuple[int, int]]]:
    """The output of laps of (seconds, output), and their begins and ends."""
    ends = list(accumulate((seconds for seconds, _ in lengths), initial=0))
    return [value for seconds, value in lengths for _ in range(seconds)], list(pairwise(ends))


def test_laps_pressed_by_hand_count_first() -> None:
    output, laps = cut((900, 2.8), *[(238, 4.2), (91, 2.2)] * 5, (600, 2.7))
    result = of(output, *laps)
    assert result.origin == "laps"
    assert [one.duration_s for one in result.repetitions] == [238] * 5
    assert [group.rests_s for group in result.sets] == [[91] * 4]


def test_standing_is_no_part_of_a_lap() -> None:
    output, laps = cut((400, 0.8), *[(100, 1.0), (20, 0.0)] * 8, (200, 0.8))
    pressed = [laps[0], *((laps[i][0], laps[i + 1][1]) for i in range(1, 17, 2)), laps[-1]]
    result = of(output, *pressed, is_swim=True)
    assert [one.duration_s for one in result.repetitions] == [100] * 8
    assert result.sets[0].rests_s == [20] * 7


def test_a_swim_is_cut_at_the_wall() -> None:
    output, _ = cut(*[(100, 1.0), (20, 0.0)] * 8)
    assert [one.duration_s for one in of(output, is_swim=True).repetitions] == [100] * 8
    with pytest.raises(Unmeasurable):
        of(output)


def test_laps_around_whole_sets_give_way_to_the_output() -> None:
    output, laps = cut(
        (600, 150), *[(30, 350), (30, 120)] * 10, (300, 120), *[(30, 350), (30, 120)] * 10
    )
    coarse = [laps[0], (600, 1200), (1200, 1500), (1500, 2100)]
    result = of(output, *coarse)
    assert result.origin == "output" and len(result.repetitions) == 20


def test_steps_without_rest_and_even_laps_are_no_intervals() -> None:
    ramp, laps = cut((600, 120), *[(60, 150 + 20 * i) for i in range(8)], (600, 100))
    with pytest.raises(Unmeasurable):
        of(ramp, *laps)
    even, laps = cut(*[(300, 3.3), (305, 3.25), (298, 3.35)] * 4)
    with pytest.raises(Unmeasurable):
        of(even, *laps)


def test_laps_of_a_device_are_recognized() -> None:
    assert are_automatic([1000.0, 1004.0, 998.0, 412.0])
    assert are_automatic([1609.3, 1611.0, 300.0]) and are_automatic([5000.0, 5003.0, 5001.0, 10.0])
    assert not are_automatic([2000.0, 1000.0, 400.0, 1000.0, 1600.0])
    assert not are_automatic([400.0, 400.0, 400.0]) and not are_automatic([1000.0])


def test_levels_are_those_that_explain_most() -> None:
    two = levels([2.0] * 50 + [4.0] * 50)
    assert two and (2.718281828**two.low, 2.718281828**two.high) == pytest.approx((2, 4))
    assert two.separation == pytest.approx(1)
    walked = levels([0.3] * 20 + [2.8] * 600 + [4.2] * 600)
    assert walked and 2.718281828**walked.high == pytest.approx(4.2)
