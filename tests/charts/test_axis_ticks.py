"""Ticks of the axis that all panels share: kilometres, times, durations and dates."""

from datetime import date

import pytest

from strava_mcp.charts.axis_ticks import axis_ticks, position
from strava_mcp.charts.chart import Axis, Quantity
from strava_mcp.charts.quantity_words import NBSP, day_of
from strava_mcp.charts.rules import RULES

KM = Axis("length", Quantity("number", "km", 0.001, 2), (0, 1), ())
MILES = Axis("length", Quantity("number", "mi", 1 / 1609.344, 2), (0, 1), ())
TIME = Axis("time", Quantity("clock"), (0, 1), ())
DURATION = Axis("duration", Quantity("span"), (1, 2), ())
DAYS = Axis("day", Quantity("day"), (0, 1), ())
TODAY = day_of(date(2026, 11, 26))


def words(axis: Axis, low: float, high: float, width: float = 748) -> str:
    return " ".join(tick.label for tick in axis_ticks(axis, low, high, width)).replace(NBSP, "_")


@pytest.mark.parametrize(
    "axis, low, high, width, expected",
    [
        (KM, 0, 99_040, 748, "0 10 20 30 40 50 60 70 80 90_km"),
        (KM, 0, 5_000, 300, "0 1 2 3 4 5_km"),
        (KM, 12_000, 12_400, 300, "12.0 12.1 12.2 12.3 12.4_km"),
        (MILES, 0, 42_195, 400, "0 5 10 15 20 25_mi"),
        (TIME, 0, 45, 300, "0:00 0:10 0:20 0:30 0:40"),
        (TIME, 0, 3000, 400, "0 10 20 30 40 50_min"),
        (TIME, 0, 5400, 300, "0 0:30 1:00 1:30_h"),
        (TIME, 0, 86_400, 748, "0 " + " ".join(f"{h}:00" for h in range(2, 24, 2)) + " 24:00_h"),
        (TIME, 0, 360_000, 300, "0 20 40 60 80 100_h"),
        (DURATION, 5, 18_000, 345, "5_s 15_s 1_min 5_min 20_min 1_h 3_h"),
        (DURATION, 5, 3600, 280, "5_s 15_s 1_min 5_min 20_min 1_h"),
        (DURATION, 70, 80, 280, ""),
        (DAYS, TODAY - 3, TODAY, 748, "23 Nov 24 Nov 25 Nov 26 Nov"),
        (DAYS, TODAY - 30, TODAY, 340, "2 Nov 9 Nov 16 Nov 23 Nov"),
        (DAYS, TODAY - 120, TODAY, 280, "Aug Sep Oct Nov"),
        (DAYS, TODAY - 365, TODAY, 748, "Dec 2026 Feb Mar Apr May Jun Jul Aug Sep Oct Nov"),
        (DAYS, TODAY - 2000, TODAY, 340, "2022 2023 2024 2025 2026"),
        (DAYS, TODAY, TODAY, 340, "26 Nov"),
    ],
)
def test_ticks_are_round(axis: Axis, low: float, high: float, width: float, expected: str) -> None:
    assert words(axis, low, high, width) == expected


@pytest.mark.parametrize("axis", [KM, MILES, TIME, DURATION, DAYS], ids=lambda axis: axis.kind)
@pytest.mark.parametrize("high", [1.5, 7, 59, 400, 3601, 20_000, 500_000])
@pytest.mark.parametrize("width", [0, 40, 300, 748])
def test_ticks_keep_their_distance(axis: Axis, high: float, width: float) -> None:
    ticks = axis_ticks(axis, 1, high, width)
    places = [position(axis, tick.at, 1, high) * width for tick in ticks]
    gaps = [b - a for a, b in zip(places, places[1:])]
    assert all(gap >= RULES["min_label_gap"] * 0.85 for gap in gaps)
    assert all(-0.001 <= place <= width + 0.001 for place in places)


def test_an_axis_across_centuries_is_bounded() -> None:
    assert len(axis_ticks(DAYS, -700_000, 2_900_000, 748)) < 30
    with pytest.raises(ValueError):
        axis_ticks(DAYS, 4e6, 4.1e6, 748)
