"""Limits that must be exact across processes: guesses, registrations, documents fetched."""

import time
from collections.abc import Callable

from strava_mcp.store import Store

EVERYBODY = "*"


class Throttle:
    """At most so many tries in a window, for each client network and for all together.

    A window is a stretch of the clock. ``name`` keeps throttles apart in the store.
    """

    def __init__(
        self, name: str, store: Callable[[], Store], window_s: int, each: int, together: int
    ) -> None:
        self._space = f"throttle:{name}"
        self._store = store
        self._window_s = window_s
        self._limits = {False: each, True: together}

    def take(self, network: str) -> int:
        """Count one try; 0 while it is within the limits, else the seconds to wait.

        Counted before the try is made, so that a hundred at once are not all let through. Raises
        StoreError: what cannot be counted is not tried.
        """
        for key in (network, EVERYBODY):
            if self._add(key, 1) > self._limits[key == EVERYBODY]:
                return int(self._window_s - time.time() % self._window_s) + 1
        return 0

    def give_back(self, network: str) -> None:
        """The try was a good one: it does not count."""
        for key in (network, EVERYBODY):
            self._add(key, -1)

    def _add(self, key: str, by: int) -> int:
        window = int(time.time() // self._window_s)
        expires_at = (window + 2) * self._window_s
        return self._store().increment(self._space, f"{key}:{window}", by, expires_at)
