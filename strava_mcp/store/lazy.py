"""A store that is opened on first use, so that requests that need none do not open it."""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from strava_mcp.errors import NotSupported, StoreError
from strava_mcp.store.base import Record, Store, Value

log = logging.getLogger(__name__)

#: How often expired records are deleted.
SWEEP_INTERVAL_S = 3600


class LazyStore(Store):
    """Delegates to the store that ``open_store`` opens when the first method is called.

    On first use, and then once per ``SWEEP_INTERVAL_S`` of use, it deletes expired records, so that
    rate limits, form tokens and codes do not accumulate, and then calls ``after_sweep``.
    """

    def __init__(
        self, open_store: Callable[[], Store], after_sweep: Callable[[], None] = lambda: None
    ) -> None:
        self._open_store = open_store
        self._after_sweep = after_sweep
        self._lock = Lock()
        self._store: Store | None = None
        self._sweep_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the store has been opened."""
        return self._store is not None

    @property
    def poll_interval_s(self) -> float:
        return self._opened().poll_interval_s

    def _opened(self) -> Store:
        """Open the store if needed and return it; sweep if that is due. Raises StoreError."""
        with self._lock:
            if self._store is None:
                self._store = self._open_store()
            store, now = self._store, time.monotonic()
            is_due = now >= self._sweep_at
            if is_due:
                self._sweep_at = now + SWEEP_INTERVAL_S
        if is_due:  # without the lock: ``after_sweep`` and other threads use this store
            self._sweep(store)
        return store

    def _sweep(self, store: Store) -> None:
        try:
            store.sweep()
            self._after_sweep()
        except (NotSupported, StoreError) as error:
            log.warning("The store could not be swept: %s", error)

    def get(self, namespace: str, key: str) -> Record | None:
        return self._opened().get(namespace, key)

    def put(self, namespace: str, key: str, value: Value, expires_at: float | None = None) -> None:
        self._opened().put(namespace, key, value, expires_at)

    def create(
        self, namespace: str, key: str, value: Value, expires_at: float | None = None
    ) -> bool:
        return self._opened().create(namespace, key, value, expires_at)

    def replace(
        self, namespace: str, key: str, value: Value, version: int, expires_at: float | None = None
    ) -> bool:
        return self._opened().replace(namespace, key, value, version, expires_at)

    def take(self, namespace: str, key: str) -> dict[str, Any] | None:
        return self._opened().take(namespace, key)

    def delete(self, namespace: str, key: str) -> bool:
        return self._opened().delete(namespace, key)

    def records(self, namespace: str, limit: int = 1000) -> list[Record]:
        return self._opened().records(namespace, limit)

    def increment(self, namespace: str, key: str, by: int, expires_at: float) -> int:
        return self._opened().increment(namespace, key, by, expires_at)

    def sweep(self) -> int:
        return self._opened().sweep()

    def close(self) -> None:
        """Close the store if it is open; the next use opens it again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = None
