"""A day to come in words: ``2026-12-17``, ``17 December``, ``Sunday``, ``in 3 weeks``."""

import re
from datetime import date, timedelta
from typing import Any

from marshmallow import ValidationError

from strava_mcp.tools.arguments import Text
from strava_mcp.tools.days import Days, Recurring, months_before
from strava_mcp.tools.periods import COUNT, NUMBERS, parse_period
from strava_mcp.word_matching import fold

MAX_LENGTH = 60
MAX_DAYS_AHEAD = 366
RULE = "Must be a day to come, such as 2027-05-17, 17 May, Sunday or in 3 weeks."
DISTANCE = re.compile(rf"(?:in )?{COUNT} (?P<unit>day|week|month)s?(?: from (?:now|today))?")


class DayAhead(Text):
    """A day to come in words. It is checked but not converted: its date depends on the athlete's
    current one.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            _read(text, date.today())
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc
        return text


def parse_day_ahead(words: str, today: date) -> date:
    """The day that ``words`` mean on ``today``.

    Raises ValueError if they mean none, and unless it is after today and within a year.
    """
    day = _read(words, today)
    if day <= today:
        raise ValueError(f"{day} is not after today, {today}: give a day to come.")
    if (day - today).days > MAX_DAYS_AHEAD:
        raise ValueError(f"{day} is too far off: give a day within {MAX_DAYS_AHEAD} days.")
    return day


def _read(words: str, today: date) -> date:
    text = " ".join(fold(words).split()) if len(words) <= MAX_LENGTH else ""
    try:
        if match := DISTANCE.fullmatch(text):
            return _after(today, NUMBERS.get(match["count"]) or int(match["count"]), match["unit"])
        period = parse_period(re.sub(r"^(?:this|next|on|coming) ", "", text), today)
        if isinstance(period, Recurring):
            period = period.following(today + timedelta(days=1))
    except (ValueError, OverflowError) as exc:
        raise ValueError(RULE) from exc
    if not isinstance(period, Days) or period.first != period.last:
        raise ValueError(RULE)
    return period.first


def _after(today: date, count: int, unit: str) -> date:
    if unit == "month":
        return months_before(today, -count)
    return today + timedelta(days=count * (7 if unit == "week" else 1))
