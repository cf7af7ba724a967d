"""Cursors of a list of activities: a position in it, and the filters of the list."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.tools.activity_scan import Position

INVALID_CURSOR = "Not a cursor of this list; omit it to start at the newest."
MAX_LENGTH = 8000


@dataclass(frozen=True)
class Cursor:
    """Where a list continues.

    ``filters``: the loaded arguments of the first call. ``days``: what ``date_range`` meant in that
    call, as ``2026-03-01..2026-03-31``, so that the list does not change at midnight.
    """

    position: Position
    filters: JSON
    days: str | None = None

    def encode(self) -> str:
        """Serialize to opaque text (base64url of JSON)."""
        seen = sorted(self.position.seen)
        filters = {k: list(v) if isinstance(v, tuple) else v for k, v in self.filters.items()}
        values = [self.position.before, seen, self.position.skip, filters, self.days]
        packed = json.dumps(values, separators=(",", ":")).encode("utf-8")
        return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def parse_cursor(encoded: str) -> Cursor:
    """Parse what ``Cursor.encode`` returned. Raises InvalidArguments for anything else."""
    try:
        if len(encoded) > MAX_LENGTH:
            raise ValueError
        packed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        before, seen, skip, filters, days = json.loads(packed)
        if not (_is_natural(before) and _is_natural(skip) and all(map(_is_natural, seen))):
            raise ValueError
        if not isinstance(filters, dict) or not isinstance(days, (str, type(None))):
            raise ValueError
    except (ValueError, TypeError, RecursionError) as exc:
        raise InvalidArguments({"cursor": INVALID_CURSOR}) from exc
    return Cursor(Position(before, frozenset(seen), skip), filters, days)


def check_repeated(cursor: Cursor, filters: Mapping[str, object]) -> None:
    """Raise InvalidArguments if a call repeats filters of the cursor with other values."""
    own = {k: tuple(v) if isinstance(v, list) else v for k, v in cursor.filters.items()}
    wrong = [name for name, value in filters.items() if own.get(name) != value]
    if wrong:
        raise InvalidArguments(
            {
                name: f"The cursor belongs to {own.get(name) or 'a list without this filter'}."
                for name in wrong
            }
        )


def _is_natural(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
