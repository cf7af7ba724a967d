"""Cursors of a list of activities: a position in it, and the arguments of its first call."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_query import Position

INVALID_CURSOR = "Not a cursor of this list; omit it to start a new list."
MAX_LENGTH = 8000


@dataclass(frozen=True)
class Cursor:
    """Where a list continues.

    ``arguments``: the loaded arguments of the first call. ``days``: what ``date_range`` meant in
    that call, as ``2026-03-01..2026-03-31``, so that the list does not change at midnight.
    """

    position: Position
    arguments: JSON
    days: str | None = None

    def encode(self) -> str:
        """Serialize to opaque text (base64url of JSON)."""
        key, before = self.position
        values = [list(key), before, self.arguments, self.days]
        packed = json.dumps(values, separators=(",", ":")).encode("utf-8")
        return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def parse_cursor(encoded: str) -> Cursor:
    """Parse what ``Cursor.encode`` returned. Raises InvalidArguments for anything else."""
    try:
        if len(encoded) > MAX_LENGTH:
            raise ValueError
        packed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        (is_unknown, *numbers), before, arguments, days = json.loads(packed)
        if not isinstance(is_unknown, (bool, int)) or len(numbers) != 3:
            raise ValueError
        if not all(_is_number(value) for value in numbers) or not _is_time(before):
            raise ValueError
        if not isinstance(arguments, dict) or not isinstance(days, (str, type(None))):
            raise ValueError
    except (ValueError, TypeError, RecursionError) as exc:
        raise InvalidArguments({"cursor": INVALID_CURSOR}) from exc
    return Cursor(Position((bool(is_unknown), *numbers), before), arguments, days)


def check_repeated(cursor: Cursor, given: Mapping[str, object]) -> None:
    """Raise InvalidArguments if a call gives other arguments than the cursor's list has."""
    own = {name: _plain(value) for name, value in cursor.arguments.items()}
    wrong = [name for name, value in given.items() if own.get(name) != _plain(value)]
    if wrong:
        raise InvalidArguments({name: _explain(name, own.get(name)) for name in wrong})


def _explain(name: str, value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else value
    own = f"a list with {name} {text}" if value is not None else f"a list without {name}"
    return f"The cursor continues {own}: omit {name}, or omit the cursor to start a new list."


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**63


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, int) and _is_number(value) and value >= 0)
