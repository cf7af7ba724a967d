"""Marshmallow fields shared by the tools: ids, sports, dates and times."""

import re
import time
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields

from strava_mcp.sports import SPORTS, sport_named, sports_named
from strava_mcp.tools.arguments import (
    Arguments,
    Choice,
    Flag,
    Text,
    WholeNumber,
    list_items,
)
from strava_mcp.tools.dates import MAX_YEAR, MIN_YEAR, check_date_words
from strava_mcp.tools.days import MAX_AHEAD_OF_UTC, MAX_BEHIND_UTC
from strava_mcp.tools.ids import KINDS, MAX_EXACT, parse_gear_id, parse_id

END_OF_9999 = 253_402_300_799
#: What separates the sports of a list.
SEPARATOR = re.compile(r"[,;/&+]|\band\b", re.IGNORECASE)
#: What surrounds them in a list that was written as JSON.
JSON_LIST = str.maketrans("", "", '[]"')
#: ``2026-03-01T18:30:00.000000+01:00``
MAX_ISO_LENGTH = 32


def described(text: str, **options: Any) -> dict[str, Any]:
    """Keyword arguments of a field that publish ``text`` as its description."""
    return {"metadata": {"description": text}, **options}


def unlisted(**options: Any) -> dict[str, Any]:
    """Keyword arguments of a field that is accepted, but not published."""
    return {"metadata": {"unlisted": True}, **options}


def units_field() -> Choice:
    """``metric`` or ``imperial``; if absent, the server's setting applies."""
    return Choice("metric", "imperial", **described("metric or imperial"))


def no_cache_field() -> Flag:
    """Whether to ask the source instead of reading a cached response."""
    return Flag(**described("after a change on Strava"))


class CacheArguments(Arguments):
    """Arguments of a tool that only says whether to read cached responses."""

    no_cache = no_cache_field()


class UnitsArguments(Arguments):
    """Arguments of a tool that only says in which units to reply."""

    units = units_field()


class BoundedNumber(WholeNumber):
    """An integer whose bounds are left out of the published schema to save tokens.

    ``meaning``: what a valid value is, for errors, such as ``a number of samples, 0 or more``.
    """

    def __init__(self, minimum: int, maximum: int, meaning: str, **options: Any) -> None:
        messages = {"invalid": f"Must be {meaning}."} | options.pop("error_messages", {})
        super().__init__(error_messages=messages, **options)
        self._minimum, self._maximum = minimum, maximum

    def _validated(self, value: Any) -> int:
        number = super()._validated(value)
        if not self._minimum <= number <= self._maximum:
            raise self.make_error("invalid", input=value)
        return number


class PositiveId(fields.Integer):
    """The id of a ``noun`` such as ``activity`` (``tools.ids``): a number, or a page's URL."""

    def __init__(self, noun: str, **options: Any) -> None:
        super().__init__(**_identified(noun, options))
        self.noun = noun

    def _validated(self, value: Any) -> int:
        try:
            return parse_id(self.noun, value)
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc


class ActivityIds(fields.List[int]):
    """Ids of different activities, loaded as a list: numbers or URLs, or text with commas."""

    def __init__(self, minimum: int, maximum: int, **options: Any) -> None:
        super().__init__(PositiveId("activity", metadata={}), **options)
        self._minimum, self._maximum = minimum, maximum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        items = [value] if isinstance(value, (int, float)) else list_items(value)
        ids = list(dict.fromkeys(super()._deserialize(items, attr, data, **kwargs)))
        if not self._minimum <= len(ids) <= self._maximum:
            raise ValidationError(
                f"Must be {self._minimum} to {self._maximum} different activities, not {len(ids)}."
            )
        return ids


class IdText(fields.String):
    """An id like ``PositiveId``, published as text and loaded as int.

    Route ids exceed the integers that many clients represent exactly.
    """

    def __init__(self, noun: str, **options: Any) -> None:
        options = described(f"id or URL of {_owner(noun)}") | options
        super().__init__(**_identified(noun, options))
        self.noun = noun

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> int:
        if isinstance(value, int) and value > MAX_EXACT:  # a client may have rounded it
            raise ValidationError(KINDS[self.noun].rule)
        try:
            return parse_id(self.noun, value)
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc


class GearId(fields.String):
    """The id of a bike (``b…``) or of shoes (``g…``).

    ``none_allowed``: whether ``none`` is accepted as well, with which Strava removes gear.
    """

    noun = "gear"

    def __init__(self, none_allowed: bool = False, **options: Any) -> None:
        super().__init__(**_identified(self.noun, options))
        self._none_allowed = none_allowed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if self._none_allowed and value == "none":
            return "none"
        try:
            return parse_gear_id(value)
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc


class RemovableText(Text):
    """Text, or ``none``, which is loaded as empty text: blank text means absent."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return "" if text == "none" else text


def _owner(noun: str) -> str:
    return KINDS[noun].name.removeprefix("the id of ")


def _identified(noun: str, options: dict[str, Any]) -> dict[str, Any]:
    """Options of a field for the id of a ``noun``, with a description and its error message."""
    messages = {"required": f"Missing. {KINDS[noun].rule}"}
    return described(f"id of {_owner(noun)}", error_messages=messages) | options


class EpochSeconds(fields.String):
    """A time: an ISO 8601 date, with or without time of day, or seconds since 1970-01-01 UTC.

    Loaded as seconds; without an offset as text, because it is local to the athlete
    (``local_time.epoch_s``). A string in the schema, but numbers are accepted. 0 means absent,
    because it is what frameworks send for a number that was left out.
    """

    zero_is_blank = True

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> int | str:
        text = value.strip() if isinstance(value, str) else ""
        if re.fullmatch(r"[0-9]{1,12}(\.0+)?", text):
            value = float(text)
        moment = _iso_moment(text)
        if type(value) in (int, float) and 0 <= value <= END_OF_9999 and value % 1 == 0:
            # 2026 and 20260301 are dates that somebody wrote as numbers.
            is_date = 1900 <= value <= MAX_YEAR or 19_000_000 <= value <= MAX_YEAR * 10_000
            moment = None if is_date else int(value)
        if moment is None:
            raise ValidationError(
                "Must be an ISO 8601 date or time, such as 2026-03-01, 2026-03-01T18:30 (local to "
                "the athlete) or 2026-03-01T18:30Z, or seconds since 1970-01-01 UTC, such as "
                "1767225600."
            )
        return moment


def _iso_moment(text: str) -> int | str | None:
    """Seconds since the epoch, or text if there is no offset; None if it is not a valid time."""
    try:
        if len(text) > MAX_ISO_LENGTH:
            return None
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.isoformat() if 1970 <= moment.year < 9999 else None
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= END_OF_9999 else None


class Sport(Text):
    """One of Strava's sport types, in any spelling: ``TrailRun``, ``trail run``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        sport = sport_named(text)
        if sport is None:
            raise ValidationError(_unknown_sport(text))
        return sport


class Sports(fields.String):
    """Sports in words, loaded as a tuple of sport types: text, or a list of texts.

    A type's own name means that type alone, other names mean every kind of it
    (``sports.sports_named``).
    """

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[str, ...]:
        if isinstance(value, str):
            value = SEPARATOR.split(value.translate(JSON_LIST))
        if not isinstance(value, (list, tuple)):
            raise ValidationError("Must be sports separated by commas, such as Run,TrailRun.")
        read = super()._deserialize
        names = [read(item, attr, data, **kwargs) or "" for item in value]
        sports: dict[str, None] = {}
        for name in filter(str.strip, names):
            named = sports_named(name)
            if named is None:
                raise ValidationError(_unknown_sport(name, " or a family such as runs, rides"))
            sports |= dict.fromkeys(named)
        if not sports:
            raise ValidationError("Must name a sport, such as Run or cycling.")
        return tuple(sports)


def _unknown_sport(name: str, more: str = "") -> str:
    return f"Unknown sport {name.strip()!r:.40}. Allowed: {', '.join(SPORTS)}{more}."


class DateWords(Text):
    """A span of days in words (``tools.dates``).

    It is validated but not converted, because its meaning depends on the athlete's current date.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            if isinstance(value, str):
                check_date_words(value, date.today())
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc
        return super()._deserialize(value, attr, data, **kwargs)


class LocalTime(Text):
    """An ISO 8601 local date and time that is not in the future, loaded in Strava's format.

    Strava's local times end in Z, so a Z is accepted and means nothing. Other offsets are refused:
    Strava stores no offset, and which local time was meant cannot be known.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        try:
            if len(text) < len("20260301T1830"):
                raise ValueError("no time of day")
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError(
                "Must be an ISO 8601 date and time, local, such as 2026-03-01T18:30:00."
            ) from None
        if moment.tzinfo and text[-1] not in "zZ":
            raise ValidationError(
                "Must not have an offset: give the local time where the activity took place, such "
                "as 2026-03-01T18:30:00."
            )
        local = moment.replace(tzinfo=None, microsecond=0)
        if local.year < MIN_YEAR or local > latest_local_time():
            raise ValidationError(
                f"Must be between {MIN_YEAR} and now: an activity that is still to come cannot be "
                "created."
            )
        return local.isoformat() + "Z"


def earliest_local_time() -> datetime:
    """The local time now where it is the earliest on Earth: UTC-12."""
    return _utc_now() - MAX_BEHIND_UTC


def latest_local_time() -> datetime:
    """The local time now where it is the latest on Earth: UTC+14."""
    return _utc_now() + MAX_AHEAD_OF_UTC


def _utc_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None)
