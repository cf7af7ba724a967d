"""Local time at which an activity started.

The start position decides, because it gives the time zone including DST. Without a place (indoors,
in a virtual world, entered by hand) the device clock's offset is used, else the athlete's own zone
at the time (``home_zones``); otherwise local time is unknown, for the export has UTC only.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Point

#: The keys of local time in a SummaryActivity. ``timezone_from`` is not Strava's: it says how the
#: zone is known if neither a position nor the device's clock shows it.
KEYS = ("start_date_local", "timezone", "utc_offset", "timezone_from")


def local_start(start: datetime, position: Point | None, offset_s: int | None) -> JSON:
    """Return start_date_local, timezone and utc_offset as Strava has them; empty if unknown.

    ``start``: in UTC; ``position``: latitude and longitude in degrees; ``offset_s``: local time
    minus UTC according to the device.
    """
    zone = _zone_at(position) if position else None
    if zone:
        return local_start_in(start, zone)
    return {} if offset_s is None else _fields(start, offset_s, _label(offset_s))


def local_start_in(start: datetime, zone: str) -> JSON:
    """Return the same for an IANA time zone. Raises ValueError if this machine lacks the zone."""
    try:
        offset_s = _offset_s(start, zone)
    except (OSError, KeyError) as exc:
        raise ValueError(f"Unknown time zone {zone!r}.") from exc
    # Like Strava's, the label shows the offset of standard time.
    return _fields(start, offset_s, f"{_label(_standard_offset_s(start, zone))} {zone}")


def zone_of(activity: JSON) -> str | None:
    """Return the IANA zone of an activity's ``timezone``; None if it has only an offset."""
    return str(activity.get("timezone", "")).partition(" ")[2] or None


def _fields(start: datetime, offset_s: int, label: str) -> JSON:
    return {
        "start_date_local": (start + timedelta(seconds=offset_s)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": label,
        "utc_offset": float(offset_s),
    }


def _zone_at(position: Point) -> str | None:
    """Return the IANA name of the time zone at a position; None if there is none."""
    import tzfpy

    name = tzfpy.get_tz(position[1], position[0])
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
    return name


def _offset_s(moment: datetime, zone: str) -> int:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _standard_offset_s(moment: datetime, zone: str) -> int:
    """Return the smaller of the offsets in January and in July (the hemispheres differ)."""
    months = (datetime(moment.year, month, 1, tzinfo=UTC) for month in (1, 7))
    return min(_offset_s(one, zone) for one in months)


def _label(offset_s: int) -> str:
    minutes = abs(offset_s) // 60
    return f"(GMT{'-' if offset_s < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d})"
