"""The athlete's own calendar: which day it is where they last trained."""

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from strava_mcp.errors import InvalidArguments
from strava_mcp.sources.source import Source
from strava_mcp.tools.activity_view import number, text
from strava_mcp.tools.dates import Days, days

KEPT_S = 3600

_zones: WeakKeyDictionary[Source, tuple[float, tzinfo]] = WeakKeyDictionary()


def today(source: Source) -> date:
    """Today's date for the athlete. May cost a read of one activity, at most once an hour."""
    return datetime.now(zone(source)).date()


def date_range(source: Source, words: str) -> Days:
    """The days that ``words`` mean on the athlete's today. Raises InvalidArguments."""
    try:
        return days(words, today(source))
    except ValueError as exc:
        raise InvalidArguments({"date_range": str(exc)}) from exc


def zone(source: Source) -> tzinfo:
    """The time zone of the latest activity; UTC where there is none yet."""
    until, found = _zones.get(source, (0.0, UTC))
    if until < time.monotonic():
        latest = source.activities(per_page=1)
        found = zone_of(latest[0]) if latest else UTC
        _zones[source] = time.monotonic() + KEPT_S, found
    return found


def zone_of(activity: dict[str, Any]) -> tzinfo:
    """The zone that ``timezone`` names, as in ``(GMT+01:00) Europe/Berlin``.

    Where this machine does not know the name, the offset must do.
    """
    label = text(activity, "timezone") or ""
    try:
        return ZoneInfo(label.rpartition(" ")[2])
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        pass
    offset_s = number(activity, "utc_offset")
    match = re.match(r"\(GMT([+-])([0-9]{2}):([0-9]{2})\)", label)
    if offset_s is None and match:
        offset_s = (int(match[2]) * 3600 + int(match[3]) * 60) * (-1 if match[1] == "-" else 1)
    return timezone(timedelta(seconds=max(-43200, min(50400, offset_s or 0))))
