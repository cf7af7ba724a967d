"""The file of the library: connections, transactions and errors.

It uses SQLite's rollback journal and not the write-ahead log, because a single file can be deleted
or replaced while a server has it open.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from strava_mcp.config import IMPORT_ADVICE
from strava_mcp.errors import NotConnected, Unavailable
from strava_mcp.library_errors import DatabaseError, sqlite_errors
from strava_mcp.sources.archive import library_schema
from strava_mcp.store import sqlite_file
from strava_mcp.word_matching import matches_spellings

Row = tuple[Any, ...]


class LibraryFile:
    """A library file, with one connection per thread.

    Every method raises Unavailable if the file cannot be read or written, and NotConnected if it
    does not exist (``create`` creates it and applies pending migrations).
    """

    def __init__(self, path: Path, create: bool = False) -> None:
        self.path = path
        self._per_thread = threading.local()
        if create:
            with _unavailable_on_error():
                sqlite_file.create(path)
                _open_and_migrate(path).close()
        else:
            self._connection()

    def rows(self, statement: str, values: tuple[object, ...] = ()) -> list[Row]:
        """Return all rows of a SELECT."""
        with _unavailable_on_error():
            return self._connection().execute(statement, values).fetchall()

    def first(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        """Return the first column of the first row; None without a row."""
        rows = self.rows(statement, values)
        return rows[0][0] if rows else None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what the block writes, or roll it back if the block raises."""
        with _unavailable_on_error():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has already rolled it back
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close this thread's connection."""
        _, connection = getattr(self._per_thread, "opened", (None, None))
        if connection:
            connection.close()
            del self._per_thread.opened

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection, a new one after a fork or if the file was replaced."""
        try:
            inode = self.path.stat().st_ino
        except OSError:
            raise NotConnected(f"No archive has been imported yet: {IMPORT_ADVICE}.") from None
        opened, connection = getattr(self._per_thread, "opened", (None, None))
        if connection is None or opened != (inode, os.getpid()):
            with _unavailable_on_error():
                connection = sqlite_file.connect(self.path)
                connection.create_function("matches", 2, _matches, deterministic=True)
                library_schema.check(connection)
            self._per_thread.opened = ((inode, os.getpid()), connection)
        return connection


@contextmanager
def new_copy(path: Path) -> Iterator[sqlite3.Connection]:
    """Create another library file; what the block writes is committed at its end."""
    with _unavailable_on_error():
        connection = _open_and_migrate(path)
        try:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()


def _open_and_migrate(path: Path) -> sqlite3.Connection:
    """Open a library file and apply pending migrations. Raises Unavailable, sqlite3.Error."""
    connection = sqlite_file.connect(path)
    try:
        library_schema.migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


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


def _matches(words: str, text: str | None) -> bool:
    return text is not None and matches_spellings(words, text)
