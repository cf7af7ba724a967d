"""Parse quantities in a search: ``over 20 km``, ``15 to 20 miles``, ``under 2 hours``, ``10k``.

A quantity is matched at the beginning of a text, which is folded (``word_matching.fold``).
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from strava_mcp import display_units
from strava_mcp.units import (
    HALF_MARATHON_M,
    MARATHON_M,
    METRES_PER_FOOT,
    METRES_PER_KM,
    METRES_PER_MILE,
    METRES_PER_YARD,
)

#: Relative tolerance of a quantity without "over" or "under".
TOLERANCE = 0.07
RACE_LOW, RACE_HIGH = 0.95, 1.06
INFINITY = float("inf")

NUMBER = r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7}(?:[.,][0-9]{1,3})?|an?|half an?)"
CLIMBING = r"(?: of)? (?:climb(?:ing)?|elevation(?: gain)?|ascent|gain|vert(?:ical)?|uphill|up|d\+)"
#: Pattern of a unit → the fact (``activity_facts``) that it measures, and its size in SI units.
UNITS: Mapping[str, tuple[str, float]] = {
    rf"(?:m|met(?:er|re)s?){CLIMBING}": ("elevation_gain", 1.0),
    rf"(?:ft|feet|foot)(?:{CLIMBING})?": ("elevation_gain", METRES_PER_FOOT),
    r"(?:km|kilomet(?:er|re)s?)/h|km ?ph|kmh": ("speed", METRES_PER_KM / 3600),
    r"mph|miles (?:per|an) hour": ("speed", METRES_PER_MILE / 3600),
    r"k|kms?|kilomet(?:er|re)s?": ("distance", METRES_PER_KM),
    r"mi|milers?|miles?": ("distance", METRES_PER_MILE),
    r"m|met(?:er|re)s?": ("distance", 1.0),
    r"yds?|yards?": ("distance", METRES_PER_YARD),
    r"h|hrs?|hours?": ("moving_time", 3600.0),
    r"mins?|minutes?": ("moving_time", 60.0),
    r"bpm": ("average_heartrate", 1.0),
    r"w|watts?": ("average_watts", 1.0),
}
#: Names of facts before a bound: ``heart rate over 160``.
NAMES = {
    r"max(?:imum)? (?:heart[ -]?rate|hr|pulse)": "max_heartrate",
    r"(?:average |avg |mean )?(?:heart[ -]?rate|hr|pulse)": "average_heartrate",
    r"(?:average |avg |mean )?(?:power|watts)": "average_watts",
    r"(?:average |avg |mean )?speed": "speed",
    r"(?:relative )?effort|suffer score": "relative_effort",
    r"distance": "distance",
    r"elevation(?: gain)?|climb(?:ing|s)?|ascent": "elevation_gain",
    r"(?:moving )?time|duration": "moving_time",
}
MAX_SUB_HOURS = 6
#: Greater numbers after "faster than" are km/h or mph.
MAX_PACE_MIN = 12
#: What a reply calls the facts that can be bounded.
MEASURES = {
    **{"distance": "distance", "moving_time": "moving time", "elevation_gain": "elevation gain"},
    **{"speed": "speed", "average_heartrate": "heart rate", "average_watts": "power"},
    **{"max_heartrate": "maximum heart rate", "relative_effort": "relative effort"},
}
UNIT = rf"[ -]?({'|'.join(UNITS)})"
OVER = (
    r"(?:over|above|more than|longer than|further than|farther than|greater than|faster than|"
    r"at least|min(?:imum)?|>=?)"
)
UNDER = r"(?:under|below|less than|shorter than|slower than|up to|at most|max(?:imum)?|<=?)"
#: A number without a unit is a distance, but not in ``over 5 days``.
NO_TIME = r"(?! (?:day|week|month|year))"
ABOUT = r"(?:(?:about|around|roughly|approximately|approx|circa|exactly|~) ?)?"


#: Pattern of a named distance → metres, and the everyday name of its sport.
EVENTS = {
    r"half[ -]marathons?": (HALF_MARATHON_M, "runs"),
    r"marathons?": (MARATHON_M, "runs"),
    r"mile": (METRES_PER_MILE, "runs"),
    r"metric centur(?:y|ies)": (100 * METRES_PER_KM, "rides"),
    r"double centur(?:y|ies)": (200 * METRES_PER_MILE, "rides"),
    r"(?:imperial )?centur(?:y|ies)": (100 * METRES_PER_MILE, "rides"),
}
ULTRA = r"ultra(?:[ -]?marathon)?s?"


class Quantity(NamedTuple):
    """Bounds of a fact in SI units, both included.

    ``words``: the text that it was read from; ``sport``: the everyday name of the sport that it
    implies, such as runs for ``10k``; empty if any. ``about``: the value, if it is approximate.
    """

    fact: str
    low: float
    high: float
    words: str
    sport: str = ""
    about: float | None = None

    def as_of_a_race(self) -> "Quantity":
        """An approximate distance as it is compared by speed: 9.3 km are not a fast 10k."""
        if self.about is None:
            return self
        return self._replace(low=self.about * RACE_LOW, high=self.about * RACE_HIGH)


def parse_quantity(text: str, units: str) -> Quantity | None:
    """The quantity that ``text`` begins with. ``units``: those of a number without a unit."""
    for pattern, (metres, sport) in EVENTS.items():
        if match := re.match(rf"{pattern}(?= |$)", text):
            return _approximately("distance", metres, match[0], sport)
    if match := re.match(rf"{ULTRA}(?= |$)", text):
        return Quantity("distance", MARATHON_M * (1 + TOLERANCE), INFINITY, match[0], "runs")
    for pattern, read in _FORMS:
        match = re.match(rf"{pattern}(?= |$)", text)
        if match:
            return read(match, units)
    return None


def _range(match: re.Match[str], units: str) -> Quantity:
    fact, factor = _unit(match[4])
    _, first_factor = _unit(match[2] or match[4])
    ends = sorted((_value(match[1]) * first_factor, _value(match[3]) * factor))
    return Quantity(fact, ends[0], ends[1], match[0])


def _at_least(match: re.Match[str], units: str) -> Quantity:
    fact, factor = _unit(match[2])
    return Quantity(fact, _value(match[1]) * factor, INFINITY, match[0])


def _at_most(match: re.Match[str], units: str) -> Quantity:
    fact, factor = _unit(match[2])
    return Quantity(fact, 0.0, _value(match[1]) * factor, match[0])


def _about(match: re.Match[str], units: str) -> Quantity:
    fact, factor = _unit(match[2])
    # 10k is the name of a race, 10 km a distance of any sport.
    sport = "runs" if match[2] == "k" else ""
    return _approximately(fact, _value(match[1]) * factor, match[0], sport)


def _approximately(fact: str, value: float, words: str, sport: str = "") -> Quantity:
    return Quantity(fact, value * (1 - TOLERANCE), value * (1 + TOLERANCE), words, sport, value)


def _at_least_without_unit(match: re.Match[str], units: str) -> Quantity:
    value = _value(match[1]) * _default_factor("distance", units)
    return Quantity("distance", value, INFINITY, match[0])


def _at_most_without_unit(match: re.Match[str], units: str) -> Quantity:
    value = _value(match[1]) * _default_factor("distance", units)
    return Quantity("distance", 0.0, value, match[0])


def _speed_without_unit(match: re.Match[str], units: str) -> Quantity:
    """``faster than 30``; a small number is a pace in minutes, as in ``faster than 5``."""
    value, factor = _value(match[2]), _default_factor("speed", units)
    speed = factor * (60 / value if 0 < value <= MAX_PACE_MIN else value)
    if match["which"] == "faster":
        return Quantity("speed", speed, INFINITY, match[0])
    return Quantity("speed", 0.0, speed, match[0])


def _pace(match: re.Match[str], units: str) -> Quantity:
    metres = METRES_PER_MILE if match["unit"] == "mi" else METRES_PER_KM
    speed = metres / max(1, int(match["min"]) * 60 + int(match["s"] or 0))
    if match["fast"]:
        return Quantity("speed", speed, INFINITY, match[0])
    if match["slow"]:
        return Quantity("speed", 0.0, speed, match[0])
    return _approximately("speed", speed, match[0])


def _named(match: re.Match[str], units: str) -> Quantity:
    """``heart rate over 160``: the name says the fact, so that the unit may be missing."""
    fact = next(fact for pattern, fact in NAMES.items() if re.fullmatch(pattern, match["name"]))
    factor = _unit(match[4])[1] if match[4] else _default_factor(fact, units)
    value = _value(match[3]) * factor
    if re.fullmatch(OVER, match["bound"]):
        return Quantity(fact, value, INFINITY, match[0])
    return Quantity(fact, 0.0, value, match[0])


def _duration(match: re.Match[str], units: str) -> Quantity:
    """``over 1h30``, ``under 1:30:00``."""
    hours, minutes, seconds = (int(match[name] or 0) for name in ("h", "m", "s"))
    value = float(hours * 3600 + minutes * 60 + seconds)
    if match["over"]:
        return Quantity("moving_time", value, INFINITY, match[0])
    if match["under"]:
        return Quantity("moving_time", 0.0, value, match[0])
    return _approximately("moving_time", value, match[0])


def _sub(match: re.Match[str], units: str) -> Quantity:
    """``sub 20``, ``sub 3:30``: hours up to 6, else minutes."""
    unit_s = 3600 if int(match["n"]) <= MAX_SUB_HOURS else 60
    value = int(match["n"]) * unit_s + int(match["part"] or 0) * unit_s / 60
    return Quantity("moving_time", 0.0, value, match[0])


_FORMS: tuple[tuple[str, Callable[[re.Match[str], str], Quantity]], ...] = (
    (
        r"(?:(?P<fast>under|below|faster than)|(?P<slow>over|above|slower than))? ?"
        r"(?P<min>[0-9]{1,2})(?::(?P<s>[0-5][0-9])|(?=[ -]?min)) ?-?(?:min(?:ute)?s?)? ?"
        r"(?:/|per |a )? ?(?P<unit>km|kilomet(?:er|re)|k|mi)(?:le)?s?",
        _pace,
    ),
    (
        rf"(?:(?P<over>{OVER})|(?P<under>{UNDER}))? ?"
        r"(?P<h>[0-9]{1,2})(?: ?h(?:ours?|rs?)? ?|:)(?P<m>[0-5]?[0-9])"
        r"(?: ?m(?:in(?:ute)?s?)?|:(?P<s>[0-5][0-9]))?",
        _duration,
    ),
    (r"sub[ -]?(?P<n>[0-9]{1,3})(?::(?P<part>[0-5][0-9]))?", _sub),
    (rf"(?P<name>{'|'.join(NAMES)}) (?P<bound>{OVER}|{UNDER}) ?{NUMBER}(?:{UNIT})?", _named),
    (rf"(?:between |from )?{NUMBER}(?:{UNIT})? ?(?:and|to|-) ?{NUMBER}{UNIT}", _range),
    (rf"{OVER} ?{NUMBER}{UNIT}", _at_least),
    (rf"{NUMBER}{UNIT} ?(?:\+|plus|or (?:more|longer|further))", _at_least),
    (rf"{NUMBER}\+{UNIT}", _at_least),
    (rf"{UNDER} ?{NUMBER}{UNIT}", _at_most),
    (rf"{NUMBER}{UNIT} or (?:less|shorter)", _at_most),
    (rf"{ABOUT}{NUMBER}{UNIT}", _about),
    (rf"(?P<which>faster|slower) than ([0-9]{{1,3}}){NO_TIME}", _speed_without_unit),
    (rf"{OVER} ?([0-9]{{1,3}}){NO_TIME}", _at_least_without_unit),
    (rf"{UNDER} ?([0-9]{{1,3}}){NO_TIME}", _at_most_without_unit),
)


def _value(text: str) -> float:
    """``1,000`` is a thousand, ``12,5`` twelve and a half."""
    words = {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5}
    if text in words:
        return words[text]
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


def _unit(text: str) -> tuple[str, float]:
    """The fact that a unit measures, and its size in SI units."""
    return next(value for pattern, value in UNITS.items() if re.fullmatch(pattern, text))


def _default_factor(fact: str, units: str) -> float:
    """The unit of a number without one, in SI units."""
    is_imperial = units == "imperial"
    mile_or_km = METRES_PER_MILE if is_imperial else METRES_PER_KM
    factors = {"distance": mile_or_km, "speed": mile_or_km / 3600, "moving_time": 60.0}
    if fact == "elevation_gain" and is_imperial:
        return METRES_PER_FOOT
    return factors.get(fact, 1.0)


def describe(quantity: Quantity, units: str) -> str:
    """The bounds in display units: ``9.3–10.7 km``, ``at least 2:00:00``."""
    low, high = (show_value(quantity.fact, value, units) for value in (quantity.low, quantity.high))
    if quantity.high == INFINITY:
        return f"at least {low}"
    if quantity.low == 0:
        return f"at most {high}"
    number, _, unit = low.partition(" ")
    return f"{number}–{high}" if unit == high.partition(" ")[2] else f"{low}–{high}"


def show_value(fact: str, value: float, units: str) -> str:
    """A fact in display units, with its unit."""
    if value == INFINITY:
        return ""
    is_imperial = units == "imperial"
    if fact == "distance":
        return f"{display_units.distance(value, units):g} {'mi' if is_imperial else 'km'}"
    if fact == "moving_time":
        return display_units.duration(value)
    if fact == "elevation_gain":
        return f"{display_units.elevation(value, units):,} {'ft' if is_imperial else 'm'}"
    if fact in ("speed", "max_speed"):
        return f"{display_units.speed(value, units)} {'mph' if is_imperial else 'km/h'}"
    if fact == "temperature":
        return display_units.temperature(value, units)
    return f"{round(value)}{UNIT_NAMES.get(fact, '')}"


UNIT_NAMES = {
    **{"average_heartrate": " bpm", "max_heartrate": " bpm", "kilojoules": " kJ"},
    **{"average_watts": " W", "weighted_watts": " W", "relative_effort": " relative effort"},
    "kudos": " kudos",
}
