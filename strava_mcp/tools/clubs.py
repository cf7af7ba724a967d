"""Club tools: the athlete's clubs, and the retired get_club_activities."""

from typing import TypedDict

from marshmallow import validate

from strava_mcp.context import Context
from strava_mcp.errors import Retired
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.tools.arguments import Arguments, WholeNumber
from strava_mcp.tools.fields import CacheArguments
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.pages import MAX_PAGE
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import VARYING, Rare, reply_schema
from strava_mcp.tools.safe_json import JSONObject, drop_empty, get_int, get_str
from strava_mcp.tools.size import truncate_to_budget


class ClubRow(TypedDict, total=False):
    """A club in a list. Keys without a value are absent."""

    id: int
    name: str
    sport: str
    members: int
    place: Rare[str]
    private: Rare[bool]


class ClubList(TypedDict, total=False):
    """The reply of get_clubs."""

    clubs: list[ClubRow]


CLUBS = reply_schema(ClubList, "clubs")


@tool(title="The athlete's clubs", arguments=CacheArguments, output=CLUBS)
def get_clubs(ctx: Context, arguments: JSON) -> JSON:
    """The clubs that the athlete belongs to."""
    rows = [_club(club) for club in ctx.source_for(arguments).clubs()]
    reply: JSON = {"clubs": rows}
    if any("id" in row for row in rows):
        reply["link"] = link("{id}")
    if not rows:
        reply["note"] = "The athlete is not a member of any club."
    return {"clubs": []} | truncate_to_budget(reply, {"clubs": "the rest is on Strava"})


def link(club_id: int | str) -> str:
    """The club's page on Strava."""
    return f"https://www.strava.com/clubs/{club_id}"


def _club(club: JSONObject) -> JSON:
    """Render a SummaryClub as a row, without an id that the source assigned: it has no page."""
    number = get_int(club, "id") or 0
    places = [get_str(club, key) for key in ("city", "country")]
    row: JSON = {
        "id": number if number < FIRST_OWN_ID else None,
        "name": get_str(club, "name"),
        "sport": get_str(club, "sport_type"),
        "members": get_int(club, "member_count"),
        "place": ", ".join(place for place in places if place),
        "private": club.get("private") is True,
    }
    return drop_empty(row)


class ClubArguments(Arguments):
    """Arguments of ``get_club_activities``."""

    id = PositiveId("club", required=True)
    page = WholeNumber(validate=validate.Range(1, MAX_PAGE))
    per_page = WholeNumber(validate=validate.Range(1, 200))


# Not listed: clients that know its name from the original are answered, no model is tempted.
@tool(
    title="Club activities (retired)",
    arguments=ClubArguments,
    output=VARYING,
    listed=False,
)
def get_club_activities(ctx: Context, arguments: JSON) -> JSON:
    """Strava retired this on 2026-09-01; says what to use instead."""
    raise Retired(
        "Strava removed the activities, members and admins of clubs from its API on 2026-09-01, "
        f"so those of club {arguments['id']} can no longer be listed. The athlete's own are in "
        f"get_activities; the club is at {link(arguments['id'])}."
    )
