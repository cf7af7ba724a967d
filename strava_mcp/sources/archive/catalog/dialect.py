"""The dialect of one activities.csv: order of dates, decimal marks, unit of distance.

Single cells are ambiguous (``5/6/2024``, ``1,234``); a whole file usually is not (some date falls
on the 13th or later). The unit follows from the two distance columns: the first is in the
athlete's unit, the second in metres.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.headers import Language
from strava_mcp.sources.archive.catalog.numbers import detect_decimal_mark, parse_number
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

#: Our name → the positions of its columns; of two, the first is the display column.
ColumnPositions = Mapping[str, Sequence[int]]
T = TypeVar("T")

#: The unit of the display distance → metres per unit, and the same for swims.
METRES = {
    "kilometres": (METRES_PER_KM, 1.0),
    "miles": (METRES_PER_MILE, METRES_PER_YARD),
    "metres": (1.0, 1.0),
}
#: Display distances are rounded to two decimals: an error of 1 % from half a unit on.
MIN_DISPLAY_DISTANCE, TOLERANCE = 0.5, 0.012
#: Columns in base units that are usually filled: their decimal marks decide for all such columns.
IN_BASE_UNITS = ("distance", "moving_time", "max_speed", "average_speed", "total_elevation_gain")


@dataclass(frozen=True)
class CsvDialect:
    """How the cells of one file are written.

    ``month_first``: whether ``5/6/2024`` is in May. ``decimal_mark``: of columns in base units;
    ``display_decimal_mark``: of display columns. ``units``: of the display distance,
    ``kilometres``, ``miles``, ``metres`` or ``unknown``.
    """

    month_first: bool
    decimal_mark: str
    display_decimal_mark: str
    units: str


class DialectSniffer:
    """Detects the dialect of a file from all of its rows."""

    def __init__(self, language: Language, positions: ColumnPositions) -> None:
        self._language = language
        self._positions = positions
        self._month_first: Counter[bool] = Counter()
        self._marks: Counter[str] = Counter()
        self._display_marks: Counter[str] = Counter()
        self._units: Counter[str] = Counter()
        self._agreements: Counter[bool] = Counter()

    def feed(self, cells: Sequence[str]) -> None:
        """Count what one row shows."""
        self._feed_date(cell(cells, self._positions.get("date", ()), 0))
        for name in IN_BASE_UNITS:
            columns = self._positions.get(name, ())
            if columns and not self._is_display(name):
                _count_mark(self._marks, cell(cells, columns, -1))
        if self._is_display("distance") or len(self._positions.get("distance", ())) > 1:
            _count_mark(self._display_marks, cell(cells, self._positions["distance"], 0))
        self._feed_duplicates(cells)

    @property
    def dialect(self) -> CsvDialect:
        """What most rows show; without evidence, the convention of the language."""
        language = self._language
        return CsvDialect(
            month_first=_most_common(self._month_first, language.month_first),
            decimal_mark=_most_common(self._marks, "."),
            display_decimal_mark=_most_common(self._display_marks, language.decimal_mark),
            units=language.distance_unit or _most_common(self._units, "unknown"),
        )

    @property
    def duplicates_agree(self) -> bool:
        """Whether duplicate columns have equal values in most of the rows that have both."""
        return self._agreements[True] >= self._agreements[False]

    def _is_display(self, name: str) -> bool:
        """Whether the last column of a name is a display column: only a single distance is."""
        is_single = len(self._positions.get(name, ())) == 1
        return name == "distance" and is_single and self._language.distance_unit is None

    def _feed_date(self, text: str) -> None:
        try:
            month_first = dates.is_month_first(text)
        except ValueError:
            return
        if month_first is not None:
            self._month_first[month_first] += 1

    def _feed_duplicates(self, cells: Sequence[str]) -> None:
        elapsed = self._pair(cells, "elapsed_time")
        if elapsed:
            self._agreements[abs(elapsed[0] - elapsed[1]) <= 1] += 1
        distance = self._pair(cells, "distance")
        if distance and distance[0] >= MIN_DISPLAY_DISTANCE:
            unit = _unit(distance[1] / distance[0])
            self._agreements[unit is not None] += 1
            if unit:
                self._units[unit] += 1

    def _pair(self, cells: Sequence[str], name: str) -> tuple[float, float] | None:
        """Return the values of two columns of one name: display, then base units."""
        columns = self._positions.get(name, ())
        if len(columns) < 2:
            return None
        try:
            displayed = parse_number(cell(cells, columns, 0), self._language.decimal_mark)
            return displayed, parse_number(cell(cells, columns, 1))
        except ValueError:
            return None


def cell(cells: Sequence[str], columns: Sequence[int], which: int) -> str:
    """Return the cell in one of the columns of a name; empty if the row does not have it."""
    at = columns[which] if columns else len(cells)
    return cells[at].strip() if at < len(cells) else ""


def _unit(metres: float) -> str | None:
    """Return the unit that has this many metres; swims are in metres or yards."""
    for unit in ("kilometres", "miles"):
        if any(abs(metres / size - 1) < TOLERANCE for size in METRES[unit]):
            return unit
    return None


def _count_mark(marks: Counter[str], text: str) -> None:
    if mark := detect_decimal_mark(text):
        marks[mark] += 1


def _most_common(votes: Counter[T], default: T) -> T:
    return max(votes, key=votes.__getitem__) if votes else default
