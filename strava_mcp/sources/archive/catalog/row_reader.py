"""A row of activities.csv as facts in Strava's own names and base units.

What is missing has no key; what is absurd has none either, and a line says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.catalog import dates
from strava_mcp.sources.archive.catalog.dialect import METRES, CsvDialect, Places, cell
from strava_mcp.sources.archive.catalog.numbers import parse_number
from strava_mcp.sport_words import sport_from_words

#: No device recorded before; and a clock may be a day ahead.
EARLIEST, AHEAD = datetime(1990, 1, 1, tzinfo=UTC), timedelta(days=1)
MAX_METRES = 5_000_000.0
RACE, LONG_RUN, RIDE_RACE = 1, 2, 11
TRUE, FALSE = ("true", "1", "1.0"), ("false", "0", "0.0")
GEAR = re.compile(r"[1-9][0-9]{0,17}")
QUOTED_CHARACTERS = 40


@dataclass(frozen=True)
class Quantity:
    """A number of the row and the bounds of what anybody can have done, both included."""

    name: str
    low: float
    high: float
    is_whole: bool = False


QUANTITIES = (
    Quantity("elapsed_time", 0, 366 * 86400, is_whole=True),
    Quantity("moving_time", 0, 366 * 86400, is_whole=True),
    Quantity("average_speed", 0, 100),
    Quantity("max_speed", 0, 100),
    Quantity("total_elevation_gain", 0, 100_000),
    Quantity("elev_low", -500, 20_000),
    Quantity("elev_high", -500, 20_000),
    Quantity("average_cadence", 0, 300),
    Quantity("average_heartrate", 20, 260),
    Quantity("max_heartrate", 20, 260),
    Quantity("average_watts", 0, 3000),
    Quantity("weighted_average_watts", 0, 3000, is_whole=True),
    Quantity("max_watts", 0, 10_000, is_whole=True),
    Quantity("total_work", 0, 200_000_000),
    Quantity("calories", 0, 100_000),
    Quantity("average_temp", -60, 70),
    Quantity("suffer_score", 0, 10_000),
    Quantity("perceived_exertion", 0, 10),
    Quantity("training_load", 0, 10_000),
    Quantity("intensity", 0, 1000),
    Quantity("grade_adjusted_distance", 0, MAX_METRES),
    Quantity("athlete_weight", 20, 400),
)
#: Temperatures in °C, pressure in hPa, speeds in m/s, the bearing in degrees that wind comes from,
#: precipitation in mm an hour; humidity, cloud cover and probability are parts of one; the time in
#: seconds since the epoch.
WEATHER = (
    Quantity("temperature", -70, 70),
    Quantity("apparent_temperature", -90, 80),
    Quantity("dew_point", -90, 60),
    Quantity("humidity", 0, 1),
    Quantity("pressure", 500, 1200),
    Quantity("wind_speed", 0, 120),
    Quantity("wind_gust", 0, 120),
    Quantity("wind_bearing", 0, 360),
    Quantity("precipitation_intensity", 0, 1000),
    Quantity("precipitation_probability", 0, 1),
    Quantity("cloud_cover", 0, 1),
    Quantity("uv_index", 0, 30),
    Quantity("observation_time", 0, 2**32),
)


class RowReader:
    """Reads rows of one file. ``now``: dates later than a day from it are absurd."""

    def __init__(self, places: Places, forms: CsvDialect, now: datetime) -> None:
        self._places = places
        self._forms = forms
        self._latest = now + AHEAD

    def text(self, cells: Sequence[str], name: str) -> str:
        """What the row says, without space around it; empty where it says nothing."""
        return cell(cells, self._places.get(name, ()), 0)

    def fields(self, cells: Sequence[str]) -> tuple[JSON, list[str]]:
        """The facts of a row (see ``Entry.fields``), and the values that were left out."""
        problems: list[str] = []
        facts: JSON = {}
        for name in ("name", "description", "private_note", "gear_name"):
            facts[name] = self.text(cells, name) or None
        facts["sport_type"] = self._sport(cells, problems)
        facts["start_date"] = self._start(self.text(cells, "date"), problems)
        facts["distance"] = self._distance(cells, facts["sport_type"], problems)
        for quantity in QUANTITIES:
            facts[quantity.name] = self._quantity(cells, quantity, problems)
        facts["kilojoules"] = _kilojoules(facts)
        for name in ("commute", "flagged"):
            facts[name] = _flag(self._last(cells, name))
        facts["workout_type"] = self._workout_type(cells, facts["sport_type"])
        facts["gear_id"] = self._gear_id(cells)
        facts["weather"] = self._weather(cells, problems) or None
        return {name: value for name, value in facts.items() if value is not None}, problems

    def _last(self, cells: Sequence[str], name: str) -> str:
        """Of two columns of a name the second, in base units, where it is filled."""
        columns = self._places.get(name, ())[:2]
        filled = [cell(cells, columns, which) for which in range(len(columns))]
        return next((text for text in reversed(filled) if text), "")

    def _quantity(
        self, cells: Sequence[str], quantity: Quantity, problems: list[str]
    ) -> float | None:
        text = self._last(cells, quantity.name)
        value = _within(text, self._forms.mark, quantity, problems)
        return round(value) if value is not None and quantity.is_whole else value

    def _distance(
        self, cells: Sequence[str], sport: str | None, problems: list[str]
    ) -> float | None:
        """In metres: as the file has it, else from the distance for people."""
        columns = self._places.get("distance", ())
        forms, bounds = self._forms, Quantity("distance", 0, MAX_METRES)
        if len(columns) > 1 and (text := cell(cells, columns, 1)):
            return _within(text, forms.mark, bounds, problems)
        shown = cell(cells, columns, 0)
        if shown and forms.units not in METRES:
            problems.append(f"distance: the export does not tell the unit of {_quoted(shown)}.")
            return None
        value = _within(shown, forms.shown_mark, bounds, problems)
        if value is None:
            return None
        metres = round(value * METRES[forms.units][sport == "Swim"], 3)
        return _within(str(metres), ".", bounds, problems)

    def _sport(self, cells: Sequence[str], problems: list[str]) -> str | None:
        if raw := sport_from_words(self.text(cells, "sport")):
            return raw
        words = self.text(cells, "type")
        if not words:
            return None
        found = sport_from_words(words)
        if found is None:
            problems.append(f"sport_type: {_quoted(words)} is no known sport, kept as Workout.")
        return found or "Workout"

    def _start(self, text: str, problems: list[str]) -> str | None:
        try:
            found = dates.parse_date(text, self._forms.month_first)
        except ValueError:
            problems.append(f"start_date: {_quoted(text)} is no date.")
            return None
        if not EARLIEST <= found <= self._latest:
            problems.append(f"start_date: {_quoted(text)} cannot be.")
            return None
        if not dates.has_time_of_day(text):
            problems.append(f"start_date: {_quoted(text)} has no time of day, kept as midnight.")
        return found.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _workout_type(self, cells: Sequence[str], sport: str | None) -> int | None:
        """Strava's number for a race (on foot or by bike) and for a long run."""
        if _flag(self.text(cells, "race")):
            return {"Run": RACE, "Ride": RIDE_RACE}.get(sport or "")
        return LONG_RUN if _flag(self.text(cells, "long_run")) else None

    def _gear_id(self, cells: Sequence[str]) -> str | None:
        """Strava's id of the bike (``b`` and a number) or of the shoes (``g``)."""
        for letter, name in (("b", "bike"), ("g", "gear")):
            digits = self.text(cells, name).removesuffix(".0")
            if GEAR.fullmatch(digits):
                return letter + digits
        return None

    def _weather(self, cells: Sequence[str], problems: list[str]) -> JSON:
        found: JSON = {}
        for quantity in WEATHER:
            value = self._quantity(cells, quantity, problems)
            if value is not None:
                found[quantity.name] = value
        if condition := self.text(cells, "condition"):
            # Most exports have a number here, whose meaning Strava does not tell.
            found["condition"] = _number_or_words(condition)
        return found


def _within(text: str, mark: str, bounds: Quantity, problems: list[str]) -> float | None:
    if not text:
        return None
    try:
        value = parse_number(text, mark)
    except ValueError as exc:
        problems.append(f"{bounds.name}: {_quoted(text)} {exc}.")
        return None
    if not bounds.low <= value <= bounds.high:
        problems.append(f"{bounds.name}: {_quoted(text)} is beyond {bounds.low} to {bounds.high}.")
        return None
    return value


def _number_or_words(text: str) -> float | str:
    try:
        return parse_number(text)
    except ValueError:
        return text


def _kilojoules(facts: JSON) -> float | None:
    """Total Work is in joules, as all base units are: 760,000 for 58 minutes at 210 W.

    Where power and time are known and say that the number itself is nearer, it is in kilojoules.
    """
    work = facts.pop("total_work")
    if not work:
        return None
    expected = (facts["average_watts"] or 0) * (facts["moving_time"] or 0) / 1000
    is_kilojoules = expected and abs(work - expected) < abs(work / 1000 - expected)
    return float(work if is_kilojoules else round(work / 1000, 3))


def _flag(text: str) -> bool | None:
    """True or false; None where the row says neither."""
    word = text.casefold()
    return True if word in TRUE else False if word in FALSE else None


def _quoted(text: str) -> str:
    is_long = len(text) > QUOTED_CHARACTERS
    return repr(text[:QUOTED_CHARACTERS] + "…" if is_long else text)
