"""The store in SQLite: one table, one statement per operation.

Each statement is atomic, so no operation needs an explicit transaction. Write-ahead logging lets
others read during a write; concurrent writers wait. The writers of one process queue on a lock
first, which is fairer than SQLite's polling. The column ``space`` is the namespace.
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from strava_mcp.errors import StoreError
from strava_mcp.library_errors import DatabaseError, sqlite_errors
from strava_mcp.store import sqlite_file
from strava_mcp.store.base import Record, Store, Value, may_exist

SCHEMA_VERSION = 1
#: Connections that a process keeps between statements; more are opened for a moment when needed.
MAX_IDLE = 4

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at REAL,
    PRIMARY KEY (space, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires_at) WHERE expires_at NOT NULL;
"""

# Expired rows count as absent in every statement below.
GET = """
SELECT value, version, expires_at FROM records
WHERE space = ?1 AND key = ?2 AND (expires_at IS NULL OR expires_at > ?3)
"""
PUT = """
INSERT INTO records (space, key, value, version, expires_at) VALUES (?1, ?2, ?3, 1, ?4)
ON CONFLICT DO UPDATE SET
    value = excluded.value, version = records.version + 1, expires_at = excluded.expires_at
"""
CREATE = PUT + """
WHERE records.expires_at <= ?5
RETURNING 1
"""
REPLACE = """
UPDATE records SET value = ?3, version = version + 1, expires_at = ?4
WHERE space = ?1 AND key = ?2 AND version = ?6 AND (expires_at IS NULL OR expires_at > ?5)
RETURNING 1
"""
TAKE = """
DELETE FROM records
WHERE space = ?1 AND key = ?2 AND (expires_at IS NULL OR expires_at > ?3)
RETURNING value
"""
LIST = """
SELECT key, value, version, expires_at FROM records
WHERE space = ?1 AND (expires_at IS NULL OR expires_at > ?2) ORDER BY key LIMIT ?3
"""
INCREMENT = """
INSERT INTO records (space, key, value, version, expires_at) VALUES (?1, ?2, ?3, 1, ?4)
ON CONFLICT DO UPDATE SET
    version = records.version + 1,
    value = CASE WHEN records.expires_at <= ?5 THEN ?3 ELSE records.value + ?3 END,
    expires_at = CASE WHEN records.expires_at <= ?5 THEN ?4 ELSE records.expires_at END
RETURNING value
"""
SWEEP = "DELETE FROM records WHERE expires_at <= ?1 RETURNING 1"


class SQLiteStore(Store):
    """A store in one SQLite file, shared by any number of threads and processes.

    ``path``: the file, created with mode 0600 in a folder of mode 0700, or ``:memory:``.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._write_lock = threading.Lock()
        # A store in memory has one connection, so its readers queue as well.
        self._read_lock: AbstractContextManager[Any] = (
            self._write_lock if path == ":memory:" else nullcontext()
        )
        self._idle: list[sqlite3.Connection] = []
        self._process = os.getpid()
        with _store_errors():
            self._idle.append(self._connect())

    def get(self, namespace: str, key: str) -> Record | None:
        if not may_exist(key):
            return None
        rows = self._read(GET, (namespace, key, time.time()))
        return Record(key, json.loads(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    def put(self, namespace: str, key: str, value: Value, expires_at: float | None = None) -> None:
        self._write(PUT, (namespace, key, _encode(value), expires_at))

    def create(
        self, namespace: str, key: str, value: Value, expires_at: float | None = None
    ) -> bool:
        return bool(self._write(CREATE, (namespace, key, _encode(value), expires_at, time.time())))

    def replace(
        self, namespace: str, key: str, value: Value, version: int, expires_at: float | None = None
    ) -> bool:
        if not may_exist(key):
            return False
        row = (namespace, key, _encode(value), expires_at, time.time(), version)
        return bool(self._write(REPLACE, row))

    def take(self, namespace: str, key: str) -> dict[str, Any] | None:
        if not may_exist(key):
            return None
        rows = self._write(TAKE, (namespace, key, time.time()))
        return json.loads(rows[0][0]) if rows else None

    def delete(self, namespace: str, key: str) -> bool:
        return self.take(namespace, key) is not None

    def records(self, namespace: str, limit: int = 1000) -> list[Record]:
        rows = self._read(LIST, (namespace, time.time(), limit))
        return [Record(key, json.loads(value), *rest) for key, value, *rest in rows]

    def increment(self, namespace: str, key: str, by: int, expires_at: float) -> int:
        return int(self._write(INCREMENT, (namespace, key, by, expires_at, time.time()))[0][0])

    def sweep(self) -> int:
        return len(self._write(SWEEP, (time.time(),)))

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _read(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with _store_errors(), self._read_lock, self._connection() as connection:
            return connection.execute(statement, values).fetchall()

    def _write(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with _store_errors(), self._write_lock, self._connection() as connection:
            return connection.execute(statement, values).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Borrow a connection for one statement: an idle one, or a new one.

        It is closed instead of kept after an error, or if enough others are idle.
        """
        if self._process != os.getpid():  # SQLite connections must not be used across a fork
            self._idle, self._process = [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        is_kept = False
        try:
            yield connection
            is_kept = self._path == ":memory:" or len(self._idle) < MAX_IDLE
        finally:
            if is_kept:
                self._idle.append(connection)
            else:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self._path != ":memory:":
            sqlite_file.create(Path(self._path))
        connection = sqlite_file.connect(self._path)
        _enable_wal(connection)
        # A power failure may lose the last writes but never corrupts (SQLite documentation, WAL).
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
            connection.executescript(
                f"BEGIN IMMEDIATE;{SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT"
            )
        return connection


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging, permanently.

    If several processes open a new file at once, one of them switches it. For the others SQLite
    raises "database is locked" at once, whatever their timeout, so they retry here.
    """
    deadline = time.monotonic() + sqlite_file.BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(0.01)


def _encode(value: Value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@contextmanager
def _store_errors() -> Iterator[None]:
    """Raise StoreError for the errors of SQLite and of the file system."""
    try:
        with sqlite_errors():
            yield
    except (DatabaseError, OSError) as exc:
        raise StoreError(f"The store did not answer: {exc}") from exc
