"""Paged lists: the arguments of tools that return a page, and their reply."""

from collections.abc import Mapping, Sequence

from marshmallow import validate

from strava_mcp.json_types import JSON
from strava_mcp.tools.arguments import Arguments, WholeNumber
from strava_mcp.tools.fields import units_field
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit

#: Reserved for everything in a reply that is not a row.
FRAME_TOKENS = 250


class PageArguments(Arguments):
    """Arguments of every tool that returns a page."""

    page = WholeNumber(load_default=1, validate=validate.Range(min=1))
    per_page = WholeNumber(load_default=30, validate=validate.Range(1, 200))
    units = units_field()


def page_reply(name: str, rows: Sequence[Mapping[str, object]], arguments: JSON) -> JSON:
    """``{name: rows}`` with as many rows as fit, and ``next_page`` if there may be one.

    ``arguments``: loaded PageArguments.
    """
    kept = rows_that_fit(rows, MAX_TOKENS - FRAME_TOKENS)
    reply: JSON = {name: list(rows[:kept])}
    if kept < len(rows):
        reply["note"] = f"{kept} of {len(rows)} shown (size limit); use a lower per_page."
    elif len(rows) == arguments["per_page"]:
        reply["next_page"] = arguments["page"] + 1
    elif not rows:
        reply["note"] = f"No {name} on page {arguments['page']}."
    return reply
