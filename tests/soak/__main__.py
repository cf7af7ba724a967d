"""``python -m tests.soak``: mixed clients against the documented deployment while things go wrong.

gunicorn with two processes behind nginx, clients with a Bearer token, OAuth, SSE and WebSockets. In
turn a worker is killed, the disk is full, the store answers slowly, and Strava does not answer.
Prints a table; the exit code is 1 if anything was lost, grew, or did not recover by itself. Bounded
by --seconds or --minutes, and by --requests.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tests import nginx
from tests.soak import report
from tests.soak.clients import BearerClient, Client, OAuthClient, SseClient, WebSocketClient
from tests.soak.record import CALM, Record
from tests.soak.system import TOKEN, System, running
from tests.soak.troubles import TROUBLES

#: Every SSE or WebSocket client holds a stream, of which a token has half of MAX_STREAMS.
CLIENTS: tuple[type[Client], ...] = (
    *(BearerClient,) * 4,
    *(OAuthClient,) * 2,
    *(SseClient,) * 2,
    *(WebSocketClient,) * 2,
)
SHORT_S = 50.0
#: A cycle is a calm spell and every trouble, each followed by a calm spell.
CYCLE_S = 50.0
MIN_S, MAX_S = 30.0, 24 * 3600.0
MAX_REQUESTS = 10_000_000
#: Answers that each client gets before sizes are measured, so that everything is loaded by then.
WARM_UP_ANSWERS = 15
#: How long warming up, the last request of a client, and the closing of connections may take.
MAX_WAIT_S = 120
POLL_S = 0.1


def main() -> int:
    """Run the soak; returns the exit code."""
    options = _parser().parse_args()
    seconds = options.minutes * 60 if options.minutes else options.seconds
    if not MIN_S <= seconds <= MAX_S:
        print(f"A soak takes {MIN_S:.0f} s to {MAX_S / 3600:.0f} h.", file=sys.stderr)
        return 2
    if not nginx.PROGRAM:
        print("nginx is not installed (apt-get install nginx).", file=sys.stderr)
        return 2
    record = Record(options.requests)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as system:
        result = soak(system, record, seconds)
        print(report.table(record, result))
        for line in result.problems:
            print(f"FAILED: {line}")
    return 1 if result.problems else 0


def soak(system: System, record: Record, seconds: float) -> report.Result:
    """Run the clients and the troubles for some seconds, and measure."""
    stop = threading.Event()
    clients = [kind(system.proxy, TOKEN, record, stop) for kind in CLIENTS]
    for client in clients:
        client.start()
    before = None
    problems = []
    cycles = max(1, round(seconds / CYCLE_S))
    spell_s = seconds / cycles / (2 * len(TROUBLES) + 1)
    for _ in range(cycles):
        record.enter(CALM)
        time.sleep(spell_s)
        if before is None:
            problems = _warm_up(record, clients)
            before = report.measure(system)
        for trouble in TROUBLES:
            record.enter(trouble.phase)
            trouble.cause(system, spell_s)
            record.enter(CALM)
            time.sleep(spell_s)
        if record.is_full:
            break
    after = report.measure(system)
    stop.set()
    for client in clients:
        client.join(MAX_WAIT_S)
    _wait_until(lambda: not report.unsettled(system, before))
    result = report.judge(system, record, before, after, clients)
    return replace(result, problems=[*problems, *result.problems])


def _warm_up(record: Record, clients: Sequence[Client]) -> list[str]:
    """Wait until every client has its first answers; returns what is wrong with those without."""

    def cold() -> list[Client]:
        return [client for client in clients if client.answered < WARM_UP_ANSWERS]

    _wait_until(lambda: record.is_full or not cold())
    if record.is_full:
        return []
    return [f"{client} has only {client.answered} answers" for client in cold()]


def _wait_until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` holds, or until MAX_WAIT_S have passed."""
    deadline = time.monotonic() + MAX_WAIT_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(POLL_S)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SHORT_S, help=f"default: {SHORT_S:.0f}")
    parser.add_argument("--minutes", type=float, help="instead of --seconds")
    parser.add_argument(
        "--requests", type=int, default=MAX_REQUESTS, help="end after about this many"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
