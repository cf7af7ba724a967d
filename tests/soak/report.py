"""What a soak measured, as a table and as a judgement."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.soak.clients import Client, OAuthClient
from tests.soak.record import Failure, Record
from tests.soak.system import WORKERS, System

#: What may be added to memory and open files by threads and connections that start later.
MEMORY_FACTOR, MEMORY_MARGIN_MB = 1.25, 10.0
#: Every worker keeps up to four connections to the store, of three files each, and as many to
#: Strava as there were requests at once, of ten clients.
OPEN_FILES_MARGIN = WORKERS * (4 * 3 + 10)
#: Namespaces whose rows end with the minute or hour they count in, or with a session that was cut
#: off, so that their number says nothing about growth.
PASSING = ("rate", "lease")
#: Sessions and messages that each killed worker or full disk may leave behind. They expire within
#: 15 minutes, in which a soak has at most 18 cycles.
MAX_LEFT_PER_CYCLE, MAX_CYCLES = 16, 18


@dataclass
class Measures:
    """Sizes of the system at one time. Memory: of the largest worker, in MB."""

    memory_mb: float
    open_files: int
    rows: Counter[str]

    @property
    def lasting_rows(self) -> int:
        """The number of rows that do not pass by themselves within minutes."""
        return sum(n for space, n in self.rows.items() if space not in PASSING)


@dataclass
class Result:
    """The measures at the start and the end under load, after all clients left, and the verdict."""

    before: Measures
    after: Measures
    idle: Measures
    problems: list[str]


def measure(system: System) -> Measures:
    """Measure the system now."""
    return Measures(system.memory_mb(), system.open_files(), system.rows())


def judge(
    system: System, record: Record, before: Measures, after: Measures, clients: Sequence[Client]
) -> Result:
    """Compare the measures and try whether anything was lost."""
    idle = measure(system)
    problems = list(record.unexpected)
    if after.memory_mb > before.memory_mb * MEMORY_FACTOR + MEMORY_MARGIN_MB:
        problems.append(f"memory grew from {before.memory_mb:.0f} to {after.memory_mb:.0f} MB")
    problems += unsettled(system, before)
    max_left = MAX_LEFT_PER_CYCLE * min(record.cycles, MAX_CYCLES)
    if idle.rows["mail"] + idle.rows["sse"] > max_left:
        problems.append(f"sessions left rows behind: {dict(idle.rows)}")
    problems += [f"{kind} made no request" for kind in _kinds(clients) if not record.requests[kind]]
    problems += [f"a client still runs: {client}" for client in clients if client.is_alive()]
    problems += _lost_grants(clients)
    if "Traceback" in system.log.read_text():
        problems.append(f"the log has tracebacks:\n{_traceback(system.log.read_text())}")
    return Result(before, after, idle, problems)


def unsettled(system: System, before: Measures) -> list[str]:
    """What has not come to rest yet, or never will: workers and their open files."""
    if (workers := len(system.workers())) != WORKERS:
        return [f"{workers} workers run instead of {WORKERS}"]
    if (count := system.open_files()) > before.open_files + OPEN_FILES_MARGIN:
        return [f"{count} files are open without a client, {before.open_files} at the start"]
    return []


def _kinds(clients: Sequence[Client]) -> list[str]:
    return list(dict.fromkeys(client.kind for client in clients))


def _lost_grants(clients: Sequence[Client]) -> list[str]:
    """Problems of OAuth clients whose last refresh token does not work any more."""
    problems = []
    for client in clients:
        if isinstance(client, OAuthClient):
            try:
                client.refresh()
            except Failure as failure:
                problems.append(f"a grant was lost: {failure}")
    return problems


def _traceback(log: str) -> str:
    start = log.index("Traceback")
    return log[max(0, start - 300) : start + 1500]


def table(record: Record, result: Result) -> str:
    """The figures as two tables in Markdown."""
    lines = ["| Client | Requests | Refused during troubles | p50 | p99 |", "|---|---|---|---|---|"]
    for client in record.requests:
        refused: Counter[str] = Counter()
        for (kind, failure), count in record.expected.items():
            if kind == client:
                refused[failure] += count
        reasons = ", ".join(f"{count} × {kind}" for kind, count in sorted(refused.items()))
        p50, p99 = record.percentiles(client)
        count = record.requests[client]
        lines.append(
            f"| {client} | {count:,} | {reasons or 'none'} | {p50:.0f} ms | {p99:.0f} ms |"
        )
    before, after, idle = result.before, result.after, result.idle
    lines += [
        "",
        "| | Start | End | After the clients left |",
        "|---|---|---|---|",
        f"| Memory of the largest worker | {before.memory_mb:.0f} MB | {after.memory_mb:.0f} MB | "
        f"{idle.memory_mb:.0f} MB |",
        f"| Open files of both workers | {before.open_files} | {after.open_files} | "
        f"{idle.open_files} |",
        f"| Rows in the store | {before.lasting_rows} | {after.lasting_rows} | "
        f"{idle.lasting_rows} |",
        "",
        f"Unexpected errors: {len(record.unexpected)}",
    ]
    return "\n".join(lines)
