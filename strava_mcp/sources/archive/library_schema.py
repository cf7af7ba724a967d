"""The tables of the library file and their migrations.

``mark`` holds a StoredActivity's ``source_hash``; ``belongings`` holds gear, clubs, routes and the
other tables of a profile. The names are those of the first version. ``facts`` has a row for each
activity, derived from its summary and detail: ``activity_facts.Facts``. ``metrics`` has a row for
each activity with a recording, computed from its samples: ``training.activity_metrics``.
"""

import json
import sqlite3
from collections.abc import Mapping

from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import Facts, facts_of
from strava_mcp.sources.metrics_parts import PARTS, VERSION

PUT_METRICS = "INSERT OR REPLACE INTO metrics VALUES (?, ?, ?, ?, ?)"
PUT_FACTS = f"INSERT OR REPLACE INTO facts VALUES ({', '.join('?' * len(Facts._fields))})"

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
    """
    CREATE TABLE facts (
        id INTEGER PRIMARY KEY, start, day, sport_type, workout, commute, indoor, gear, weather,
        distance, moving_time, elapsed_time, elevation_gain, speed, max_speed, average_heartrate,
        max_heartrate, average_watts, weighted_watts, kilojoules, relative_effort, kudos, text
    );
    CREATE INDEX facts_by_start ON facts (start DESC, id);
    """,
    """
    DROP TABLE facts;
    CREATE TABLE facts (
        id INTEGER PRIMARY KEY, start, day, sport_type, workout, commute, indoor, gear, weather,
        distance, moving_time, elapsed_time, elevation_gain, speed, max_speed, average_heartrate,
        max_heartrate, average_watts, weighted_watts, kilojoules, relative_effort, kudos,
        temperature, text
    );
    CREATE INDEX facts_by_start ON facts (start DESC, id);
    """,
    """
    CREATE TABLE metrics (
        id INTEGER PRIMARY KEY, version INTEGER NOT NULL, intensity TEXT, bests TEXT, route TEXT
    );
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply pending migrations, each in its own transaction, and derive all facts again.

    Raises Unavailable if the file was written by a newer version.
    """
    version = _supported_version(connection)
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE;{statements}")
        if number == len(MIGRATIONS):
            _put_all_facts(connection)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")


def put_facts(connection: sqlite3.Connection, summary: JSON, detail: JSON) -> None:
    """Derive and store the facts of an activity."""
    connection.execute(PUT_FACTS, facts_of({**detail, **summary}))


def put_metrics(connection: sqlite3.Connection, number: int, texts: Mapping[str, str]) -> None:
    """Store the metrics of an activity; without any, only that there are none in this version."""
    parts = (texts.get(part) for part in PARTS)
    connection.execute(PUT_METRICS, (number, VERSION, *parts))


def _put_all_facts(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM facts")
    for summary, detail in connection.execute("SELECT summary, detail FROM activities"):
        put_facts(connection, json.loads(summary), json.loads(detail))


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
