"""The system under soak: a stand-in for Strava, gunicorn with two processes, and nginx in front."""

import os
import resource
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests import nginx
from tests.benchmarks.process import PAGE_MB, family
from tests.servers import free_port, process

TOKEN = "5a" * 32
WORKERS = 2
#: How long the store may be locked, while one of its users stands still.
MAX_LOCKED_S = 120


@dataclass(frozen=True)
class System:
    """The running processes and their data. Sizes in MB."""

    proxy: nginx.Proxy
    gunicorn: int
    strava: int
    store: Path
    log: Path

    def workers(self) -> list[int]:
        """The IDs of gunicorn's worker processes, without those that have ended."""
        return [pid for pid in family(self.gunicorn) if pid != self.gunicorn and _is_alive(pid)]

    def memory_mb(self) -> float:
        """The resident memory of the largest worker."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers()]
        return max(pages) * PAGE_MB

    def open_files(self) -> int:
        """The open files and connections of all workers."""
        return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in self.workers())

    def rows(self) -> Counter[str]:
        """The number of live rows of the store, by namespace (without what follows a colon)."""
        query = "SELECT space, COUNT(*) FROM records WHERE expires_at IS NULL OR expires_at > ? "
        uri, counts = f"file:{self.store}?mode=ro", Counter[str]()
        with closing(sqlite3.connect(uri, timeout=MAX_LOCKED_S, uri=True)) as connection:
            for space, count in connection.execute(query + "GROUP BY space", (time.time(),)):
                counts[space.partition(":")[0]] += count
        return counts

    def limit_file_size(self, limit: int) -> None:
        """Let writes of the workers beyond ``limit`` bytes of a file fail, as on a full disk."""
        for pid in self.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


@contextmanager
def running(folder: Path) -> Iterator[System]:
    """Run the system until the block ends."""
    strava_port, port, proxy_port = free_port(), free_port(), free_port()
    command = [sys.executable, "-m", "tests.benchmarks.upstream", str(strava_port)]
    strava = process(command, strava_port, folder / "strava.log")
    with strava as upstream:
        settings, words = nginx.documented_command(port)
        env = settings | {
            "PUBLIC_URL": f"https://localhost:{proxy_port}",
            "STRAVA_MCP_HOME": str(folder / "home"),
            "AUTH_TOKEN": TOKEN,
            "RATE_LIMIT": "1000000",
            "STRAVA_SOURCE": "api",
            "STRAVA_API_URL": f"{upstream.base}/api/v3",
            "STRAVA_OAUTH_URL": f"{upstream.base}/oauth",
            "STRAVA_CLIENT_ID": "1",
            "STRAVA_CLIENT_SECRET": "soak",
            "STRAVA_REFRESH_TOKEN": "soak",
            "STRAVA_CACHE_SECONDS": "0",
            "LOG_LEVEL": "warning",
        }
        log = folder / "server.log"
        with process(words, port, log, env) as server:
            with nginx.in_front_of(port, proxy_port, folder / "nginx") as proxy:
                store = folder / "home" / "store.db"
                system = System(proxy, server.pid, upstream.pid, store, log)
                try:
                    yield system
                finally:
                    resume(system.strava)


def _is_alive(pid: int) -> bool:
    """Whether a child runs: a killed one stays, as a zombie, until its parent has noticed."""
    with suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX"
    return False


def resume(pid: int) -> None:
    """Continue a process that was stopped."""
    os.kill(pid, signal.SIGCONT)
