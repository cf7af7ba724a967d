"""The dialect of one activities.csv: order of dates, decimal marks, unit of distance.

Single cells are ambiguous (``5/6/2024``, ``1,234``); a whole file usually is not (some date falls
on the 13th or later). The unit follows from the two distance columns: the first is in the
athlete's unit, the second in metres. Exports of July 2019 have only the first: speeds distinguish
metres from kilometres, and recordings kilometres from miles.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from strava_mcp.sources.archive.catalog.date_order import DateOrder
from strava_mcp.sources.archive.catalog.headers import ColumnPositions, Language
from strava_mcp.sources.archive.catalog.numbers import detect_decimal_mark, parse_number
from strava_mcp.units import (
    METRES_PER_KM,
    METRES_PER_MILE,
    METRES_PER_NAUTICAL_MILE,
    METRES_PER_YARD,
)

T = TypeVar("T")

#: The unit of the display distance → metres per unit.
METRES = {"kilometres": METRES_PER_KM, "miles": METRES_PER_MILE, "metres": 1.0}
#: Ratio of the two distance columns → the unit; None: all accounts have sails in nautical miles.
RATIOS = {
    **{METRES_PER_KM: "kilometres", 1.0: "kilometres"},
    **{METRES_PER_MILE: "miles", METRES_PER_YARD: "miles", METRES_PER_NAUTICAL_MILE: None},
}
#: Display distances are rounded to two decimals: an error of 1 % from half a unit on.
MIN_DISPLAY_DISTANCE, TOLERANCE = 0.5, 0.012
#: How far the distance of a recording may be from that of its row, which may be corrected.
RECORDED_TOLERANCE = 0.1
#: Average speeds of any sport, pauses included. The bounds differ by less than a factor of 1000.
MIN_SPEED_MS, MAX_SPEED_MS, MAX_SWIM_SPEED_MS = 0.08, 40.0, 3.0
#: Columns in base units that are usually filled: their decimal marks decide for all such columns.
IN_BASE_UNITS = ("distance", "moving_time", "max_speed", "average_speed", "total_elevation_gain")
#: Earlier than any activity, in seconds since the epoch.
MIN_EPOCH_S = 10**9


class Recorded(NamedTuple):
    """What a recording says of its activity."""

    start: datetime | None
    distance_m: float | None


#: Reads the recording with a name of the export; None if it cannot be read.
ReadRecording = Callable[[str], Recorded | None]


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
    """Detects the dialect of a file from all of its rows. ``latest``: the last plausible date."""

    def __init__(self, language: Language, positions: ColumnPositions, latest: datetime) -> None:
        self._language = language
        self._positions = positions
        self._dates = DateOrder(latest)
        self._marks: Counter[str] = Counter()
        self._display_marks: Counter[str] = Counter()
        self._units: Counter[str] = Counter()
        self._scales: Counter[str] = Counter()
        self._agreements: Counter[bool] = Counter()
        self._tail: Counter[bool] = Counter()

    def feed(self, cells: Sequence[str]) -> None:
        """Count what one row shows."""
        self._dates.feed(self._cell(cells, "date", 0))
        for name in IN_BASE_UNITS:
            if name != "distance" or self._has_metres:
                _count_mark(self._marks, self._cell(cells, name, -1))
        _count_mark(self._display_marks, self._cell(cells, "distance", 0))
        self._feed_duplicates(cells)
        self._feed_tail(cells)
        if not self._has_metres:
            self._feed_speed(cells)

    def feed_recording(self, cells: Sequence[str], recorded: Recorded) -> None:
        """Count what one row shows together with its recording."""
        if recorded.start:
            self._dates.feed_start(self._cell(cells, "date", 0), recorded.start)
        displayed = self._number(self._cell(cells, "distance", 0))
        for unit, size in METRES.items():
            metres = (displayed or 0) * size
            if abs((recorded.distance_m or 0) - metres) < RECORDED_TOLERANCE * metres:
                self._units[unit] += 1

    @property
    def dialect(self) -> CsvDialect:
        """What most rows show; without evidence, the convention of the language."""
        language = self._language
        return CsvDialect(
            month_first=bool(self._dates.is_month_first(language.month_first)),
            decimal_mark=_most_common(self._marks, "."),
            display_decimal_mark=_most_common(self._display_marks, language.decimal_mark),
            units=self._unit,
        )

    @property
    def are_dates_ambiguous(self) -> bool:
        """Whether dates can be read in two ways, and nothing in the file shows which is right."""
        is_known = self._dates.is_month_first(self._language.month_first) is not None
        return self._dates.is_ambiguous and not is_known

    @property
    def is_unit_certain(self) -> bool:
        """Whether the unit is known from more than the speed of activities."""
        return self._has_metres or self._language.is_metric or bool(self._units)

    @property
    def duplicates_agree(self) -> bool:
        """Whether duplicate columns have equal values in most of the rows that have both."""
        return self._agreements[True] >= self._agreements[False]

    @property
    def tail_agrees(self) -> bool:
        """Whether columns after the last duplicate have values as they are expected there."""
        return not self._tail[False]

    @property
    def _has_metres(self) -> bool:
        return len(self._positions.get("distance", ())) > 1

    @property
    def _unit(self) -> str:
        if self._language.is_metric:
            return "metres"
        return _most_common(self._units or self._scales, "unknown")

    def _feed_duplicates(self, cells: Sequence[str]) -> None:
        elapsed = self._pair(cells, "elapsed_time")
        if elapsed:
            self._agreements[abs(elapsed[0] - elapsed[1]) <= 1] += 1
        distance = self._pair(cells, "distance")
        if distance and distance[0] >= MIN_DISPLAY_DISTANCE:
            ratio = distance[1] / distance[0]
            size = next((size for size in RATIOS if abs(ratio / size - 1) < TOLERANCE), None)
            self._agreements[size is not None] += 1
            if unit := RATIOS.get(size or 0):
                self._units[unit] += 1

    def _feed_tail(self, cells: Sequence[str]) -> None:
        if text := self._cell(cells, "from_upload", 0):
            self._tail[text.removesuffix(".0") in ("0", "1")] += 1
        if text := self._cell(cells, "observation_time", 0):
            self._tail[(self._number(text) or 0) >= MIN_EPOCH_S] += 1

    def _feed_speed(self, cells: Sequence[str]) -> None:
        """Count the scale of a single distance column; kilometres stand for miles as well."""
        distance = self._number(self._cell(cells, "distance", 0))
        elapsed_s = self._number(self._cell(cells, "elapsed_time", 0))
        if not distance or not elapsed_s:
            return
        for unit in ("metres", "kilometres"):
            if MIN_SPEED_MS <= distance * METRES[unit] / elapsed_s <= MAX_SPEED_MS:
                self._scales[unit] += 1

    def _pair(self, cells: Sequence[str], name: str) -> tuple[float, float] | None:
        """Return the values of two columns of one name: display, then base units."""
        columns = self._positions.get(name, ())
        if len(columns) < 2:
            return None
        displayed = self._number(cell(cells, columns, 0))
        try:
            exact = parse_number(cell(cells, columns, 1))
        except ValueError:
            return None
        return None if displayed is None else (displayed, exact)

    def _number(self, text: str) -> float | None:
        try:
            return parse_number(text, self._language.decimal_mark)
        except ValueError:
            return None

    def _cell(self, cells: Sequence[str], name: str, which: int) -> str:
        return cell(cells, self._positions.get(name, ()), which)


def metres_per_unit(
    unit: str, sport: str | None, displayed: float, elapsed_s: float | None
) -> float:
    """Return the metres in one unit of the display distance of an activity.

    Strava displays swims in metres or yards, and sails in nautical miles. The speed decides if the
    sport is unknown, and whether a swim is in kilometres after all.
    """
    if unit == "metres":
        return 1.0
    of_swims = METRES_PER_YARD if unit == "miles" else 1.0
    if sport not in ("Swim", None):
        return METRES_PER_NAUTICAL_MILE if sport == "Sail" else METRES[unit]
    usual, other = (of_swims, METRES[unit]) if sport else (METRES[unit], of_swims)
    speeds = [displayed * size / elapsed_s for size in (usual, other)] if elapsed_s else [1.0]
    max_speed_ms = MAX_SWIM_SPEED_MS if sport else MAX_SPEED_MS
    fits = [MIN_SPEED_MS <= speed <= max_speed_ms for speed in speeds]
    return other if fits == [False, True] else usual


def cell(cells: Sequence[str], columns: Sequence[int], which: int) -> str:
    """Return the cell in one of the columns of a name; empty if the row does not have it."""
    at = columns[which] if columns else len(cells)
    return cells[at].strip() if at < len(cells) else ""


def _count_mark(marks: Counter[str], text: str) -> None:
    if mark := detect_decimal_mark(text):
        marks[mark] += 1


def _most_common(votes: Counter[T], default: T) -> T:
    return max(votes, key=votes.__getitem__) if votes else default
