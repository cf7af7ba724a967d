"""The prompt that reviews a week of training."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.prompts.periods import period_argument
from strava_mcp.prompts.registry import HONESTY, Prompt, user_message

DEFAULT = "last week"
WEEKS = ("last week", "this week", "last 7 days", "last 14 days", "last 4 weeks", "this month")


def _messages(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    week = arguments.get("week", DEFAULT)
    return user_message(
        f"Review my training: {week}. Call get_training_summary with that as date_range, "
        "by=sport and compare=previous, then get_training_load for fitness, fatigue, form, "
        "monotony and the hardest sessions. List the days with get_activities, and call "
        "analyze_activity for one or two sessions that matter. Tell me, in this order: totals of "
        "time, distance, climbing and load by sport, and how they changed; which days were hard, "
        "easy or off, and whether the mix of easy and hard makes sense; where form is heading, and "
        "whether the days were too much alike (monotony); one thing that went well and one to "
        f"watch. Offer to show it (show_chart view=weeks, or form). {HONESTY}"
    )


WEEKLY_REVIEW = Prompt(
    "weekly_review",
    "Review a week of training",
    "Totals, changes, form and what stands out, for a week or another span of days.",
    _messages,
    (period_argument("week", DEFAULT, WEEKS),),
)
