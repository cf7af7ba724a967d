"""The calendar in SVG: a column for each week from Monday to Sunday, in rows of at most a year."""

from collections.abc import Callable, Iterator

from strava_mcp.charts.chart import Cell, Grid
from strava_mcp.charts.lettering import drawable, shortened, text_width
from strava_mcp.charts.quantity_words import MONTHS, WEEKDAYS, date_of
from strava_mcp.charts.rules import RULES
from strava_mcp.charts.svg_elements import Part, Point, element, short, words

TICK = RULES["tick_size"]
WEEKS_PER_ROW = 53
MAX_CELL = 18.0
MONTH_ROW = 18.0
ROW_GAP = 10.0
#: From this level on a cell is dark, and its shape has the colour of the ground.
DARK_LEVEL = 0.55
LEGEND_ROW = 18.0
LEGEND_RADIUS = 4.0
STREAK = "Longest streak"


def week_of(day: int) -> int:
    """Weeks from Monday to Sunday, in order; 1970-01-01 was a Thursday."""
    return (day + 3) // 7


def draw_grid(grid: Grid, palette: dict[str, str], left: float, right: float, top: float) -> Part:
    """All days between ``left`` and ``right``, from ``top`` on, and the legend below."""
    if not grid.cells:
        return Part("", top)
    first = week_of(grid.cells[0].day)
    weeks = week_of(grid.cells[-1].day) - first + 1
    days_left = left + max(text_width(name, TICK) for name in WEEKDAYS) + 6
    columns = min(weeks, WEEKS_PER_ROW)
    size = min(MAX_CELL, (right - days_left) / columns)
    row_height = MONTH_ROW + 7 * size + ROW_GAP
    rows = -(-weeks // columns)

    def place(day: int) -> Point:
        row, column = divmod(week_of(day) - first, columns)
        y = top + row * row_height + MONTH_ROW
        return days_left + column * size, y + (day + 3) % 7 * size

    parts = [*_weekdays(palette, days_left, top, row_height, rows, size)]
    parts.extend(_months(grid, place, palette, right))
    parts.extend(_cell(cell, place(cell.day), size, grid, palette) for cell in grid.cells)
    legend = _legend(grid, palette, days_left, right, top + rows * row_height + 12)
    return Part("".join((*parts, legend.markup)), legend.bottom)


def _weekdays(
    palette: dict[str, str], right: float, top: float, row_height: float, rows: int, size: float
) -> Iterator[str]:
    for row in range(rows):
        for index in range(0, 7, 2):
            y = top + row * row_height + MONTH_ROW + (index + 0.5) * size + 4
            yield words(right - 6, y, WEEKDAYS[index], TICK, palette["soft"], anchor="end")


def _months(
    grid: Grid, place: Callable[[int], Point], palette: dict[str, str], right: float
) -> Iterator[str]:
    """The name of each month above its first whole week; January's is the year."""
    end, row_y = float("-inf"), float("-inf")
    for cell in grid.cells:
        day = date_of(cell.day)
        if day.weekday() != 0 or day.day > 7:
            continue
        x, y = place(cell.day)
        if y != row_y:
            end, row_y = float("-inf"), y
        label = MONTHS[day.month - 1] if day.month > 1 else str(day.year)
        width = text_width(label, TICK)
        if x > end and x + width <= right:
            end = x + width + 6
            yield words(x, y - 6, label, TICK, palette["soft"])


def _cell(cell: Cell, place: Point, size: float, grid: Grid, palette: dict[str, str]) -> str:
    x, y = place
    level = min(1.0, max(0.0, cell.level))
    in_streak = grid.streak is not None and grid.streak[0] <= cell.day <= grid.streak[1]
    square = element(
        "rect",
        x=x + 0.5,
        y=y + 0.5,
        width=size - 1.6,
        height=size - 1.6,
        rx=1.6,
        fill=palette["pace"] if level else palette["fill"],
        fill_opacity=f"{0.2 + 0.8 * level:.2f}" if level else None,
        stroke=palette["ink"] if in_streak else None,
    )
    if not cell.shape:
        return square
    color = palette["ground"] if level > DARK_LEVEL else palette["ink"]
    middle = (size - 0.6) / 2
    return square + _shape(cell.shape, x + middle, y + middle, max(1.8, size / 6), color)


def _shape(shape: str, x: float, y: float, r: float, color: str) -> str:
    corners: tuple[Point, ...]
    match shape:
        case "circle":
            return element("circle", cx=x, cy=y, r=r, fill=color)
        case "square":
            return element("rect", x=x - r, y=y - r, width=2 * r, height=2 * r, fill=color)
        case "bar":
            return element("rect", x=x - r, y=y - r / 2, width=2 * r, height=r, fill=color)
        case "triangle":
            corners = ((x, y - r), (x + r, y + r), (x - r, y + r))
        case _:
            corners = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
    places = "L".join(f"{short(corner_x)} {short(corner_y)}" for corner_x, corner_y in corners)
    return element("path", d=f"M{places}Z", fill=color)


def _legend(grid: Grid, palette: dict[str, str], left: float, right: float, top: float) -> Part:
    """What the shapes, the shades and the outline stand for, in as many rows as needed."""
    entries = [(shape, drawable(text)) for shape, text in grid.legend]
    if grid.streak:
        entries.append(("outline", STREAK))
    entries.append(("", drawable(grid.scale)))
    parts, x, y = [], left, top
    for shape, text in entries:
        indent = 2 * LEGEND_RADIUS + 5 if shape else 0.0
        text = shortened(text, right - left - indent, TICK)
        width = indent + text_width(text, TICK)
        if x > left and x + width > right:
            x, y = left, y + LEGEND_ROW
        parts.append(_swatch(shape, x + LEGEND_RADIUS, y - LEGEND_RADIUS, palette))
        parts.append(words(x + indent, y, text, TICK, palette["soft"]))
        x += width + 16
    return Part("".join(parts), y + 6)


def _swatch(shape: str, x: float, y: float, palette: dict[str, str]) -> str:
    r = LEGEND_RADIUS
    if shape == "outline":
        side = 2 * r
        return element(
            "rect",
            x=x - r,
            y=y - r,
            width=side,
            height=side,
            rx=1.6,
            fill="none",
            stroke=palette["ink"],
        )
    return _shape(shape, x, y, r, palette["ink"]) if shape else ""
