"""Paged lists: the arguments of tools that return a page, and their reply."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

from strava_mcp.json_types import JSON
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.fields import BoundedNumber, described, units_field
from strava_mcp.tools.reply_schema import Rare
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit

MAX_PAGE = 10_000
#: Reserved for everything in a reply that is not a row.
FRAME_TOKENS = 250
#: Strava's largest page, and how many of them are read.
MAX_PER_PAGE, MAX_REQUESTS = 200, 10


def page_field(description: str) -> BoundedNumber:
    """The number of a page, from 1."""
    meaning = f"the number of a page, 1 to {MAX_PAGE:,}"
    return BoundedNumber(1, MAX_PAGE, meaning, load_default=1, **described(description))


class PageArguments(Arguments):
    """Arguments of every tool that returns a page."""

    page = page_field("next_page of the last")
    per_page = BoundedNumber(
        1,
        MAX_PER_PAGE,
        f"a number of rows, 1 to {MAX_PER_PAGE}",
        load_default=30,
        **described("rows; default 30, up to 200"),
    )
    units = units_field()


class Page(TypedDict, total=False):
    """A reply with one page of a list, whose rows have a name of their own.

    ``total``: rows of the whole list; ``next_page`` is absent on the last.
    """

    units: str
    total: int
    next_page: Rare[int]


def read_all(read_page: Callable[[int, int], list[JSON]]) -> list[JSON]:
    """Read a whole list, up to 2,000 items: usually one request, as many as for a page of it.

    ``read_page``: (page, per_page) → items.
    """
    items: list[JSON] = []
    for page in range(1, MAX_REQUESTS + 1):
        batch = read_page(page, MAX_PER_PAGE)
        items += batch
        if len(batch) < MAX_PER_PAGE:
            break
    return items


def page_reply(
    name: str,
    items: Sequence[JSON],
    render: Callable[[JSON], Mapping[str, object]],
    arguments: JSON,
) -> JSON:
    """``{"total": …, name: rows}`` with the rows of a page, and ``next_page`` if there are more.

    ``items``: the whole list; ``arguments``: loaded PageArguments. If not all rows fit, the note
    gives a page size that continues after those shown, without gap or overlap.
    """
    page, per_page = arguments["page"], arguments["per_page"]
    before = (page - 1) * per_page
    rows = [render(item) for item in items[before : before + per_page]]
    reply: JSON = {"total": len(items), name: rows}
    kept = rows_that_fit(rows, MAX_TOKENS - FRAME_TOKENS)
    if kept < len(rows):
        size = next(size for size in range(max(1, kept), 0, -1) if before % size == 0)
        kept -= kept % size
        rest = f"per_page={size}, page={(before + max(1, kept)) // size + 1}"
        note = f"{kept} of {len(rows)} shown (size limit); continue with a lower per_page: {rest}."
        reply |= {name: rows[:kept], "note": note}
    elif before + per_page < len(items):
        reply["next_page"] = page + 1
    elif not rows:
        reply["note"] = f"No {name} on page {page}."
    return reply
