"""Panels as SVG: every drawn value stands where its scale puts it."""

from collections.abc import Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest

from strava_mcp.charts.chart import Axis, Chart, Mark, Panel, Quantity, Tab, Tick
from strava_mcp.charts.rules import colors
from strava_mcp.charts.svg import draw
from tests.charts.picture_geometry import Point, elements, parsed, subpaths, texts, words
from tests.charts.sample_charts import activity_chart, curve_chart, form_chart, weeks_chart

LIGHT = colors("light")
WATTS = Quantity("number", "W")
TICKS = [Tick(0, "0"), Tick(100, "100"), Tick(200, "200")]


def chart_of(*marks: Mark, values: Sequence[float] = (0, 1000, 2000, 3000, 4000)) -> Chart:
    """One panel from 0 to 200 W over 4 km."""
    panel = Panel("Power", WATTS, "power", (0, 200), TICKS, marks)
    axis = Axis("length", Quantity("number", "km", 0.001), (0, 4000), values)
    return Chart("activity", "", "Ride", "", axis=axis, tabs=[Tab("", [panel])])


def hairlines(root: Element) -> list[tuple[float, float, float]]:
    """Left, right and y of each, from the top."""
    lines = [one for one in elements(root, "line") if one.get("stroke") == LIGHT["line"]]
    return sorted(
        (
            (float(one.attrib["x1"]), float(one.attrib["x2"]), float(one.attrib["y1"]))
            for one in lines
        ),
        key=lambda line: line[2],
    )


def values_of(root: Element, points: Sequence[Point]) -> list[Point]:
    """The distance in metres and the watts of points of ``chart_of``, from its hairlines."""
    (left, right, top), *_, (_, _, bottom) = hairlines(root)
    return [
        ((x - left) / (right - left) * 4000, (bottom - y) / (bottom - top) * 200) for x, y in points
    ]


def curves(root: Element, color: str) -> list[list[Point]]:
    paths = [one for one in elements(root, "path") if one.get("stroke") == LIGHT[color]]
    return [part for path in paths for part in subpaths(path.attrib["d"])]


def test_a_line_has_the_values_of_the_chart() -> None:
    root = parsed(draw(chart_of(Mark("line", [0, 50, 123.4, 200, 20], "power"))))
    (points,) = curves(root, "power")
    for (metres, watts), expected in zip(
        values_of(root, points), [(0, 0), (1000, 50), (2000, 123.4), (3000, 200), (4000, 20)]
    ):
        assert metres == pytest.approx(expected[0], abs=4) and watts == pytest.approx(
            expected[1], abs=0.3
        )


def test_a_line_breaks_at_gaps_and_a_lone_value_is_a_dot() -> None:
    root = parsed(draw(chart_of(Mark("line", [100, 110, None, 90, None], "power"))))
    first, lone = curves(root, "power")
    assert len(first) == 2 and len(lone) == 2 and lone[0] == lone[1]
    (metres, watts), _ = values_of(root, lone)
    assert metres == pytest.approx(3000, abs=4) and watts == pytest.approx(90, abs=0.3)
    none = parsed(draw(chart_of(Mark("line", [None] * 5, "power"))))
    assert curves(none, "power") == []


def test_one_value_is_drawn() -> None:
    chart = chart_of(Mark("line", [100], "power"), Mark("area", [50], "pace"), values=[2000])
    root = parsed(draw(chart))
    assert len(curves(root, "power")) == len(curves(root, "pace")) == 1


def test_what_is_beyond_the_domain_stays_at_its_edge() -> None:
    root = parsed(draw(chart_of(Mark("line", [-500, 1e9, 100, 100, 100], "power"))))
    (points,) = curves(root, "power")
    assert [round(watts) for _, watts in values_of(root, points)] == [0, 200, 100, 100, 100]


def test_what_is_beyond_the_axis_is_left_out() -> None:
    mark = Mark("line", [10.0, 20, 30, 40], "power", x=[-1, 0, 4000, 4001])
    root = parsed(draw(chart_of(mark)))
    (points,) = curves(root, "power")
    assert [round(watts) for _, watts in values_of(root, points)] == [20, 30]


def test_an_area_reaches_down_to_zero() -> None:
    root = parsed(draw(chart_of(Mark("area", [50, 60, 70, None, 80], "power"))))
    filled = next(one for one in elements(root, "path") if one.get("fill") == LIGHT["power"])
    for part in subpaths(filled.attrib["d"].replace("Z", "")):
        assert [round(watts) for _, watts in values_of(root, part[-2:])] == [0, 0]


def test_bars_are_stacked() -> None:
    low, high = Mark("bars", [50, 0, 70, None, 20], "easy"), Mark(
        "bars", [30, 40] + [None] * 3, "hard"
    )
    root = parsed(draw(chart_of(low, high)))
    spans = {}
    for color in ("easy", "hard"):
        for rect in (one for one in elements(root, "rect") if one.get("fill") == LIGHT[color]):
            x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            ends = values_of(root, [(x + width / 2, y + height), (x + width / 2, y)])
            spans.setdefault(color, []).append([round(watts) for _, watts in ends])
    assert spans == {"easy": [[0, 50], [0, 70], [0, 20]], "hard": [[50, 80], [0, 40]]}


def test_bars_below_zero_hang_from_it() -> None:
    panel = Panel("Form", WATTS, "form", (-100, 100), TICKS, [Mark("bars", [-50.0], "form")])
    root = parsed(draw(replace(chart_of(values=[2000]), tabs=[Tab("", [panel])])))
    zero, hundred = (line[2] for line in reversed(hairlines(root)))
    (bar,) = [one for one in elements(root, "rect") if one.get("fill") == LIGHT["form"]]
    assert float(bar.attrib["y"]) == pytest.approx(zero, abs=0.11)
    assert float(bar.attrib["height"]) == pytest.approx((zero - hundred) / 2, abs=0.11)


def test_an_unfinished_bar_is_hatched() -> None:
    root = parsed(draw(weeks_chart()))
    hatched = [one for one in elements(root, "rect") if one.get("fill") == "url(#unfinished)"]
    bars = [one for one in elements(root, "rect") if one.get("fill") == LIGHT["easy"]]
    assert len(hatched) == 3 and len(bars) == 27, "26 weeks and the key"
    assert {one.attrib["x"] for one in hatched} == {
        max((one.attrib["x"] for one in bars), key=float)
    }


def test_spikes_and_dots_stand_at_their_values() -> None:
    spikes, dots = Mark("spikes", [150, None, 50, 0, 1], "altitude"), Mark(
        "dots", [100] * 5, "heart"
    )
    root = parsed(draw(chart_of(spikes, dots)))
    (path,) = (one for one in elements(root, "path") if one.get("stroke") == LIGHT["altitude"])
    assert path.attrib["d"].count("M") == 4
    places = [
        (float(one.attrib["cx"]), float(one.attrib["cy"])) for one in elements(root, "circle")
    ]
    assert [round(watts) for _, watts in values_of(root, places)] == [100] * 5


def test_pens_differ_by_style() -> None:
    root = parsed(draw(curve_chart()))
    pens = {
        (one.attrib["stroke-width"], one.get("stroke-dasharray")) for one in elements(root, "path")
    }
    assert pens == {("1.2", None), ("2", None), ("2.8", None), ("2", "1.5 4")}


def test_ticks_that_are_close_keep_their_hairlines_only() -> None:
    near = [Tick(at, str(at)) for at in range(0, 201, 5)]
    chart = chart_of(Mark("line", [1] * 5, "power"))
    panel = replace(chart.tabs[0].panels[0], ticks=[*near, Tick(300, "300")])
    root = parsed(draw(replace(chart, tabs=[Tab("", [panel])])))
    labels = [box for box in texts(root) if box.text.isdigit() and int(box.text) % 5 == 0]
    assert len(hairlines(root)) == len(near)
    assert 5 < len(labels) < len(near) and "300" not in words(draw(chart))
    ys = sorted(box.top for box in labels if box.left < 50)
    assert min(b - a for a, b in zip(ys, ys[1:])) >= 12.9


def test_names_asides_and_bands_of_each_panel_are_written() -> None:
    written = words(draw(activity_chart()))
    assert {"Pace", "avg 4:31 /km", "Heart rate", "Z3", "Z4", "Altitude", "370 – 530 m"} <= set(
        written
    )
    assert "laps" in written and "20\u00a0km" in written and "18" in written


def test_series_of_a_panel_are_named_beside_it() -> None:
    assert {"Fitness", "Fatigue", "Planned"} <= set(words(draw(form_chart())))
    assert {"Ever", "Last season", "This season", "Model"} <= set(words(draw(curve_chart())))


def test_many_series_are_named_in_rows() -> None:
    marks = [
        Mark("line", [index] * 5, "power", f"Season of the year {index}") for index in range(12)
    ]
    written = words(draw(chart_of(*marks)))
    assert sum(text.startswith("Season") for text in written) == 12


def test_markers_have_lines_in_every_panel_and_words_where_there_is_space() -> None:
    root = parsed(draw(form_chart()))
    lines = [one for one in elements(root, "line") if one.get("stroke-dasharray") == "2 3"]
    assert len(lines) == 4 * 3
    assert {"Half marathon", "Marathon", "today"} <= set(words(draw(form_chart())))


def test_the_mean_is_dotted() -> None:
    root = parsed(draw(activity_chart()))
    means = [one for one in elements(root, "line") if one.get("stroke-dasharray") == "1.5 4"]
    assert [one.attrib["stroke"] for one in means] == [LIGHT["pace"], LIGHT["heart"]]


def test_laps_fill_the_strip() -> None:
    root = parsed(draw(activity_chart()))
    (strip,) = (one for one in elements(root, "g") if one.get("fill") == LIGHT["pace"])
    assert len(strip) == 22
    assert strip[0].attrib["fill-opacity"] == "0.70" and strip[9].attrib["fill-opacity"] == "0.25"
    left, right, _ = hairlines(root)[0]
    width = float(strip[1].attrib["width"]) + 1
    assert width == pytest.approx((right - left) * 1000 / 21_190, abs=0.2)
