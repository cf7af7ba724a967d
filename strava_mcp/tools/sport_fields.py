"""Marshmallow fields for sports in words."""

import re
from typing import Any

from marshmallow import ValidationError, fields

from strava_mcp.sports import SPORTS, sport_named, sports_named
from strava_mcp.tools.arguments import Text

#: What separates the sports of a list.
SEPARATOR = re.compile(r"[,;/&+]|\band\b", re.IGNORECASE)
#: What surrounds them in a list that was written as JSON.
JSON_LIST = str.maketrans("", "", '[]"')


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
