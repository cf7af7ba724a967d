"""Athletes who are said to have left, kept until Strava has said whether it is so.

Nothing signs an event, so a farewell may be forged: Strava decides. Until it has, neither a Strava
that is down nor a forged farewell in between may cost the true one.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from strava_mcp.store import Store

log = logging.getLogger(__name__)

NAMESPACE, ASKED = "strava-farewell", "strava-farewell-asked"
#: By then everything of the athlete's that is kept for a while has expired by itself.
KEPT_S = 8 * 86400
#: Forged farewells must not use up the limits: about one athlete Strava is asked this often.
ASK_S = 60
#: What could not be settled is tried again after so long, then twice as long, up to an hour, for a
#: day. What is left then is tried with the next event, or by the next process.
RETRY_S, MAX_RETRY_S, TRYING_S = ASK_S + 1, 3600, 86400


@dataclass(frozen=True)
class Farewell:
    """``version``: grows when the athlete is said to have left once more."""

    athlete_id: int
    version: int


class Farewells:
    """The farewells of one API application that are not settled."""

    def __init__(self, store: Store, client_id: str) -> None:
        self._store = store
        self._space = f"{NAMESPACE}:{client_id}"
        self._lock = threading.Lock()
        self._told = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, athlete_id: int) -> None:
        """Somebody is said to have left."""
        self._store.put(self._space, str(athlete_id), {}, time.time() + KEPT_S)

    def pending(self) -> list[Farewell]:
        """Who is said to have left."""
        found = self._store.records(self._space)
        return [Farewell(int(record.key), record.version) for record in found]

    def may_ask(self, whose: str) -> bool:
        """Whether Strava may be asked with these tokens now; of many who want to, one may."""
        return self._store.create(ASKED, whose, {}, time.time() + ASK_S)

    def not_answered(self, whose: str) -> None:
        """Strava gave no answer: it may be asked again."""
        self._store.delete(ASKED, whose)

    def settle(self, farewell: Farewell) -> bool:
        """Strava has answered. False: they are said to have left once more since it was asked."""
        key = str(farewell.athlete_id)
        return self._store.replace(self._space, key, {}, farewell.version, time.time())

    def see_to(self, settle: Callable[[], bool]) -> None:
        """Have ``settle`` called until it returns True: by one thread, which every call wakes."""
        with self._lock:
            self._told.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._until, args=(settle,), daemon=True)
                self._thread.start()

    def _until(self, settle: Callable[[], bool]) -> None:
        until, wait_s = time.monotonic() + TRYING_S, RETRY_S
        while time.monotonic() < until:
            self._told.clear()
            is_settled = _is_settled(settle)
            with self._lock:
                if is_settled and not self._told.is_set():
                    self._thread = None
                    return
            if is_settled or self._told.wait(wait_s):
                until, wait_s = time.monotonic() + TRYING_S, RETRY_S
            else:
                wait_s = min(2 * wait_s, MAX_RETRY_S)


def _is_settled(settle: Callable[[], bool]) -> bool:
    try:
        return settle()
    except Exception:  # a thread has nobody to tell; it has to go on
        log.exception("Farewells could not be settled")
        return False
