"""Marshmallow fields of the filters of get_activities.

Each loads what it published: a loaded value is loaded again, from a cursor, as the same value.
"""

import re
from typing import Any

from marshmallow import ValidationError, fields

from strava_mcp.sources.activity_facts import WORKOUTS
from strava_mcp.tools.arguments import Text
from strava_mcp.tools.sorting import name_of, parse_order
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

MAX_TEXT_LENGTH = 40
MAX_LENGTH_M = 10_000_000.0
MAX_DURATION_S = 10 * 366 * 86400
UNITS_M = {
    **dict.fromkeys(("k", "km", "kilometer", "kilometre"), METRES_PER_KM),
    **dict.fromkeys(("mi", "mile"), METRES_PER_MILE),
    **dict.fromkeys(("m", "meter", "metre"), 1.0),
}
_LENGTH = re.compile(r"([0-9]{1,8}(?:\.[0-9]{1,20})?)\s*([a-z]*?)s?")
_CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9]):([0-5][0-9])")
_SPOKEN = re.compile(
    r"(?:([0-9]{1,5}(?:\.[0-9]{1,4})?)\s*h(?:(?:ou)?rs?)?)?\s*"
    r"(?:([0-9]{1,6}(?:\.[0-9]{1,4})?)\s*m(?:in(?:ute)?s?)?)?\s*"
    r"(?:([0-9]{1,9})\s*s(?:ec(?:ond)?s?)?)?"
)
_WORKOUT_WORDS = {
    **{name: name for name in WORKOUTS.values()},
    **{"long": "long run", "longrun": "long run", "interval": "workout", "session": "workout"},
    **dict.fromkeys(("tempo", "threshold", "track", "interval session"), "workout"),
}


class ShortText(Text):
    """Text of a filter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)


class SortOrder(ShortText):
    """The order of a list (``tools.sorting``), loaded as its name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return name_of(parse_order(super()._deserialize(value, attr, data, **kwargs)))
        except ValueError as exc:
            raise ValidationError(str(exc)) from None


class WorkoutType(ShortText):
    """Strava's kind of workout: ``race``, ``long run`` or ``workout``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        words = super()._deserialize(value, attr, data, **kwargs).lower()
        words = " ".join(re.split(r"[\s_-]+", words.strip())).removesuffix("s")
        if words not in _WORKOUT_WORDS:
            raise ValidationError("Must be race, long run or workout.")
        return _WORKOUT_WORDS[words]


class Distance(fields.Float):
    """A distance, loaded as text: ``10`` (km, or mi in imperial units), ``10 km``, ``400 m``.

    A number in the schema, so frameworks send 0 where it was left out: that means absent. A bound
    of 0 has a unit: ``0 km``.
    """

    zero_is_blank = True

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> str:
        text = _written(value)
        try:
            metres(text, "metric")
        except ValueError as exc:
            raise ValidationError(str(exc)) from None
        return text


def metres(text: str, units: str) -> float:
    """A distance in metres; a number alone is in km, or in miles if ``units`` is imperial.

    Raises ValueError.
    """
    match = _LENGTH.fullmatch(text)
    unit = (match[2] if match else None) or ("mi" if units == "imperial" else "km")
    if not match or unit not in UNITS_M:
        raise ValueError("Must be a distance such as 10, 10 km, 6.2 mi or 400 m.")
    length_m = float(match[1]) * UNITS_M[unit]
    if length_m > MAX_LENGTH_M:
        raise ValueError(f"Must be at most {MAX_LENGTH_M / 1000:.0f} km.")
    return length_m


class Duration(fields.String):
    """A duration, loaded as seconds: whole seconds, ``1:30:00``, ``90 min``, ``1h30m``."""

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> float:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        seconds = _seconds(_written(value))
        if seconds is None:
            raise ValidationError("Must be seconds or h:mm:ss, such as 5400, 1:30:00 or 90 min.")
        if seconds > MAX_DURATION_S:
            raise ValidationError("Must be at most 10 years.")
        return seconds


def _written(value: object) -> str:
    """Text, or a number as it is written; empty for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return value.strip().lower()[:MAX_TEXT_LENGTH] if isinstance(value, str) else ""


def _seconds(text: str) -> float | None:
    if re.fullmatch("[0-9]{1,12}", text):
        return float(text)
    if match := _CLOCK.fullmatch(text):
        return float(int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]))
    match = _SPOKEN.fullmatch(text)
    if not match or not any(match.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
