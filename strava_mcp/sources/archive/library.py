"""The library: one SQLite file with the catalog, and beside it the recordings as packed columns.

A recording is kept under the name of its content, which is also its name where the library is
published; the catalog says which activity has which. Every write is one transaction, so that a
process that is killed leaves an activity as it was or as it became, never half of it.
"""

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strava_mcp.data_folder import prepare
from strava_mcp.errors import NotConnected, Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.library_errors import DatabaseError, sqlite_errors

FILE = "library.db"
BUSY_TIMEOUT_S = 30

#: Step by step from the empty file to the layout of today: a new layout is a statement more.
LAYOUTS = (
    """
    CREATE TABLE activities (
        id INTEGER PRIMARY KEY,
        started INTEGER NOT NULL,
        elapsed_s INTEGER NOT NULL,
        summary TEXT NOT NULL,
        detail TEXT NOT NULL,
        mark TEXT NOT NULL,
        origin TEXT NOT NULL,
        recording TEXT,
        problem TEXT
    );
    CREATE INDEX activities_by_start ON activities (started, id);
    CREATE INDEX activities_by_recording ON activities (recording);
    CREATE TABLE recordings (name TEXT PRIMARY KEY, block BLOB NOT NULL);
    CREATE TABLE belongings (kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key));
    """,
)

PUT = """
INSERT OR REPLACE INTO activities
    (id, started, elapsed_s, summary, detail, mark, origin, recording, problem)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
#: What no activity has any more.
ORPHANS = """
DELETE FROM recordings WHERE name = ?1
AND NOT EXISTS (SELECT 1 FROM activities WHERE recording = ?1)
"""
PAGE = """
SELECT summary FROM activities WHERE started < ?1 AND started > ?2
ORDER BY started {order}, id {order} LIMIT ?3 OFFSET ?4
"""
FOREVER = 1 << 60


@dataclass(frozen=True)
class StoredActivity:
    """An activity as the library keeps it.

    ``started``: seconds since the epoch, 0 where nobody knows. ``summary``: a SummaryActivity;
    ``detail``: what a DetailedActivity adds. ``mark`` tells what it was made from, so that the same
    is not made twice. ``origin``: ``export``, or ``file`` for a recording that came alone.
    ``block``: packed columns (``columns``), None without a recording; then ``problem`` says why,
    unless there never was one.
    """

    id: int
    started: int
    elapsed_s: int
    summary: JSON
    detail: JSON
    source_hash: str
    origin: str
    block: bytes | None = None
    problem: str | None = None


class Library:
    """A library file.

    Every method raises Unavailable where the file cannot be read or written, and NotConnected where
    there is none (``create``: one is made). SQLite's rollback journal, not its write-ahead log, is
    behind it: one file can be removed or replaced while a server has it open, three cannot.
    """

    def __init__(self, path: Path, create: bool = False) -> None:
        self.path = path
        self._own = threading.local()
        if create:
            with _unavailable_on_error():
                prepare(path.parent)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
                connection = self._opened()
                _bring_up_to_date(connection)
        else:
            self._connection()

    def page(
        self, before: int | None, after: int | None, limit: int, offset: int, oldest_first: bool
    ) -> list[JSON]:
        """Summaries that began within (``after``, ``before``), in the order of their starts."""
        statement = PAGE.format(order="ASC" if oldest_first else "DESC")
        bounds = (FOREVER if before is None else before, -FOREVER if after is None else after)
        rows = self._rows(statement, (*bounds, limit, offset))
        # One parse of them all is much faster than one each.
        found: list[JSON] = json.loads(f"[{','.join(row[0] for row in rows)}]")
        return found

    def activity(self, activity_id: int) -> tuple[JSON, JSON, str | None] | None:
        """Summary, detail and the recording's name of one activity, or None."""
        statement = "SELECT summary, detail, recording FROM activities WHERE id = ?"
        rows = self._rows(statement, (activity_id,))
        return (json.loads(rows[0][0]), json.loads(rows[0][1]), rows[0][2]) if rows else None

    def block(self, name: str) -> bytes | None:
        """The packed columns of a recording."""
        rows = self._rows("SELECT block FROM recordings WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def source_hash(self, activity_id: int) -> str | None:
        """What an activity was made from; None where there is no such one."""
        rows = self._rows("SELECT mark FROM activities WHERE id = ?", (activity_id,))
        return rows[0][0] if rows else None

    def near(self, started: int, within_s: int) -> list[tuple[int, int, int, str, bool]]:
        """Activities that began about then: id, start, elapsed seconds, origin, is recorded."""
        statement = """
            SELECT id, started, elapsed_s, origin, recording IS NOT NULL FROM activities
            WHERE started BETWEEN ? AND ? ORDER BY abs(started - ?), id
        """
        bounds = (started - within_s, started + within_s, started)
        return [(a, b, c, d, bool(e)) for a, b, c, d, e in self._rows(statement, bounds)]

    def find_by_source_hash(self, source_hash: str) -> int | None:
        """The id of an activity that was made from exactly this."""
        rows = self._rows("SELECT id FROM activities WHERE mark = ?", (source_hash,))
        return rows[0][0] if rows else None

    def put(self, kept: StoredActivity, instead_of: Sequence[int] = ()) -> None:
        """Keep an activity whole, in place of what was there under its id and of ``instead_of``."""
        name = hashlib.sha256(kept.block).hexdigest() if kept.block else None
        row = (kept.id, kept.started, kept.elapsed_s, _text(kept.summary), _text(kept.detail))
        with self._writing() as connection:
            before = self._recordings_of((kept.id, *instead_of))
            for old in instead_of:
                connection.execute("DELETE FROM activities WHERE id = ?", (old,))
            if name:
                put = "INSERT OR IGNORE INTO recordings VALUES (?, ?)"
                connection.execute(put, (name, kept.block))
            connection.execute(PUT, (*row, kept.source_hash, kept.origin, name, kept.problem))
            for old_name in before - {name}:
                connection.execute(ORPHANS, (old_name,))

    def put_items(self, kind: str, found: Mapping[str, JSON]) -> None:
        """Keep what an athlete has of a kind (gear, routes …), in place of what there was."""
        with self._writing() as connection:
            connection.execute("DELETE FROM belongings WHERE kind = ?", (kind,))
            rows = [(kind, key, _text(value)) for key, value in found.items()]
            connection.executemany("INSERT INTO belongings VALUES (?, ?, ?)", rows)

    def items_of(self, kind: str) -> dict[str, JSON]:
        """What the athlete has of a kind, in the order in which it was put."""
        statement = "SELECT key, value FROM belongings WHERE kind = ? ORDER BY rowid"
        return {key: json.loads(value) for key, value in self._rows(statement, (kind,))}

    def item(self, kind: str, key: str) -> JSON | None:
        """One of them."""
        statement = "SELECT value FROM belongings WHERE kind = ? AND key = ?"
        rows = self._rows(statement, (kind, key))
        return json.loads(rows[0][0]) if rows else None

    def counts(self) -> dict[str, int]:
        """How many activities there are, how many recorded, with a problem, from single files."""
        row = self._rows(
            "SELECT count(*), count(recording), count(problem), "
            "coalesce(sum(origin = 'file'), 0) FROM activities",
            (),
        )[0]
        return dict(zip(("activities", "recorded", "damaged", "files"), row, strict=True))

    def latest(self) -> int | None:
        """When the latest activity began, in seconds since the epoch; None where unknown."""
        return self._rows("SELECT max(started) FROM activities", ())[0][0] or None

    def recording_names(self) -> list[str]:
        """The names of every recording that an activity has."""
        statement = "SELECT DISTINCT recording FROM activities WHERE recording IS NOT NULL"
        return [row[0] for row in self._rows(statement + " ORDER BY recording", ())]

    def summaries(self) -> list[JSON]:
        """Every summary, in no set order: for totals."""
        rows = self._rows("SELECT summary FROM activities", ())
        found: list[JSON] = json.loads(f"[{','.join(row[0] for row in rows)}]")
        return found

    def copy_catalog(self, target: Path, told: Callable[[JSON], JSON], suffix: str) -> None:
        """Write everything but the recordings into a new file, in one piece, for publication.

        ``told`` takes out of a value what is not to leave; ``suffix`` is put behind the names of
        recordings, which change with it.
        """
        activities = self._rows("SELECT * FROM activities ORDER BY id", ())
        belongings = self._rows("SELECT * FROM belongings ORDER BY rowid", ())
        with _unavailable_on_error():
            copy = sqlite3.connect(target, isolation_level=None)
            try:
                _bring_up_to_date(copy)
                copy.execute("BEGIN")
                for *head, summary, detail, mark, origin, name, problem in activities:
                    texts = (_text(told(json.loads(text))) for text in (summary, detail))
                    recording = name and name + suffix
                    copy.execute(PUT, (*head, *texts, mark, origin, recording, problem))
                for kind, key, value in belongings:
                    row = (kind, key, _text(told(json.loads(value))))
                    copy.execute("INSERT INTO belongings VALUES (?, ?, ?)", row)
                copy.execute("COMMIT")
            finally:
                copy.close()

    def close(self) -> None:
        """Let go of this thread's connection."""
        _, connection = getattr(self._own, "opened", (None, None))
        if connection:
            connection.close()
            del self._own.opened

    def _recordings_of(self, ids: Sequence[int]) -> set[str]:
        marks = ",".join("?" * len(ids))
        statement = f"SELECT recording FROM activities WHERE id IN ({marks})"
        return {row[0] for row in self._rows(statement, tuple(ids)) if row[0]}

    def _rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with _unavailable_on_error():
            return self._connection().execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _unavailable_on_error():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has ended it already
                    connection.execute("ROLLBACK")
                raise

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection to the file that is there now: it may have been removed."""
        try:
            number = self.path.stat().st_ino
        except OSError:
            raise NotConnected(
                "No archive has been imported yet: run `flask archive import export.zip`."
            ) from None
        known, connection = getattr(self._own, "opened", (None, None))
        if connection is None or known != (number, os.getpid()):
            with _unavailable_on_error():
                connection = self._opened()
                _check(connection)
            self._own.opened = ((number, os.getpid()), connection)
        return connection

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Take the file through the layouts that it has not had, each whole or not at all."""
    layout = _check(connection, may_be_old=True)
    for number, statements in enumerate(LAYOUTS[layout:], layout + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE;{statements};PRAGMA user_version = {number};COMMIT;"
        )


def _check(connection: sqlite3.Connection, may_be_old: bool = False) -> int:
    layout: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if layout > len(LAYOUTS):
        raise Unavailable(
            f"The library has layout {layout} and this version knows {len(LAYOUTS)}: update "
            "strava_mcp, or run `flask archive remove` and import again."
        )
    if layout < len(LAYOUTS) and not may_be_old:
        raise Unavailable("The library is of an earlier version: run `flask archive import` again.")
    return layout


def _text(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@contextmanager
def _unavailable_on_error() -> Iterator[None]:
    """Raise Unavailable, with advice, for the errors of SQLite and of the file system."""
    try:
        with sqlite_errors():
            yield
    except DatabaseError as exc:
        advice = "Run `flask archive remove` and import the export again."
        if exc.is_disk_error:
            advice = "Make room on the disk and run the same command again."
        elif exc.is_locked:
            advice = "Another process is writing to it: try again."
        raise Unavailable(f"The library cannot be used ({exc}). {advice}") from exc
    except OSError as exc:
        raise Unavailable(f"The library cannot be used: {exc}.") from exc
