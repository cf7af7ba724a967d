"""Real servers in their own processes, on ports of their own."""

import fcntl
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
START_S = 120
#: Below those that Linux and macOS hand out (32768 or 49152 and above), above those of services.
PORTS = range(20_000, 32_000)
#: How long a server may take to stop before it is killed.
GRACE_S = 3
#: How long a worker of gunicorn waits for open requests: streams that a client left open never end.
GRACEFUL_TIMEOUT_S = 1
#: How long a connection stays open between two requests. A client that comes back just as it is
#: closed gets no response, and after the 2 s that gunicorn waits by itself a busy machine does.
KEEPALIVE_S = 75


def free_port() -> int:
    """A free port of 127.0.0.1, which no other test gets while this process runs.

    The system hands out none of these by itself, to connections and to servers on port 0.
    """
    while not _reserve(port := random.SystemRandom().choice(PORTS)):
        pass
    return port


def _reserve(port: int) -> bool:
    """Lock a file that stands for the port, unless it is taken or somebody listens there.

    The file stays open, and locked, until this process ends.
    """
    folder = Path(tempfile.gettempdir()) / "strava_mcp_ports"
    folder.mkdir(exist_ok=True)
    file = os.open(folder / str(port), os.O_CREAT | os.O_WRONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError:
        os.close(file)
        return False
    return True


class Running(NamedTuple):
    """A running server: its base URL, and the ID of its process."""

    base: str
    pid: int


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    log: Path,
    env: Mapping[str, str] | None = None,
    name: str = "127.0.0.1",
) -> Iterator[str]:
    """Run a server until the block ends; yields its base URL at ``name`` once it answers."""
    with process(command, port, log, env, name) as server:
        yield server.base


@contextmanager
def process(
    command: Sequence[str],
    port: int,
    log: Path,
    env: Mapping[str, str] | None = None,
    name: str = "127.0.0.1",
) -> Iterator[Running]:
    """Run a server until the block ends, as ``running`` does, and yield its process as well."""
    base = f"http://{name}:{port}"
    with log.open("ab") as output:
        started = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            _wait(base, started, log)
            yield Running(base, started.pid)
        finally:
            started.terminate()
            try:
                started.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                os.killpg(started.pid, signal.SIGKILL)  # with its workers
                started.wait()


def _wait(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urlopen(f"{base}/health", timeout=5).close()
            return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-2000:]}")


def flask_run(port: int, app: str = "wsgi") -> list[str]:
    """The command line of the development server."""
    return [sys.executable, "-m", "flask", "--app", app, "run", "--port", str(port)]


def gunicorn(port: int, workers: int = 2, threads: int = 8, app: str = "wsgi:app") -> list[str]:
    """The command line of gunicorn with threads."""
    bind = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    return [
        *(sys.executable, "-m", "gunicorn", *bind),
        *("--workers", str(workers), "--threads", str(threads)),
        *("--graceful-timeout", str(GRACEFUL_TIMEOUT_S)),
        *("--keep-alive", str(KEEPALIVE_S), app),
    ]
