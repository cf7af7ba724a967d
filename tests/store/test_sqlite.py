"""The store in SQLite: permissions, several processes on one file, failures."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from strava_mcp.errors import StoreError
from strava_mcp.store import open_store, sqlite
from strava_mcp.store.sqlite import MAX_IDLE, SQLiteStore
from tests.waiting import MAX_WAIT_S

WORKER = """
import sys, threading
from strava_mcp.store import open_store

path, name = sys.argv[1:]
store = open_store(f"sqlite://{path}")
problems = []

def work(thread):
    try:
        for n in range(CALLS):
            store.increment("count", "shared", 1, 9e12)
            store.put("rows", f"{name}-{thread}-{n}", {"n": n})
    except Exception as exc:
        problems.append(repr(exc))

threads = [threading.Thread(target=work, args=(t,)) for t in range(THREADS)]
[t.start() for t in threads]
[t.join() for t in threads]
sys.exit("; ".join(problems) or 0)
"""
PROCESSES, THREADS, CALLS = 2, 16, 157  # 2 × 16 × 157 × 2 = 10,048 calls


def test_concurrent_processes_and_threads_lose_no_write(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    code = WORKER.replace("CALLS", str(CALLS)).replace("THREADS", str(THREADS))
    command = [sys.executable, "-c", code, str(path)]
    started = [
        subprocess.Popen([*command, f"p{n}"], stderr=subprocess.PIPE) for n in range(PROCESSES)
    ]
    for process in started:
        _, problems = process.communicate(timeout=300)
        assert process.returncode == 0, problems.decode()
    store = open_store(f"sqlite://{path}")
    writes = PROCESSES * THREADS * CALLS
    assert store.increment("count", "shared", 0, 9e12) == writes
    assert len(store.records("rows", limit=writes + 1)) == writes
    store.close()


def test_only_the_file_owner_can_read_the_store(tmp_path: Path) -> None:
    store = open_store(f"sqlite://{tmp_path / 'home' / 'store.db'}")
    store.put("a", "k", {})
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    for file in (tmp_path / "home").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
    store.close()


def test_short_lived_threads_leave_no_connection_open(tmp_path: Path) -> None:
    store = open_store(f"sqlite://{tmp_path / 'store.db'}")
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    for n in range(50):
        thread = threading.Thread(target=store.put, args=("a", str(n), {}))
        thread.start()
        thread.join()
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    assert after <= before + 3
    store.close()


def test_unusable_file_raises_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="did not answer"):
        open_store(f"sqlite://{tmp_path / 'file' / 'store.db'}")
    (tmp_path / "junk.db").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite://{tmp_path / 'junk.db'}")


OPEN = """
import sys
from strava_mcp.store import open_store
print("ready", flush=True)
sys.stdin.readline()  # all at the same moment
store = open_store(sys.argv[1])
store.put("a", sys.argv[2], {})
store.close()
"""


def test_processes_can_open_a_new_file_at_once(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'new' / 'store.db'}"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, url, str(number)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(8)
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=MAX_WAIT_S)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, errors
    store = open_store(url)
    assert len(store.records("a")) == 8
    store.close()


def test_enabling_wal_is_retried_while_the_file_is_locked() -> None:
    """SQLite raises "locked" at once, without waiting; here it does so twice."""
    statements: list[str] = []

    class Locked:
        def execute(self, statement: str) -> None:
            statements.append(statement)
            if len(statements) < 3:
                raise sqlite3.OperationalError("database is locked")

    sqlite._enable_wal(Locked())  # type: ignore[arg-type]
    assert statements == ["PRAGMA journal_mode = WAL"] * 3


def test_another_process_does_not_delete_the_log_of_an_open_store(tmp_path: Path) -> None:
    path = tmp_path / "data" / "store.db"
    store = SQLiteStore(str(path))
    with store._connection(), store._connection():  # two at a time, as in a busy server
        store.put("a", "k", {"n": 1})
    command = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM records')"
    subprocess.run([sys.executable, "-c", command, str(path)], check=True, timeout=MAX_WAIT_S)
    assert path.with_name("store.db-wal").exists()
    store.put("a", "k", {"n": 2})
    reopened = SQLiteStore(str(path))
    record = reopened.get("a", "k")
    assert record and record.value == {"n": 2}
    for one in (store, reopened):
        one.close()


def test_few_connections_stay_open(tmp_path: Path) -> None:
    store = SQLiteStore(str(tmp_path / "store.db"))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: store.put("a", f"{n}", {"n": n}), range(200)))
    with ExitStack() as borrowed:
        for _ in range(10):
            borrowed.enter_context(store._connection())
    assert len(store._idle) == MAX_IDLE
    store.close()
