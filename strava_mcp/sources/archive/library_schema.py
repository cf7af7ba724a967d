"""The tables of the library file and their migrations.

``mark`` holds a StoredActivity's ``source_hash``; ``belongings`` holds gear, clubs, routes and the
other tables of a profile. The names are those of the first version.
"""

import sqlite3

from strava_mcp.errors import Unavailable

#: Migrations from the empty file to the current schema. Append, never edit.
MIGRATIONS = (
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


def migrate(connection: sqlite3.Connection) -> None:
    """Apply pending migrations, each in its own transaction.

    Raises Unavailable if the file was written by a newer version.
    """
    version = _supported_version(connection)
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE;{statements};PRAGMA user_version = {number};COMMIT;"
        )


def check(connection: sqlite3.Connection) -> None:
    """Raise Unavailable unless the file has the current schema."""
    if _supported_version(connection) < len(MIGRATIONS):
        raise Unavailable(
            "The library was written by an earlier version: run `flask archive import` again."
        )


def _supported_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise Unavailable(
            f"The library has schema {version} and this version of strava_mcp supports "
            f"{len(MIGRATIONS)}: update strava_mcp, or run `flask archive remove` and import again."
        )
    return version
