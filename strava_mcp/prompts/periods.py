"""Arguments of prompts that are days in words, checked as the tools check them."""

from datetime import date


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
