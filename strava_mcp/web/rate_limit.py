"""Requests per minute and key, counted in this process and shared with others through the store.

A window is a minute of the clock. Counts are flushed to the store in batches of a tenth of the
limit. So a first request never waits for the store, one process is exact, and several processes
exceed the limit by at most one batch each.
"""

import threading
import time
from dataclasses import dataclass

from strava_mcp.errors import StoreError
from strava_mcp.store import Store

WINDOW_S = 60
#: When this many keys are tracked, those of earlier windows are dropped; if there are none, all.
MAX_KEYS = 10_000


@dataclass
class Count:
    """Usage of one key in the current window: in total, and not yet flushed to the store."""

    window: int
    total: int = 0
    unflushed: int = 0


class Limiter:
    """Allows ``limit`` requests per minute and key. ``name`` separates limiters in the store."""

    def __init__(self, name: str, limit: int, store: Store) -> None:
        self._name = name
        self._limit = limit
        self._batch = max(1, limit // 10)
        self._store = store
        self._counts: dict[str, Count] = {}
        self._lock = threading.Lock()

    def hit(self, key: str, by: int = 1) -> int:
        """Count ``by`` requests; 0 if they are within the limit, else the seconds to wait."""
        now = time.time()
        with self._lock:
            count = self._current(key, int(now // WINDOW_S))
            count.total += by
            count.unflushed += by
            total = count.total
            batch = count.unflushed if count.unflushed >= self._batch else 0
            count.unflushed -= batch
        if batch and total <= self._limit:
            # Outside the lock: the store may be slow.
            total = max(total, self._flush(key, count, batch))
        return _seconds_left(now) if total > self._limit else 0

    def _current(self, key: str, window: int) -> Count:
        count = self._counts.get(key)
        if count is None or count.window != window:
            if len(self._counts) >= MAX_KEYS:
                recent = {k: c for k, c in self._counts.items() if c.window == window}
                # In a flood of keys, bounded memory matters more than the counts so far.
                self._counts = recent if len(recent) < MAX_KEYS else {}
            count = self._counts[key] = Count(window)
        return count

    def _flush(self, key: str, count: Count, number: int) -> int:
        """Add to the shared count; returns that of all processes, or 0 if the store is down."""
        expires_at = (count.window + 2) * WINDOW_S
        try:
            shared = self._store.increment(
                f"rate:{self._name}", f"{key}:{count.window}", number, expires_at
            )
        except StoreError:
            return 0  # the limit still holds within this process
        with self._lock:
            count.total = max(count.total, shared + count.unflushed)
        return shared


def _seconds_left(now: float) -> int:
    """Whole seconds until the window has ended."""
    return int(WINDOW_S - now % WINDOW_S) + 1
