"""What goes wrong during a soak. Each trouble ends by itself; nobody repairs anything."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from tests.soak.record import Phase
from tests.soak.system import MAX_LOCKED_S, System, resume

#: How long the store is locked at a time, and how long it is free in between.
LOCKED_S, FREE_S = 0.8, 0.2


class Trouble(NamedTuple):
    """A trouble: its phase, and a function that causes it for some seconds."""

    phase: Phase
    cause: Callable[[System, float], None]


def kill_worker(system: System, seconds: float) -> None:
    """Kill a worker with SIGKILL; gunicorn starts another."""
    os.kill(system.workers()[0], signal.SIGKILL)
    time.sleep(seconds)


def fill_disk(system: System, seconds: float) -> None:
    """Make every write to the store fail (RLIMIT_FSIZE), as a full disk does."""
    system.limit_file_size(1)
    try:
        time.sleep(seconds)
    finally:
        system.limit_file_size(-1)


def slow_store(system: System, seconds: float) -> None:
    """Lock the store most of the time, so that every write waits."""
    deadline = time.monotonic() + seconds
    with closing(
        sqlite3.connect(system.store, timeout=MAX_LOCKED_S, isolation_level=None)
    ) as connection:
        while time.monotonic() < deadline:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED_S)
            connection.execute("COMMIT")
            time.sleep(FREE_S)


def silence_strava(system: System, seconds: float) -> None:
    """Stop Strava's process: its connections stay open, and nothing is answered."""
    os.kill(system.strava, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        resume(system.strava)


#: A killed worker takes its connections with it. On a full disk what has to be stored is refused
#: with 503 and streams end. Without Strava its tool fails. A slow store costs time only.
TROUBLES = (
    Trouble(Phase("kill -9", frozenset({"502", "504", "connection"})), kill_worker),
    Trouble(Phase("full disk", frozenset({"503", "connection", "tool"})), fill_disk),
    Trouble(Phase("slow store"), slow_store),
    Trouble(Phase("silent Strava", frozenset({"tool"})), silence_strava),
)
