"""The local day of an activity, and the time zone that an athlete lives in."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from strava_mcp.sports import VIRTUAL

#: UTC-12 and UTC+14, in seconds.
MIN_OFFSET_S, MAX_OFFSET_S = -43_200, 50_400


def local_day(activity: Mapping[str, Any]) -> str:
    """The date on which an activity started where it took place, as ``2026-03-01``.

    The date in UTC if the local time is unknown; empty if the start is.
    """
    return str(activity.get("start_date_local") or activity.get("start_date") or "")[:10]


def time_zone_of(activity: Mapping[str, Any]) -> tzinfo | None:
    """The zone named by ``timezone``, such as ``(GMT+01:00) Europe/Berlin``.

    The activity's offset if this machine does not know the name; None if neither is known.
    """
    value, offset_s = activity.get("timezone"), activity.get("utc_offset")
    label = value if isinstance(value, str) else ""
    try:
        return ZoneInfo(label.rpartition(" ")[2])
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        pass
    match = re.match(r"\(GMT([+-])([0-9]{2}):([0-9]{2})\)", label)
    if isinstance(offset_s, bool) or not isinstance(offset_s, (int, float)):
        offset_s = None
    if offset_s is None and match:
        offset_s = (int(match[2]) * 3600 + int(match[3]) * 60) * (-1 if match[1] == "-" else 1)
    if offset_s is None:
        return None
    return timezone(timedelta(seconds=max(MIN_OFFSET_S, min(MAX_OFFSET_S, offset_s))))


def home_time_zone(latest: Iterable[Mapping[str, Any]]) -> tzinfo:
    """The zone of the first activity that took place in one; UTC if there is none.

    ``latest``: activities, newest first. The zone of a virtual ride is that of a virtual world, so
    it counts only where there are no others.
    """
    virtual: tzinfo | None = None
    for activity in latest:
        zone = time_zone_of(activity)
        if zone and activity.get("sport_type") not in VIRTUAL:
            return zone
        virtual = virtual or zone
    return virtual or UTC


def today_in(zone: tzinfo, now: float) -> date:
    """The date in a zone. ``now``: seconds since the epoch."""
    return datetime.fromtimestamp(now, zone).date()
