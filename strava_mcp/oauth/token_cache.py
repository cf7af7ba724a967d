"""Cache of recently authenticated tokens, so that most requests skip the store."""

import time
from collections.abc import Callable
from typing import NamedTuple

from strava_mcp.identity import Principal

#: Seconds a successful token check is cached.
CACHE_S = 30
MAX_CACHED = 1000


class ValidToken(NamedTuple):
    """A successful check. ``generation``: that of the cache when the check began."""

    generation: int
    until: float
    principal: Principal


class TokenCache:
    """Caches successful checks only, so that a new token works at once.

    A revocation takes effect at once in this process and within CACHE_S in others.
    """

    def __init__(self) -> None:
        self._valid: dict[str, ValidToken] = {}
        self._generation = 0

    def get(
        self, hashed: str, look_up: Callable[[float], tuple[Principal, float] | None]
    ) -> Principal | None:
        """The principal of the token with this hash, from the cache or from ``look_up``.

        ``look_up``: called with the current time; returns the principal and when the token
        expires, or None.
        """
        now, generation = time.time(), self._generation
        cached = self._valid.get(hashed)
        # A check that began before ``clear`` may be stored after it: it is out of date.
        if cached and cached.generation == generation and cached.until > now:
            return cached.principal
        result = look_up(now)
        if result is None:
            return None
        principal, expires = result
        if len(self._valid) >= MAX_CACHED:
            self._valid.clear()
        self._valid[hashed] = ValidToken(generation, min(now + CACHE_S, expires), principal)
        return principal

    def clear(self) -> None:
        """Check every token in the store again."""
        self._generation += 1
        self._valid.clear()
