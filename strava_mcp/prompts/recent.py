"""Completion of activity ids from the athlete's latest activities."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.errors import SourceError

MAX_ACTIVITIES = 20


def recent_ids(ctx: Context, typed: str, chosen: Mapping[str, str]) -> list[str]:
    """Ids of the latest activities whose id starts with ``typed`` or whose name contains it."""
    try:
        latest = ctx.source.activities(per_page=MAX_ACTIVITIES)
    except SourceError:
        return []  # no suggestions rather than an error
    query = typed.casefold()
    return [
        str(activity["id"])
        for activity in latest
        if str(activity.get("id")).startswith(query)
        or query in str(activity.get("name", "")).casefold()
    ]
