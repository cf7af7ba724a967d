"""Planned loads as an argument: ``60/day``, ``400/week``, ``60, 0, 80``, ``14x60, 7x30``."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields

from strava_mcp.tools.day_ahead import MAX_DAYS_AHEAD

MAX_LENGTH, MAX_LOAD_PER_DAY = 2000, 1000
RULE = (
    "Must be loads from tomorrow on (an hour at the threshold is 100): 60/day or 400/week until "
    "then, or a list of days or weeks such as 60, 0, 80 or 400/week, 300/week or 14x60, 7x30; at "
    f"most {MAX_LOAD_PER_DAY} per day and {MAX_DAYS_AHEAD} days."
)
JSON_LIST = str.maketrans("", "", '[]"')
ITEM = re.compile(
    r"(?:(?P<count>[0-9]{1,3}) ?[x×*] ?)?(?P<load>[0-9]{1,4}(?:\.[0-9]{1,20})?) ?(?:tss|load)?"
    r"(?: ?(?:/|per|an?|each|every) ?(?P<unit>day|week)| ?(?P<adverb>daily|weekly))?"
)


class Plan(NamedTuple):
    """One load per day from tomorrow on; ``repeats``: the same again until the day."""

    loads: tuple[float, ...]
    repeats: bool = False

    def days(self, count: int) -> list[float]:
        """The loads of the first ``count`` days; fewer if the plan ends before."""
        loads = self.loads * (count // len(self.loads) + 1) if self.repeats else self.loads
        return [*loads[:count]]


def written(loads: Sequence[float]) -> str:
    """A plan as text that means exactly these loads: ``7x60,2x0``."""
    runs = [(len([*same]), str(load).removesuffix(".0")) for load, same in groupby(loads)]
    parts = [f"{count}x{load}" if count > 1 or len(runs) == 1 else load for count, load in runs]
    return ",".join(parts)


class Planned(fields.String):
    """Planned loads, loaded as a Plan: text, or a list of numbers or texts."""

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> Plan:
        if isinstance(value, (list, tuple)) and len(value) <= MAX_DAYS_AHEAD:
            is_plain = all(isinstance(x, (int, float, str)) and x is not True for x in value)
            value = ",".join(map(str, value)) + "," * (len(value) == 1) if is_plain else None
        plan = _parsed(value) if isinstance(value, str) and len(value) <= MAX_LENGTH else None
        if plan is None:
            raise ValidationError(RULE)
        return plan


def _parsed(text: str) -> Plan | None:
    """The plan that a text means; None if it is not a plan."""
    text = " ".join(text.lower().translate(JSON_LIST).split())
    is_list = bool(re.search(r"[,;]|\bthen\b", text))
    parts = [part.strip() for part in re.split(r"[,;]|\bthen\b", text) if part.strip()]
    matches = [ITEM.fullmatch(part) for part in parts]
    if not matches or None in matches:
        return None
    items = [match for match in matches if match]
    repeats = not is_list and not items[0]["count"]
    if repeats and not (items[0]["unit"] or items[0]["adverb"]):
        return None  # per day or per week?
    every = (load for match in items for load in _loads(match))
    loads = tuple(islice(every, MAX_DAYS_AHEAD + 1))
    is_possible = len(loads) <= MAX_DAYS_AHEAD and all(x <= MAX_LOAD_PER_DAY for x in loads)
    return Plan(loads, repeats) if loads and is_possible else None


def _loads(match: re.Match[str]) -> Iterator[float]:
    """The days of an item; a week's load is spread evenly."""
    days = 7 if (match["unit"] or match["adverb"]) in ("week", "weekly") else 1
    for _ in range(days * int(match["count"] or 1)):
        yield float(match["load"]) / days
