"""Kinds of arguments that tools of this athlete's world share; for marshmallow, as plain words."""

import re
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from strava_mcp.sports import SPORTS, sport_named
from strava_mcp.tools.arguments import WholeNumber
from strava_mcp.tools.dates import days

MAX_ID = 2**63 - 1
#: Up to here every whole number survives a reader that counts in floating point (IEEE 754).
MAX_EXACT = 2**53
END_OF_9999 = 253_402_300_799


def described(text: str, **options: Any) -> dict[str, Any]:
    """Options of a field, with the description that is published for it."""
    return {"metadata": {"description": text}, **options}


def units() -> fields.String:
    """``metric`` or ``imperial``; the server's setting decides where neither is given."""
    return fields.String(validate=validate.OneOf(("metric", "imperial")))


class Bounded(WholeNumber):
    """A whole number whose bounds are obvious enough not to be published."""

    least, most = 0, END_OF_9999
    what = "a whole number"

    def _validated(self, value: Any) -> int:
        found = super()._validated(value)
        if not self.least <= found <= self.most:
            raise ValidationError(f"Must be {self.what}.")
        return found


class ActivityId(Bounded):
    """The id of an activity."""

    least, most = 1, MAX_ID
    what = "the id of an activity, a number above 0"


class SegmentId(ActivityId):
    """The id of a segment."""

    what = "the id of a segment, a number above 0"


class RouteId(fields.String):
    """The id of a route: text, for it exceeds what many clients count exactly; loaded as int."""

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value <= MAX_EXACT:
            value = str(value)
        said = value.strip() if isinstance(value, str) else ""
        if not (re.fullmatch("[0-9]{1,19}", said) and 0 < int(said) <= MAX_ID):
            raise ValidationError("Must be the id of a route as text, digits in quotation marks.")
        return int(said)


class GearId(fields.String):
    """The id of a bike (``b…``) or of shoes (``g…``)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said = value.strip() if isinstance(value, str) else ""
        if not re.fullmatch("[bg][0-9]{1,19}", said):
            raise ValidationError(
                "Must be the id of a bike or shoes, such as b1234567 or g1234567."
            )
        return said


class EpochSeconds(Bounded):
    """A moment as seconds since 1970-01-01 UTC."""

    what = "seconds since 1970-01-01 UTC, such as 1767225600"


class Sport(fields.String):
    """One of Strava's sport types, in any spelling: ``TrailRun``, ``trail run``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said = super()._deserialize(value, attr, data, **kwargs)
        found = sport_named(said or "")
        if found is None:
            raise ValidationError(f"Unknown sport {said!r:.40}. Allowed: {', '.join(SPORTS)}.")
        return found


class Sports(Sport):
    """One or more sport types, with commas between them or as a list; loaded as a tuple."""

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[str, ...]:
        said = value.split(",") if isinstance(value, str) else value
        if not isinstance(said, (list, tuple)) or not said:
            raise ValidationError("Must be sport types with commas between them.")
        one = super()._deserialize
        return tuple(dict.fromkeys(one(item, attr, data, **kwargs) for item in said))


class DateWords(fields.String):
    """A span of days in words. Only checked: what it means depends on the athlete's today."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said = super()._deserialize(value, attr, data, **kwargs)
        try:
            days(said or "", date.today())
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc
        return str(said)


class LocalTime(fields.String):
    """An ISO 8601 date and time on the athlete's clock, loaded as Strava writes it.

    An offset is dropped and nothing is shifted: Strava's local times all end in Z.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said = (super()._deserialize(value, attr, data, **kwargs) or "").strip()
        try:
            if len(said) < len("20260301T1830"):
                raise ValueError("no time of day")
            moment = datetime.fromisoformat(said)
        except ValueError:
            raise ValidationError(
                "Must be an ISO 8601 date and time, local, such as 2026-03-01T18:30:00."
            ) from None
        return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z"
