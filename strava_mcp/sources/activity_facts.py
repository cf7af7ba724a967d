"""What a query can ask about an activity, read from a SummaryActivity in one way for every source.

An archive stores these facts in columns; other sources compute them while they scan. A fact that
is unknown or malformed is None and matches no condition.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from strava_mcp.sports import RIDES, ROWS, RUNS, VIRTUAL
from strava_mcp.word_matching import spellings

#: API v3, ``workout_type`` of runs (1 to 3) and rides (11, 12).
WORKOUTS = {1: "race", 2: "long run", 3: "workout", 11: "race", 12: "workout"}
#: Texts by the athlete, which words are looked for in. Strava's lists have the name only.
TEXTS = ("name", "description", "private_note", "gear_name")
#: Upper bound for ids and quantities (SQLite's integers); larger values are corrupt.
MAX_NUMBER = 2**63
#: Earlier dates are those of a clock that was not set.
MIN_YEAR = 1900
#: Sports that Strava flags as indoors; all others have no such flag.
CAN_BE_INDOOR = frozenset((*RUNS, *RIDES, *ROWS))


class Facts(NamedTuple):
    """The facts of one activity.

    ``start``: seconds since the epoch; ``day``: the local date, or the date in UTC if the local
    time is unknown; ``gear``: the id of a bike or of shoes; ``weather``: the condition in words;
    ``text``: what ``TEXTS`` contain. Both are spelled for ``word_matching.matches``. Quantities are
    in metres, seconds, metres per second, bpm, W, kJ and °C (the mean of the device's sensor).
    """

    id: int
    start: int | None
    day: str | None
    sport_type: str | None
    workout: str | None
    commute: bool
    indoor: bool
    gear: str | None
    weather: str | None
    distance: float | None
    moving_time: float | None
    elapsed_time: float | None
    elevation_gain: float | None
    speed: float | None
    max_speed: float | None
    average_heartrate: float | None
    max_heartrate: float | None
    average_watts: float | None
    weighted_watts: float | None
    kilojoules: float | None
    relative_effort: float | None
    kudos: float | None
    temperature: float | None
    text: str

    @property
    def weekday(self) -> str | None:
        """The day of the week of ``day``, from ``0`` for Sunday as in SQL."""
        try:
            return str(date.fromisoformat(self.day or "").isoweekday() % 7)
        except ValueError:
            return None


def facts_of(activity: Mapping[str, Any]) -> Facts:
    """Read the facts of a SummaryActivity, with the keys of ``TEXTS`` and ``weather`` if known."""
    sport = _text(activity, "sport_type") or _text(activity, "type")
    weather = activity.get("weather")
    weather = weather if isinstance(weather, dict) else {}
    number = _number(activity, "id")
    return Facts(
        id=int(number) if number else 0,
        start=start_epoch_s(activity),
        day=_day(activity, "start_date_local") or _day(activity, "start_date"),
        sport_type=sport,
        workout=WORKOUTS.get(int(_number(activity, "workout_type") or 0)),
        commute=activity.get("commute") is True,
        indoor=_is_indoor(activity, sport),
        gear=_text(activity, "gear_id"),
        weather=spellings(_text(weather, "condition") or "") or None,
        distance=_number(activity, "distance"),
        moving_time=_number(activity, "moving_time"),
        elapsed_time=_number(activity, "elapsed_time"),
        elevation_gain=_number(activity, "total_elevation_gain"),
        speed=_speed(activity),
        max_speed=_number(activity, "max_speed"),
        average_heartrate=_number(activity, "average_heartrate"),
        max_heartrate=_number(activity, "max_heartrate"),
        average_watts=_number(activity, "average_watts"),
        weighted_watts=_number(activity, "weighted_average_watts"),
        kilojoules=_number(activity, "kilojoules"),
        relative_effort=_number(activity, "suffer_score"),
        kudos=_number(activity, "kudos_count"),
        temperature=_number(activity, "average_temp"),
        text=spellings("\n".join(text for key in TEXTS if (text := _text(activity, key)))),
    )


def start_epoch_s(activity: Mapping[str, Any]) -> int | None:
    """``start_date`` in seconds since the epoch, or None if it is not a valid time."""
    try:
        moment = datetime.fromisoformat(_text(activity, "start_date") or "")
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _day(activity: Mapping[str, Any], key: str) -> str | None:
    """The date that a time begins with, or None if it is not a date of our time."""
    day = (_text(activity, key) or "")[:10]
    try:
        return day if date.fromisoformat(day).year >= MIN_YEAR else None
    except ValueError:
        return None


def _is_indoor(activity: Mapping[str, Any], sport: str | None) -> bool:
    """Whether it was on a trainer, on a treadmill or virtual, as ``trainer`` says.

    An export does not have that flag: what was recorded without a position was indoors.
    """
    if sport in VIRTUAL or "trainer" in activity:
        return sport in VIRTUAL or activity["trainer"] is True
    is_unlocated = activity.get("manual") is False and not activity.get("start_latlng")
    return is_unlocated and sport in CAN_BE_INDOOR


def _speed(activity: Mapping[str, Any]) -> float | None:
    """Distance over moving time, as every view shows it."""
    metres, seconds = _number(activity, "distance"), _number(activity, "moving_time")
    return metres / seconds if metres and seconds and metres > 0 and seconds > 0 else None


def _number(source: Mapping[str, Any], key: str) -> float | None:
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < MAX_NUMBER else None


def _text(source: Mapping[str, Any], key: str) -> str | None:
    value = source.get(key)
    return value if isinstance(value, str) and value.strip() else None
