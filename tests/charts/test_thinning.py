"""Thinner series: a merged speed is metres by seconds, other values are weighted by seconds."""

from typing import Literal

import pytest

from strava_mcp.charts.chart import Axis, Mark, Number, Panel, Quantity, Steps
from strava_mcp.charts.thinning import thinned

KM = Quantity("number", "km", 0.001, 2)


def series(
    values: list[Number],
    key: Literal["rate", "heart", "altitude"],
    steps: Steps | None,
    width: float = 4,
) -> list[Number]:
    """What is left of a series on ``width`` pixels."""
    at = [float(index) for index in range(len(values))]
    axis = Axis("length", KM, (0, len(values)), at)
    panel = Panel("", KM, "pace", (0, 1), (), [Mark("line", values, "pace")], key=key)
    thin, (drawn,) = thinned(axis, [panel], steps, width)
    assert len(thin.values) == len(drawn.marks[0].values)
    return list(drawn.marks[0].values)


def test_speed_is_metres_by_seconds() -> None:
    steps = Steps([10, 10, 10, 10], [2, 8, 5, 0])
    assert series([5, 1.25, 2, 3], "rate", steps) == [2.0, 4.0]


def test_other_values_are_weighted_by_the_time_in_motion() -> None:
    steps = Steps([10] * 6, [1, 3, 0, 0, 2, 2])
    assert series([100, 200, 150, 170, None, 90], "heart", steps, 6) == [175, 160, 90]


def test_gaps_stay_gaps() -> None:
    steps = Steps([10] * 4, [1] * 4)
    assert series([None, None, 3, 5], "heart", steps) == [None, 4]
    assert series([None, None, 10, 10], "rate", steps) == [None, 10]


def test_without_steps_values_count_alike() -> None:
    assert series([1, 2, 3, 4], "altitude", None) == [1.5, 3.5]


def test_what_fits_stays_as_it_is() -> None:
    assert series([1, 2, 3], "heart", None, 6) == [1, 2, 3]
    axis = Axis("day", Quantity("day"), (0, 9), list(range(9)))
    assert thinned(axis, [], None, 2)[0] is axis


def test_marks_with_places_of_their_own_stay() -> None:
    axis = Axis("length", KM, (0, 8), [float(index) for index in range(8)])
    mark = Mark("dots", [1.0, 2.0], "pace", x=[2, 3])
    _, (panel,) = thinned(axis, [Panel("", KM, "pace", (0, 1), (), [mark])], None, 4)
    assert panel.marks[0] is mark


def test_the_mean_of_a_recording_is_kept() -> None:
    steps = Steps([21.0] * 1000, [5 + index % 7 for index in range(1000)])
    values: list[Number] = [120.0 + index % 50 for index in range(1000)]
    thin = series(values, "heart", steps, 500)
    weights = [sum(steps.seconds[i : i + 4]) for i in range(0, 1000, 4)]
    whole = sum(v * s for v, s in zip(values, steps.seconds) if v) / sum(steps.seconds)
    assert sum(v * w for v, w in zip(thin, weights) if v) / sum(weights) == pytest.approx(whole)
