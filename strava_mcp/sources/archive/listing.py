"""Answer a query over activities in SQL, from the table of their facts.

Its columns are named like ``Facts``; conditions and orders mean the same as in ``activity_query``.
"""

import json
from collections.abc import Iterable

from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.activity_query import (
    NEWEST,
    ActivityQuery,
    AnyOf,
    Condition,
    Matches,
    Order,
    Position,
    rounded_total,
)
from strava_mcp.sources.archive.library_file import LibraryFile

#: More than any list has, and an integer of SQLite.
MAX_OFFSET = 2**62
#: The inner query sorts ids, so that the summaries of the page alone are read.
PAGE = f"""
SELECT summary, page.* FROM (
    SELECT {{keys}}, {', '.join(Facts._fields)} FROM facts
    WHERE {{where}} ORDER BY {{sorting}} LIMIT ? OFFSET ?
) AS page JOIN activities USING (id) ORDER BY 2, 3, 4, 5
"""
#: How many columns of it precede the facts: the summary and the keys of the order.
KEYS_AT, FACTS_AT = 1, 5
#: Facts that are derived from columns.
EXPRESSIONS = {"weekday": "strftime('%w', day)"}
TOTAL = """
SELECT count(*), total(distance), total(moving_time), total(elevation_gain) FROM facts WHERE {where}
"""


def find(file: LibraryFile, query: ActivityQuery) -> Matches:
    """Return a page of summaries, where the list continues, and the total."""
    where, values = _where(query.conditions)
    total = None
    if query.wants_total:
        total = rounded_total(*file.rows(TOTAL.format(where=where), values)[0])
    keys = _keys(query.order)
    # The same order, by the index.
    sorting = "start DESC, id" if query.order == NEWEST else "1, 2, 3, 4"
    if query.position:
        where += f" AND ({keys}) > (?, ?, ?, ?)"
        values += query.position.key
    # One more row shows that there are more.
    window = (query.limit + 1, min(query.skip, MAX_OFFSET))
    statement = PAGE.format(keys=keys, where=where, sorting=sorting)
    rows = file.rows(statement, (*values, *window))
    page = rows[: query.limit]
    position = Position(page[-1][KEYS_AT:FACTS_AT]) if len(rows) > len(page) > 0 else None
    summaries = json.loads(f"[{','.join(row[0] for row in page)}]")
    facts = [Facts(*row[FACTS_AT:]) for row in page]
    return Matches(summaries, position, total, facts=facts)


def newest_facts(file: LibraryFile, limit: int) -> list[Facts]:
    """Return the facts of the newest activities."""
    statement = f"SELECT {', '.join(Facts._fields)} FROM facts ORDER BY start DESC LIMIT ?"
    return [Facts(*row) for row in file.rows(statement, (limit,))]


def gear_distances(file: LibraryFile) -> dict[str, float]:
    """Return the metres on each bike and pair of shoes by gear id."""
    statement = "SELECT gear, total(distance) FROM facts WHERE gear IS NOT NULL GROUP BY gear"
    return dict(file.rows(statement))


def _where(conditions: Iterable[Condition | AnyOf]) -> tuple[str, tuple[object, ...]]:
    """Translate conditions, all of which must hold."""
    parts = [_translate(condition) for condition in conditions]
    texts = [text for text, _ in parts]
    return " AND ".join(texts) or "TRUE", tuple(value for _, values in parts for value in values)


def _translate(condition: Condition | AnyOf) -> tuple[str, tuple[object, ...]]:
    """Translate a condition; a comparison with NULL, which is unknown, does not hold."""
    if isinstance(condition, AnyOf):
        parts = [_translate(one) for one in condition.alternatives]
        text = f"coalesce({' OR '.join(one for one, _ in parts) or 'FALSE'}, FALSE)"
        values = tuple(value for _, some in parts for value in some)
        return f"NOT {text}" if condition.negated else text, values
    fact, operator, value = condition
    column = EXPRESSIONS.get(fact, fact)
    if operator == "in":
        return f"{column} IN ({', '.join('?' * len(value))})", tuple(value)
    if operator == "matches":
        return f"matches(?, {column})", (value,)
    return f"{column} {operator} ?", (value,)


def _keys(order: Order) -> str:
    """The four terms of ``Order.key``."""
    sign = "-" if order.descending else ""
    return f"{order.fact} IS NULL, {sign}coalesce({order.fact}, 0), -coalesce(start, 0), id"
