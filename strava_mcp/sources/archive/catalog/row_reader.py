"""Converting rows of activities.csv to fields under Strava's names and in its units.

Missing values are omitted; implausible values are omitted and reported.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.catalog import dates, weather
from strava_mcp.sources.archive.catalog.dialect import (
    METRES,
    CsvDialect,
    cell,
    metres_per_unit,
)
from strava_mcp.sources.archive.catalog.headers import ColumnPositions
from strava_mcp.sources.archive.catalog.quantities import (
    DISTANCE,
    MAX_AVERAGE_SPEED_MS,
    QUANTITIES,
    Quantity,
    parse_quantity,
    quoted,
)
from strava_mcp.sport_words import sport_from_words
from strava_mcp.sports import RIDES

#: No device recorded before this date.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: A clock may be wrong by a day.
MAX_AHEAD = timedelta(days=1)
#: Strava's workout types.
RACE, LONG_RUN, RIDE_RACE = 1, 2, 11
TRUE, FALSE = ("true", "1", "1.0"), ("false", "0", "0.0")
GEAR = re.compile(r"[1-9][0-9]{0,17}")


class RowReader:
    """Reads the rows of one file. Starts after ``latest`` are implausible."""

    def __init__(self, positions: ColumnPositions, dialect: CsvDialect, latest: datetime) -> None:
        self._positions = positions
        self._dialect = dialect
        self._latest = latest

    def text(self, cells: Sequence[str], name: str) -> str:
        """Return the stripped text of a column; empty if it is missing."""
        return cell(cells, self._positions.get(name, ()), 0)

    def fields(self, cells: Sequence[str]) -> tuple[JSON, list[str]]:
        """Return the fields of a row (see ``Entry.fields``), and the values that were left out."""
        problems: list[str] = []
        fields: JSON = {}
        for name in ("name", "description", "private_note", "gear_name"):
            fields[name] = self.text(cells, name) or None
        fields["sport_type"] = self._sport(cells, problems)
        fields["start_date"] = self._start(self.text(cells, "date"), problems)
        for quantity in QUANTITIES:
            fields[quantity.name] = self._quantity(cells, quantity, problems)
        fields["distance"] = self._distance(cells, fields, problems)
        _check_moving_time(fields, problems)
        fields["kilojoules"] = _kilojoules(fields)
        for name in ("commute", "flagged"):
            fields[name] = _flag(self._base_units(cells, name))
        fields["workout_type"] = self._workout_type(cells, fields["sport_type"])
        fields["gear_id"] = self._gear_id(cells)
        fields["weather"] = self._weather(cells, problems) or None
        return {name: value for name, value in fields.items() if value is not None}, problems

    def _base_units(self, cells: Sequence[str], name: str) -> str:
        """Return the second of duplicate columns, which is in base units, unless it is empty."""
        for at in reversed(self._positions.get(name, ())[:2]):
            if at < len(cells) and (text := cells[at].strip()):
                return text
        return ""

    def _quantity(
        self, cells: Sequence[str], quantity: Quantity, problems: list[str]
    ) -> float | None:
        text = self._base_units(cells, quantity.name)
        value = parse_quantity(text, self._dialect.decimal_mark, quantity, problems)
        return round(value) if value is not None and quantity.is_whole else value

    def _distance(self, cells: Sequence[str], fields: JSON, problems: list[str]) -> float | None:
        """Return the distance in metres: from its own column, else from the display column."""
        columns, dialect = self._positions.get("distance", ()), self._dialect
        if len(columns) > 1 and (text := cell(cells, columns, 1)):
            return parse_quantity(text, dialect.decimal_mark, DISTANCE, problems)
        displayed = cell(cells, columns, 0)
        if displayed and dialect.units not in METRES:
            problems.append(f"distance: the export does not say the unit of {quoted(displayed)}.")
            return None
        value = parse_quantity(displayed, dialect.display_decimal_mark, DISTANCE, problems)
        if value is None:
            return None
        size = metres_per_unit(dialect.units, fields["sport_type"], value, fields["elapsed_time"])
        return parse_quantity(str(round(value * size, 3)), ".", DISTANCE, problems)

    def _sport(self, cells: Sequence[str], problems: list[str]) -> str | None:
        """Return the sport type; None if its word is unknown, for then the recording decides."""
        if sport := sport_from_words(self.text(cells, "sport")):
            return sport
        words = self.text(cells, "type")
        sport = sport_from_words(words)
        if words and sport is None:
            problems.append(
                f"sport_type: {quoted(words)} is not a known sport. It is that of the recording, "
                "else Workout."
            )
        return sport

    def _start(self, text: str, problems: list[str]) -> str | None:
        try:
            start = dates.parse_date(text, self._dialect.month_first)
        except ValueError:
            problems.append(f"start_date: {quoted(text)} is not a date.")
            return None
        if not EARLIEST <= start <= self._latest:
            problems.append(f"start_date: {quoted(text)} is implausible.")
            return None
        if not dates.has_time_of_day(text):
            problems.append(f"start_date: {quoted(text)} has no time of day, kept as midnight.")
        return start.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _workout_type(self, cells: Sequence[str], sport: str | None) -> int | None:
        """Return Strava's number for a race or a long run."""
        if _flag(self.text(cells, "race")):
            return RIDE_RACE if sport in RIDES else RACE
        return LONG_RUN if _flag(self.text(cells, "long_run")) else None

    def _gear_id(self, cells: Sequence[str]) -> str | None:
        """Return Strava's id of the bike (``b`` and a number) or of the shoes (``g``)."""
        for prefix, name in (("b", "bike"), ("g", "gear")):
            digits = self.text(cells, name).removesuffix(".0")
            if GEAR.fullmatch(digits):
                return prefix + digits
        return None

    def _weather(self, cells: Sequence[str], problems: list[str]) -> JSON:
        values = {
            quantity.name: self._quantity(cells, quantity, problems)
            for quantity in weather.QUANTITIES
        }
        texts = {name: self.text(cells, name) for name in weather.WORDS}
        return weather.read(values, texts)


def _check_moving_time(fields: JSON, problems: list[str]) -> None:
    """Leave out a moving time whose average speed is implausible: a few rows have 3 s for 900 m."""
    distance, moving_s = fields["distance"], fields["moving_time"]
    if fields["average_speed"] is None and distance and moving_s:
        if distance / moving_s > MAX_AVERAGE_SPEED_MS:
            problems.append(f"moving_time: {moving_s} s is implausible for {distance:.0f} m.")
            fields["moving_time"] = None


def _kilojoules(fields: JSON) -> float | None:
    """Convert total_work, which is in joules like all base units (760,000 for 58 min at 210 W).

    Some exports have kilojoules: the unit is the one that is nearer to power times time.
    """
    work = fields.pop("total_work")
    if not work:
        return None
    expected = (fields["average_watts"] or 0) * (fields["moving_time"] or 0) / 1000
    is_kilojoules = expected and abs(work - expected) < abs(work / 1000 - expected)
    return float(work if is_kilojoules else round(work / 1000, 3))


def _flag(text: str) -> bool | None:
    """Return True or False; None if the cell is neither."""
    word = text.casefold()
    return True if word in TRUE else False if word in FALSE else None
