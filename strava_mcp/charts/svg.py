"""Any chart as an SVG picture: heading and facts, the drawing, and notes below it.

Drawn on a frame of ``FRAME_WIDTH`` units by the rules of ``rules.json``, as the page draws it, but
with the heading in place of the title: pictures show no text that an athlete wrote, because their
fonts have Latin letters only. Of several tabs the first is drawn.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from math import ceil, isfinite

from strava_mcp.charts.chart import Chart, Number
from strava_mcp.charts.lettering import drawable, shortened, wrapped
from strava_mcp.charts.rules import Theme, colors
from strava_mcp.charts.svg_elements import Part, element, words
from strava_mcp.charts.svg_facts import draw_facts
from strava_mcp.charts.svg_grid import draw_grid
from strava_mcp.charts.svg_map import draw_map, fitted_width
from strava_mcp.charts.svg_panels import draw_panels

#: Units of the frame. At 840 pixels its smallest type, 11 units, is 14 pixels high.
FRAME_WIDTH = 640.0
MARGIN = 16.0
DEFAULT_WIDTH = 840
MIN_WIDTH, MAX_WIDTH = 320, 2240
#: Models count a picture in patches of 28 pixels.
PATCH = 28
#: Of all series and tracks together; a chart of the views has far fewer.
MAX_NUMBERS = 200_000
MAX_NOTES, MAX_NOTE_LINES, MAX_FACTS = 6, 3, 10
FONTS = "Inter, system-ui, sans-serif"

HEADING, SUBTITLE, NOTE, STATE = 16.0, 12.5, 11.0, 14.0
SMALL_MAP_HEIGHT, MAX_SMALL_MAP_WIDTH = 96.0, 150.0
BIG_MAP_HEIGHT = 340.0


def draw(chart: Chart, width: int = DEFAULT_WIDTH, theme: Theme = "light") -> str:
    """An SVG document of ``width`` pixels, as high as the chart needs.

    Raises ValueError for a chart with a number that is not finite or with too many of them, and for
    a width outside 320 to 2240.
    """
    if not MIN_WIDTH <= width <= MAX_WIDTH:
        raise ValueError(f"a picture is {MIN_WIDTH} to {MAX_WIDTH} pixels wide")
    _require_drawable(chart)
    palette = colors(theme)
    header = _header(chart, palette)
    body = _body(chart, palette, header.bottom)
    notes = _notes(chart.notes, palette, body.bottom)
    scale = width / FRAME_WIDTH
    height = ceil((notes.bottom + MARGIN) * scale / PATCH) * PATCH
    return element(
        "svg",
        element("rect", width="100%", height="100%", fill=palette["ground"]),
        element("title", drawable(chart.heading).replace("&", "&amp;").replace("<", "&lt;")),
        header.markup,
        body.markup,
        notes.markup,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {FRAME_WIDTH:g} {height / scale:.1f}",
        role="img",
        font_family=FONTS,
    )


def _require_drawable(chart: Chart) -> None:
    """Raise ValueError if there are too many numbers, or one is not finite."""
    numbers = list(islice(_numbers(chart), MAX_NUMBERS + 1))
    if len(numbers) > MAX_NUMBERS:
        raise ValueError(f"a picture shows at most {MAX_NUMBERS} numbers")
    if not all(number is None or isfinite(number) for number in numbers):
        raise ValueError("a chart has a number that is not finite")


def _numbers(chart: Chart) -> Iterator[Number]:
    """Every number that has a place in the picture."""
    for panel in chart.tabs[0].panels if chart.tabs else ():
        yield from (*panel.domain, panel.mean, panel.height, *(tick.at for tick in panel.ticks))
        for mark in panel.marks:
            yield from chain(mark.values, mark.x or ())
    if chart.axis:
        yield from chain(chart.axis.domain, chart.axis.values)
    yield from (marker.at for marker in chart.markers)
    for lap in chart.strip:
        yield from (lap.low, lap.high, lap.level)
    if chart.map:
        yield chart.map.scale[0]
        yield from chain.from_iterable(spot.point for spot in chart.map.spots)
        for track in chart.map.tracks:
            yield from chain.from_iterable(point or () for point in track.points)
    if chart.grid:
        yield from (cell.level for cell in chart.grid.cells)


def _header(chart: Chart, palette: dict[str, str]) -> Part:
    """Heading, subtitle and facts; beside them, if the panels have one, the small map."""
    left, right, top = MARGIN, FRAME_WIDTH - MARGIN, MARGIN
    parts, bottom = [], top
    if chart.map and chart.axis and not chart.state:
        width = fitted_width(chart.map, SMALL_MAP_HEIGHT, MAX_SMALL_MAP_WIDTH)
        drawn = draw_map(chart.map, palette, right - width, top - 4, width, SMALL_MAP_HEIGHT)
        parts.append(drawn.markup)
        if drawn.markup:
            bottom, right = drawn.bottom, right - width - 16
    heading = shortened(drawable(chart.heading), right - left, HEADING, 600)
    y = top + HEADING - 2
    parts.append(words(left, y, heading, HEADING, palette["ink"], 600))
    if chart.subtitle and chart.subtitle != chart.title and chart.subtitle not in chart.heading:
        y += 18
        subtitle = shortened(drawable(chart.subtitle), right - left, SUBTITLE)
        parts.append(words(left, y, subtitle, SUBTITLE, palette["soft"]))
    facts = draw_facts(chart.facts[:MAX_FACTS], palette, left, right, y + 10)
    return Part("".join((*parts, facts.markup)), max(bottom, facts.bottom) + 12)


def _body(chart: Chart, palette: dict[str, str], top: float) -> Part:
    left, right = MARGIN, FRAME_WIDTH - MARGIN
    if chart.state:
        return _state(chart.state, palette, top)
    if chart.grid:
        return draw_grid(chart.grid, palette, left, right, top)
    if chart.axis:
        return draw_panels(chart, chart.axis, palette, left, right, top)
    if chart.map:
        return draw_map(chart.map, palette, left, top, right - left, BIG_MAP_HEIGHT)
    return Part("", top)


def _state(state: str, palette: dict[str, str], top: float) -> Part:
    """Why there is nothing to draw, in the middle."""
    lines = wrapped(drawable(state), FRAME_WIDTH - 2 * MARGIN - 40, STATE, 5)
    ys = [top + 36 + index * 20 for index in range(len(lines))]
    texts = (
        words(FRAME_WIDTH / 2, y, text, STATE, palette["soft"], anchor="middle")
        for y, text in zip(ys, lines)
    )
    return Part("".join(texts), (ys[-1] if ys else top) + 28)


def _notes(notes: Sequence[str], palette: dict[str, str], top: float) -> Part:
    width = FRAME_WIDTH - 2 * MARGIN
    lines = list(
        chain.from_iterable(
            wrapped(drawable(note), width, NOTE, MAX_NOTE_LINES) for note in notes[:MAX_NOTES]
        )
    )
    ys = [top + 18 + index * 15 for index in range(len(lines))]
    texts = (words(MARGIN, y, text, NOTE, palette["soft"]) for y, text in zip(ys, lines))
    return Part("".join(texts), ys[-1] if ys else top)
