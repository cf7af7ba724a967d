"""Arguments of prompts that are days in words, checked as the tools check them."""

from collections.abc import Mapping, Sequence
from datetime import date

from strava_mcp.context import Context
from strava_mcp.prompts.registry import Argument


def period_argument(name: str, default: str, suggestions: Sequence[str]) -> Argument:
    """An optional argument for a span of days, completed from ``suggestions``."""

    def complete(ctx: Context, typed: str, chosen: Mapping[str, str]) -> list[str]:
        return [words for words in suggestions if words.startswith(typed.casefold())]

    description = f"A span of days in words; {default} unless given"
    return Argument(name, description, False, complete, check_period)


def check_period(words: str) -> str:
    """Return the words if they mean a span of days. Raises ValueError, with the valid forms."""
    from strava_mcp.tools.dates import check_date_words  # a list of prompts does not need it

    check_date_words(words, date.today())
    return " ".join(words.split())


def check_day_ahead(words: str) -> str:
    """Return the words if they mean a day to come. Raises ValueError, with the valid forms."""
    from strava_mcp.tools.day_ahead import parse_day_ahead

    parse_day_ahead(words, date.today())
    return " ".join(words.split())
