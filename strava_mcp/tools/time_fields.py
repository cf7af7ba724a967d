"""Marshmallow fields for dates and times."""

import re
import time
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields

from strava_mcp.tools.arguments import Text
from strava_mcp.tools.dates import MAX_YEAR, MIN_YEAR, check_date_words
from strava_mcp.tools.days import MAX_AHEAD_OF_UTC, MAX_BEHIND_UTC

END_OF_9999 = 253_402_300_799
#: ``2026-03-01T18:30:00.000000+01:00``
MAX_ISO_LENGTH = 32


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
