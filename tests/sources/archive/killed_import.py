"""``flask archive import`` that kills itself: at a step of its database, not at a time.

``python -m tests.sources.archive.killed_import MAX_STEPS EXPORT --jobs 2`` prints the number of
steps so far and the process ids of its workers, when it kills itself or ends. MAX_STEPS of 0 lets
it end.
"""

import multiprocessing
import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import flask.cli

from strava_mcp.sources.archive.library import FILE
from strava_mcp.store import sqlite_file

#: So many instructions of SQLite's virtual machine are a step.
INSTRUCTIONS_PER_STEP = 20


def main(max_steps: int, arguments: list[str]) -> None:
    """Run the command until the library has taken ``max_steps``."""
    steps = 0
    connect = sqlite_file.connect

    def take_step() -> int:
        nonlocal steps
        steps += 1
        if steps == max_steps:
            report()
            os.kill(os.getpid(), signal.SIGKILL)
        return 0  # go on

    def report() -> None:
        workers = multiprocessing.active_children()
        print("steps:", steps, *(worker.pid for worker in workers), flush=True)

    def connect_counting(path: Path, **options: Any) -> sqlite3.Connection:
        connection = connect(path, **options)
        if path.name == FILE:
            connection.set_progress_handler(take_step, INSTRUCTIONS_PER_STEP)
        return connection

    sqlite_file.connect = connect_counting  # type: ignore[assignment]
    sys.argv = ["flask", "archive", "import", *arguments]
    try:
        flask.cli.main()
    finally:
        report()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
