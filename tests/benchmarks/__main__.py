"""``python -m tests.benchmarks``: goals 1 to 5 and 7 of speed, memory and tokens.

All servers are up together and take turns of a second, so that a noisy machine is noisy for all;
the table gives medians. Goals that name the original are against its figures on another machine,
so they are shown by ratio to bare Flask, which both were measured beside.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.benchmarks import inside, process, tokens
from tests.servers import ROOT, free_port

HERE = Path(__file__).resolve().parent
TOKEN = "7c" * 32
CACHE = ROOT / "build" / "benchmarks"
FASTMCP = "fastmcp>=4,<5"


#: Label, what is asked, connections, milliseconds that the upstream takes.
SCENARIOS = (
    ("tools/list", "list", 1, 0),
    ("get_athlete", "call", 1, 0),
    ("get_athlete c16, 100 ms upstream", "call", 16, 100),
)


@dataclass
class Contender:
    """A server under test."""

    name: str
    command: list[str]
    port: int
    env: dict[str, str]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=1.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        upstream = free_port()
        stack.enter_context(
            _process([sys.executable, str(HERE / "upstream.py"), str(upstream)], {})
        )
        contenders = _contenders(Path(folder), upstream)
        report = _cold(contenders, chosen.rounds)
        _warm(contenders, upstream, chosen.rounds, chosen.seconds, report)
    _print(report, inside.measure(), tokens.measure())


def _contenders(folder: Path, upstream: int) -> list[Contender]:
    """Ours, bare Flask under the same server, and FastMCP in its own environment."""
    base = f"http://127.0.0.1:{upstream}"
    payload = folder / "tools.json"
    payload.write_bytes(inside.tools_list_bytes())
    ours, bare, fast = free_port(), free_port(), free_port()
    ours_env = {
        "STRAVA_MCP_HOME": str(folder / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "1000000",
        "STRAVA_SOURCE": "api",
        "STRAVA_API_URL": f"{base}/api/v3",
        "STRAVA_OAUTH_URL": f"{base}/oauth",
        "STRAVA_CLIENT_ID": "1",
        "STRAVA_CLIENT_SECRET": "benchmark",
        "STRAVA_REFRESH_TOKEN": "benchmark",
    }
    bare_env = {"BENCHMARK_PAYLOAD": str(payload), "BENCHMARK_UPSTREAM": base}
    return [
        Contender("strava_mcp", _gunicorn(ours, "wsgi:app"), ours, ours_env),
        Contender("bare Flask", _gunicorn(bare, "tests.benchmarks.bare:app"), bare, bare_env),
        Contender(
            "FastMCP",
            [str(_fastmcp()), str(HERE / "fastmcp_server.py"), str(fast)],
            fast,
            {"BENCHMARK_UPSTREAM": base},
        ),
    ]


def _gunicorn(port: int, app: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", "16", "--keep-alive", "60", app),
    ]


def _fastmcp() -> Path:
    """The Python of an environment with FastMCP, made on the first run."""
    python = CACHE / "fastmcp" / "bin" / "python"
    if not python.exists():
        print(f"making an environment for {FASTMCP} …", file=sys.stderr)
        venv.create(CACHE / "fastmcp", with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", FASTMCP]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return python


@contextmanager
def _process(command: list[str], env: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A process for as long as the block lasts."""
    started = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(20)


def _list_tools(port: int) -> bool:
    """Whether an authenticated tools/list succeeds."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {TOKEN}",
        "MCP-Protocol-Version": "2025-06-18",
    }
    request = Request(f"http://127.0.0.1:{port}/mcp", body, headers)
    try:
        with urlopen(request, timeout=10) as reply:
            return b'"result"' in reply.read()
    except (URLError, OSError):
        return False


def _cold(contenders: list[Contender], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds from process start to the first tools/list."""
    times: dict[str, list[float]] = {c.name: [] for c in contenders}
    for round_ in range(rounds + 1):  # the first one fills caches and does not count
        for contender in contenders:
            began = time.perf_counter()
            with _process(contender.command, contender.env):
                while not _list_tools(contender.port):
                    if time.perf_counter() - began > 60:
                        raise SystemExit(f"{contender.name} did not start")
                    time.sleep(0.003)
                if round_:
                    times[contender.name].append((time.perf_counter() - began) * 1000)
    return {name: {"cold start, ms": statistics.median(found)} for name, found in times.items()}


def _warm(
    contenders: list[Contender],
    upstream: int,
    rounds: int,
    seconds: float,
    report: dict[str, dict[str, float]],
) -> None:
    """Rates, latencies, CPU and memory with all servers up, added to the report."""
    with ExitStack() as stack:
        running = {c.name: stack.enter_context(_process(c.command, c.env)) for c in contenders}
        for contender in contenders:
            while not _list_tools(contender.port):
                time.sleep(0.05)
            report[contender.name]["RSS listed, MB"] = process.rss_mb(running[contender.name].pid)
            _load(contender, "call", 1, 0.05)  # what is imported late is not growth under load
            report[contender.name]["RSS warm, MB"] = process.rss_mb(running[contender.name].pid)
        for label, what, connections, delay_ms in SCENARIOS:
            urlopen(f"http://127.0.0.1:{upstream}/delay/{delay_ms}").close()
            # Of a second of waves of 100 ms the last one, cut off, would be a tenth.
            lasting = max(seconds, 30 * delay_ms / 1000)
            load = (what, connections, lasting, rounds)
            _turns(contenders, running, upstream, load, label, report)
        for name, started in running.items():
            report[name]["RSS loaded, MB"] = process.rss_mb(started.pid)


def _turns(
    contenders: list[Contender],
    running: dict[str, "subprocess.Popen[bytes]"],
    upstream: int,
    load: tuple[str, int, float, int],
    label: str,
    report: dict[str, dict[str, float]],
) -> None:
    """The contenders take turns; medians go into the report."""
    what, connections, seconds, rounds = load
    found: dict[str, dict[str, list[float]]] = {c.name: {} for c in contenders}
    for round_ in range(rounds + 1):
        for contender in contenders:
            before, cpu = _counts(upstream), process.cpu_s(running[contender.name].pid)
            said = _load(contender, what, connections, seconds)
            cpu, after = process.cpu_s(running[contender.name].pid) - cpu, _counts(upstream)
            if not round_:
                continue
            for key, value in {
                f"{label}: p50, ms": said["p50_ms"],
                f"{label}: per second": said["rate"],
                f"{label}: CPU ms a request": cpu * 1000 / said["count"],
                f"{label}: upstream calls a request": (after["requests"] - before["requests"])
                / said["count"],
                f"{label}: new upstream connections": after["connections"]
                - before["connections"]
                - 1,  # the question about the counts is one itself
            }.items():
                found[contender.name].setdefault(key, []).append(value)
    for name, values in found.items():
        report.setdefault(name, {})
        report[name] |= {key: statistics.median(v) for key, v in values.items()}


def _load(contender: Contender, what: str, connections: int, seconds: float) -> dict[str, float]:
    """What the load generator measured of one contender."""
    command = [
        *(sys.executable, str(HERE / "load.py"), str(contender.port), what, TOKEN),
        *(str(connections), str(seconds)),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    said: dict[str, float] = json.loads(done.stdout)
    return said


def _counts(upstream: int) -> dict[str, int]:
    with urlopen(f"http://127.0.0.1:{upstream}/counts") as reply:
        found: dict[str, int] = json.loads(reply.read())
        return found


def _print(
    report: dict[str, dict[str, float]], in_process: dict[str, float], counted: dict[str, float]
) -> None:
    names = list(report)
    rows = list(report[names[0]])
    print("| | " + " | ".join(names) + " | ours / bare Flask |")
    print("|---|" + "---|" * (len(names) + 1))
    for row in rows:
        cells = [report[name].get(row, float("nan")) for name in names]
        ratio = f"{cells[0] / cells[1]:.2f}" if cells[1] else ""
        print(f"| {row} | " + " | ".join(f"{cell:.2f}" for cell in cells) + f" | {ratio} |")
    for name, value in (in_process | counted).items():
        print(f"| {name} | {value:.2f} | | | |")
    print()
    for goal, measured, most in _goals(report, in_process, counted):
        print(f"{'met   ' if measured <= most else 'MISSED'} {goal}: {measured:.2f} ≤ {most}")


def _goals(
    report: dict[str, dict[str, float]], inner: dict[str, float], counted: dict[str, float]
) -> Iterator[tuple[str, float, float]]:
    """Each goal: what, what was measured, the most it may be."""
    ours, bare, fast = (report[n] for n in ("strava_mcp", "bare Flask", "FastMCP"))
    cold, calls = "cold start, ms", "get_athlete: CPU ms a request"
    listing = "tools/list: CPU ms a request"
    slow = "get_athlete c16, 100 ms upstream: per second"
    yield "1 cold start / bare Flask", ours[cold] / bare[cold], 1.35
    yield "1 cold start / FastMCP", ours[cold] / fast[cold], 0.25
    yield "2 forbidden modules after a tools/list", inner["forbidden modules"], 0
    yield "3 tools/list CPU / bare Flask", ours[listing] / bare[listing], 1.2
    yield "3 tools/call CPU / bare Flask", ours[calls] / bare[calls], 1.3
    yield "3 in process, authenticated tools/list, ms", inner["tools/list in process, ms"], 0.5
    yield "OAuth token / AUTH_TOKEN", inner["OAuth token / AUTH_TOKEN, in process"], 1.15
    yield "4 100 ms upstream, c16: ideal rate / ours", 160 / ours[slow], round(1 / 0.9, 3)
    yield "4 upstream calls a request", ours["get_athlete: upstream calls a request"], 1.0
    yield "4 new upstream connections, warm", ours["get_athlete: new upstream connections"], 0
    growth = ours["RSS loaded, MB"] / ours["RSS warm, MB"] - 1
    yield "5 growth under load", growth, 0.25
    yield "5 RSS loaded, MB (half of the original's 200)", ours["RSS loaded, MB"], 100
    yield from ((f"7 {name}", counted[name], most) for name, most in tokens.GOALS.items())


if __name__ == "__main__":
    main()
