"""A clock for strava_mcp's own modules, moved by a test.

``time`` is one module for the whole process: patching it there would also speed up or mislead every
other thread, such as a stand-in server that sleeps between two looks. So the clock takes the place
of the name ``time`` in each of our modules, and everything else keeps the real one.
"""

import pkgutil
import sys
import time
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import strava_mcp

#: Modules that start something when they are imported.
UNWANTED = ("strava_mcp.__main__", "strava_mcp.aws")


class Clock:
    """Seconds as ``time`` counts them, ``ahead_s`` later. Frozen, it moves only by ``sleep``."""

    def __init__(self) -> None:
        self.ahead_s = self._epoch_ahead_s = 0.0
        self._frozen_at: float | None = None
        self._monotonic_at = 0.0

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass at once."""
        self.ahead_s += seconds

    def freeze(self, at: float) -> None:
        """Stop at ``at``, in seconds since the epoch."""
        self._monotonic_at = self.monotonic()
        self._frozen_at, self.ahead_s = at, 0.0

    def go_on_from(self, at: float) -> None:
        """Let it be ``at``, in seconds since the epoch, and run on."""
        self._epoch_ahead_s = at - time.time()

    def time(self) -> float:
        running = time.time() + self._epoch_ahead_s
        now = running if self._frozen_at is None else self._frozen_at
        return now + self.ahead_s

    def monotonic(self) -> float:
        now = time.monotonic() if self._frozen_at is None else self._monotonic_at
        return now + self.ahead_s

    def sleep(self, seconds: float) -> None:
        if self._frozen_at is None:
            time.sleep(seconds)
        else:
            self.advance(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@cache
def _import_all() -> None:
    """Modules that are first imported by the code under test would miss the clock."""
    for module in pkgutil.walk_packages(strava_mcp.__path__, "strava_mcp."):
        if not module.name.startswith(UNWANTED):
            import_module(module.name)


def _modules() -> list[ModuleType]:
    _import_all()
    return [
        module
        for name, module in sys.modules.items()
        if name.split(".")[0] == "strava_mcp" and vars(module).get("time") is time
    ]


def install(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock in the place of ``time`` in every module of ours, until the test ends."""
    clock = Clock()
    for module in _modules():
        monkeypatch.setattr(module, "time", clock)
    return clock
