"""The calendar as SVG: a column for each week, a row for each weekday."""

from dataclasses import replace
from datetime import date, timedelta
from math import nan

import pytest

from strava_mcp.charts.chart import Cell, Chart, Grid
from strava_mcp.charts.quantity_words import day_of
from strava_mcp.charts.rules import colors
from strava_mcp.charts.svg import draw
from tests.charts.picture_geometry import elements, parsed, words
from tests.charts.sample_charts import calendar_chart

LIGHT = colors("light")


def chart_of(first: date, days: int, streak: tuple[int, int] | None = None) -> Chart:
    cells = [Cell(day_of(first) + index, 0.5, "") for index in range(days)]
    grid = Grid(cells, [("circle", "Run")], "the darker, the greater the load")
    return Chart("calendar", "", "Calendar", "", grid=replace(grid, streak=streak))


def places(chart: Chart) -> list[tuple[float, float]]:
    """x and y of each day's square."""
    rects = elements(parsed(draw(chart)), "rect")
    days = [one for one in rects if one.get("rx") and one.get("fill") != "none"]
    return [(float(one.attrib["x"]), float(one.attrib["y"])) for one in days]


def test_weeks_are_columns_from_monday_to_sunday() -> None:
    drawn = places(chart_of(date(2026, 11, 4), 19))  # a Wednesday
    columns = sorted({x for x, _ in drawn})
    rows = sorted({y for _, y in drawn})
    assert [(columns.index(x), rows.index(y)) for x, y in drawn] == [
        ((index + 2) // 7, (index + 2) % 7) for index in range(19)
    ]


@pytest.mark.parametrize("first", [date(2025, 11, 27), date(2024, 2, 29), date(1969, 12, 30)])
def test_months_are_named_above_their_first_whole_week(first: date) -> None:
    written = words(draw(chart_of(first, 365)))
    names = [text for text in written if text.isdigit() or text in "Feb Mar Apr May Jun".split()]
    assert len(names) >= 6
    assert str((first + timedelta(days=364)).year) in names


def test_every_day_is_a_square_and_sports_are_shapes() -> None:
    chart = calendar_chart()
    assert chart.grid and len(places(chart)) == 365
    assert len(set(places(chart))) == 365
    circles = sum(cell.shape == "circle" for cell in chart.grid.cells)
    assert len(elements(parsed(draw(chart)), "circle")) == circles + 1, "one in the legend"
    assert {"Run", "Ride", "the darker, the greater the load"} <= set(words(draw(chart)))


def test_the_longest_streak_is_outlined_and_explained() -> None:
    monday = day_of(date(2026, 11, 2))
    chart = chart_of(date(2026, 11, 2), 14, streak=(monday + 2, monday + 5))
    outlined = [one for one in elements(parsed(draw(chart)), "rect") if one.get("stroke")]
    assert len(outlined) == 4 + 1 and "Longest streak" in words(draw(chart))
    assert "Longest streak" not in words(draw(chart_of(date(2026, 11, 2), 14)))


def test_levels_are_shades_and_rest_has_none() -> None:
    cells = [Cell(0, 0, ""), Cell(1, 0.001, ""), Cell(2, 1, ""), Cell(3, 7, "")]
    chart = Chart("calendar", "", "", "", grid=Grid(cells, [], "scale"))
    days = [one for one in elements(parsed(draw(chart)), "rect") if one.get("rx")]
    assert [one.get("fill-opacity") for one in days] == [None, "0.20", "1.00", "1.00"]
    assert [one.attrib["fill"] for one in days] == [LIGHT["fill"], *[LIGHT["pace"]] * 3]


def test_a_level_that_is_no_number_is_refused() -> None:
    chart = Chart("calendar", "", "", "", grid=Grid([Cell(0, nan, "")], [], "scale"))
    with pytest.raises(ValueError, match="finite"):
        draw(chart)


def test_more_than_a_year_goes_on_below() -> None:
    drawn = places(calendar_chart(800))
    assert len(set(drawn)) == 800 and len({y for _, y in drawn}) == 21


def test_a_calendar_without_days_is_no_error() -> None:
    chart = Chart("calendar", "", "Calendar", "", grid=Grid([], [], ""))
    assert words(draw(chart)) == ["Calendar"]
