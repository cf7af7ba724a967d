"""The club tool: what it was asked for no longer exists, and it says so."""

from typing import Any

from strava_mcp.context import Context
from strava_mcp.errors import Retired
from strava_mcp.tools.arguments import Arguments, WholeNumber
from strava_mcp.tools.fields import ActivityId
from strava_mcp.tools.registry import tool

JSON = dict[str, Any]


class ClubArguments(Arguments):
    """Of get_club_activities."""

    id = ActivityId(required=True)
    page = WholeNumber()
    per_page = WholeNumber()


@tool(title="Club activities (retired)", arguments=ClubArguments, output={"type": "object"})
def get_club_activities(ctx: Context, arguments: JSON) -> JSON:
    """Strava retired this on 2026-09-01; says what to use instead."""
    raise Retired(
        "Strava withdrew the activities, members and admins of clubs from its API on 2026-09-01, "
        f"so nobody can list those of club {arguments['id']} any more. The athlete's own are in "
        f"get_activities; the club is at https://www.strava.com/clubs/{arguments['id']}."
    )
