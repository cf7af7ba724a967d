"""Charts as SVG: every layout in both themes, its geometry, its words, and what is refused."""

import re
from dataclasses import replace
from itertools import combinations
from math import inf, nan

import pytest

from strava_mcp.charts.chart import Axis, Chart, Fact, Marker, Quantity, Tab
from strava_mcp.charts.rules import RULES, Theme
from strava_mcp.charts.svg import MAX_NUMBERS, draw
from tests.charts.picture_geometry import elements, frame, parsed, shapes, texts, words
from tests.charts.sample_charts import (
    CHARTS,
    NAME,
    TODAY,
    activity_chart,
    calendar_chart,
    form_chart,
)

THEMES: tuple[Theme, ...] = ("light", "dark")
charts = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
LONG = "Very long words " * 30
FOREIGN = "東京 \u202e<b>&\"' \x00\ud800 🏅 " * 20


def longest(chart: Chart, text: str) -> Chart:
    """The chart with a text wherever a text may stand."""
    panels = [
        replace(
            panel,
            name=text[:40],
            aside=text,
            bands=[replace(band, label=text) for band in panel.bands],
            ticks=[replace(tick, label=text) for tick in panel.ticks],
            marks=[replace(mark, name=text[:60]) for mark in panel.marks],
        )
        for tab in chart.tabs[:1]
        for panel in tab.panels
    ]
    return replace(
        chart,
        heading=text,
        subtitle=text,
        state=chart.state and text,
        facts=[Fact(text[:40], text[:40], text[:40])] * 5,
        notes=[text] * 3,
        markers=[Marker(marker.at, text) for marker in chart.markers],
        tabs=[Tab("", panels)] if panels else (),
        grid=chart.grid and replace(chart.grid, legend=[("bar", text)] * 3, scale=text),
        map=chart.map and replace(chart.map, scale=(chart.map.scale[0], text)),
    )


@charts
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["", LONG, FOREIGN], ids=["own", "long", "foreign"])
def test_texts_do_not_meet_and_nothing_leaves_the_frame(
    chart: Chart, theme: Theme, text: str
) -> None:
    root = parsed(draw(longest(chart, text) if text else chart, theme=theme))
    boxes, inside = texts(root), frame(root)
    assert boxes
    assert [box for box in boxes if not box.is_within(inside)] == []
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []
    assert [shape for shape in shapes(root) if not shape.is_within(inside)] == []


def test_a_crowd_of_markers_takes_two_rows() -> None:
    crowd = [Marker(TODAY - 100 + index / 10, "Half marathon") for index in range(100)]
    chart = replace(form_chart(), markers=crowd)
    assert words(draw(chart)).count("Half marathon") == 2
    heights = [int(parsed(draw(one)).attrib["height"]) for one in (chart, form_chart())]
    assert heights[0] == heights[1]


def test_long_words_of_the_axis_do_not_meet() -> None:
    axis = Axis("length", Quantity("number", "metres"), (0, 16_000_000), [0, 16_000_000])
    chart = replace(activity_chart(), axis=axis, strip=(), steps=None)
    boxes = texts(parsed(draw(chart)))
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []
    assert "2\u202f000\u202f000" in words(draw(chart))


@charts
def test_type_is_never_smaller_than_eleven(chart: Chart) -> None:
    sizes = {float(one.attrib["font-size"]) for one in elements(parsed(draw(chart)), "text")}
    assert min(sizes) >= 11 and max(sizes) == 18 if chart.facts else min(sizes) >= 11


@charts
@pytest.mark.parametrize("theme", THEMES)
def test_colors_are_those_of_the_theme(chart: Chart, theme: Theme) -> None:
    svg = draw(chart, theme=theme)
    assert set(re.findall(r"#[0-9a-f]{6}", svg)) <= set(RULES["colors"][theme].values())
    background = elements(parsed(svg), "rect")[0]
    assert background.attrib["fill"] == RULES["colors"][theme]["ground"]


@charts
def test_markup_has_no_script_style_or_reference(chart: Chart) -> None:
    svg = draw(longest(chart, FOREIGN))
    assert {element.tag.split("}")[1] for element in parsed(svg).iter()} <= {
        *("svg", "title", "g", "text", "rect", "line", "circle", "path", "defs", "pattern"),
    }
    assert not re.search(r"style=|href|<!|javascript|\son\w+=", svg)


def test_heading_stands_in_place_of_the_title() -> None:
    svg = draw(CHARTS["activity"])
    assert "Halbmarathon" not in svg and "am See" not in svg
    assert words(svg).count("Run · Sun 27 Sep 2026, 08:26") == 1, "not again as a subtitle"
    named = replace(CHARTS["activity"], subtitle=NAME)
    assert "Halbmarathon" not in draw(named)


def test_a_subtitle_that_the_heading_says_already_is_left_out() -> None:
    chart = replace(CHARTS["form"], heading="Form · last year", subtitle="last year")
    assert "last year" not in words(draw(chart))
    assert "Runs and rides" in words(draw(replace(chart, subtitle="Runs and rides")))


def test_facts_are_written_as_they_are() -> None:
    written = words(draw(CHARTS["activity"]))
    for fact in CHARTS["activity"].facts:
        for text in (fact.label, fact.value, fact.unit):
            assert not text or text in written


def test_state_stands_in_place_of_a_drawing() -> None:
    chart = replace(activity_chart(), state="No heart rate.")
    svg = draw(chart)
    assert {"No heart rate.", "21.19", "Moving time"} <= set(words(svg))
    assert "avg 4:31 /km" not in words(svg)
    assert not elements(parsed(svg), "path") and not elements(parsed(svg), "line")


def test_only_the_first_tab_is_drawn() -> None:
    assert "Time in zones" in words(draw(CHARTS["weeks"]))
    assert "Distance" not in words(draw(CHARTS["weeks"]))


@pytest.mark.parametrize("width", [320, 840, 1120])
def test_width_is_the_size_of_the_same_drawing(width: int) -> None:
    root, usual = parsed(draw(form_chart(), width)), parsed(draw(form_chart()))
    assert root.attrib["width"] == str(width)
    assert int(root.attrib["height"]) % 28 == 0
    assert frame(root).right == 640
    assert texts(root) == texts(usual)


def test_activity_fits_into_a_chat() -> None:
    assert int(parsed(draw(activity_chart())).attrib["height"]) <= 756


@pytest.mark.parametrize("width", [0, 319, 2241, -1])
def test_other_widths_are_refused(width: int) -> None:
    with pytest.raises(ValueError, match="320 to 2240"):
        draw(form_chart(), width)


@pytest.mark.parametrize("number", [nan, inf, -inf])
@pytest.mark.parametrize("kind", ["line", "area", "bars", "spikes", "dots"])
def test_a_number_that_is_not_finite_is_refused(number: float, kind: str) -> None:
    chart = form_chart()
    panel = chart.tabs[0].panels[1]
    mark = replace(panel.marks[0], kind=kind, values=[number] * 365)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        draw(replace(chart, tabs=[Tab("", [replace(panel, marks=[mark])])]))


def test_too_many_values_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 200000 numbers"):
        draw(activity_chart(MAX_NUMBERS))
    assert len(draw(activity_chart(20_000))) < 40_000
    assert len(draw(calendar_chart(3660))) < 600_000


def test_a_chart_of_nothing_has_its_heading() -> None:
    empty = Chart("activity", NAME, "Run", "Read it.")
    assert words(draw(empty)) == ["Run"]
    without_values = replace(activity_chart(), tabs=(), strip=(), map=None)
    assert "Run · Sun 27 Sep 2026, 08:26" in words(draw(without_values))
