"""Which local time an activity began at: by where it was, else by the device's own clock.

A position decides, for it names the zone and so its summer time; the device's clock is the next
best. Where neither is known the local time stays unknown: the export has UTC alone.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from strava_mcp.json_types import JSON

Point = list[float] | tuple[float, float]


def local_start(start: datetime, point: Point | None, offset_s: int | None) -> JSON:
    """start_date_local, timezone and utc_offset as Strava has them; empty where unknown.

    ``start``: in UTC; ``point``: latitude and longitude in degrees; ``offset_s``: local time minus
    UTC as the device had it.
    """
    name = _zone_at(point) if point else None
    if name:
        offset_s = _offset_s(start, name)
    if offset_s is None:
        return {}
    # The label has the offset without summer time, as Strava's has.
    usual_s = _winter_offset_s(start, name) if name else offset_s
    return {
        "start_date_local": (start + timedelta(seconds=offset_s)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": " ".join(filter(None, (_label(usual_s), name))),
        "utc_offset": float(offset_s),
    }


def _zone_at(point: Point) -> str | None:
    """The IANA name of the time zone at a position; None at sea where there is no such name."""
    import tzfpy

    name = tzfpy.get_tz(point[1], point[0])
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
    return name


def _offset_s(moment: datetime, zone: str) -> int:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _winter_offset_s(moment: datetime, zone: str) -> int:
    quarters = (datetime(moment.year, month, 1, tzinfo=UTC) for month in (1, 7))
    return min(_offset_s(one, zone) for one in quarters)


def _label(offset_s: int) -> str:
    minutes = abs(offset_s) // 60
    return f"(GMT{'-' if offset_s < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d})"
