"""Cursors of a list of activities: a place in it and the filters it was found under."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.tools.activity_scan import Place

WRONG = "Not a cursor of this list; leave it out to begin at the newest."
MAX_LENGTH = 8000


@dataclass(frozen=True)
class Cursor:
    """Where to go on.

    ``filters``: the arguments of the first call, as they were loaded; ``days``: what its words
    meant then, as ``2026-03-01..2026-03-31``, so that midnight does not change the list.
    """

    place: Place
    filters: JSON
    days: str | None = None

    def written(self) -> str:
        """As opaque text (base64url of JSON)."""
        seen = sorted(self.place.seen)
        filters = {k: list(v) if isinstance(v, tuple) else v for k, v in self.filters.items()}
        found = [self.place.before, seen, self.place.skip, filters, self.days]
        packed = json.dumps(found, separators=(",", ":")).encode("utf-8")
        return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def cursor_of(written: str) -> Cursor:
    """Read a cursor. Raises InvalidArguments for anything that is none."""
    try:
        if len(written) > MAX_LENGTH:
            raise ValueError
        packed = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        before, seen, skip, filters, days = json.loads(packed)
        if not (_whole(before) and _whole(skip) and all(_whole(one) for one in seen)):
            raise ValueError
        if not isinstance(filters, dict) or not isinstance(days, (str, type(None))):
            raise ValueError
    except (ValueError, TypeError, RecursionError) as exc:
        raise InvalidArguments({"cursor": WRONG}) from exc
    return Cursor(Place(before, frozenset(seen), skip), filters, days)


def check_repeated(cursor: Cursor, filters: Mapping[str, Any]) -> None:
    """Refuse filters beside a cursor that are not its own; InvalidArguments."""
    own = {k: tuple(v) if isinstance(v, list) else v for k, v in cursor.filters.items()}
    wrong = [name for name, value in filters.items() if own.get(name) != value]
    if wrong:
        raise InvalidArguments(
            {name: f"The cursor belongs to {own.get(name) or 'no such filter'}." for name in wrong}
        )


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
