"""Exact cross-process limits for passphrase attempts, registrations and document fetches."""

import time

from strava_mcp.store import Store

EVERYBODY = "*"


class ExactLimiter:
    """Limits attempts per key and overall, in any period of ``window_s`` seconds.

    Windows are aligned to the clock; those of the previous one count as well. ``name`` keeps
    limiters apart in the store. Unlike ``web.rate_limit.Limiter``, which counts in memory, every
    attempt is one write to the store: few are expected, and not one too many may pass.
    """

    def __init__(self, name: str, store: Store, window_s: int, per_key: int, overall: int) -> None:
        self._namespace = f"throttle:{name}"
        self._store = store
        self._window_s = window_s
        self._per_key, self._overall = per_key, overall

    def hit(self, key: str, alone: bool = False) -> int:
        """Count one attempt. Returns 0 if it is within the limits, else the seconds to wait.

        Attempts are counted before they are made, so that parallel ones cannot all pass; refused
        attempts do not count. ``alone``: check the key's own limit only. Raises StoreError: what
        cannot be counted is not attempted.
        """
        counted: list[str] = []
        for counter, limit in self._limits(key, alone):
            counted.append(counter)
            current, previous = self._add(counter, 1), self._add(counter, 0, windows_ago=1)
            if current + previous > limit:
                for name in counted:
                    self._add(name, -1)
                remaining_s = self._window_s - time.time() % self._window_s
                return int(remaining_s + (self._window_s if current > limit else 0)) + 1
        return 0

    def refund(self, key: str, alone: bool = False) -> None:
        """Refund an attempt that succeeded."""
        for counter, _ in self._limits(key, alone):
            self._add(counter, -1)

    def _limits(self, key: str, alone: bool) -> list[tuple[str, int]]:
        overall = [] if alone else [(EVERYBODY, self._overall)]
        return [(key, self._per_key), *overall]

    def _add(self, counter: str, amount: int, windows_ago: int = 0) -> int:
        """Change a counter and return it; an amount of 0 only reads it."""
        window = int(time.time() // self._window_s) - windows_ago
        expires_at = (window + 3) * self._window_s
        return self._store.increment(self._namespace, f"{counter}:{window}", amount, expires_at)
