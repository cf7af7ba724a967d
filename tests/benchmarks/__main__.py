"""``python -m tests.benchmarks``: goals 1 to 5 and 7 of speed, memory and tokens.

All servers run at the same time and take turns of a second, so that a noisy machine is noisy for
all of them; the table gives medians. Goals that name the original refer to figures from another
machine, so they are given as ratios to bare Flask, which both were measured beside.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import pytest

from tests.benchmarks import inside, tokens
from tests.benchmarks.contenders import HERE, TOKEN, Contender, contenders, lists_tools
from tests.benchmarks.contenders import process as run
from tests.benchmarks.process import cpu_s, rss_mb
from tests.benchmarks.report import COLD, Report, print_report
from tests.servers import free_port

START_TIMEOUT_S = 60


class Scenario(NamedTuple):
    """Requests of one kind. ``cached``: with servers that keep upstream responses, or without."""

    label: str
    request: str
    cached: bool
    connections: int
    upstream_delay_ms: int


SCENARIOS = (
    Scenario("tools/list", "list", False, 1, 0),
    Scenario("get_athlete, cached", "call", True, 1, 0),
    Scenario("get_athlete, no cache", "call", False, 1, 0),
    Scenario("get_athlete c16, 100 ms upstream", "call", False, 16, 100),
)


def main() -> None:
    """Measure and print; what cannot be measured here is named at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=1.0)
    chosen = options.parse_args()
    missing: list[str] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        port = free_port()
        stack.enter_context(run([sys.executable, str(HERE / "upstream.py"), str(port)], {}))
        upstream = f"http://127.0.0.1:{port}"
        servers = contenders(Path(folder), upstream, missing)
        report = _measure_cold_starts([s for s in servers if not s.cached], chosen.rounds)
        _measure_load(servers, upstream, chosen.rounds, chosen.seconds, report)
    print_report(report, inside.measure(), _token_counts(missing), missing)


def _token_counts(missing: list[str]) -> dict[str, float]:
    try:
        return tokens.measure()
    except (OSError, RuntimeError, pytest.skip.Exception, pytest.fail.Exception) as exc:
        reason = (str(exc).strip() or type(exc).__name__).splitlines()[-1]
        missing.append(
            f"Tokens were not counted ({reason}): run `npm install --prefix tests` with Node 22."
        )
        return {}


def _measure_cold_starts(servers: list[Contender], rounds: int) -> Report:
    """Milliseconds from process start to the first tools/list."""
    times: dict[str, list[float]] = {server.name: [] for server in servers}
    for round_ in range(rounds + 1):  # the first round warms caches and does not count
        for server in servers:
            began = time.perf_counter()
            with run(server.command, server.env):
                while not lists_tools(server.port):
                    if time.perf_counter() - began > START_TIMEOUT_S:
                        raise SystemExit(f"{server.name} did not start")
                    time.sleep(0.003)
                if round_:
                    times[server.name].append((time.perf_counter() - began) * 1000)
    return {name: {COLD: statistics.median(values)} for name, values in times.items()}


def _measure_load(
    servers: list[Contender], upstream: str, rounds: int, seconds: float, report: Report
) -> None:
    """Add rates, latencies, CPU and memory to the report, with all servers running."""
    with ExitStack() as stack:
        pids = {s.port: stack.enter_context(run(s.command, s.env)).pid for s in servers}
        for server in servers:
            while not lists_tools(server.port):
                time.sleep(0.05)
            listed_mb = rss_mb(pids[server.port])
            _load(server, "call", 1, 0.05)  # late imports are not growth under load
            if not server.cached:
                report[server.name]["RSS listed, MB"] = listed_mb
                report[server.name]["RSS warm, MB"] = rss_mb(pids[server.port])
        for scenario in SCENARIOS:
            urlopen(f"{upstream}/delay/{scenario.upstream_delay_ms}").close()
            # In a second of 100 ms waves, the last, incomplete one would be a tenth.
            duration_s = max(seconds, 30 * scenario.upstream_delay_ms / 1000)
            turns = [server for server in servers if server.cached == scenario.cached]
            _take_turns(turns, pids, upstream, scenario, duration_s, rounds, report)
        for server in servers:
            if not server.cached:
                report[server.name]["RSS loaded, MB"] = rss_mb(pids[server.port])


def _take_turns(
    servers: list[Contender],
    pids: dict[int, int],
    upstream: str,
    scenario: Scenario,
    duration_s: float,
    rounds: int,
    report: Report,
) -> None:
    """Load the servers one after the other; medians of all rounds go into the report."""
    values: dict[str, dict[str, list[float]]] = {server.name: {} for server in servers}
    for round_ in range(rounds + 1):
        for server in servers:
            before, cpu_before_s = _counts(upstream), cpu_s(pids[server.port])
            result = _load(server, scenario.request, scenario.connections, duration_s)
            used_s, after = cpu_s(pids[server.port]) - cpu_before_s, _counts(upstream)
            if not round_:
                continue
            # Asking for the counts is a connection as well.
            connections = after["connections"] - before["connections"] - 1
            calls = after["requests"] - before["requests"]
            for name, value in {
                "p50, ms": result["p50_ms"],
                "per second": result["rate"],
                "CPU ms per request": used_s * 1000 / result["count"],
                "upstream calls per request": calls / result["count"],
                "new upstream connections": connections,
            }.items():
                values[server.name].setdefault(f"{scenario.label}: {name}", []).append(value)
    for name, rows in values.items():
        report[name] |= {row: statistics.median(figures) for row, figures in rows.items()}


def _load(server: Contender, request: str, connections: int, seconds: float) -> dict[str, float]:
    """Run the load generator against one server."""
    command = [
        *(sys.executable, str(HERE / "load.py"), str(server.port), request, TOKEN),
        *(str(connections), str(seconds)),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _counts(upstream: str) -> dict[str, int]:
    with urlopen(f"{upstream}/counts") as response:
        counts: dict[str, int] = json.loads(response.read())
        return counts


if __name__ == "__main__":
    main()
