"""Tracks in SVG on plain ground, north up: the small map beside the facts, and that of a period."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from strava_mcp.charts.chart import Map
from strava_mcp.charts.lettering import drawable, text_width
from strava_mcp.charts.rules import RULES
from strava_mcp.charts.svg_elements import Part, Point, element, line, path, runs, words

PADDING = 7.0
#: Below the tracks: the scale bar and its words.
SCALE_ROW = 18.0
SCALE_SIZE = 11.0
#: Points of a line that are closer than this to the last one drawn are left out.
MIN_DISTANCE = 0.7
#: More tracks than these are drawn faint, and with hard edges: soft ones would be most of a PNG.
FEW_TRACKS = RULES["few_tracks"]
#: A track of one place is drawn in this many metres at least.
MIN_EXTENT_M = 1.0


def draw_map(
    the_map: Map, palette: dict[str, str], left: float, top: float, width: float, height: float
) -> Part:
    """All tracks inside the given frame, with the scale bar at its lower right."""
    extent = _extent(the_map)
    if not extent:
        return Part("", top)
    room = (width - 2 * PADDING, height - 2 * PADDING - SCALE_ROW)
    ratio = min(room[0] / extent.width, room[1] / extent.height)
    middle_x, middle_y = left + width / 2, top + PADDING + room[1] / 2

    def place(point: Point) -> Point:
        x, y = point
        return middle_x + (x - extent.middle[0]) * ratio, middle_y - (y - extent.middle[1]) * ratio

    count = len(the_map.tracks)
    parts = [
        element(
            "path",
            d=_path(place(point) if point else None for point in track.points),
            fill="none",
            stroke=palette[track.color],
            stroke_width=2.2 if count == 1 else 2,
            stroke_opacity=None if count == 1 else "0.7" if count <= FEW_TRACKS else "0.35",
            shape_rendering="crispEdges" if count > FEW_TRACKS else None,
            stroke_linejoin="round",
            stroke_linecap="round",
        )
        for track in the_map.tracks
    ]
    if the_map.has_ends:
        color = palette[the_map.tracks[0].color]
        first = [point for point in the_map.tracks[0].points if point]
        if first:
            parts.extend(_ends(place(first[0]), place(first[-1]), color, palette))
    parts.extend(_spot(place(spot.point), palette) for spot in the_map.spots)
    parts.extend(_scale_bar(the_map.scale, ratio, left, left + width, top + height, palette))
    return Part("".join(parts), top + height)


def fitted_width(the_map: Map, height: float, max_width: float) -> float:
    """How wide a map of this height has to be, so that no space is empty beside the tracks."""
    extent = _extent(the_map)
    if not extent:
        return 0.0
    label = text_width(drawable(the_map.scale[1]), SCALE_SIZE)
    ratio = (height - 2 * PADDING - SCALE_ROW) / extent.height
    return min(max_width, max(extent.width * ratio + 2 * PADDING, label))


class _Extent(NamedTuple):
    """Metres that a map shows, at least the length of its scale bar."""

    middle: Point
    width: float
    height: float


def _extent(the_map: Map) -> _Extent | None:
    points = [point for track in the_map.tracks for point in track.points if point]
    if not points:
        return None
    points.extend(spot.point for spot in the_map.spots)
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*points))
    return _Extent(
        ((west + east) / 2, (south + north) / 2),
        max(east - west, the_map.scale[0], MIN_EXTENT_M),
        max(north - south, MIN_EXTENT_M),
    )


def _path(points: Iterable[Point | None]) -> str:
    return "".join(path(list(_spaced(run))) for run in runs(points))


def _spaced(run: list[Point]) -> Iterator[Point]:
    """The first and last point, and those between that are far enough from the one before."""
    last = run[0]
    yield last
    for point in run[1:-1]:
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) >= MIN_DISTANCE:
            last = point
            yield point
    if len(run) > 1:
        yield run[-1]


def _ends(start: Point, finish: Point, color: str, palette: dict[str, str]) -> Iterator[str]:
    """A hollow dot at the start, a solid one at the finish."""
    yield _dot(finish, 4, color, palette["ground"], 1.2)
    yield _dot(start, 4, palette["ground"], palette["ink"], 1.8)


def _dot(at: Point, radius: float, fill: str, stroke: str, width: float) -> str:
    return element(
        "circle", cx=at[0], cy=at[1], r=radius, fill=fill, stroke=stroke, stroke_width=width
    )


def _spot(at: Point, palette: dict[str, str]) -> str:
    return _dot(at, 4.5, palette["form"], palette["ground"], 1.5)


def _scale_bar(
    scale: tuple[float, str],
    ratio: float,
    left: float,
    right: float,
    bottom: float,
    palette: dict[str, str],
) -> Iterator[str]:
    length, label = scale[0] * ratio, drawable(scale[1])
    if 0 < length <= right - left and text_width(label, SCALE_SIZE) <= right - left:
        y = bottom - 2
        yield line(right - length, y, right, y, stroke=palette["soft"], stroke_width=1.5)
        yield words(right, y - 5, label, SCALE_SIZE, palette["soft"], anchor="end")
