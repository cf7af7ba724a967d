"""The servers under test: ours, bare Flask under the same HTTP server, and FastMCP."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.benchmarks import inside
from tests.servers import ROOT, free_port

HERE = Path(__file__).resolve().parent
TOKEN = "7c" * 32
ENVIRONMENTS = ROOT / "build" / "benchmarks"
FASTMCP = "fastmcp>=4,<5"
OURS, BARE, FAST = "strava_mcp", "bare Flask", "FastMCP"


@dataclass
class Contender:
    """A server under test. ``cached``: it keeps the upstream's responses."""

    name: str
    cached: bool
    command: list[str]
    port: int
    env: dict[str, str]


def contenders(folder: Path, upstream: str, missing: list[str]) -> list[Contender]:
    """Every server that can run here; for each that cannot, the reason is appended to ``missing``.

    ``folder``: for their data. ``upstream``: base URL of the Strava API they call.
    """
    payload = folder / "tools.json"
    payload.write_bytes(inside.tools_list_bytes())
    runnable = [_ours(folder, upstream, cached) for cached in (True, False)]
    runnable += [_bare(payload, upstream, cached) for cached in (True, False)]
    try:
        python = _fastmcp_python()
    except subprocess.CalledProcessError:
        missing.append(f"FastMCP was not measured: pip could not install {FASTMCP}.")
        return runnable
    port = free_port()
    command = [str(python), str(HERE / "fastmcp_server.py"), str(port)]
    return [*runnable, Contender(FAST, False, command, port, {"BENCHMARK_UPSTREAM": upstream})]


def _ours(folder: Path, upstream: str, cached: bool) -> Contender:
    port = free_port()
    env = {
        "STRAVA_MCP_HOME": str(folder / f"home-{port}"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "1000000",
        "STRAVA_SOURCE": "api",
        "STRAVA_API_URL": f"{upstream}/api/v3",
        "STRAVA_OAUTH_URL": f"{upstream}/oauth",
        "STRAVA_CLIENT_ID": "1",
        "STRAVA_CLIENT_SECRET": "benchmark",
        "STRAVA_REFRESH_TOKEN": "benchmark",
        **({} if cached else {"STRAVA_CACHE_SECONDS": "0"}),
    }
    return Contender(OURS, cached, _gunicorn(port, "wsgi:app"), port, env)


def _bare(payload: Path, upstream: str, cached: bool) -> Contender:
    port = free_port()
    env = {
        "BENCHMARK_PAYLOAD": str(payload),
        "BENCHMARK_UPSTREAM": upstream,
        "BENCHMARK_CACHE": "1" if cached else "",
    }
    return Contender(BARE, cached, _gunicorn(port, "tests.benchmarks.bare:app"), port, env)


def _gunicorn(port: int, app: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", "16", "--keep-alive", "60", app),
    ]


def _fastmcp_python() -> Path:
    """The Python of an environment with FastMCP, created on the first run."""
    folder = ENVIRONMENTS / "fastmcp"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"creating an environment for {FASTMCP} …", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "-q", FASTMCP]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (folder / "complete").touch()
    return python


@contextmanager
def process(command: list[str], env: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process until the block ends."""
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


def lists_tools(port: int) -> bool:
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
        with urlopen(request, timeout=10) as response:
            return b'"result"' in response.read()
    except (URLError, OSError):
        return False
