"""Ids of activities as arguments of prompts: checked, and completed from the latest ones."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.errors import SourceError
from strava_mcp.tools.ids import parse_id

MAX_ACTIVITIES = 20


def check_id(value: str) -> str:
    """Return the id as digits. Raises ValueError saying what is valid."""
    return str(parse_id("activity", value))


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
