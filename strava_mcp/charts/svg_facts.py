"""The figures of a header in SVG: side by side, or in columns if they need several rows."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from strava_mcp.charts.chart import Fact
from strava_mcp.charts.lettering import drawable, shortened, text_width
from strava_mcp.charts.svg_elements import Part, words

FIGURE, LABEL = 18.0, 12.0
ROW, GAP, UNIT_GAP, MIN_WIDTH = 42.0, 20.0, 4.0, 48.0


def draw_facts(
    facts: Sequence[Fact], palette: dict[str, str], left: float, right: float, top: float
) -> Part:
    """All facts between ``left`` and ``right``."""
    if not facts:
        return Part("", top)
    fitted = [_fitted(fact, right - left) for fact in facts]
    columns = _columns([one.width for one in fitted], right - left)
    parts = []
    for index, fact in enumerate(fitted):
        row, column = divmod(index, len(columns))
        x, y = left + columns[column], top + row * ROW
        parts.append(words(x, y + 20, fact.value, FIGURE, palette["ink"], 600))
        parts.append(words(x + fact.unit_x, y + 20, fact.unit, LABEL, palette["soft"]))
        parts.append(words(x, y + 36, fact.label, LABEL, palette["soft"]))
    rows = -(-len(fitted) // len(columns))
    return Part("".join(parts), top + rows * ROW - 6)


class _Fitted(NamedTuple):
    """The texts of a fact, none wider than the room."""

    value: str
    unit: str
    label: str
    unit_x: float
    width: float


def _fitted(fact: Fact, room: float) -> _Fitted:
    value = shortened(drawable(fact.value), room, FIGURE, 600)
    label = shortened(drawable(fact.label), room, LABEL)
    unit_x = text_width(value, FIGURE, 600) + UNIT_GAP
    unit = shortened(drawable(fact.unit), room - unit_x, LABEL)
    width = max(unit_x + text_width(unit, LABEL), text_width(label, LABEL), MIN_WIDTH)
    return _Fitted(value, unit, label, unit_x, width)


def _columns(widths: Sequence[float], room: float) -> list[float]:
    """Where the columns begin: as few rows as possible, and then as few columns as they need."""
    best = [0.0]
    for rows in range(len(widths), 0, -1):
        count = -(-len(widths) // rows)
        columns = [max(widths[column::count]) for column in range(count)]
        if sum(columns) + GAP * (count - 1) <= room:
            best = [0.0, *accumulate(width + GAP for width in columns[:-1])]
    return best
