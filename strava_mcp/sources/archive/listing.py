"""Answer a query over activities in SQL, from the table of their facts.

Its columns are named like ``Facts``; conditions and orders mean the same as in ``activity_query``.
"""

import json
from collections.abc import Iterable

from strava_mcp.sources.activity_query import (
    ActivityQuery,
    Condition,
    Matches,
    Order,
    Position,
    total_of,
)
from strava_mcp.sources.archive.library_file import LibraryFile

#: More than any list has, and an integer of SQLite.
MAX_OFFSET = 2**62
#: The inner query sorts ids, so that the summaries of the page alone are read.
PAGE = """
SELECT page.*, summary FROM (
    SELECT id, {keys} FROM facts WHERE {where} ORDER BY 2, 3, 4, 5 LIMIT ? OFFSET ?
) AS page JOIN activities USING (id) ORDER BY 2, 3, 4, 5
"""
SUMS = "SELECT distance, moving_time, elevation_gain FROM facts WHERE {where}"


def find(file: LibraryFile, query: ActivityQuery) -> Matches:
    """Return a page of summaries, where the list continues, and the total."""
    where, values = _where(query.conditions)
    total = total_of(file.rows(SUMS.format(where=where), values)) if query.wants_total else None
    keys = _keys(query.order)
    if query.position:
        where += f" AND ({keys}) > (?, ?, ?, ?)"
        values += query.position.key
    # One more row shows that there are more.
    window = (query.limit + 1, min(query.skip, MAX_OFFSET))
    rows = file.rows(PAGE.format(keys=keys, where=where), (*values, *window))
    page = rows[: query.limit]
    position = Position(page[-1][1:5]) if len(rows) > len(page) > 0 else None
    summaries = json.loads(f"[{','.join(row[5] for row in page)}]")
    return Matches(summaries, position, total)


def _where(conditions: Iterable[Condition]) -> tuple[str, tuple[object, ...]]:
    """Translate conditions; a comparison with NULL, which is unknown, does not hold."""
    parts, values = ["TRUE"], []
    for fact, operator, value in conditions:
        if operator == "in":
            parts.append(f"{fact} IN ({', '.join('?' * len(value))})")
            values += value
        elif operator == "matches":
            parts.append(f"({fact} IS NOT NULL AND matches(?, {fact}))")
            values.append(value)
        else:
            parts.append(f"{fact} {operator} ?")
            values.append(value)
    return " AND ".join(parts), tuple(values)


def _keys(order: Order) -> str:
    """The four terms of ``Order.key``."""
    sign = "-" if order.descending else ""
    return f"{order.fact} IS NULL, {sign}coalesce({order.fact}, 0), -coalesce(start, 0), id"
