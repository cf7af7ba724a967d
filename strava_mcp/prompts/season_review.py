"""The prompt that reviews a season."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.prompts.periods import period_argument
from strava_mcp.prompts.registry import HONESTY, Prompt, user_message

DEFAULT = "this year"
SEASONS = ("this year", "last year", "last 6 months", "last 12 months")


def _messages(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    season = arguments.get("season", DEFAULT)
    return user_message(
        f"Review my season: {season}. Call get_training_summary with that as date_range, by=month "
        "and compare=last_year; get_training_load with the same date_range; and get_records with "
        "it, kind=distances and then kind=power, for the records set in it. For its races, call "
        "get_activities with workout=race. Tell me, in this order: what changed against the year "
        "before in time, distance, climbing, load and regularity; the months that built fitness "
        "and the gaps that cost it; how the training was split between easy and hard; the records "
        "and races, and the form on the morning of each; two things to keep and one to change next "
        f"season. Offer to show it (show_chart view=form, or curve). {HONESTY}"
    )


SEASON_REVIEW = Prompt(
    "season_review",
    "Review a season",
    "A season against the one before: volume, fitness, records and races.",
    _messages,
    (period_argument("season", DEFAULT, SEASONS),),
)
