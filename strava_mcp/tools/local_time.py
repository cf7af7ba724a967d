"""The athlete's calendar: which day it is in the time zone of their latest activity."""

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from strava_mcp.errors import InvalidArguments
from strava_mcp.sources.source import Source
from strava_mcp.tools.dates import Days, parse_days
from strava_mcp.tools.safe_json import JSONObject, get_number, get_str

TIME_ZONE_TTL_S = 3600
#: UTC-12 and UTC+14, in seconds.
MIN_OFFSET_S, MAX_OFFSET_S = -43_200, 50_400

_cached: WeakKeyDictionary[Source, tuple[float, tzinfo]] = WeakKeyDictionary()


def today(source: Source) -> date:
    """Today's date for the athlete. Costs one request per hour and source."""
    return datetime.now(time_zone(source)).date()


def date_range(source: Source, words: str) -> Days:
    """The days that ``words`` mean on the athlete's current date. Raises InvalidArguments."""
    try:
        return parse_days(words, today(source))
    except ValueError as exc:
        raise InvalidArguments({"date_range": str(exc)}) from exc


def time_zone(source: Source) -> tzinfo:
    """The time zone of the latest activity; UTC if there is none yet."""
    expires, zone = _cached.get(source, (0.0, UTC))
    if expires < time.monotonic():
        latest = source.activities(per_page=1)
        zone = activity_time_zone(latest[0]) if latest else UTC
        _cached[source] = time.monotonic() + TIME_ZONE_TTL_S, zone
    return zone


def activity_time_zone(activity: JSONObject) -> tzinfo:
    """The zone named by ``timezone``, such as ``(GMT+01:00) Europe/Berlin``.

    Falls back to the activity's offset if this machine does not know the name.
    """
    label = get_str(activity, "timezone") or ""
    try:
        return ZoneInfo(label.rpartition(" ")[2])
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        pass
    offset_s = get_number(activity, "utc_offset")
    match = re.match(r"\(GMT([+-])([0-9]{2}):([0-9]{2})\)", label)
    if offset_s is None and match:
        offset_s = (int(match[2]) * 3600 + int(match[3]) * 60) * (-1 if match[1] == "-" else 1)
    return timezone(timedelta(seconds=max(MIN_OFFSET_S, min(MAX_OFFSET_S, offset_s or 0))))
