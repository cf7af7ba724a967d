"""Paged lists: the arguments of tools that return a page, and their reply."""

from collections.abc import Mapping, Sequence

from marshmallow import validate

from strava_mcp.json_types import JSON
from strava_mcp.tools.arguments import Arguments, WholeNumber
from strava_mcp.tools.fields import BoundedNumber, described, units_field
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit

MAX_PAGE = 10_000
#: Reserved for everything in a reply that is not a row.
FRAME_TOKENS = 250


def page_field(description: str) -> BoundedNumber:
    """The number of a page, from 1."""
    meaning = f"the number of a page, 1 to {MAX_PAGE:,}"
    return BoundedNumber(1, MAX_PAGE, meaning, load_default=1, **described(description))


class PageArguments(Arguments):
    """Arguments of every tool that returns a page."""

    page = page_field("next_page of the last")
    per_page = WholeNumber(load_default=30, validate=validate.Range(1, 200), **described("rows"))
    units = units_field()


def page_reply(name: str, rows: Sequence[Mapping[str, object]], arguments: JSON) -> JSON:
    """``{name: rows}`` with as many rows as fit, and ``next_page`` if there may be one.

    ``arguments``: loaded PageArguments. If not all rows fit, the note gives a page size that
    continues after those shown, without gap or overlap.
    """
    kept = rows_that_fit(rows, MAX_TOKENS - FRAME_TOKENS)
    if kept < len(rows):
        before = (arguments["page"] - 1) * arguments["per_page"]
        size = next(size for size in range(max(1, kept), 0, -1) if before % size == 0)
        kept -= kept % size
        rest = f"per_page={size}, page={(before + max(1, kept)) // size + 1}"
        note = f"{kept} of {len(rows)} shown (size limit); continue with a lower per_page: {rest}."
        return {name: list(rows[:kept]), "note": note}
    reply: JSON = {name: list(rows)}
    if len(rows) == arguments["per_page"]:
        reply["next_page"] = arguments["page"] + 1
    elif not rows:
        reply["note"] = f"No {name} on page {arguments['page']}."
    return reply
