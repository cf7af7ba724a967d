"""Limits a minute, counted in this process and written behind to the store for the others.

A window is a minute of the clock. Counts go to the store in batches of a tenth of the limit, so
that a first request never waits for the store, one process is exact, and several together overshoot
by at most a batch each.
"""

import threading
import time
from dataclasses import dataclass

from strava_mcp.errors import StoreError
from strava_mcp.store import Store

WINDOW_S = 60
#: At this many keys the ones of earlier windows are dropped, or all if there are none.
MAX_KEYS = 10_000


@dataclass
class Count:
    """What one key has used in the current window: in total, and not yet told the store."""

    window: int
    total: int = 0
    untold: int = 0


class Limiter:
    """At most ``limit`` a minute for each key. ``name`` keeps limiters apart in the store."""

    def __init__(self, name: str, limit: int, store: Store) -> None:
        self._name = name
        self._limit = limit
        self._batch = max(1, limit // 10)
        self._store = store
        self._counts: dict[str, Count] = {}
        self._lock = threading.Lock()

    def count(self, key: str, by: int = 1) -> int:
        """Count some; 0 while they are within the limit, else the seconds to wait."""
        now = time.time()
        with self._lock:
            count = self._current(key, int(now // WINDOW_S))
            count.total += by
            count.untold += by
            total = count.total
            telling = count.untold if count.untold >= self._batch else 0
            count.untold -= telling
        if telling and total <= self._limit:
            # Not under the lock: a store may take its time.
            total = max(total, self._tell(key, count, telling))
        return _left(now) if total > self._limit else 0

    def _current(self, key: str, window: int) -> Count:
        count = self._counts.get(key)
        if count is None or count.window != window:
            if len(self._counts) >= MAX_KEYS:
                recent = {k: c for k, c in self._counts.items() if c.window == window}
                # In a flood of keys memory counts for more than what each has used so far.
                self._counts = recent if len(recent) < MAX_KEYS else {}
            count = self._counts[key] = Count(window)
        return count

    def _tell(self, key: str, count: Count, number: int) -> int:
        """Add to the shared count; what all processes together have used, 0 if unknown."""
        expires_at = (count.window + 2) * WINDOW_S
        try:
            everybody = self._store.increment(
                f"rate:{self._name}", f"{key}:{count.window}", number, expires_at
            )
        except StoreError:
            return 0  # the limit still holds within this process
        with self._lock:
            count.total = max(count.total, everybody + count.untold)
        return everybody


def _left(now: float) -> int:
    """Seconds to the end of the window."""
    return int(WINDOW_S - now % WINDOW_S) + 1
