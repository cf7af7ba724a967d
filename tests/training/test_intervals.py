"""Intervals of made sessions."""

import random

import pytest

from strava_mcp.training.intervals import Repetition, from_laps, from_output, sets


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
    output = session(300, 150, [(work_s, rest_s)] * count, noise)
    repetitions = from_output(output)
    assert len(repetitions) == count
    for i, repetition in enumerate(repetitions):
        begin = 600 + i * (work_s + rest_s)
        assert abs(repetition.begin_s - begin) <= 3 and abs(repetition.duration_s - work_s) <= 5
        assert repetition.output == pytest.approx(300, rel=0.05)
    (group,) = sets(repetitions)
    assert len(group.repetitions) == count and abs(group.fade_percent) < 5
    assert all(abs(rest - rest_s) <= 5 for rest in group.rests_s)


def test_a_dropout_does_not_split_and_a_sprint_is_not_a_repetition() -> None:
    output = session(300, 150, [(240, 90)] * 4)
    output[700:704] = [0] * 4
    output[100:108] = [600] * 8
    assert len(from_output(output)) == 4


@pytest.mark.parametrize(
    "output",
    [[], [0.0] * 3600, [200.0] * 3600, [200.0, 210.0] * 1800, [5.0]],
    ids=["empty", "standing", "even", "nearly even", "one second"],
)
def test_no_intervals(output: list[float]) -> None:
    assert from_output(output) == []


def test_fade_is_how_much_the_last_is_below_the_first() -> None:
    output = session(300, 150, [(180, 90)] * 3)
    output[600 + 2 * 270 : 600 + 2 * 270 + 180] = [282] * 180
    (group,) = sets(from_output(output))
    assert group.fade_percent == pytest.approx(6, abs=0.8)


def test_two_kinds_make_two_sets() -> None:
    output = session(300, 150, [(240, 90)] * 3 + [(60, 60)] * 4)
    assert [len(group.repetitions) for group in sets(from_output(output))] == [3, 4]


def test_a_single_effort_is_no_set() -> None:
    assert sets(from_output(session(300, 150, [(600, 300)]))) == []


def laps(*outputs: tuple[int, float]) -> list[Repetition]:
    result, begin = [], 0
    for seconds, output in outputs:
        result.append(Repetition(begin, begin + seconds, output))
        begin += seconds
    return result


def test_laps_pressed_by_hand() -> None:
    pressed = laps((900, 2.8), *[(240, 4.2), (90, 2.2)] * 5, (600, 2.7))
    work = from_laps(pressed)
    assert [lap.duration_s for lap in work] == [240] * 5
    assert [len(group.repetitions) for group in sets(work)] == [5]


def test_even_laps_are_no_intervals() -> None:
    assert from_laps(laps(*[(300, 3.3), (305, 3.25), (298, 3.35)] * 4)) == []
    assert from_laps(laps((240, 4.2), (90, 2.2))) == []
