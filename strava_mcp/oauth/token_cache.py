"""Cache of recently authenticated tokens, so that most requests skip the store."""

import time
from collections.abc import Callable

from strava_mcp.identity import Principal

#: Seconds a successful token check is cached.
CACHE_S = 30
MAX_CACHED = 1000


class TokenCache:
    """Caches successful checks only, so that a new token works at once.

    A revocation takes effect at once in this process and within CACHE_S in others.
    """

    def __init__(self) -> None:
        self._valid: dict[str, tuple[float, Principal]] = {}
        self._generation = 0

    def get(
        self, hashed: str, look_up: Callable[[float], tuple[Principal, float] | None]
    ) -> Principal | None:
        """The owner of the token with this hash, from the cache or from ``look_up``.

        ``look_up``: called with the current time; returns the principal and when the token
        expires, or None.
        """
        now = time.time()
        until, principal = self._valid.get(hashed, (0.0, None))
        if principal and until > now:
            return principal
        generation = self._generation
        result = look_up(now)
        if result is None:
            return None
        principal, expires = result
        if len(self._valid) >= MAX_CACHED:
            self._valid.clear()
        if generation == self._generation:  # else the token may have been revoked since the read
            self._valid[hashed] = (min(now + CACHE_S, expires), principal)
        return principal

    def clear(self) -> None:
        """Check every token in the store again."""
        self._generation += 1
        self._valid.clear()
