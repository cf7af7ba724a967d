"""Tracks as SVG: north up, one scale for both directions, ends, and the scale bar."""

from dataclasses import replace
from math import inf, nan

import pytest

from strava_mcp.charts.chart import Chart, Map, Spot, Track
from strava_mcp.charts.rules import colors
from strava_mcp.charts.svg import draw
from tests.charts.picture_geometry import elements, frame, parsed, shapes, subpaths, words
from tests.charts.sample_charts import activity_chart, map_chart

LIGHT = colors("light")


def chart_of(*tracks: Track, scale: tuple[float, str] = (1000, "1 km"), ends: bool = True) -> Chart:
    return Chart("map", "Map", "Runs", "", map=Map(tracks, scale, ends))


def test_north_is_up_and_both_directions_have_one_scale() -> None:
    # East 2 km, then north 1 km.
    root = parsed(draw(chart_of(Track([(0, 0), (2000, 0), (2000, 1000)]))))
    (path,) = elements(root, "path")
    ((west, corner, north),) = subpaths(path.attrib["d"])
    assert corner[0] - west[0] == pytest.approx(2 * (corner[1] - north[1]), abs=0.3)
    assert corner[0] > west[0] and north[1] < corner[1] and west[1] == corner[1]


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    root = parsed(draw(chart_of(Track([(0, 0), (2000, 0), (2000, 1000)]))))
    ((west, corner, _),) = subpaths(elements(root, "path")[0].attrib["d"])
    (bar,) = elements(root, "line")
    length = float(bar.attrib["x2"]) - float(bar.attrib["x1"])
    assert length == pytest.approx((corner[0] - west[0]) / 2, abs=0.3)
    assert "1 km" in words(draw(chart_of(Track([(0, 0), (2000, 0)]))))


def test_the_scale_bar_is_shown_below_a_track_that_is_shorter() -> None:
    root = parsed(draw(chart_of(Track([(0, 0), (40, 10)]))))
    (bar,) = elements(root, "line")
    length = float(bar.attrib["x2"]) - float(bar.attrib["x1"])
    ((start, end),) = subpaths(elements(root, "path")[0].attrib["d"])
    assert length == pytest.approx((end[0] - start[0]) * 25, rel=0.05)


@pytest.mark.parametrize("number", [nan, inf])
def test_a_place_that_is_not_finite_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        draw(chart_of(Track([(0, 0), (number, 10), (5, 5)])))


def test_the_start_is_hollow_and_the_finish_solid() -> None:
    track = Track([None, (0, 0), (500, 300), None, (2000, 0), None])
    root = parsed(draw(chart_of(track)))
    finish, start = elements(root, "circle")
    assert start.attrib["fill"] == LIGHT["ground"] and finish.attrib["fill"] == LIGHT["pace"]
    parts = subpaths(elements(root, "path")[0].attrib["d"])
    assert (float(start.attrib["cx"]), float(start.attrib["cy"])) == parts[0][0]
    assert (float(finish.attrib["cx"]), float(finish.attrib["cy"])) == parts[1][-1]
    assert not elements(parsed(draw(chart_of(track, ends=False))), "circle")


@pytest.mark.parametrize(
    "points",
    [
        [(0, 0)],
        [(5, 5)] * 3,
        [(0, 0), (0, 3000)],
        [(0, 0), (9e6, 1)],
        [(-3e4, 8e4), (2e4, -7e4)],
        [None],
        [],
    ],
    ids=["one place", "the same place", "due north", "across the globe", "far", "gap", "nothing"],
)
def test_any_track_stays_inside_the_frame(points: list[tuple[float, float] | None]) -> None:
    root = parsed(draw(chart_of(Track(points))))
    assert all(shape.is_within(frame(root)) for shape in shapes(root))
    assert bool(elements(root, "path")) == any(points)


def test_many_tracks_shine_through() -> None:
    root = parsed(draw(map_chart()))
    paths = elements(root, "path")
    assert len(paths) == 40 and {path.attrib["stroke-opacity"] for path in paths} == {"0.35"}
    assert not elements(root, "circle")


def test_a_track_of_many_points_is_simplified() -> None:
    points = [(index / 10, index % 7 / 10) for index in range(50_000)]
    svg = draw(chart_of(Track(points)))
    ((first, *_, last),) = subpaths(elements(parsed(svg), "path")[0].attrib["d"])
    assert len(svg) < 20_000 and last[0] - first[0] > 500


def test_the_small_map_stands_beside_the_facts() -> None:
    root = parsed(draw(activity_chart()))
    track = elements(root, "path")[0]
    points = subpaths(track.attrib["d"])[0]
    assert min(x for x, _ in points) > 470 and max(y for _, y in points) < 120
    without = draw(replace(activity_chart(), map=None))
    assert "2 km" not in words(without) and "2 km" in words(draw(activity_chart()))


def test_a_spot_is_a_dot_on_the_track() -> None:
    chart = chart_of(Track([(0, 0), (2000, 0), (2000, 1000)]), ends=False)
    assert chart.map
    spots = [Spot((2000, 0), "Most time won: 7 s")]
    root = parsed(draw(replace(chart, map=replace(chart.map, spots=spots))))
    ((_, corner, _),) = subpaths(elements(root, "path")[0].attrib["d"])
    (dot,) = elements(root, "circle")
    assert (float(dot.attrib["cx"]), float(dot.attrib["cy"])) == pytest.approx(corner, abs=0.2)
    assert dot.attrib["fill"] == LIGHT["form"] and not elements(parsed(draw(chart)), "circle")
