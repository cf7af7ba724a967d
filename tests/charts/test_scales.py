"""Domains and ticks of panels: round values inside their range, few enough to read."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.charts.chart import Tick
from strava_mcp.charts.quantity_words import NARROW_NBSP, NBSP
from strava_mcp.charts.scales import clipped, hours_ticks, number_ticks, pace_ticks, padded

values = st.floats(-1e9, 1e9)


def labels(ticks: list[Tick]) -> list[str]:
    return [tick.label.replace(NBSP, " ").replace(NARROW_NBSP, " ") for tick in ticks]


@pytest.mark.parametrize(
    "low, high, factor, expected",
    [
        (0, 300, 1, ["0", "100", "200", "300"]),
        (408, 1339, 1, ["600", "800", "1 000", "1 200"]),
        (-20, 45, 1, ["−20", "0", "20", "40"]),
        (-431, -380, 1, ["−420", "−400", "−380"]),
        (0, 0.35, 1, ["0", "0.1", "0.2", "0.3"]),
        (0, 15.2, 3.6, ["0", "20", "40"]),
        (0, 304.8, 1 / 0.3048, ["0", "500", "1 000"]),
        (3, 3, 1, ["3"]),
        (0, 0, 1, ["0"]),
    ],
)
def test_numbers_are_round_in_the_unit_that_is_shown(
    low: float, high: float, factor: float, expected: list[str]
) -> None:
    assert labels(number_ticks(low, high, 4, factor)) == expected


@given(values, values, st.integers(2, 12), st.sampled_from([1, 3.6, 0.001, 1 / 0.3048]))
def test_ticks_are_few_inside_the_range_and_differ(
    one: float, other: float, count: int, factor: float
) -> None:
    low, high = sorted((one, other))
    if 0 < high - low < 1e-6:
        return
    ticks = number_ticks(low, high, count, factor)
    assert 1 <= len(ticks) <= count
    assert all(low <= tick.at <= high for tick in ticks)
    assert len(set(labels(ticks))) == len(ticks)


@pytest.mark.parametrize(
    "low_pace, high_pace, per_m, expected",
    [
        ("6:10", "3:30", 1000, ["6:00", "5:00", "4:00"]),
        ("4:40", "4:20", 1000, ["4:40", "4:30", "4:20"]),
        ("1:55", "1:28", 100, ["1:50", "1:40", "1:30"]),
        ("9:05", "7:10", 1609.344, ["9:00", "8:30", "8:00", "7:30"]),
        ("40:00", "12:00", 1000, ["40:00", "35:00", "30:00", "25:00", "20:00", "15:00"]),
    ],
)
def test_paces_are_round(low_pace: str, high_pace: str, per_m: float, expected: list[str]) -> None:
    low, high = (
        per_m / (60 * int(pace.split(":")[0]) + int(pace.split(":")[1]))
        for pace in (low_pace, high_pace)
    )
    ticks = pace_ticks(low, high, per_m, 6 if len(expected) > 4 else 4)
    assert labels(ticks) == expected
    assert [round(per_m / tick.at) % 5 for tick in ticks] == [0] * len(ticks)
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


def test_a_pace_axis_that_begins_at_a_standstill_has_ticks() -> None:
    assert labels(pace_ticks(0, 5, 1000)) == ["15:00", "10:00", "5:00"]
    assert labels(pace_ticks(-1, 5, 1000)) == ["15:00", "10:00", "5:00"]
    assert not pace_ticks(0, 0, 1000) and not pace_ticks(-2, -1, 1000)
    assert len(pace_ticks(0, 1e-9, 1000)) <= 4


@pytest.mark.parametrize(
    "hours, expected",
    [
        (0, ["0"]),
        (0.9, ["0", "0:15 h", "0:30 h", "0:45 h"]),
        (1.6, ["0", "0:30 h", "1 h", "1:30 h"]),
        (3.5, ["0", "1 h", "2 h", "3 h"]),
        (7, ["0", "2 h", "4 h", "6 h"]),
        (18, ["0", "5 h", "10 h", "15 h"]),
        (168, ["0", "50 h", "100 h", "150 h"]),
    ],
)
def test_hours_begin_at_zero(hours: float, expected: list[str]) -> None:
    assert labels(hours_ticks(hours * 3600)) == expected


@pytest.mark.parametrize(
    "numbers, min_span, domain",
    [
        ([150, 152], 20, (141, 161)),
        ([100, None, 200], 20, (95, 205)),
        ([0], 10, (0, 10)),
        ([0, 0, 300], 60, (0, 330)),
        ([3, 5], 40, (0, 40)),
        ([-3, -1], 40, (-40, 0)),
        ([-10, 30], 20, (-12, 32)),
        ([-430], 40, (-450, -410)),
    ],
)
def test_a_domain_has_a_margin_and_a_minimum_span(
    numbers: list[float | None], min_span: float, domain: tuple[float, float]
) -> None:
    assert padded(numbers, min_span) == pytest.approx(domain)


@given(st.lists(values, min_size=1, max_size=20), st.floats(1, 1e6))
def test_a_domain_holds_its_values(numbers: list[float], min_span: float) -> None:
    low, high = padded(numbers, min_span)
    assert low <= min(numbers) and max(numbers) <= high
    assert high - low >= min_span * (1 - 1e-6)


def test_extremes_are_clipped() -> None:
    assert clipped([0.0, *([3.0] * 198), 60.0], 0.01, 0.99) == (3.0, 3.0)
    assert clipped([float(n) for n in range(1001)]) == (10, 995)
    assert clipped([7.0]) == (7, 7)
    assert clipped([None, 1.0, None, 2.0], 0, 1) == (1, 2)


@pytest.mark.parametrize("low, high", [(nan, 1), (0, nan), (0, float("inf")), (2, 1)])
def test_a_range_that_is_none_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError):
        number_ticks(low, high)
    with pytest.raises(ValueError):
        pace_ticks(low, high, 1000)


def test_values_that_are_none_are_refused() -> None:
    for numbers in ([], [None], [1.0, nan], [float("inf")]):
        with pytest.raises(ValueError):
            padded(numbers, 1)
        with pytest.raises(ValueError):
            clipped(numbers)
    with pytest.raises(ValueError):
        number_ticks(0, 1, 4, 0)
    with pytest.raises(ValueError):
        hours_ticks(-1)
