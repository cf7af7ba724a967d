"""Faults on demand: what a test wants to go wrong at the next calls of a path."""

import threading
from dataclasses import dataclass

#: slow, reset and silence are for a transport to act out; the others change the reply.
KINDS = (
    *("slow", "reset", "silence", "status", "truncated", "html", "empty", "wrong-type", "unknown"),
)


@dataclass
class Fault:
    """One fault: which path, what, how often, and with which status or how many seconds."""

    path: str
    kind: str
    times: int = 1
    status: int = 503
    seconds: float = 0.0


class Faults:
    """The faults that are due."""

    def __init__(self) -> None:
        self._due: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self, path: str, kind: str, times: int = 1, status: int = 503, seconds: float = 0.0
    ) -> None:
        """Have the next ``times`` calls whose path begins with ``path`` go wrong."""
        if kind not in KINDS:
            raise ValueError(f"A fault is one of {', '.join(KINDS)}.")
        with self._lock:
            self._due.append(Fault(path, kind, times, status, seconds))

    def take(self, path: str) -> Fault | None:
        """The fault for this call, if one is due."""
        with self._lock:
            for fault in self._due:
                if path.startswith(fault.path) and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None
