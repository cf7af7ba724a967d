"""The prompt that reviews a season."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.prompts.periods import check_period
from strava_mcp.prompts.registry import HONESTY, Argument, Prompt, user_message

SEASONS = ("this year", "last year", "last 6 months", "last 12 months")


def _seasons(ctx: Context, typed: str, chosen: Mapping[str, str]) -> list[str]:
    return [season for season in SEASONS if season.startswith(typed.casefold())]


def _messages(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    season = arguments.get("season", "this year")
    return user_message(
        f"Review my season: {season}. Call get_training_summary with that as date_range, by=month "
        "and compare=last_year; get_training_load with the same date_range; and get_records with "
        "it, kind=distances and then kind=power, to see what was set in it. For the races it "
        "marks, call get_activities with workout=race. Tell me, in this order: what changed "
        "against the year before, in time, distance, climbing, load and regularity; the months "
        "that built fitness and the gaps that cost it; how easy and hard were shared out; the "
        "records and races, and the form on their mornings; two things to keep and one to change "
        f"next season. Offer to show it (show_chart view=form, or curve). {HONESTY}"
    )


SEASON_REVIEW = Prompt(
    "season_review",
    "Review a season",
    "A season against the one before: volume, fitness, records and races.",
    _messages,
    (
        Argument(
            "season",
            "A span of days in words; this year unless given",
            False,
            _seasons,
            check_period,
        ),
    ),
)
