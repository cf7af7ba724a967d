"""Long lists of activities as a table: columns once, and an array for each row."""

import json
import re
from collections.abc import Sequence

from strava_mcp.json_types import JSON
from strava_mcp.sports import VIRTUAL
from strava_mcp.tools.activity_view import ActivityRow
from strava_mcp.tools.size import tokens

#: Longer lists are tables.
MAX_ROWS_AS_OBJECTS = 30
#: On average over a table, so that 200 rows fit into one reply.
MAX_TOKENS_PER_ROW = 45
#: More for loads and records, which are shown on request.
LOAD_TOKENS = 10
MAX_NAME_LENGTH = 60
#: In this order, as far as any row has a value.
COLUMNS = (
    *("id", "start_local", "start_utc", "name", "sport_type", "distance", "moving_time_s"),
    *("elevation_gain", "pace_or_speed", "average_heartrate", "average_watts"),
    *("estimated_watts", "relative_effort", "load", "load_from", "records", "tags"),
)
#: Shown as words in the column ``tags``; virtual sports are on a trainer anyway.
FLAGS = ("commute", "trainer", "manual")
#: What a tokenizer (o200k) makes one token of, at most: three digits, a syllable or two with the
#: space before it, a run of punctuation, a letter with an accent, half of any other character.
PIECE = re.compile(
    r",null|[0-9]{1,3}| ?[A-Z]?[a-z]{1,6}| ?[A-Z]{1,3}|[!-/:-@\[-`{-~]{1,3}|.", re.DOTALL
)
#: The first character that may take two tokens: Latin, Greek, Cyrillic and Hebrew come before it.
FIRST_OF_TWO_TOKENS = "\u0600"


def as_table(rows: Sequence[ActivityRow], seconds: Sequence[float | None], sorted_by: str) -> JSON:
    """``{"columns": names, "activities": arrays}``; null is an unknown value.

    ``seconds``: the moving time of each row; ``sorted_by``: the key of one more column. Long names
    are cut, all to the same length, so that rows have MAX_TOKENS_PER_ROW tokens on average.
    """
    values = [_values(row, time_s) for row, time_s in zip(rows, seconds, strict=True)]
    names = dict.fromkeys((*COLUMNS, sorted_by))
    columns = [name for name in names if any(name in row for row in values)]
    return {"columns": columns, "activities": _arrays(values, columns)}


def row_tokens(row: object) -> int:
    """Estimate the tokens of a row, erring on the high side."""
    encoded = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    pieces = sum(1 if piece < FIRST_OF_TWO_TOKENS else 2 for piece in PIECE.findall(encoded))
    return max(pieces, tokens(row))


def _values(row: ActivityRow, time_s: float | None) -> JSON:
    """The values of a row by column."""
    values: JSON = dict(row)
    pace, speed = values.pop("pace", None), values.pop("speed", None)
    if row.get("sport_type") in VIRTUAL:
        values.pop("trainer", None)
    flags = [name for name in FLAGS if values.get(name)]
    values |= {
        "moving_time_s": None if time_s is None else round(time_s),
        "pace_or_speed": pace or speed,
        "records": ", ".join(values.get("records", ())),
        "tags": ", ".join(tag for tag in (values.get("workout"), *flags) if tag),
    }
    for name in ("start_local", "start_utc"):
        values[name] = str(values.get(name) or "")[: len("2026-03-01")]
    return {name: value for name, value in values.items() if value not in (None, "")}


def _arrays(rows: Sequence[JSON], columns: Sequence[str]) -> list[list[object]]:
    """The rows as arrays, with the longest names that the budget allows."""
    shortest, longest = 1, MAX_NAME_LENGTH
    arrays = [_array(row, columns, longest) for row in rows]
    budget = (MAX_TOKENS_PER_ROW + ("load" in columns) * LOAD_TOKENS) * len(rows)
    if _tokens(arrays) <= budget:
        return arrays
    while shortest < longest:
        length = (shortest + longest + 1) // 2
        if _tokens([_array(row, columns, length) for row in rows]) <= budget:
            shortest = length
        else:
            longest = length - 1
    return [_array(row, columns, shortest) for row in rows]


def _tokens(arrays: Sequence[object]) -> int:
    return sum(map(row_tokens, arrays))


def _array(row: JSON, columns: Sequence[str], length: int) -> list[object]:
    """A row as an array, its name cut to ``length`` characters."""
    name = str(row.get("name") or "")
    if len(name) > length:
        row = {**row, "name": f"{name[: length - 1].rstrip()}…"}
    return [row.get(column) for column in columns]
