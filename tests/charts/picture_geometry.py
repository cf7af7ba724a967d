"""What an SVG picture holds, read back from its markup: texts with their boxes, and shapes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from strava_mcp.charts.lettering import text_width

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle, and the text in it."""

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""

    def overlaps(self, other: "Box") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.5
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5
        )

    def is_within(self, other: "Box") -> bool:
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def frame(root: ElementTree.Element) -> Box:
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    return Box(left, top, left + width, top + height)


def elements(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """Elements that are drawn: not those of patterns."""
    hidden = {id(one) for defs in root.iter(f"{SVG}defs") for one in defs.iter()}
    return [one for one in root.iter(SVG + name) if id(one) not in hidden]


def texts(root: ElementTree.Element) -> list[Box]:
    """The box of each text, from the widths of its characters."""
    boxes = []
    for text in elements(root, "text"):
        content = text.text or ""
        x, y, size = (float(text.attrib[name]) for name in ("x", "y", "font-size"))
        width = text_width(content, size, int(text.get("font-weight", "400")))
        anchor = text.get("text-anchor", "start")
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        boxes.append(Box(left, y - 0.76 * size, left + width, y + 0.22 * size, content))
    return boxes


def words(svg: str) -> list[str]:
    return [box.text for box in texts(parsed(svg))]


def subpaths(data: str) -> list[list[Point]]:
    """The points of each subpath of a path of M and L."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", part)]
        for part in data.split("M")
        if part
    ]


def shapes(root: ElementTree.Element) -> Iterator[Box]:
    """The extent of each line, rectangle, circle and path, without its pen."""
    for rect in elements(root, "rect"):
        if rect.get("width") != "100%":
            x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            yield Box(x, y, x + width, y + height)
    for one in elements(root, "line"):
        x1, y1, x2, y2 = (float(one.attrib[key]) for key in ("x1", "y1", "x2", "y2"))
        yield Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    for circle in elements(root, "circle"):
        cx, cy, r = (float(circle.attrib[key]) for key in ("cx", "cy", "r"))
        yield Box(cx - r, cy - r, cx + r, cy + r)
    for path in elements(root, "path"):
        if points := [point for part in subpaths(path.attrib["d"]) for point in part]:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            yield Box(min(xs), min(ys), max(xs), max(ys))
