"""The kudos and comments tool."""

from typing import TypedDict

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import TEXT, reply_schema, schema_of
from strava_mcp.tools.safe_json import (
    JSONObject,
    drop_empty,
    get_int,
    get_object,
    get_str,
    require_id,
)
from strava_mcp.tools.size import truncate_to_budget


class CommentRow(TypedDict, total=False):
    """A comment; ``at_utc`` is ISO 8601 in UTC, without offset."""

    at_utc: str
    text: str


class Social(TypedDict, total=False):
    """The reply of get_activity_social."""

    id: int
    kudos: int
    comments: int
    kudos_from: list[str]


COMMENT = schema_of(CommentRow)
COMMENT["properties"]["from"] = TEXT  # a keyword of Python, so no key of the class
SOCIAL = reply_schema(
    Social,
    *("id", "kudos", "comments"),
    latest_comments={"type": "array", "items": COMMENT},
)
MAX_KUDOERS, MAX_COMMENTS = 30, 20
#: Strava's maximum. Comments come oldest first, so the latest are at the end of the page.
COMMENTS_PER_PAGE = 200
MAX_COMMENT_LENGTH = 400
TRUNCATABLE = {"latest_comments": "the rest is on Strava", "kudos_from": "the rest is on Strava"}


class SocialArguments(Arguments):
    """Arguments of ``get_activity_social``."""

    id = PositiveId("activity", required=True)


@tool(
    title="Kudos and comments",
    arguments=SocialArguments,
    output=SOCIAL,
    needs=["activity_kudoers", "activity_comments"],
)
def get_activity_social(ctx: Context, arguments: JSON) -> JSON:
    """Kudos and comments of an activity: how many, from whom, and the latest comments."""
    activity = ctx.source.activity(arguments["id"])
    number = require_id(get_int(activity, "id"), "activity")
    kudos = get_int(activity, "kudos_count") or 0
    comments = get_int(activity, "comment_count") or 0
    reply: JSON = {"id": number, "kudos": kudos, "comments": comments, "link": view.link(number)}
    if kudos:
        kudoers = ctx.source.activity_kudoers(number, per_page=MAX_KUDOERS)
        reply["kudos_from"] = [name for athlete in kudoers if (name := _name(athlete))]
    if comments:
        page = ctx.source.activity_comments(number, per_page=COMMENTS_PER_PAGE)
        rows = [_comment(comment) for comment in page[-MAX_COMMENTS:]]
        reply["latest_comments"] = rows[::-1]
    notes = [
        f"{key}: {len(reply[key])} of {count}; the rest is on Strava."
        for key, count in (("kudos_from", kudos), ("latest_comments", comments))
        if len(reply.get(key, ())) < count
    ]
    if comments > COMMENTS_PER_PAGE:
        notes.append(f"Comments: the latest of the first {COMMENTS_PER_PAGE}.")
    note = {"note": " ".join(notes)} if notes else {}
    return truncate_to_budget(reply | note, TRUNCATABLE)


def _comment(comment: JSONObject) -> JSON:
    """Render a Comment. It has no local time, unlike an activity, so ``at_utc`` is in UTC."""
    text = get_str(comment, "text") or ""
    ellipsis = "…" if len(text) > MAX_COMMENT_LENGTH else ""
    row: JSON = {
        "from": _name(get_object(comment, "athlete")),
        "at_utc": (get_str(comment, "created_at") or "").removesuffix("Z"),
        "text": text[:MAX_COMMENT_LENGTH] + ellipsis,
    }
    return drop_empty(row)


def _name(athlete: JSONObject) -> str:
    """First name and initial: Strava returns no more of other people, and no more is passed on."""
    last = get_str(athlete, "lastname") or ""
    return f"{get_str(athlete, 'firstname') or ''} {last[:1]}{'.' if last else ''}".strip()
