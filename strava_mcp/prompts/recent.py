"""Suggestions that come from what the athlete did lately."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.errors import SourceError

MAX_ACTIVITIES = 20


def recent_ids(ctx: Context, typed: str, chosen: Mapping[str, str]) -> list[str]:
    """IDs of the latest activities that begin with what was typed, or whose name holds it."""
    try:
        latest = ctx.source.activities(per_page=MAX_ACTIVITIES)
    except SourceError:
        return []  # a suggestion is not worth an error
    wanted = typed.casefold()
    return [
        str(activity["id"])
        for activity in latest
        if str(activity.get("id")).startswith(wanted)
        or wanted in str(activity.get("name", "")).casefold()
    ]
