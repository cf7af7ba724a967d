"""Limit replies to about 4,000 tokens."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from strava_mcp.json_types import JSON

MAX_TOKENS = 4000
#: ASCII characters of compact JSON per token. Measured with o200k: rows of activities 2.9, laps and
#: splits 2.7, encoded polylines 2.
CHARACTERS_PER_TOKEN = 2.5
#: Reserved for the key of a truncated part and for the note about it.
NOTE_TOKENS = 150


def tokens(value: object) -> int:
    """Estimate the tokens of ``value`` as compact JSON, erring on the high side.

    Characters outside ASCII count as one token each.
    """
    encoded = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    ascii_count = len(encoded.encode("ascii", "ignore"))
    return int(ascii_count / CHARACTERS_PER_TOKEN) + len(encoded) - ascii_count


def rows_that_fit(rows: Sequence[object], budget: int) -> int:
    """How many leading ``rows`` fit into ``budget`` tokens."""
    for count, row in enumerate(rows):
        budget -= tokens(row) + 1
        if budget < 0:
            return count
    return len(rows)


def truncate_to_budget(
    reply: Mapping[str, Any],
    parts: Mapping[str, str],
    indivisible: Sequence[str] = (),
    budget: int = MAX_TOKENS,
) -> JSON:
    """A copy of ``reply`` with ``parts`` truncated, one after the other, until it fits.

    ``parts``: key of a list or text → where to find the rest. ``indivisible``: keys that are
    dropped instead, because a part of them is useless. The reply's ``note`` says what is missing.
    """
    truncated = dict(reply)
    notes = [truncated.pop("note")] if "note" in truncated else []
    for key, elsewhere in parts.items():
        if tokens(truncated) + NOTE_TOKENS <= budget:
            break
        value = truncated.pop(key, None)
        if not value:
            continue
        left = budget - tokens(truncated) - NOTE_TOKENS
        kept = 0 if key in indivisible else _count_that_fits(value, left)
        if kept:
            truncated[key] = value[:kept]
        notes.append(f"{key}: {kept} of {len(value)} shown (size limit); {elsewhere}.")
    return truncated | ({"note": " ".join(notes)} if notes else {})


def _count_that_fits(value: Sequence[object], budget: int) -> int:
    # One character takes up to two tokens (emoji).
    return max(0, budget // 2) if isinstance(value, str) else rows_that_fit(value, budget)
