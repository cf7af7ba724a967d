"""DNS lookups with a deadline, bounded so that names that hang do not keep others waiting.

The system's resolver has no timeout, so each lookup runs in a thread that can be abandoned. It
keeps its place until the resolver returns, which may take half a minute.
"""

import socket
from collections import Counter
from queue import Empty, SimpleQueue
from threading import Lock, Thread

#: Concurrent lookups: of all requesters, of one, and those reserved for TRUSTED beyond the first.
MAX_LOOKUPS, MAX_PER_REQUESTER, RESERVED = 64, 6, 8
#: The requester of what is known to be wanted: see ``Lookups``.
TRUSTED = "trusted"


class Lookups:
    """Looks up host names. RESERVED lookups are for the requester TRUSTED alone."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: Counter[str] = Counter()

    @property
    def running(self) -> int:
        """How many have not returned, including abandoned ones."""
        return self._running.total()

    def resolve(self, host: str, port: int, requester: str, timeout_s: float) -> list[str]:
        """Every address of a host. Raises OSError: BlockingIOError if too many lookups run."""
        if not self._begin(requester):
            raise BlockingIOError("too many names are being looked up")
        results: SimpleQueue[list[str]] = SimpleQueue()
        Thread(target=self._run, args=(host, port, requester, results), daemon=True).start()
        try:
            return results.get(timeout=timeout_s)
        except Empty:
            raise TimeoutError("the resolver did not respond in time") from None

    def _begin(self, requester: str) -> bool:
        with self._lock:
            own, others = self._running[requester], self.running - self._running[TRUSTED]
            if requester == TRUSTED:
                may = own < RESERVED
            else:
                may = own < MAX_PER_REQUESTER and others < MAX_LOOKUPS
            if may:
                self._running[requester] += 1
            return may

    def _end(self, requester: str) -> None:
        with self._lock:
            self._running[requester] -= 1
            if not self._running[requester]:
                del self._running[requester]

    def _run(self, host: str, port: int, requester: str, results: "SimpleQueue[list[str]]") -> None:
        try:
            records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put([str(record[4][0]) for record in records])
        except (OSError, UnicodeError):
            results.put([])
        finally:
            self._end(requester)
