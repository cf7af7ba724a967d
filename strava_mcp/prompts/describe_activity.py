"""The prompt that writes a title and a description for an activity."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.prompts.recent import recent_ids
from strava_mcp.prompts.registry import Argument, Prompt


def _messages(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    number = arguments["activity_id"].strip()
    text = (
        f"Give my Strava activity {number} a better title and description. Read it with "
        "get_activity_by_id (detail=full), and its streams where they help to tell the story. "
        "Propose a title of at most eight words and a description of two to five sentences, in the "
        "language of the current title: what it was, how it went, one figure worth remembering. "
        "Invent nothing. Show me both and wait for my answer; only when I agree, call "
        "update_activity with the name and description, and nothing else."
    )
    return [{"role": "user", "content": {"type": "text", "text": text}}]


DESCRIBE_ACTIVITY = Prompt(
    "describe_activity",
    "Write a title and description",
    "Proposes a title and description for an activity and saves them once you agree.",
    _messages,
    (Argument("activity_id", "The id of the activity", True, recent_ids),),
)
