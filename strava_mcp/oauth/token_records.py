"""Token lookup: find the record that a token names, check the token, and note when it was used.

Grants and personal tokens share it. A token names its record (``smcp_at_<id>_<secret>``), so that
one read checks it and one write revokes it. The store holds only hashes of secrets.
"""

import hmac
import re
import time
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.oauth.credentials import digest
from strava_mcp.oauth.token_cache import TokenCache
from strava_mcp.store import Record, Store

#: How often the time of last use is written to the store.
LAST_USED_INTERVAL_S = 3600


class BearerToken(NamedTuple):
    """A Bearer token of a record: the hash of its secret, when it expires, and whose it is."""

    hashed: str
    expires: float
    principal: Principal


class TokenRecord(Protocol):
    """A record that tokens belong to. Immutable; times are seconds since the epoch."""

    @property
    def last_used(self) -> float | None:
        """When one of its tokens was last used, accurate to LAST_USED_INTERVAL_S."""

    def bearer_tokens(self) -> Sequence[BearerToken]:
        """The tokens that authenticate requests, including expired ones; none if revoked."""

    def with_last_use(self, now: float, address: str) -> Self:
        """The record with a new time and client address of last use."""

    def dump(self) -> JSON:
        """The value to store."""

    @property
    def stored_until(self) -> float | None:
        """When the store may delete the record; None for never."""


R = TypeVar("R", bound=TokenRecord)


def state_of(revoked: float | None, expires: float | None) -> str:
    """``active``, ``expired`` or ``revoked``."""
    if revoked:
        return "revoked"
    return "expired" if expires and expires <= time.time() else "active"


class TokenRecords(Generic[R]):
    """The records of one kind of token. Every method raises StoreError.

    ``pattern``: matches such a token; its groups are the record's ID and the secret. ``is_usable``:
    whether tokens of a record are accepted at all.
    """

    def __init__(
        self,
        store: Store,
        namespace: str,
        pattern: re.Pattern[str],
        load: Callable[[Record], R],
        is_usable: Callable[[R], bool] = lambda record: True,
    ) -> None:
        self._store = store
        self._namespace = namespace
        self._pattern = pattern
        self._load = load
        self._is_usable = is_usable
        self._cache = TokenCache()

    def get(self, record_id: str) -> R | None:
        """The record with this ID."""
        record = self._store.get(self._namespace, record_id)
        return self._load(record) if record else None

    def all(self, limit: int) -> list[R]:
        """At most ``limit`` records, ordered by ID."""
        return [self._load(record) for record in self._store.records(self._namespace, limit)]

    def create(self, record_id: str, record: R) -> bool:
        """Store a new record; False if the ID is taken."""
        return self._store.create(self._namespace, record_id, record.dump(), record.stored_until)

    def change(self, record_id: str, change: Callable[[R], R | None]) -> R | None:
        """Read a record, change it and write it, again if another process wrote in between.

        Returns the changed record, or None if there is none or ``change`` returned None. If
        ``change`` returns its argument, nothing is written.
        """
        while stored := self._store.get(self._namespace, record_id):
            record = self._load(stored)
            changed = change(record)
            if changed is None or changed is record or self._write(stored, changed):
                return changed
        return None

    def authenticate(self, token: str, address: str) -> Principal | None:
        """The principal of a token; None if it is unknown, expired or revoked.

        ``address``: the client's, stored with the time of last use. Successful checks are cached
        for CACHE_S.
        """
        match = self._pattern.fullmatch(token)
        if match is None:
            return None
        record_id, hashed = match[1], digest(match[2])
        return self._cache.get(hashed, lambda now: self._look_up(record_id, hashed, address, now))

    def clear_cache(self) -> None:
        """Apply a revocation to this process at once."""
        self._cache.clear()

    def _look_up(
        self, record_id: str, hashed: str, address: str, now: float
    ) -> tuple[Principal, float] | None:
        """Check a token in the store; returns its principal and when it expires."""
        stored = self._store.get(self._namespace, record_id)
        if stored is None:
            return None
        record = self._load(stored)
        valid = None
        # All are compared, so that the time taken does not depend on which one matches.
        for token in record.bearer_tokens():
            if hmac.compare_digest(token.hashed, hashed) and token.expires > now:
                valid = token
        if valid is None or not self._is_usable(record):
            return None
        if now - (record.last_used or 0) >= LAST_USED_INTERVAL_S:
            # Losing a race loses nothing: the other process noted a use as well.
            self._write(stored, record.with_last_use(now, address))
        return valid.principal, valid.expires

    def _write(self, stored: Record, record: R) -> bool:
        return self._store.replace(
            self._namespace, stored.key, record.dump(), stored.version, record.stored_until
        )
