"""Fields of a race: its distance, and a goal for its time."""

import re
from typing import Any

from marshmallow import ValidationError, fields

from strava_mcp.tools.arguments import MISSING
from strava_mcp.tools.list_fields import Duration, metres
from strava_mcp.units import HALF_MARATHON_M, MARATHON_M, METRES_PER_KM

#: Races that predictions are for.
MIN_RACE_M, MAX_RACE_M = 1000.0, 100_000.0
#: Means of a race, in m/s.
MIN_SPEED_MS, MAX_SPEED_MS = 0.8, 8.0
MAX_TEXT_LENGTH = 40
NAMED_M = {
    **dict.fromkeys(("marathon", "full marathon", "full"), MARATHON_M),
    **dict.fromkeys(("half marathon", "half", "hm", "halfmarathon"), HALF_MARATHON_M),
    "mile": metres("1 mi", "metric"),
}
#: A mark between words, as in half-marathon; before a number it is a sign.
_HYPHEN = re.compile(r"(?<=[a-z0-9])-(?=[a-z])")
_COLON = re.compile(r"([0-9]{1,3}):([0-5][0-9])")


class RaceDistance(fields.String):
    """The distance of a race, loaded as text: ``half marathon``, ``10 km``, ``5k``, ``10 mi``.

    A whole number is in km, or in miles in imperial units.
    """

    default_error_messages = {"required": MISSING}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text = value.strip().lower() if isinstance(value, str) else ""
        text = " ".join(_HYPHEN.sub(" ", text).split())[: MAX_TEXT_LENGTH + 1]
        try:
            race_metres(text, "metric")
        except ValueError as exc:
            raise ValidationError(str(exc)) from None
        return text


def race_metres(text: str, units: str) -> float:
    """A loaded RaceDistance in metres. Raises ValueError."""
    try:
        distance_m = NAMED_M.get(text) or metres(text, units)
    except ValueError:
        raise ValueError("Must be a distance such as half marathon, 10 km, 5k or 10 mi.") from None
    if not MIN_RACE_M <= distance_m <= MAX_RACE_M:
        low, high = MIN_RACE_M / METRES_PER_KM, MAX_RACE_M / METRES_PER_KM
        raise ValueError(f"Must be a distance from {low:g} to {high:g} km.")
    return distance_m


class GoalTime(Duration):
    """A time for a race, loaded as all the seconds that it can mean: ``45:00`` is minutes and
    seconds over 10 km, ``3:30`` hours and minutes over a marathon.
    """

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[float, ...]:
        match = _COLON.fullmatch(value.strip()) if isinstance(value, str) else None
        if match:
            first, second = int(match[1]), int(match[2])
            return (60.0 * first + second, 3600.0 * first + 60 * second)
        return (super()._deserialize(value, attr, data, **kwargs),)


def goal_s(meanings: tuple[float, ...], distance_m: float) -> float:
    """The seconds that a loaded GoalTime means over a distance. Raises ValueError."""
    for seconds in meanings:
        if seconds and MIN_SPEED_MS <= distance_m / seconds <= MAX_SPEED_MS:
            return seconds
    fastest, slowest = distance_m / MAX_SPEED_MS, distance_m / MIN_SPEED_MS
    raise ValueError(
        f"Must be a time such as 45:00 or 3:30:00. For {distance_m / METRES_PER_KM:g} km, runners "
        f"need from {fastest / 60:.0f} to {slowest / 60:.0f} minutes."
    )
