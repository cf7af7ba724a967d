"""Settings of an athlete as text: ``250 W``, ``4:05 /km``, ``70 kg``, ``154 lb``."""

import re
from datetime import date
from typing import get_args

from strava_mcp.analysis.athlete_settings import MIN_SINCE, SETTINGS, Name, Value
from strava_mcp.units import KG_PER_POUND, METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

NAMES: tuple[Name, ...] = get_args(Name)
#: No value is longer.
MAX_LENGTH = 40
SEXES = {"f": "F", "female": "F", "woman": "F", "m": "M", "male": "M", "man": "M"}
#: Unit → the factor that converts to the unit of the setting.
WEIGHTS = {"kg": 1.0, "lb": KG_PER_POUND, "lbs": KG_PER_POUND}
PER_DISTANCE = {
    "threshold_pace": {"km": 1.0, "mi": METRES_PER_KM / METRES_PER_MILE},
    "css": {"100m": 1.0, "100yd": 1 / METRES_PER_YARD, "100y": 1 / METRES_PER_YARD},
}
EXAMPLES = {
    "threshold_pace": "4:05 /km or 6:34 /mi",
    "css": "1:45 /100m or 1:36 /100yd",
    "weight": "70 kg or 154 lb",
    "sex": "F or M",
    "birth_year": "1986",
    **{"ftp": "250 W", "lthr": "165 bpm", "max_hr": "188 bpm", "rest_hr": "50 bpm"},
}
PACE = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?:\s*(?:min)?\s*/\s*([0-9a-z ]+))?")
NUMBER = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)\s*([a-z]*)")


def parse(name: Name, text: str, units: str) -> Value:
    """The value of a setting in its own unit.

    ``units``: where they are imperial, a weight or a pace has to say its unit, because a number
    alone would mean kilograms or kilometres. Raises ValueError with an example.
    """
    words = text.strip().lower()
    if len(words) > MAX_LENGTH:
        raise ValueError(_rule(name))
    if name == "sex":
        if words not in SEXES:
            raise ValueError("sex must be F or M; leave it out if neither fits")
        return SEXES[words]
    if name in PER_DISTANCE:
        return _seconds(name, words, units)
    match = NUMBER.fullmatch(words)
    if not match:
        raise ValueError(_rule(name))
    number, unit = float(match[1]), match[2]
    if name == "weight":
        return number * _factor(name, unit, WEIGHTS, units)
    if unit not in ("", SETTINGS[name].unit.lower()) or number % 1:
        raise ValueError(_rule(name))
    return number


def parse_since(text: str, today: date) -> date:
    """The date from which a value counts: ``2026-03-01``. Raises ValueError."""
    rule = f"must be a date from {MIN_SINCE} to today, {today}, such as {today.year}-01-31"
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
            raise ValueError
        since = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"since {rule}") from None
    if not MIN_SINCE <= since <= today:
        raise ValueError(f"since {rule}: {since} is not")
    return since


def text_of(name: Name, value: Value, units: str = "metric") -> str:
    """A value with its unit, as precise as it is meaningful."""
    if isinstance(value, str):
        return value
    imperial = units == "imperial"
    if name in PER_DISTANCE:
        unit = ("mi" if name == "threshold_pace" else "100yd") if imperial else ""
        unit = unit or next(iter(PER_DISTANCE[name]))
        minutes, seconds = divmod(round(value / PER_DISTANCE[name][unit]), 60)
        return f"{minutes}:{seconds:02d} /{unit}"
    if name == "weight":
        return f"{value / KG_PER_POUND:.1f} lb" if imperial else f"{value:.1f} kg"
    return f"{value:.0f} {SETTINGS[name].unit}".rstrip()


def _seconds(name: Name, words: str, units: str) -> float:
    match = PACE.fullmatch(words)
    if not match:
        raise ValueError(_rule(name))
    unit = (match[3] or "").replace(" ", "")
    return (int(match[1]) * 60 + int(match[2])) * _factor(name, unit, PER_DISTANCE[name], units)


def _factor(name: Name, unit: str, factors: dict[str, float], units: str) -> float:
    if not unit and units == "imperial":
        raise ValueError(f"{name} needs its unit: write {EXAMPLES[name]}")
    if unit and unit not in factors:
        raise ValueError(_rule(name))
    return factors[unit] if unit else 1.0


def _rule(name: Name) -> str:
    return f"{name} must be like {EXAMPLES[name]}"
