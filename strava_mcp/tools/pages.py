"""Lists that Strava gives a page at a time: how one is asked for, and what a reply shows of it."""

from collections.abc import Sequence

from marshmallow import validate

from strava_mcp.json_types import JSON
from strava_mcp.tools.arguments import Arguments, WholeNumber
from strava_mcp.tools.fields import units
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit

#: For everything in a reply that is not a row.
FRAME_TOKENS = 250


class PageArguments(Arguments):
    """Of every tool that lists a page."""

    page = WholeNumber(load_default=1, validate=validate.Range(min=1))
    per_page = WholeNumber(load_default=30, validate=validate.Range(1, 200))
    units = units()


def page_of(name: str, rows: Sequence[JSON], arguments: JSON) -> JSON:
    """``{name: rows}``, as many as fit, with the ``next_page`` where there may be one.

    ``arguments``: those of PageArguments, as they were loaded.
    """
    kept = rows_that_fit(rows, MAX_TOKENS - FRAME_TOKENS)
    found: JSON = {name: list(rows[:kept])}
    if kept < len(rows):
        found["note"] = f"{kept} of {len(rows)} shown, for size; ask again with a lower per_page."
    elif len(rows) == arguments["per_page"]:
        found["next_page"] = arguments["page"] + 1
    elif not rows:
        found["note"] = f"No {name} on page {arguments['page']}."
    return found
