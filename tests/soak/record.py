"""What the clients of a soak observed: latencies, and failures by phase."""

import statistics
import threading
import time
from collections import Counter, deque
from typing import NamedTuple

#: Latencies that are kept per kind of client: those of the last ones in a long run.
MAX_LATENCIES = 200_000
#: Unexpected failures that are reported.
MAX_UNEXPECTED = 20


class Phase(NamedTuple):
    """A part of the run. ``allowed``: the kinds of failures that its trouble causes."""

    name: str
    allowed: frozenset[str] = frozenset()


CALM = Phase("calm")


class Failure(Exception):
    """A request failed; ``kind`` is such as ``503``, ``connection`` or ``tool``."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind} {detail}".strip())
        self.kind = kind


class Record:
    """Thread-safe; clients add to it, the report reads it."""

    def __init__(self, max_requests: int) -> None:
        self._lock = threading.Lock()
        self._phases = [(time.monotonic(), CALM)]
        self._max_requests = max_requests
        self.latencies: dict[str, deque[float]] = {}
        self.requests: Counter[str] = Counter()
        self.expected: Counter[tuple[str, str]] = Counter()
        self.unexpected: list[str] = []

    def enter(self, phase: Phase) -> None:
        """Begin a phase."""
        with self._lock:
            self._phases.append((time.monotonic(), phase))

    @property
    def cycles(self) -> int:
        """How often each trouble has begun, at most."""
        names = Counter(phase.name for _, phase in self._phases if phase != CALM)
        return max(names.values(), default=0)

    @property
    def is_full(self) -> bool:
        """Whether the run has made as many requests as it may."""
        return self.requests.total() >= self._max_requests

    def succeeded(self, client: str, seconds: float) -> None:
        """Add a request that was answered."""
        with self._lock:
            self.requests[client] += 1
            kept = self.latencies.setdefault(client, deque(maxlen=MAX_LATENCIES))
            kept.append(seconds * 1000)

    def failed(self, client: str, failure: Failure, previous_began: float) -> None:
        """Add a request that failed. ``previous_began``: when the client's request before it began.

        What a trouble breaks between two requests, such as a stream, is noticed by the next one,
        however late that comes. So it is explained by the troubles since the request before it.
        """
        with self._lock:
            self.requests[client] += 1
            phases = self._phases_since(previous_began)
            if any(failure.kind in phase.allowed for phase in phases):
                self.expected[(client, failure.kind)] += 1
            elif len(self.unexpected) < MAX_UNEXPECTED:
                names = ", ".join(phase.name for phase in phases)
                self.unexpected.append(f"{client} ({names}): {failure}")

    def _phases_since(self, began: float) -> list[Phase]:
        """The phases from a time until now."""
        phases: list[Phase] = []
        for start, phase in reversed(self._phases):
            phases.insert(0, phase)
            if start <= began:
                break
        return phases

    def percentiles(self, client: str) -> tuple[float, float]:
        """p50 and p99 of a client's requests, in milliseconds; 0 without any."""
        times = sorted(self.latencies.get(client, ()))
        if not times:
            return 0.0, 0.0
        return statistics.median(times), times[int(len(times) * 0.99)]
