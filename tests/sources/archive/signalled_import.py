"""``flask archive import`` that sends itself a signal: at a step of its database, not at a time.

``python -m tests.sources.archive.signalled_import SIGNAL STEP EXPORT --jobs 2`` takes the steps
before STEP, prints their number and the process ids of its workers, waits for a line on standard
input, and sends the signal to itself and its workers: ``SIGKILL`` to itself alone. With a STEP of 0
it sends none, and prints the number of steps when it ends.
"""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import flask.cli

from strava_mcp.sources.archive.library import FILE
from strava_mcp.store import sqlite_file
from tests.servers import ROOT

#: So many instructions of SQLite's virtual machine are a step.
INSTRUCTIONS_PER_STEP = 20


class Report(NamedTuple):
    """How many steps an import took, and the process ids of its workers."""

    steps: int
    workers: list[str]


def start(
    kind: signal.Signals, step: int, home: Path, export: Path, jobs: int
) -> "subprocess.Popen[str]":
    """Start an import in a session of its own; ``resume`` lets it go on at ``step``."""
    return subprocess.Popen(
        [sys.executable, "-m", __name__, kind.name, str(step), str(export), "--jobs", str(jobs)],
        cwd=ROOT,
        env={**os.environ, "STRAVA_MCP_HOME": str(home), "STRAVA_SOURCE": "archive"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_report(process: "subprocess.Popen[str]") -> Report:
    """Wait until an import has printed its report. Raises AssertionError with what it printed."""
    assert process.stdout
    printed = []
    for line in process.stdout:
        printed.append(line)
        if line.startswith("steps:"):
            _, steps, *workers = line.split()
            return Report(int(steps), workers)
    raise AssertionError("".join(printed))


def resume(process: "subprocess.Popen[str]") -> None:
    """Let an import that has reached its step send the signal."""
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def main(kind: signal.Signals, step: int, arguments: list[str]) -> None:
    """Run the command, and send the signal at ``step``."""
    steps = 0
    connect = sqlite_file.connect

    def take_step() -> int:
        nonlocal steps
        steps += 1
        if steps == step:
            report()
            sys.stdin.readline()
            if kind == signal.SIGKILL:
                os.kill(os.getpid(), kind)
            os.killpg(0, kind)
        return 0  # go on

    def report() -> None:
        workers = multiprocessing.active_children()
        print("\nsteps:", steps, *(worker.pid for worker in workers), flush=True)

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
        if not step:
            report()


if __name__ == "__main__":
    main(signal.Signals[sys.argv[1]], int(sys.argv[2]), sys.argv[3:])
