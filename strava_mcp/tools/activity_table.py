"""Long lists of activities as a table: columns once, and an array for each row."""

import json
import re
from collections.abc import Sequence

from strava_mcp.json_types import JSON
from strava_mcp.tools.activity_view import ActivityRow
from strava_mcp.tools.size import tokens

#: Longer lists are tables.
MAX_ROWS_AS_OBJECTS = 30
#: So that 200 rows fit into one reply.
MAX_TOKENS_PER_ROW = 45
#: In this order, as far as any row has a value.
COLUMNS = (
    *("id", "start_local", "start_utc", "name", "sport_type", "distance", "moving_time_s"),
    *("elevation_gain", "pace_or_speed", "average_heartrate", "average_watts"),
    *("estimated_watts", "relative_effort", "tags"),
)
#: Shown as words in the column ``tags``.
FLAGS = ("commute", "trainer", "manual")
#: What a tokenizer (o200k) makes one token of, at most: three digits, a syllable or two, a run of
#: punctuation, one character outside ASCII.
PIECE = re.compile(
    r",null|[0-9]{1,3}|[A-Z]?[a-z]{1,5}|[A-Z]{1,3}|[!-/:-@\[-`{-~]{1,3}|.", re.DOTALL
)


def as_table(rows: Sequence[ActivityRow], seconds: Sequence[float | None], sorted_by: str) -> JSON:
    """``{"columns": names, "activities": arrays}``; null is an unknown value.

    ``seconds``: the moving time of each row; ``sorted_by``: the key of one more column. Names are
    cut so that each row has at most MAX_TOKENS_PER_ROW tokens.
    """
    values = [_values(row, time_s) for row, time_s in zip(rows, seconds, strict=True)]
    names = dict.fromkeys((*COLUMNS, sorted_by))
    columns = [name for name in names if any(name in row for row in values)]
    return {"columns": columns, "activities": [_array(row, columns) for row in values]}


def row_tokens(row: object) -> int:
    """Estimate the tokens of a row, erring on the high side."""
    encoded = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    pieces = 1 + sum(1 if piece.isascii() else 2 for piece in PIECE.findall(encoded))
    return max(pieces, tokens(row))


def _values(row: ActivityRow, time_s: float | None) -> JSON:
    """The values of a row by column."""
    values: JSON = dict(row)
    pace, speed = values.pop("pace", None), values.pop("speed", None)
    flags = [name for name in FLAGS if values.get(name)]
    values |= {
        "moving_time_s": None if time_s is None else round(time_s),
        "pace_or_speed": pace or speed,
        "tags": ", ".join(tag for tag in (values.get("workout"), *flags) if tag),
    }
    for name in ("start_local", "start_utc"):
        values[name] = str(values.get(name) or "")[: len("2026-03-01")]
    return {name: value for name, value in values.items() if value not in (None, "")}


def _array(row: JSON, columns: Sequence[str]) -> list[object]:
    """A row as an array, its name cut as far as needed."""
    array = [row.get(name) for name in columns]
    name = str(row.get("name") or "")
    while len(name) > 1 and row_tokens(array) > MAX_TOKENS_PER_ROW:
        name = name[: -max(1, len(name) // 8)].rstrip()
        array[columns.index("name")] = f"{name}…"
    return array
