"""The athlete's own time zone at the time of an activity that has no place of its own.

Indoors, in a virtual world and in entries by hand nothing shows where the athlete was. Most likely
it was in the zone of the outdoor activity that is nearest in time. The result depends only on the
activities in the library, not on the order in which they were imported.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.local_time import KEYS, local_start_in, zone_of
from strava_mcp.sports import VIRTUAL

NEAREST = "nearest outdoor activity"
#: Athletes train indoors for a season, and may have moved after a year.
MAX_DISTANCE_S = 366 * 86400


class _Outdoors(NamedTuple):
    """Start of an outdoor activity in seconds since 1970, and its zone."""

    started: int
    zone: str


def fill_in_local_times(library: Library) -> None:
    """Give every activity without a local time the time in the athlete's zone at that moment.

    Values that an earlier call filled in are revised, because nearer activities may have been
    imported since. Raises Unavailable.
    """
    changed = changed_summaries(library.summaries())
    if changed:
        library.put_summaries(changed)


def changed_summaries(summaries: Sequence[JSON]) -> list[JSON]:
    """Return new versions of the summaries whose local time is to be filled in or revised."""
    outdoors = sorted(_outdoors(summaries))
    changed = []
    for summary in summaries:
        is_own = "start_date_local" in summary and "timezone_from" not in summary
        if is_own or "start_date" not in summary:
            continue
        bare = {key: value for key, value in summary.items() if key not in KEYS}
        revised = bare | _local_time(_start(summary), outdoors)
        if revised != summary:
            changed.append(revised)
    return changed


def _outdoors(summaries: Iterable[JSON]) -> Iterable[_Outdoors]:
    """Select the activities that show in which zone the athlete was."""
    for summary in summaries:
        zone = zone_of(summary)
        is_outdoors = summary.get("start_latlng") and summary.get("sport_type") not in VIRTUAL
        if zone and is_outdoors:
            yield _Outdoors(int(_start(summary).timestamp()), zone)


def _local_time(start: datetime, outdoors: Sequence[_Outdoors]) -> JSON:
    """Return the local time in the zone of the nearest activity; empty if none is near enough."""
    moment = int(start.timestamp())
    after = bisect_left(outdoors, moment, key=lambda one: one.started)
    neighbours = outdoors[max(0, after - 1) : after + 1]
    nearest = min(neighbours, key=lambda one: abs(one.started - moment), default=None)
    if nearest is None or abs(nearest.started - moment) > MAX_DISTANCE_S:
        return {}
    try:
        return local_start_in(start, nearest.zone) | {"timezone_from": NEAREST}
    except ValueError:
        return {}


def _start(summary: JSON) -> datetime:
    return datetime.fromisoformat(str(summary["start_date"])).astimezone(UTC)
