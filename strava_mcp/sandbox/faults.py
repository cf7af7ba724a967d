"""Faults on demand: what a test wants to go wrong at the next calls of a path."""

import threading
from collections.abc import Collection
from dataclasses import dataclass

#: What happens to the connection: acted out by the transport, in process or over HTTP.
#: ``slow`` waits ``seconds`` before it goes on; ``reset`` breaks off; ``silence`` never answers.
ON_THE_LINE = ("slow", "reset", "silence")
#: What comes instead of a good reply. ``status``: a Fault with that status; ``truncated``: half of
#: it; ``html``: a page; ``empty``: a list of nothing; ``wrong-type``: numbers as text; ``unknown``:
#: fields and a sport that nobody knows; ``skew``: a clock that is ``seconds`` ahead.
IN_THE_REPLY = ("status", "truncated", "html", "empty", "wrong-type", "unknown", "skew")
KINDS = ON_THE_LINE + IN_THE_REPLY


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
        """Have the next ``times`` calls whose path begins with ``path`` go wrong.

        Faults on the line may be written with ``transport:`` before the path.
        """
        if kind not in KINDS:
            raise ValueError(f"A fault is one of {', '.join(KINDS)}.")
        with self._lock:
            self._due.append(Fault(path.removeprefix("transport:"), kind, times, status, seconds))

    def take(self, path: str, kinds: Collection[str] = KINDS) -> Fault | None:
        """The fault of one of these kinds for this call, if one is due."""
        with self._lock:
            for fault in self._due:
                if path.startswith(fault.path) and fault.kind in kinds:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._due.remove(fault)
                    return fault
        return None
