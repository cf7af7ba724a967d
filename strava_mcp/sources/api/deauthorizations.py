"""Unconfirmed deauthorizations: webhook events saying that an athlete revoked access.

Events are not signed and can be forged, so Strava itself is asked. Until it has confirmed, neither
an outage nor a forged event may cause a genuine deauthorization to be lost.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from strava_mcp.errors import SourceError, StoreError
from strava_mcp.store import Store

log = logging.getLogger(__name__)

NAMESPACE, CHECKED = "strava-farewell", "strava-farewell-asked"
#: By then all cached data of the athlete has expired by itself.
KEPT_S = 8 * 86400
#: Strava is asked about the same tokens at most this often, whether it answers or not: forged
#: events must not use up the rate limits.
CHECK_INTERVAL_S = 900
#: What is unconfirmed is checked again after RETRY_S, then after twice as long each time, up to
#: MAX_RETRY_S, for GIVE_UP_S. The next event or the next process tries again after that.
RETRY_S, MAX_RETRY_S, GIVE_UP_S = CHECK_INTERVAL_S + 1, 3600, 86400


class Connected(Protocol):
    """An athlete's connection to Strava, as far as a check needs it."""

    @property
    def key(self) -> str:
        """Identifies the tokens in use."""

    def is_revoked(self) -> bool:
        """Whether Strava no longer accepts the athlete's tokens. Raises SourceError."""


AnyConnected = TypeVar("AnyConnected", bound=Connected)


@dataclass(frozen=True)
class PendingDeauthorization:
    """``key``: that of the athlete's tokens. ``version`` grows with every further event."""

    key: str
    athlete_id: int
    version: int


class PendingDeauthorizations:
    """The unconfirmed deauthorizations of one API application, at most one for each connection."""

    def __init__(self, store: Store, client_id: str) -> None:
        self._store = store
        self._namespace = f"{NAMESPACE}:{client_id}"
        self._lock = threading.Lock()
        self._wake_up = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def close(self) -> None:
        """End the background thread; what is pending stays in the store."""
        with self._lock:
            self._is_closed = True
            self._wake_up.set()
            thread = self._thread
        if thread:
            thread.join()

    def add(self, athlete_id: int, connection: Connected) -> None:
        """Record an event saying that a connected athlete revoked access. Raises StoreError."""
        expires_at = time.time() + KEPT_S
        self._store.put(self._namespace, connection.key, {"athlete_id": athlete_id}, expires_at)

    def pending(self) -> list[PendingDeauthorization]:
        """Those that Strava has neither confirmed nor denied. Raises StoreError."""
        return [
            # Earlier releases used the athlete's ID as the key.
            PendingDeauthorization(
                record.key, int(record.value.get("athlete_id", record.key)), record.version
            )
            for record in self._store.records(self._namespace)
        ]

    def settle_all(
        self,
        connection_of: Callable[[int], AnyConnected | None],
        end: Callable[[int, AnyConnected], object],
    ) -> bool:
        """Ask Strava about each one, and ``end`` the connections that it confirms as revoked.

        Returns False if any is still unconfirmed. Raises StoreError.
        """
        return all([self._settle(one, connection_of, end) for one in self.pending()])

    def _settle(
        self,
        pending: PendingDeauthorization,
        connection_of: Callable[[int], AnyConnected | None],
        end: Callable[[int, AnyConnected], object],
    ) -> bool:
        athlete_id = pending.athlete_id
        connection = connection_of(athlete_id)
        if connection is None:
            return self._remove(pending)
        if not self._try_reserve_check(connection.key):
            return False
        try:
            if connection.is_revoked():
                end(athlete_id, connection)
                log.info("Access revoked at Strava: data deleted", extra={"athlete": athlete_id})
            else:
                log.warning("Access not revoked at Strava", extra={"athlete": athlete_id})
            return self._remove(pending)
        except (SourceError, StoreError) as error:
            log.warning(
                "Deauthorization still unconfirmed: %s", error, extra={"athlete": athlete_id}
            )
            return False

    def _try_reserve_check(self, key: str) -> bool:
        """Whether Strava may be asked about these tokens now; of concurrent callers, one may."""
        return self._store.create(CHECKED, key, {}, time.time() + CHECK_INTERVAL_S)

    def _remove(self, pending: PendingDeauthorization) -> bool:
        """Forget it, unless another event about the athlete arrived while Strava was asked."""
        key, version = pending.key, pending.version
        return self._store.replace(self._namespace, key, {}, version, time.time())

    def settle_in_background(self, settle: Callable[[], bool]) -> None:
        """Call ``settle`` in one background thread until it returns True; each call wakes it."""
        with self._lock:
            self._wake_up.set()
            if self._is_closed:
                return
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._retry, args=(settle,), daemon=True)
                self._thread.start()

    def _retry(self, settle: Callable[[], bool]) -> None:
        give_up_at, wait_s = time.monotonic() + GIVE_UP_S, RETRY_S
        while time.monotonic() < give_up_at and not self._is_closed:
            self._wake_up.clear()
            is_settled = _settled_without_error(settle)
            with self._lock:
                if self._is_closed or (is_settled and not self._wake_up.is_set()):
                    self._thread = None
                    return
            if is_settled or self._wake_up.wait(wait_s):
                give_up_at, wait_s = time.monotonic() + GIVE_UP_S, RETRY_S
            else:
                wait_s = min(2 * wait_s, MAX_RETRY_S)


def _settled_without_error(settle: Callable[[], bool]) -> bool:
    try:
        return settle()
    except Exception:  # a background thread has no caller, and must go on
        log.exception("Pending deauthorizations could not be settled")
        return False
