"""Marks of a panel in SVG: lines, areas, stacked bars, spikes and dots."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from strava_mcp.charts.chart import Mark
from strava_mcp.charts.svg_elements import Point, curve, element, path, runs, short

#: The pattern of a bar that is not finished yet.
HATCH = "unfinished"
MAX_BAR_WIDTH = 30.0
DOT_RADIUS = 3.6


@dataclass(frozen=True)
class Plot:
    """Where the marks of a panel go. ``stacks``: the height that bars have reached at each x."""

    left: float
    right: float
    domain: tuple[float, float]
    values: list[float]
    low: float
    high: float
    x: Callable[[float], float]
    y: Callable[[float], float]
    palette: dict[str, str]
    stacks: dict[float, float] = field(default_factory=dict)


def draw_mark(mark: Mark, plot: Plot) -> str:
    """One series. What lies beyond the axis is left out, what lies beyond the domain stays at its
    edge.
    """
    match mark.kind:
        case "line":
            return curve(_points(mark, plot), plot.palette[mark.color], mark.style)
        case "area":
            return _area(mark, plot)
        case "bars":
            return "".join(_bars(mark, plot))
        case "spikes":
            return _spikes(mark, plot)
        case "dots":
            return "".join(_dots(mark, plot))


def hatch(palette: dict[str, str]) -> str:
    """The definition of the pattern."""
    stripe = element(
        "rect", width=3, height=6, fill=palette["ground"], fill_opacity="0.75", stroke="none"
    )
    return element(
        "defs",
        element(
            "pattern",
            stripe,
            id=HATCH,
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )


def _values(mark: Mark, plot: Plot) -> Iterator[tuple[int, float, float | None]]:
    """Index, place on the axis and value of what the axis shows; points left out are gaps."""
    for index, (at, value) in enumerate(zip(mark.x or plot.values, mark.values)):
        yield index, at, value if plot.low <= at <= plot.high else None


def _points(mark: Mark, plot: Plot) -> list[Point | None]:
    return [
        None if value is None else (plot.x(at), plot.y(value))
        for _, at, value in _values(mark, plot)
    ]


def _area(mark: Mark, plot: Plot) -> str:
    points = _points(mark, plot)
    base = short(plot.y(0))
    closed = "".join(
        f"{path(run)}L{short(run[-1][0])} {base}L{short(run[0][0])} {base}Z" for run in runs(points)
    )
    color = plot.palette[mark.color]
    filled = element("path", d=closed, fill=color, fill_opacity="0.18")
    return filled + curve(points, color, mark.style)


def _bars(mark: Mark, plot: Plot) -> Iterator[str]:
    places = [plot.x(at) for at in mark.x or plot.values]
    step = min((b - a for a, b in zip(places, places[1:])), default=MAX_BAR_WIDTH)
    half = max(0.8, min(MAX_BAR_WIDTH, step * 0.78)) / 2
    for index, at, value in _values(mark, plot):
        if not value:
            continue
        floor = plot.stacks.get(at, 0.0)
        plot.stacks[at] = floor + value
        ends = sorted((plot.y(floor), plot.y(floor + value)))
        left, right = max(plot.left, plot.x(at) - half), min(plot.right, plot.x(at) + half)
        place = {
            "x": left,
            "y": ends[0],
            "width": right - left,
            "height": max(0.5, ends[1] - ends[0]),
        }
        yield element("rect", fill=plot.palette[mark.color], **place)
        if index in mark.hatched:
            yield element("rect", fill=f"url(#{HATCH})", **place)


def _spikes(mark: Mark, plot: Plot) -> str:
    base = short(plot.y(0))
    drawn = "".join(
        f"M{short(point[0])} {base}V{short(point[1])}"
        for point in _points(mark, plot)
        if point is not None
    )
    return element("path", d=drawn, fill="none", stroke=plot.palette[mark.color], stroke_width=1.2)


def _dots(mark: Mark, plot: Plot) -> Iterator[str]:
    for point in _points(mark, plot):
        if point is not None:
            yield element(
                "circle",
                cx=point[0],
                cy=point[1],
                r=DOT_RADIUS,
                fill=plot.palette[mark.color],
                stroke=plot.palette["ground"],
                stroke_width=1.5,
            )
