"""The athlete's calendar: which day it is, and when a local time was."""

import time
from datetime import UTC, date, datetime, tzinfo
from weakref import WeakKeyDictionary

from strava_mcp.errors import SourceError, errors_of_argument
from strava_mcp.sources.source import Source
from strava_mcp.tools.dates import Days, parse_days
from strava_mcp.training.local_days import home_time_zone, today_in

TIME_ZONE_TTL_S = 3600
#: As many as a scan for the list that get_activities returns by default, so that both use the same
#: cached response.
LATEST = 31

_cached: WeakKeyDictionary[Source, tuple[float, tzinfo]] = WeakKeyDictionary()


def today(source: Source) -> date:
    """Today's date for the athlete. Costs one request per hour and source."""
    return today_in(time_zone(source), time.time())


def today_or_utc(source: Source) -> date:
    """The athlete's date; that of UTC while the source cannot say where the athlete is."""
    try:
        return today(source)
    except SourceError:
        return datetime.fromtimestamp(time.time(), UTC).date()


def date_range(source: Source, words: str) -> Days:
    """The days that ``words`` mean on the athlete's current date. Raises InvalidArguments."""
    with errors_of_argument("date_range"):
        return parse_days(words, today(source))


def epoch_s(source: Source, moment: int | str) -> int:
    """Seconds since the epoch of a loaded ``fields.EpochSeconds``; a date is its first second.

    A time without an offset is local to the athlete. Of a time that the clocks repeat, the first
    counts. Costs one request per hour and source, unless it is a number.
    """
    if isinstance(moment, int):
        return moment
    local = datetime.fromisoformat(moment).replace(tzinfo=time_zone(source))
    return max(0, int(local.timestamp()))


def time_zone(source: Source) -> tzinfo:
    """The time zone of the latest activities; UTC if there is none yet."""
    key = source.lasting
    expires, zone = _cached.get(key, (0.0, UTC))
    if expires < time.monotonic():
        zone = home_time_zone(source.activities(per_page=LATEST))
        _cached[key] = time.monotonic() + TIME_ZONE_TTL_S, zone
    return zone
