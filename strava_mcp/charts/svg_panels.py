"""Panels in SVG, one quantity each over one axis; below them the strip of laps and the axis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strava_mcp.charts.axis_ticks import axis_ticks, position
from strava_mcp.charts.chart import Axis, Band, Chart, Mark, Marker, Panel, Segment
from strava_mcp.charts.lettering import drawable, shortened, text_width
from strava_mcp.charts.rules import RULES
from strava_mcp.charts.svg_elements import PENS, Part, element, line, words
from strava_mcp.charts.svg_marks import Plot, draw_mark, hatch
from strava_mcp.charts.thinning import thinned

NAME = RULES["label_size"]
TICK = RULES["tick_size"]
#: What all panels of a chart have together, without their names and the axis.
PLOTS_HEIGHT = 262.0
MIN_PANEL_HEIGHT, MAX_PANEL_HEIGHT = 44.0, 230.0
#: Between a name and the plot below it.
NAME_GAP = 8.0
KEY_ROW, KEY_WIDTH = 15.0, 18.0
MARKER_ROW = 14.0
MAX_MARKER_ROWS = 2
MAX_LABEL_WIDTH = 90.0


@dataclass(frozen=True)
class Box:
    """Where one panel's plot is; its name and the names of its series stand above it."""

    panel: Panel
    keys: Sequence[tuple[float, int, Mark]]
    top: float
    bottom: float


@dataclass(frozen=True)
class Layout:
    """Left and right edge of all plots, and the boxes from top to bottom."""

    left: float
    right: float
    frame_right: float
    markers: Sequence[tuple[float, int, Marker]]
    boxes: Sequence[Box]


def draw_panels(
    chart: Chart, axis: Axis, palette: dict[str, str], left: float, right: float, top: float
) -> Part:
    """All panels of the first tab between ``left`` and ``right``, from ``top`` on."""
    layout = _layout(chart, axis, left, right, top)
    panels = [box.panel for box in layout.boxes]
    axis, panels = thinned(axis, panels, chart.steps, layout.right - layout.left)
    is_hatched = any(mark.hatched for panel in panels for mark in panel.marks)
    parts = [hatch(palette)] if is_hatched else []
    for box, panel in zip(layout.boxes, panels):
        parts.append(_panel(box, panel, axis, layout, palette))
    parts.extend(_markers(axis, layout, palette, top))
    bottom = layout.boxes[-1].bottom + 8 if layout.boxes else top
    if chart.strip:
        parts.append(_strip(chart.strip, axis, layout, palette, bottom))
        bottom += RULES["strip"] + 2
    parts.extend(_axis(axis, layout, palette, bottom + 14))
    return Part("".join(parts), bottom + 20)


def _layout(chart: Chart, axis: Axis, left: float, right: float, top: float) -> Layout:
    panels = chart.tabs[0].panels if chart.tabs else ()
    ticks = [text_width(drawable(tick.label), TICK) for panel in panels for tick in panel.ticks]
    ticks.append(text_width("laps", TICK) if chart.strip else 0)
    bands = [text_width(drawable(band.label), TICK) for panel in panels for band in panel.bands]
    plot_left = left + min(MAX_LABEL_WIDTH, max(ticks)) + 8
    plot_right = right - (min(MAX_LABEL_WIDTH, max(bands)) + 8 if bands else 0)
    markers = list(_placed_markers(chart.markers, axis, plot_left, plot_right))
    top += MARKER_ROW * (1 + max((row for _, row, _ in markers), default=-1))
    keys = [list(_placed_keys(panel, plot_left, plot_right)) for panel in panels]
    key_rows = [max((row for _, row, _ in placed), default=0) for placed in keys]
    shares = sum(panel.height for panel in panels) or 1
    rest = PLOTS_HEIGHT - KEY_ROW * sum(key_rows)
    boxes = []
    for panel, placed, rows in zip(panels, keys, key_rows):
        top += RULES["panel_header"] + rows * KEY_ROW
        height = panel.height * min(MAX_PANEL_HEIGHT, max(MIN_PANEL_HEIGHT, rest / shares))
        boxes.append(Box(panel, placed, top, top + height))
        top += height + RULES["panel_gap"]
    return Layout(plot_left, plot_right, right, markers, boxes)


def _x(axis: Axis, at: float, left: float, right: float) -> float:
    return left + position(axis, at, *axis.domain) * (right - left)


def _panel(box: Box, panel: Panel, axis: Axis, layout: Layout, palette: dict[str, str]) -> str:
    low, high = panel.domain
    ratio = (box.bottom - box.top) / ((high - low) or 1)

    def y(value: float) -> float:
        return box.bottom - (min(high, max(low, value)) - low) * ratio

    left, right = layout.left, layout.right
    plot = Plot(
        left,
        right,
        panel.domain,
        list(axis.values),
        *axis.domain,
        x=lambda at: _x(axis, at, left, right),
        y=y,
        palette=palette,
    )
    return element(
        "g",
        *(_band(band, plot, layout, palette) for band in panel.bands),
        *_ticks(panel, plot, palette),
        *(draw_mark(mark, plot) for mark in panel.marks),
        *_mean(panel, plot, palette),
        *_names(box, panel, layout, palette),
    )


def _names(box: Box, panel: Panel, layout: Layout, palette: dict[str, str]) -> Iterator[str]:
    """The panel's name, what its colours stand for, and the aside at the right."""
    rows = max((row for _, row, _ in box.keys), default=0)
    first = box.top - NAME_GAP - rows * KEY_ROW
    name = drawable(panel.name)
    yield words(layout.left, first, name, NAME, palette[panel.color], 600)
    for x, row, mark in box.keys:
        yield _key(x, first + row * KEY_ROW, mark, palette)
    rest = layout.right - layout.left - text_width(name, NAME, 600) - 16
    aside = shortened(drawable(panel.aside), rest, 12)
    yield words(layout.right, first, aside, 12, palette["soft"], anchor="end")


def _placed_keys(panel: Panel, left: float, right: float) -> Iterator[tuple[float, int, Mark]]:
    """x, row and series of each name of several series, in as many rows as needed."""
    named = [*{mark.name: mark for mark in reversed(panel.marks) if mark.name}.values()][::-1]
    if len(named) < 2:
        return
    x, row = left + text_width(drawable(panel.name), NAME, 600) + 16, 0
    aside = text_width(drawable(panel.aside), 12)
    for mark in named:
        width = KEY_WIDTH + text_width(drawable(mark.name), TICK)
        if x + width > (right - aside - 16 if row == 0 else right):
            x, row = left, row + 1
        yield x, row, mark
        x += width + 14


def _key(x: float, y: float, mark: Mark, palette: dict[str, str]) -> str:
    color = palette[mark.color]
    if mark.kind == "dots":
        swatch = element("circle", cx=x + 7, cy=y - 4, r=3.6, fill=color)
    elif mark.kind == "line":
        width, dashes = PENS[mark.style]
        swatch = line(
            x, y - 4, x + 14, y - 4, stroke=color, stroke_width=width, stroke_dasharray=dashes
        )
    else:
        swatch = element("rect", x=x + 4, y=y - 8, width=8, height=8, fill=color)
    return swatch + words(x + KEY_WIDTH, y, drawable(mark.name), TICK, palette["soft"])


def _ticks(panel: Panel, plot: Plot, palette: dict[str, str]) -> Iterator[str]:
    """Hairlines, and words where they are far enough apart."""
    last = float("inf")
    for tick in sorted(panel.ticks, key=lambda tick: tick.at):
        if not panel.domain[0] <= tick.at <= panel.domain[1]:
            continue
        y = plot.y(tick.at)
        yield line(plot.left, y, plot.right, y, stroke=palette["line"])
        if last - y >= RULES["min_tick_gap"]:
            last = y
            label = shortened(drawable(tick.label), MAX_LABEL_WIDTH, TICK)
            yield words(plot.left - 8, y + 4, label, TICK, palette["soft"], anchor="end")


def _band(band: Band, plot: Plot, layout: Layout, palette: dict[str, str]) -> str:
    low = plot.domain[0] if band.low is None else band.low
    high = plot.domain[1] if band.high is None else band.high
    bottom, top = plot.y(low), plot.y(high)
    markup = ""
    if band.is_filled:
        width = plot.right - plot.left
        markup = element(
            "rect", x=plot.left, y=top, width=width, height=bottom - top, fill=palette["fill"]
        )
    if bottom - top >= RULES["min_tick_gap"]:
        label = shortened(drawable(band.label), MAX_LABEL_WIDTH, TICK)
        middle = (bottom + top) / 2 + 4
        markup += words(layout.frame_right, middle, label, TICK, palette["soft"], anchor="end")
    return markup


def _mean(panel: Panel, plot: Plot, palette: dict[str, str]) -> Iterator[str]:
    if panel.mean is not None:
        y = plot.y(panel.mean)
        yield line(
            plot.left,
            y,
            plot.right,
            y,
            stroke=palette[panel.color],
            stroke_width=1.3,
            stroke_dasharray="1.5 4",
            stroke_linecap="round",
        )


def _placed_markers(
    markers: Sequence[Marker], axis: Axis, left: float, right: float
) -> Iterator[tuple[float, int, Marker]]:
    """x of the words, row and marker; row −1 for words without space in any row."""
    ends = [float("-inf")] * MAX_MARKER_ROWS
    for marker in sorted(markers, key=lambda marker: marker.at):
        if axis.domain[0] <= marker.at <= axis.domain[1]:
            width = text_width(drawable(marker.label), TICK)
            start = _x(axis, marker.at, left, right) - width / 2
            start = max(left, min(start, right - width))
            free = (row for row in range(MAX_MARKER_ROWS) if ends[row] + 8 <= start)
            row = next(free, -1) if width <= right - left else -1
            if row >= 0:
                ends[row] = start + width
            yield start, row, marker


def _markers(axis: Axis, layout: Layout, palette: dict[str, str], top: float) -> Iterator[str]:
    for start, row, marker in layout.markers:
        x = _x(axis, marker.at, layout.left, layout.right)
        for box in layout.boxes:
            yield line(x, box.top, x, box.bottom, stroke=palette["soft"], stroke_dasharray="2 3")
        if row >= 0:
            y = top + 10 + row * MARKER_ROW
            yield words(start, y, drawable(marker.label), TICK, palette["soft"])


def _strip(
    strip: Sequence[Segment], axis: Axis, layout: Layout, palette: dict[str, str], top: float
) -> str:
    """Laps: the faster, the darker."""
    height = RULES["strip"] - 2
    label = words(layout.left - 8, top + 12, "laps", TICK, palette["soft"], anchor="end")
    cells = []
    for lap in strip:
        low, high = max(lap.low, axis.domain[0]), min(lap.high, axis.domain[1])
        if low < high:
            left, right = (_x(axis, at, layout.left, layout.right) for at in (low, high))
            opacity = f"{0.25 + 0.65 * min(1.0, max(0.0, lap.level)):.2f}"
            width = max(0.5, right - left - 1)
            cells.append(
                element("rect", x=left, y=top, width=width, height=height, fill_opacity=opacity)
            )
    return label + element("g", *cells, fill=palette["pace"])


def _axis(axis: Axis, layout: Layout, palette: dict[str, str], y: float) -> Iterator[str]:
    end = float("-inf")
    for tick in axis_ticks(axis, *axis.domain, layout.right - layout.left):
        label = drawable(tick.label)
        half = text_width(label, TICK) / 2
        x = min(_x(axis, tick.at, layout.left, layout.right), layout.frame_right - half)
        if x - half >= end + 4:
            end = x + half
            yield words(x, y, label, TICK, palette["soft"], anchor="middle")
