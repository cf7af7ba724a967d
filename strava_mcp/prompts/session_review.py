"""The prompt that explains why a session felt hard."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.prompts.activity_ids import check_id, recent_ids
from strava_mcp.prompts.registry import HONESTY, Argument, Prompt, user_message


def _messages(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    number = arguments["activity_id"]
    return user_message(
        f"Why was my Strava activity {number} so hard? Call analyze_activity with that id, "
        "get_training_load for the eight weeks up to its date, get_activity_by_id for weather, "
        "perceived exertion and notes, and compare_activities with similar_to for the same route "
        "on other days. Look at: form that morning and the load of the days before; its own load "
        "against what is usual; pacing (a fast start and a fade), drift, and heart rate at the "
        "same pace or power; climbs and grade-adjusted pace; heat, and what I wrote. Say which of "
        "these explain it, with the figures, and which do not; if none does, say so. "
        f"Offer to show it (show_chart view=activity with that id). {HONESTY}"
    )


SESSION_REVIEW = Prompt(
    "session_review",
    "Why was this session hard?",
    "Looks for reasons in the session, the days before and the same route on other days.",
    _messages,
    (Argument("activity_id", "The id or URL of the activity", True, recent_ids, check_id),),
)
