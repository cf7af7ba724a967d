"""The prompt that prepares a race."""

from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.prompts.periods import check_day_ahead
from strava_mcp.prompts.registry import HONESTY, Argument, Prompt, user_message

DISTANCES = ("5 km", "10 km", "half marathon", "marathon")


def _distances(ctx: Context, typed: str, chosen: Mapping[str, str]) -> list[str]:
    return [name for name in DISTANCES if name.startswith(typed.casefold())]


def _check_distance(words: str) -> str:
    """Return the distance of a race in words. Raises ValueError, with the valid forms."""
    from strava_mcp.tools.race_fields import race_metres  # a list of prompts does not need it

    distance = " ".join(words.lower().replace("-", " ").split())
    race_metres(distance, "metric")
    return distance


def _messages(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    distance, day = arguments["distance"], arguments["date"]
    return user_message(
        f"Help me prepare for a race over {distance} on {day}. Call predict_race with that "
        "distance and date, get_training_load with that day as until (with and without a plan, "
        "and its taper), get_training_summary of the last 12 weeks by=week, and get_records with "
        "kind=longest. Tell me, in this order: the times that the methods predict, how far "
        "apart they are, which efforts they rest on and how old those are; a pace to start at, "
        "and even and negative splits; form on race day without a plan, and which taper improves "
        "it; what is missing from my training for this distance (long runs, volume, hard work, "
        "days off). Ask me about the course, my goal and injuries before you advise more. "
        f"{HONESTY}"
    )


RACE_PREPARATION = Prompt(
    "race_preparation",
    "Prepare for a race",
    "Predicted times, splits, form on race day with a taper, and what is missing.",
    _messages,
    (
        Argument("distance", "Such as half marathon or 10 km", True, _distances, _check_distance),
        Argument("date", "The day of the race", True, None, check_day_ahead),
    ),
)
