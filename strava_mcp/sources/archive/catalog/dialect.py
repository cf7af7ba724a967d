"""How one activities.csv is written: its order of dates, its decimals, its unit of distance.

A single cell may be read in two ways (``5/6/2024``, ``1,234``); over a whole file somebody rode on
the 13th. Distance for people stands beside the same in metres, which tells the unit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.headers import Language
from strava_mcp.sources.archive.catalog.numbers import detect_decimal_mark, parse_number
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

Places = Mapping[str, Sequence[int]]
T = TypeVar("T")

#: The unit of the first distance column → the metres in one of it, and in one of it when swimming.
METRES = {
    "kilometres": (METRES_PER_KM, 1.0),
    "miles": (METRES_PER_MILE, METRES_PER_YARD),
    "metres": (1.0, 1.0),
}
#: Shown distances have two decimals: of half a unit that is 1 %.
MIN_SHOWN, TOLERANCE = 0.5, 0.012
#: Columns of base units that are mostly filled: their decimals speak for all of them.
IN_BASE_UNITS = ("distance", "moving_time", "max_speed", "average_speed", "total_elevation_gain")


@dataclass(frozen=True)
class CsvDialect:
    """``mark``: of decimals in base units; ``shown_mark``: in the columns for people.

    ``units``: of distance for people: ``kilometres``, ``miles``, ``metres`` or ``unknown``.
    """

    month_first: bool
    mark: str
    shown_mark: str
    units: str


class DialectSniffer:
    """What the rows of a file say of its forms, counted row by row."""

    def __init__(self, language: Language, places: Places) -> None:
        self._language = language
        self._places = places
        self._orders: Counter[bool] = Counter()
        self._marks: Counter[str] = Counter()
        self._shown_marks: Counter[str] = Counter()
        self._units: Counter[str] = Counter()
        self._twins: Counter[bool] = Counter()

    def see(self, cells: Sequence[str]) -> None:
        """Count one row."""
        self._see_date(cell(cells, self._places.get("date", ()), 0))
        for name in IN_BASE_UNITS:
            columns = self._places.get(name, ())
            if columns and not self._is_shown(name):
                _count(self._marks, cell(cells, columns, -1))
        if self._is_shown("distance") or len(self._places.get("distance", ())) > 1:
            _count(self._shown_marks, cell(cells, self._places["distance"], 0))
        self._see_twins(cells)

    @property
    def forms(self) -> CsvDialect:
        """What most of the rows say; where none says anything, what the language does."""
        language = self._language
        return CsvDialect(
            month_first=_most(self._orders, language.month_first),
            mark=_most(self._marks, "."),
            shown_mark=_most(self._shown_marks, language.mark),
            units=language.shown_in or _most(self._units, "unknown"),
        )

    @property
    def are_twins(self) -> bool:
        """Whether the columns that should say the same do, in most of the rows that have both."""
        return self._twins[True] >= self._twins[False]

    def _is_shown(self, name: str) -> bool:
        """Whether the last column of a name is one for people: only distance, where it is alone."""
        is_alone = len(self._places.get(name, ())) == 1
        return name == "distance" and is_alone and self._language.shown_in is None

    def _see_date(self, text: str) -> None:
        try:
            order = dates.is_month_first(text)
        except ValueError:
            return
        if order is not None:
            self._orders[order] += 1

    def _see_twins(self, cells: Sequence[str]) -> None:
        elapsed = self._pair(cells, "elapsed_time")
        if elapsed:
            self._twins[abs(elapsed[0] - elapsed[1]) <= 1] += 1
        distance = self._pair(cells, "distance")
        if distance and distance[0] >= MIN_SHOWN:
            unit = _unit(distance[1] / distance[0])
            self._twins[unit is not None] += 1
            if unit:
                self._units[unit] += 1

    def _pair(self, cells: Sequence[str], name: str) -> tuple[float, float] | None:
        columns = self._places.get(name, ())
        if len(columns) < 2:
            return None
        try:
            shown = parse_number(cell(cells, columns, 0), self._language.mark)
            return shown, parse_number(cell(cells, columns, 1))
        except ValueError:
            return None


def cell(cells: Sequence[str], columns: Sequence[int], which: int) -> str:
    """What stands in one of the columns of a name; empty where the row has no such cell."""
    at = columns[which] if columns else len(cells)
    return cells[at].strip() if at < len(cells) else ""


def _unit(metres: float) -> str | None:
    """The unit of which one has so many metres; by swims, too, which are in metres or yards."""
    for unit in ("kilometres", "miles"):
        if any(abs(metres / size - 1) < TOLERANCE for size in METRES[unit]):
            return unit
    return None


def _count(marks: Counter[str], text: str) -> None:
    if mark := detect_decimal_mark(text):
        marks[mark] += 1


def _most(votes: Counter[T], otherwise: T) -> T:
    return max(votes, key=votes.__getitem__) if votes else otherwise
