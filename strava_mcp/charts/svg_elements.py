"""Elements of SVG as text: escaped, with coordinates to a tenth, and no style sheet.

Presentation attributes instead of styles, so that a strict content security policy shows the
picture as well.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from strava_mcp.charts.lettering import Weight

Point = tuple[float, float]
#: Pens of lines by ``Mark.style``: width, and dashes.
PENS = {
    "solid": (2.0, None),
    "bold": (2.8, None),
    "faint": (1.2, None),
    "dashed": (2.0, "5 4"),
    "dotted": (2.0, "1.5 4"),
}


class Part(NamedTuple):
    """A finished piece of a picture, and the y below it."""

    markup: str
    bottom: float


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """An element. ``children`` are markup; ``stroke_width`` is the attribute ``stroke-width``."""
    written = "".join(
        f' {key.replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(children)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def words(
    x: float,
    y: float,
    text: str,
    size: float,
    color: str,
    weight: Weight = 400,
    anchor: str | None = None,
) -> str:
    """A line of text, which must be drawable, with its baseline at ``y``."""
    if not text:
        return ""
    return element(
        "text",
        escape(text),
        x=x,
        y=y,
        font_size=size,
        font_weight=weight if weight != 400 else None,
        fill=color,
        text_anchor=anchor,
    )


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float | None) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def curve(points: Iterable[Point | None], color: str, style: str = "solid") -> str:
    """A line through points that breaks at gaps (None); a point by itself is a dot."""
    width, dashes = PENS[style]
    return element(
        "path",
        d="".join(path(run) for run in runs(points)),
        fill="none",
        stroke=color,
        stroke_width=width,
        stroke_dasharray=dashes,
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def runs(points: Iterable[Point | None]) -> list[list[Point]]:
    """The points between gaps."""
    parts: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            parts[-1].append(point)
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def path(run: Sequence[Point]) -> str:
    """The path data of one run; that of a single point has no length."""
    places = [f"{short(x)} {short(y)}" for x, y in run]
    return f"M{'L'.join(places if len(places) > 1 else places * 2)}"


def short(value: float) -> str:
    """A coordinate to a tenth."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _attribute(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{short(value)}"
