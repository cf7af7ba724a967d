"""Exact cross-process limits for passphrase attempts, registrations and document fetches."""

import time

from strava_mcp.store import Store

EVERYBODY, EVERYBODYS_OWN = "*", "*own"
MAX_OWN = 10


class ExactLimiter:
    """Limits attempts per key and overall, in any period of ``window_s`` seconds.

    Windows are aligned to the clock; those of the previous one count as well. ``name`` keeps
    limiters apart in the store. ``own``: the first attempts of each key, which do not count
    overall, so that a few keys cannot use up what all have; together they have MAX_OWN times the
    overall limit. Unlike ``web.rate_limit.Limiter``, which counts in memory, every attempt is one
    write to the store: few are expected, and not one too many may pass.
    """

    def __init__(
        self, name: str, store: Store, window_s: int, per_key: int, overall: int, own: int = 0
    ) -> None:
        self._namespace = f"throttle:{name}"
        self._store = store
        self._window_s = window_s
        self._per_key, self._overall, self._own = per_key, overall, own

    def hit(self, key: str, alone: bool = False) -> int:
        """Count one attempt. Returns 0 if it is within the limits, else the seconds to wait.

        Attempts are counted before they are made, so that parallel ones cannot all pass; refused
        attempts do not count. ``alone``: check the key's own limit only. Raises StoreError: what
        cannot be counted is not attempted.
        """
        now = time.time()  # read once: a window may end at any moment
        attempts, wait_s = self._count(key, self._per_key, now)
        if wait_s or alone:
            return wait_s
        wait_s = self._count(*self._shared_limit(attempts), now)[1]
        if wait_s:
            self._add(key, -1, now)
        return wait_s

    def refund(self, key: str, alone: bool = False) -> None:
        """Refund an attempt that succeeded; only for a limiter without ``own`` attempts."""
        now = time.time()
        for counter in [key] if alone else [key, EVERYBODY]:
            self._add(counter, -1, now)

    def _shared_limit(self, attempts: int) -> tuple[str, int]:
        """The counter and the limit that all keys share. ``attempts``: those of this key."""
        if attempts <= self._own:
            return EVERYBODYS_OWN, MAX_OWN * self._overall
        return EVERYBODY, self._overall

    def _count(self, counter: str, limit: int, now: float) -> tuple[int, int]:
        """Count one attempt, unless that is too many.

        Returns how many there are with it, and 0 or the seconds to wait.
        """
        current, previous = self._add(counter, 1, now), self._add(counter, 0, now, windows_ago=1)
        attempts = current + previous
        if attempts <= limit:
            return attempts, 0
        self._add(counter, -1, now)
        remaining_s = self._window_s - now % self._window_s
        return attempts, int(remaining_s + (self._window_s if current > limit else 0)) + 1

    def _add(self, counter: str, amount: int, now: float, windows_ago: int = 0) -> int:
        """Change a counter and return it; an amount of 0 only reads it."""
        window = int(now // self._window_s) - windows_ago
        expires_at = (window + 3) * self._window_s
        return self._store.increment(self._namespace, f"{counter}:{window}", amount, expires_at)
