"""The filters of get_activities: their arguments, and the conditions of a query."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from marshmallow import pre_load

from strava_mcp.errors import InvalidArguments, NotSupported
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import CAN_BE_INDOOR
from strava_mcp.sources.activity_query import Condition
from strava_mcp.sources.source import Source
from strava_mcp.sports import sports_named
from strava_mcp.tools.arguments import Arguments, Flag
from strava_mcp.tools.athlete_text import NOT_INSTRUCTIONS
from strava_mcp.tools.dates import Days
from strava_mcp.tools.fields import described
from strava_mcp.tools.ids import parse_gear_id
from strava_mcp.tools.list_fields import Distance, Duration, ShortText, WorkoutType, metres
from strava_mcp.tools.local_time import epoch_s
from strava_mcp.tools.safe_json import get_objects, get_str
from strava_mcp.tools.sport_fields import Sports
from strava_mcp.tools.time_fields import END_OF_9999, DateWords, EpochSeconds
from strava_mcp.word_matching import matches

#: ``indoor cycling``, ``treadmill``: a sport, and the condition that it was indoors.
INDOOR = re.compile(r"\s*(indoor|treadmill|trainer|turbo)\b[\s_-]*(.*)", re.IGNORECASE)
INDOOR_SPORTS = {"treadmill": "runs", "trainer": "rides", "turbo": "rides"}


class FilterArguments(Arguments):
    """Arguments that filter a list of activities."""

    before = EpochSeconds(**described("ISO date or time, or epoch s"))
    after = EpochSeconds(**described("the same"))
    sport_type = Sports(**described("Run alone, or runs of every kind"))
    date_range = DateWords(**described("last week, 2026-03, 2026-03-01..2026-03-31"))
    words = ShortText(**described("in name, description, note"))
    workout = WorkoutType(**described("race, long run or workout"))
    commute = Flag(**described("true: only commutes"))
    indoor = Flag(**described("trainer, treadmill or virtual"))
    gear = ShortText(**described("name or id"))
    min_distance = Distance(**described("km or mi, or 400 m"))
    max_distance = Distance(**described("the same"))
    min_duration = Duration(**described("moving, s or h:mm:ss"))
    max_duration = Duration(**described("the same"))
    weather = ShortText(**described("rain …; archive only"))

    @pre_load
    def _read_indoor(self, data: JSON, **_: Any) -> JSON:
        sports = _indoor_sports(data.get("sport_type"))
        return {"indoor": True, **data, "sport_type": sports} if sports else data


def conditions(
    source: Source, arguments: JSON, span: Days | None, units: str
) -> tuple[Condition, ...]:
    """The conditions that loaded FilterArguments and the days of ``date_range`` mean.

    Raises InvalidArguments, and NotSupported if the source does not know the weather.
    """
    if "weather" in arguments and not source.lists_texts:
        raise NotSupported("Strava's API has no weather; only the athlete's own export has it.")
    values: list[tuple[str, Any, Any]] = [
        ("sport_type", "in", arguments.get("sport_type")),
        *_start_bounds(source, arguments),
        ("text", "matches", arguments.get("words")),
        ("workout", "=", arguments.get("workout")),
        ("commute", "=", arguments.get("commute")),
        ("indoor", "=", arguments.get("indoor")),
        ("gear", "in", _gear_ids(source, arguments["gear"]) if "gear" in arguments else None),
        ("weather", "matches", arguments.get("weather")),
        *_bounds("distance", arguments, "distance", lambda text: metres(text, units)),
        *_bounds("duration", arguments, "moving_time", float),
    ]
    if span:
        after, before = span.window()
        values += [("day", ">=", f"{span.first}"), ("day", "<=", f"{span.last}")]
        values += [("start", ">", after), ("start", "<", before)]
    return tuple(Condition(*one) for one in values if one[2] is not None)


def _start_bounds(source: Source, arguments: JSON) -> Iterator[tuple[str, str, int]]:
    """The conditions of ``before`` and ``after``. Raises InvalidArguments if they are reversed."""
    bounds = {
        name: epoch_s(source, arguments[name]) for name in ("before", "after") if name in arguments
    }
    if bounds.get("after", 0) > bounds.get("before", END_OF_9999):
        raise InvalidArguments({"after": "Is later than before: nothing lies between them."})
    if "before" in bounds:
        yield "start", "<", bounds["before"]
    if "after" in bounds:
        # A local time is included: after=2026-03-01 begins with the first second of that day.
        yield "start", ">", bounds["after"] - isinstance(arguments["after"], str)


def _bounds(
    name: str, arguments: JSON, fact: str, convert: Callable[[Any], float]
) -> Iterator[tuple[str, Any, float]]:
    """Conditions for ``min_…`` and ``max_…``. Raises InvalidArguments if they are reversed."""
    low, high = (arguments.get(f"{end}_{name}") for end in ("min", "max"))
    if low is not None and high is not None and convert(low) > convert(high):
        raise InvalidArguments({f"min_{name}": f"Is above max_{name}."})
    if low is not None:
        yield fact, ">=", convert(low)
    if high is not None:
        yield fact, "<=", convert(high)


def _gear_ids(source: Source, text: str) -> tuple[str, ...]:
    """The ids of the bikes and shoes with this name, or the id or page itself.

    Raises InvalidArguments.
    """
    try:
        return (parse_gear_id(text),)
    except ValueError as exc:
        if "://" in text:
            raise InvalidArguments({"gear": str(exc)}) from exc
    athlete = source.athlete()
    gear = [
        (name, number)
        for item in get_objects(athlete, "bikes") + get_objects(athlete, "shoes")
        if (name := get_str(item, "name")) and (number := get_str(item, "id"))
    ]
    ids = tuple(number for name, number in gear if matches(text, name))
    if not ids:
        names = ", ".join(name for name, _ in gear) or "none"
        problem = f"No gear is called {text!r:.60}. There is: {names} ({NOT_INSTRUCTIONS})."
        problem += " Retired gear needs its id."
        raise InvalidArguments({"gear": problem})
    return ids


def _indoor_sports(words: object) -> list[str] | None:
    """The sports of ``indoor cycling`` or ``treadmill``; None if the words mean something else."""
    match = INDOOR.fullmatch(words) if isinstance(words, str) else None
    if not match:
        return None
    named = sports_named(match[2] or INDOOR_SPORTS.get(match[1].lower(), ""), in_a_sentence=True)
    return list(named) if named and CAN_BE_INDOOR.issuperset(named) else None
