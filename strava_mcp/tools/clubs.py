"""The club tools: the athlete's clubs, and one whose lists no longer exist, which says so."""

from strava_mcp.context import Context
from strava_mcp.errors import Retired
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.arguments import Arguments, WholeNumber
from strava_mcp.tools.fields import ActivityId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.size import fitted

CLUBS: JSON = {
    "type": "object",
    "properties": {"clubs": {"type": "array"}},
    "required": ["clubs"],
}


@tool(title="The athlete's clubs", output=CLUBS)
def get_clubs(ctx: Context, arguments: JSON) -> JSON:
    """The clubs that the athlete is a member of: name, sport, place, number of members."""
    rows = [_club(club) for club in ctx.source.clubs()]
    reply: JSON = {"link": link("{id}"), "clubs": rows}
    if not rows:
        reply["note"] = "The athlete is in no club."
    return {"clubs": []} | fitted(reply, {"clubs": "the rest is on Strava"})


def link(club_id: int | str) -> str:
    """Where a club is on Strava."""
    return f"https://www.strava.com/clubs/{club_id}"


def _club(club: JSON) -> JSON:
    """A SummaryClub as a row."""
    places = [view.text(club, key) for key in ("city", "country")]
    return view.known(
        {
            "id": view.whole(club, "id"),
            "name": view.text(club, "name"),
            "sport": view.text(club, "sport_type"),
            "members": view.whole(club, "member_count"),
            "place": ", ".join(place for place in places if place),
            "private": club.get("private") is True,
        }
    )


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
        f"get_activities; the club is at {link(arguments['id'])}."
    )
