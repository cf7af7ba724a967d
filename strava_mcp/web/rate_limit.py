"""Requests per minute and key, counted in this process and shared with others through the store.

A window is a minute of the clock. Counts are flushed to the store in batches of a tenth of the
limit. So a first request never waits for the store, one process is exact, and several processes
exceed the limit by at most one batch each.

Memory is bounded: of too many keys the lower half is dropped, and keys that are new after that in
the same minute start with the highest count that was dropped. So no key gets more than the limit by
being dropped, however many there are (Metwally et al. 2005, "Space-Saving").
"""

import threading
import time
from dataclasses import dataclass

from strava_mcp.errors import StoreError
from strava_mcp.store import Store

WINDOW_S = 60
#: Keys that are tracked at a time.
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
        self._window = 0
        self._counts: dict[str, Count] = {}
        self._highest_dropped = 0
        self._lock = threading.Lock()

    def hit(self, key: str, by: int = 1) -> int:
        """Count ``by`` requests; 0 if they are within the limit, else the seconds to wait."""
        with self._lock:
            now = time.time()
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
        if window != self._window:
            self._window, self._counts, self._highest_dropped = window, {}, 0
        count = self._counts.get(key)
        if count is None:
            if len(self._counts) >= MAX_KEYS:
                self._drop_lowest()
            count = self._counts[key] = Count(window, self._highest_dropped)
        return count

    def _drop_lowest(self) -> None:
        """Drop the keys with the lower half of the counts."""
        ranked = sorted(self._counts.items(), key=lambda item: item[1].total)
        dropped, kept = ranked[: len(ranked) // 2], ranked[len(ranked) // 2 :]
        self._highest_dropped = dropped[-1][1].total
        self._counts = dict(kept)

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
