"""Answers of Strava, kept for a while: the same question twice costs one call.

Per athlete, and never for more than the seven days that Strava's API Agreement allows. A write of
ours, or a webhook, begins a new generation, after which nothing older is found.
"""

import hashlib
import json
import re
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from strava_mcp.errors import StoreError
from strava_mcp.store import Store

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
#: Strava API Agreement: no data is kept for longer.
MAX_AGE_S = 7 * DAY_S
#: Path → seconds. What is not here is not kept: uploads are polled, and exports are large.
LIFETIMES_S: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), seconds)
    for pattern, seconds in (
        (r"/athlete", HOUR_S),
        (r"/athlete/zones", DAY_S),
        (r"/athlete/clubs", DAY_S),
        (r"/athletes/\d+/stats", 15 * MINUTE_S),
        (r"/athletes/\d+/routes", HOUR_S),
        (r"/athlete/activities", 10 * MINUTE_S),
        # Two days less than may be: so long may DynamoDB take to delete what has expired.
        (r"/activities/\d+/streams", 5 * DAY_S),
        (r"/activities/\d+/(?:comments|kudos)", 10 * MINUTE_S),
        (r"/activities/\d+(?:/zones)?", HOUR_S),
        (r"/gear/\w+", HOUR_S),
        (r"/segments/starred", HOUR_S),
        (r"/segments/\d+", DAY_S),
        (r"/segment_efforts", HOUR_S),
        (r"/routes/\d+", DAY_S),
    )
)
#: Packed answers above this are not kept: a record of DynamoDB has at most 400 KB.
MAX_BYTES = 250_000
NAMESPACE = "strava-cache"
GENERATIONS = "strava-generation"


class Cache:
    """The answers of one store. ``max_age_s``: no answer is kept for longer; 0 keeps none."""

    def __init__(self, store: Store, max_age_s: int) -> None:
        self._store = store
        self._max_age_s = min(max_age_s, MAX_AGE_S)

    def generation(self, whose: str, path: str) -> str:
        """Among what answers of this kind are kept now; empty where they are not.

        Asked once for ``get`` and ``put``: an answer that was on its way while something was
        written belongs to the generation before.
        """
        try:
            if not self.lifetime_s(path):
                return ""
            record = self._store.get(GENERATIONS, whose)
            return f"{whose}:{record.version if record else 0}"
        except StoreError:
            return ""

    def get(self, generation: str, path: str, query: Mapping[str, Any]) -> Any:
        """An answer that was kept; None where there is none. A store that is down keeps none."""
        try:
            record = self._store.get(*_place(generation, path, query)) if generation else None
        except StoreError:
            return None
        return json.loads(zlib.decompress(b64decode(record.value["z"]))) if record else None

    def put(self, generation: str, path: str, query: Mapping[str, Any], answer: Any) -> None:
        """Keep an answer for as long as its kind allows."""
        if not generation or answer is None:
            return
        if self.generation(generation.rpartition(":")[0], path) != generation:
            return  # something was written, or the athlete has left, while it was on its way
        packed = b64encode(zlib.compress(json.dumps(answer).encode(), 1)).decode("ascii")
        if len(packed) > MAX_BYTES:
            return
        try:
            expires_at = time.time() + self.lifetime_s(path)
            self._store.put(*_place(generation, path, query), {"z": packed}, expires_at)
        except StoreError:
            pass  # it was only to save a call

    def invalidate(self, whose: str) -> None:
        """Find nothing any more of what was kept. Raises StoreError."""
        # When this expires, so has everything of the generations before.
        self._store.put(GENERATIONS, whose, {}, time.time() + MAX_AGE_S + DAY_S)

    def delete(self, whose: str) -> None:
        """Delete what was kept, at a disconnection, of every generation. Raises StoreError."""
        self.invalidate(whose)
        while records := self._store.records(f"{NAMESPACE}:{whose}", limit=100):
            for record in records:
                self._store.delete(f"{NAMESPACE}:{whose}", record.key)

    def lifetime_s(self, path: str) -> int:
        """How long an answer of this path is kept, in seconds; 0 for not at all."""
        for pattern, seconds in LIFETIMES_S:
            if pattern.fullmatch(path):
                return min(seconds, self._max_age_s)
        return 0


def _place(generation: str, path: str, query: Mapping[str, Any]) -> tuple[str, str]:
    """Space and key of an answer in the store."""
    given = sorted((k, str(v)) for k, v in query.items() if v is not None)
    asked = json.dumps([generation, path, given])
    whose = generation.rpartition(":")[0]
    return f"{NAMESPACE}:{whose}", hashlib.sha256(asked.encode()).hexdigest()
