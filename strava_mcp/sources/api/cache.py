"""Cached responses of Strava, so that a repeated question costs no call.

Responses are cached per athlete, for at most the seven days that Strava's API Agreement allows.
Each write and each webhook event starts a new generation of an athlete's responses; those of
earlier generations are never read again. Recordings are left as they are: no write changes one, and
events report a title, a type or a visibility.
"""

import hashlib
import json
import re
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from strava_mcp.errors import StoreError
from strava_mcp.store import Store

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
#: Strava API Agreement: no data may be cached for longer.
MAX_AGE_S = 7 * DAY_S
#: Path → seconds. Other paths are not cached: uploads are polled, and exports are large.
LIFETIMES_S: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), seconds)
    for pattern, seconds in (
        (r"/athlete", HOUR_S),
        (r"/athlete/zones", DAY_S),
        (r"/athlete/clubs", DAY_S),
        (r"/athletes/\d+/stats", 15 * MINUTE_S),
        (r"/athletes/\d+/routes", HOUR_S),
        (r"/athlete/activities", 10 * MINUTE_S),
        # Two days below the limit: DynamoDB may take 48 hours to delete expired items.
        (r"/activities/\d+/(?:streams|metrics)", 5 * DAY_S),
        (r"/activities/\d+/(?:comments|kudos)", 10 * MINUTE_S),
        (r"/activities/\d+(?:/zones)?", HOUR_S),
        (r"/gear/\w+", HOUR_S),
        (r"/segments/starred", HOUR_S),
        (r"/segments/\d+", DAY_S),
        (r"/segment_efforts", HOUR_S),
        (r"/routes/\d+", DAY_S),
    )
)
RECORDINGS = re.compile(r"/activities/\d+/(?:streams|metrics)")
#: Of one record, because a DynamoDB item has at most 400 KB; and how many records a response may
#: take. A recording of 14 hours fits; larger responses are not cached.
MAX_BYTES, MAX_RECORDS = 250_000, 4
NAMESPACE = "strava-cache"
GENERATIONS = "strava-generation"


class Cache:
    """Cached responses in a store.

    ``max_age_s``: upper limit for every kind of response; 0 turns the cache off. ``athlete_key``
    names the athlete's tokens (see ``tokens.Tokens.key``).
    """

    def __init__(self, store: Store, max_age_s: int) -> None:
        self._store = store
        self._max_age_s = min(max_age_s, MAX_AGE_S)

    @property
    def is_on(self) -> bool:
        """Whether anything is cached."""
        return self._max_age_s > 0

    def generation(self, athlete_key: str, path: str) -> str:
        """The current generation of an athlete's responses; empty if ``path`` is not cached.

        Read it once, before the request, for both ``get`` and ``put``: a response that arrives
        after a write still belongs to the generation before that write.
        """
        try:
            if not self.lifetime_s(path):
                return ""
            is_recording = RECORDINGS.fullmatch(path)
            key = _key_of_recordings(athlete_key) if is_recording else athlete_key
            record = self._store.get(GENERATIONS, key)
            return f"{athlete_key}:{record.version if record else 0}"
        except StoreError:
            return ""

    def get(self, generation: str, path: str, query: Mapping[str, object]) -> Any:
        """The cached response, or None. A store that fails counts as empty."""
        try:
            namespace, key = _namespace_and_key(generation, path, query)
            record = self._store.get(namespace, key) if generation else None
            if record is None:
                return None
            rest = [self._store.get(namespace, name) for name in record.value.get("rest", ())]
        except StoreError:
            return None
        parts = [part.value["z"] for part in (record, *rest) if part]
        if len(parts) <= len(rest):
            return None
        return json.loads(zlib.decompress(b64decode("".join(parts))))

    def put(
        self, generation: str, path: str, query: Mapping[str, object], response: object
    ) -> None:
        """Cache a response for the lifetime of its kind."""
        if not generation or response is None:
            return
        if self.generation(generation.rpartition(":")[0], path) != generation:
            return  # outdated by a write or a disconnection during the request
        packed = b64encode(zlib.compress(json.dumps(response).encode(), 1)).decode("ascii")
        first, *others = [packed[i : i + MAX_BYTES] for i in range(0, len(packed), MAX_BYTES)]
        if len(others) >= MAX_RECORDS:
            return
        try:
            expires_at = time.time() + self.lifetime_s(path)
            namespace, key = _namespace_and_key(generation, path, query)
            # Named by their content: two writers never mix theirs.
            rest = {f"{key}:{sha256(part.encode()).hexdigest()}": part for part in others}
            for name, part in rest.items():
                self._store.put(namespace, name, {"z": part}, expires_at)
            self._store.put(namespace, key, {"z": first, "rest": [*rest]}, expires_at)
        except StoreError:
            pass  # the next question costs a call

    def invalidate(self, athlete_key: str) -> None:
        """Start a new generation of an athlete's responses but recordings. Raises StoreError."""
        self._begin(athlete_key)

    def _begin(self, key: str) -> None:
        # By the time this record expires, so have all responses of earlier generations.
        self._store.put(GENERATIONS, key, {}, time.time() + MAX_AGE_S + DAY_S)

    def delete(self, athlete_key: str) -> None:
        """Delete an athlete's responses of every generation. Raises StoreError."""
        self._begin(athlete_key)
        self._begin(_key_of_recordings(athlete_key))
        while records := self._store.records(f"{NAMESPACE}:{athlete_key}", limit=100):
            for record in records:
                self._store.delete(f"{NAMESPACE}:{athlete_key}", record.key)

    def lifetime_s(self, path: str) -> int:
        """How long responses of this path are cached, in seconds; 0 if they are not."""
        for pattern, seconds in LIFETIMES_S:
            if pattern.fullmatch(path):
                return min(seconds, self._max_age_s)
        return 0


def _key_of_recordings(athlete_key: str) -> str:
    return f"{athlete_key}:recordings"


def _namespace_and_key(generation: str, path: str, query: Mapping[str, object]) -> tuple[str, str]:
    """Namespace and key of a response in the store."""
    parameters = sorted((k, str(v)) for k, v in query.items() if v is not None)
    question = json.dumps([generation, path, parameters])
    athlete_key = generation.rpartition(":")[0]
    return f"{NAMESPACE}:{athlete_key}", hashlib.sha256(question.encode()).hexdigest()
