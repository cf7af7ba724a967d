"""Limits that must be exact across processes: guesses, registrations, documents fetched."""

import time

from strava_mcp.store import Store

EVERYBODY = "*"


class Throttle:
    """At most so many tries in any stretch of a window's length, for each key and for all together.

    Windows are stretches of the clock; those of the one before count, too. ``name`` keeps throttles
    apart in the store.
    """

    def __init__(self, name: str, store: Store, window_s: int, each: int, together: int) -> None:
        self._space = f"throttle:{name}"
        self._store = store
        self._window_s = window_s
        self._each, self._together = each, together

    def take(self, key: str, alone: bool = False) -> int:
        """Count one try; 0 while it is within the limits, else the seconds to wait.

        Counted before the try is made, so that a hundred at once are not all let through; what is
        refused does not count. ``alone``: not with all the others. Raises StoreError: what cannot
        be counted is not tried.
        """
        taken: list[str] = []
        for each, most in self._limits(key, alone):
            taken.append(each)
            now, before = self._add(each, 1), self._add(each, 0, ago=1)
            if now + before > most:
                for one in taken:
                    self._add(one, -1)
                left_s = self._window_s - time.time() % self._window_s
                return int(left_s + (self._window_s if now > most else 0)) + 1
        return 0

    def give_back(self, key: str, alone: bool = False) -> None:
        """The try was a good one: it does not count."""
        for each, _ in self._limits(key, alone):
            self._add(each, -1)

    def _limits(self, key: str, alone: bool) -> list[tuple[str, int]]:
        everybody = [] if alone else [(EVERYBODY, self._together)]
        return [(key, self._each), *everybody]

    def _add(self, key: str, by: int, ago: int = 0) -> int:
        window = int(time.time() // self._window_s) - ago
        expires_at = (window + 3) * self._window_s
        return self._store.increment(self._space, f"{key}:{window}", by, expires_at)
