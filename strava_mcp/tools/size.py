"""How large a reply may be: about 4,000 tokens, so that a chat can hold many of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from strava_mcp.json_types import JSON

MAX_TOKENS = 4000
#: Letters, figures and punctuation of compact JSON to a token. Measured with o200k: rows of
#: activities 2.9, laps and splits 2.7, encoded tracks 2.
CHARACTERS_PER_TOKEN = 2.5
#: Set aside for the key of a part that is cut, and for the note about it.
NOTE_TOKENS = 150


def tokens(value: Any) -> int:
    """About how many tokens ``value`` takes as compact JSON; rather too many than too few.

    Letters outside ASCII count as one token each.
    """
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    plain = sum(letter.isascii() for letter in written)
    return int(plain / CHARACTERS_PER_TOKEN) + len(written) - plain


def rows_that_fit(rows: Sequence[Any], room: int) -> int:
    """How many of ``rows``, from the first, fit into ``room`` tokens."""
    for count, row in enumerate(rows):
        room -= tokens(row) + 1
        if room < 0:
            return count
    return len(rows)


def fitted(
    reply: JSON, parts: Mapping[str, str], whole: Sequence[str] = (), room: int = MAX_TOKENS
) -> JSON:
    """``reply``, with the ``parts`` that may be cut shortened, in their order, until it fits.

    ``parts``: key of a list or text → where the rest is to be had. Those named in ``whole`` are of
    no use in part. The reply's ``note`` says what was cut.
    """
    found = dict(reply)
    notes = [found.pop("note")] if "note" in found else []
    for key, elsewhere in parts.items():
        if tokens(found) + NOTE_TOKENS <= room:
            break
        every = found.pop(key, None)
        if not every:
            continue
        left = room - tokens(found) - NOTE_TOKENS
        kept = 0 if key in whole else _kept(every, left)
        if kept:
            found[key] = every[:kept]
        notes.append(f"{key}: {kept} of {len(every)} shown, for size; {elsewhere}.")
    return found | ({"note": " ".join(notes)} if notes else {})


def _kept(every: Sequence[Any], room: int) -> int:
    # A letter takes up to two tokens, as emoji do.
    return max(0, room // 2) if isinstance(every, str) else rows_that_fit(every, room)
