"""The library: one SQLite file with the athlete's activities, recordings and profile tables.

A recording is stored under the SHA-256 of its content, so equal recordings are stored once and a
published recording never changes under its name. Every write is one transaction: a killed process
leaves each activity either as it was or completely updated.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from strava_mcp.config import IMPORT_ADVICE
from strava_mcp.errors import NotConnected
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.activity_query import ActivityQuery, Matches
from strava_mcp.sources.archive import listing
from strava_mcp.sources.archive.library_file import LibraryFile, Row, new_copy
from strava_mcp.sources.archive.library_schema import PUT_METRICS, put_facts, put_metrics
from strava_mcp.sources.archive.stored_activity import Origin, StoredActivity
from strava_mcp.sources.metrics_parts import VERSION, Part

FILE = "library.db"
#: The kind of the item that says which file of this machine was imported; it is not published.
AUTOMATIC_IMPORT = "automatic import"

PUT = """
INSERT OR REPLACE INTO activities
    (id, started, elapsed_s, summary, detail, mark, origin, recording, problem)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
PUT_ITEM = "INSERT INTO belongings VALUES (?, ?, ?)"
#: Deletes a recording that no activity refers to any more.
DELETE_UNUSED = """
DELETE FROM recordings WHERE name = ?1
AND NOT EXISTS (SELECT 1 FROM activities WHERE recording = ?1)
"""
PAGE = """
SELECT summary FROM activities WHERE started < ?1 AND started > ?2
ORDER BY started {order}, id {order} LIMIT ?3 OFFSET ?4
"""
NEARBY = """
SELECT id, started, elapsed_s, origin, recording IS NOT NULL FROM activities
WHERE started BETWEEN ?1 - ?2 AND ?1 + ?2 ORDER BY abs(started - ?1), id
"""
COUNTS = """
SELECT count(*), count(recording), count(problem), coalesce(sum(origin = 'file'), 0)
FROM activities
"""
METRICS = """
SELECT id, {part} FROM metrics
WHERE id IN (SELECT value FROM json_each(?1)) AND version = ?2
"""
WITHOUT_METRICS = """
SELECT id, recording FROM activities WHERE recording IS NOT NULL
AND id NOT IN (SELECT id FROM metrics WHERE version = ?1) ORDER BY started DESC
"""
#: Later than any start, in seconds since the epoch.
FOREVER = 1 << 60


class ActivityRow(NamedTuple):
    """An activity without its recording, which is stored under the name ``recording``."""

    summary: JSON
    detail: JSON
    recording: str | None


class Nearby(NamedTuple):
    """An activity that started at about a given time (``started``: seconds since the epoch)."""

    id: int
    started: int
    elapsed_s: int
    origin: Origin
    is_recorded: bool


class Counts(NamedTuple):
    """Numbers of activities: all, with a recording, with a problem, from single files."""

    activities: int
    recorded: int
    damaged: int
    files: int


class Library:
    """The queries of a library file.

    Every method raises Unavailable if the file cannot be read or written, and NotConnected if it
    does not exist (``create`` creates it).
    """

    def __init__(self, path: Path, create: bool = False) -> None:
        self.path = path
        self._file = LibraryFile(path, create)

    def page(
        self, before: int | None, after: int | None, limit: int, offset: int, oldest_first: bool
    ) -> list[JSON]:
        """Return summaries of activities that started after ``after`` and before ``before``.

        They are sorted newest first unless ``oldest_first``.
        """
        statement = PAGE.format(order="ASC" if oldest_first else "DESC")
        bounds = (FOREVER if before is None else before, -FOREVER if after is None else after)
        return _parse_all(self._file.rows(statement, (*bounds, limit, offset)))

    def find(self, query: ActivityQuery) -> Matches:
        """Answer a query (see ``listing``)."""
        return listing.find(self._file, query)

    def newest_facts(self, limit: int) -> list[Facts]:
        """Return the facts of the newest activities."""
        return listing.newest_facts(self._file, limit)

    def gear_distances(self) -> dict[str, float]:
        """Return the metres on each bike and pair of shoes by gear id."""
        return listing.gear_distances(self._file)

    def summaries(self) -> list[JSON]:
        """Return all summaries, in no particular order."""
        return _parse_all(self._file.rows("SELECT summary FROM activities"))

    def activity(self, activity_id: int) -> ActivityRow | None:
        """Return one activity without its recording."""
        statement = "SELECT summary, detail, recording FROM activities WHERE id = ?"
        for summary, detail, recording in self._file.rows(statement, (activity_id,)):
            return ActivityRow(json.loads(summary), json.loads(detail), recording)
        return None

    def block(self, name: str) -> bytes | None:
        """Return the packed columns of a recording."""
        block: bytes | None = self._file.first(
            "SELECT block FROM recordings WHERE name = ?", (name,)
        )
        return block

    def source_hash(self, activity_id: int) -> str | None:
        """Return the hash of what an activity was built from; None if there is no such activity."""
        value: str | None = self._file.first(
            "SELECT mark FROM activities WHERE id = ?", (activity_id,)
        )
        return value

    def problem(self, activity_id: int) -> str | None:
        """Return why an activity's recording is missing or incomplete; None if it is whole."""
        problem: str | None = self._file.first(
            "SELECT problem FROM activities WHERE id = ?", (activity_id,)
        )
        return problem

    def find_by_source_hash(self, source_hash: str) -> int | None:
        """Return the id of an activity built from exactly this."""
        activity_id: int | None = self._file.first(
            "SELECT id FROM activities WHERE mark = ?", (source_hash,)
        )
        return activity_id

    def find_by_file(self, file_hash: str) -> list[tuple[int, str]]:
        """Return id and source hash of the activities from a single file, by its content's hash."""
        statement = "SELECT id, mark FROM activities WHERE origin = 'file' AND mark LIKE ? || ':%'"
        return [(number, mark) for number, mark in self._file.rows(statement, (file_hash,))]

    def near(self, started: int, within_s: int) -> list[Nearby]:
        """Return the activities that started within ``within_s`` seconds, the nearest first."""
        return [
            Nearby(number, start, elapsed_s, origin, bool(is_recorded))
            for number, start, elapsed_s, origin, is_recorded in self._file.rows(
                NEARBY, (started, within_s)
            )
        ]

    def metrics(self, part: Part, ids: Sequence[int]) -> dict[int, str]:
        """Return one part of the metrics of activities, as JSON text, of those that have it."""
        statement = METRICS.format(part=part)
        rows = self._file.rows(statement, (json.dumps(ids), VERSION))
        return {number: text for number, text in rows if text is not None}

    def without_metrics(self, ids: Sequence[int] | None = None) -> list[tuple[int, str]]:
        """Return id and recording of the activities whose metrics are not computed yet."""
        rows = self._file.rows(WITHOUT_METRICS, (VERSION,))
        wanted = None if ids is None else set(ids)
        return [(number, name) for number, name in rows if wanted is None or number in wanted]

    def put_metrics(self, number: int, texts: Mapping[str, str]) -> None:
        """Store the metrics of an activity (see ``kept_metrics.to_texts``)."""
        with self._file.transaction() as connection:
            put_metrics(connection, number, texts)

    def put(self, activity: StoredActivity, instead_of: Sequence[int] = ()) -> None:
        """Store an activity, replacing the one with its id and those of ``instead_of``."""
        name = hashlib.sha256(activity.block).hexdigest() if activity.block else None
        with self._file.transaction() as connection:
            before = self._recordings_of((activity.id, *instead_of))
            _delete(connection, instead_of)
            if name:
                put = "INSERT OR IGNORE INTO recordings VALUES (?, ?)"
                connection.execute(put, (name, activity.block))
            connection.execute(
                PUT,
                (
                    *(activity.id, activity.started, activity.elapsed_s),
                    *(_text(activity.summary), _text(activity.detail)),
                    *(activity.source_hash, activity.origin, name, activity.problem),
                ),
            )
            put_facts(connection, activity.summary, activity.detail)
            connection.execute("DELETE FROM metrics WHERE id = ?", (activity.id,))
            if activity.metrics:
                put_metrics(connection, activity.id, activity.metrics)
            for old_name in before - {name}:
                connection.execute(DELETE_UNUSED, (old_name,))

    def remove(self, ids: Sequence[int]) -> None:
        """Delete activities, and their recordings unless others have the same."""
        with self._file.transaction() as connection:
            names = self._recordings_of(ids)
            _delete(connection, ids)
            connection.executemany(DELETE_UNUSED, [(name,) for name in names])

    def put_summaries(self, summaries: Sequence[JSON]) -> None:
        """Replace the summaries of stored activities, all of them or none."""
        update = "UPDATE activities SET summary = ? WHERE id = ? RETURNING detail"
        with self._file.transaction() as connection:
            for summary in summaries:
                for (detail,) in connection.execute(update, (_text(summary), summary["id"])):
                    put_facts(connection, summary, json.loads(detail))

    def put_items(self, kind: str, items: Mapping[str, JSON]) -> None:
        """Store all items of a kind (gear, routes …) by id, replacing those stored before."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM belongings WHERE kind = ?", (kind,))
            rows = [(kind, key, _text(value)) for key, value in items.items()]
            connection.executemany(PUT_ITEM, rows)

    def items_of(self, kind: str) -> dict[str, JSON]:
        """Return all items of a kind by id, in the order in which they were stored."""
        statement = "SELECT key, value FROM belongings WHERE kind = ? ORDER BY rowid"
        return {key: json.loads(value) for key, value in self._file.rows(statement, (kind,))}

    def item(self, kind: str, key: str) -> JSON | None:
        """Return one item of a kind."""
        statement = "SELECT value FROM belongings WHERE kind = ? AND key = ?"
        value = self._file.first(statement, (kind, key))
        return None if value is None else dict(json.loads(value))

    def counts(self) -> Counts:
        """Count the activities."""
        return Counts(*self._file.rows(COUNTS)[0])

    def latest(self) -> int | None:
        """Return when the latest activity started (seconds since the epoch); None if unknown."""
        return self._file.first("SELECT max(started) FROM activities") or None

    def recording_names(self) -> list[str]:
        """Return the names of all recordings that activities refer to."""
        statement = "SELECT DISTINCT recording FROM activities WHERE recording IS NOT NULL"
        return [name for (name,) in self._file.rows(statement + " ORDER BY recording")]

    def copy_catalog(
        self,
        target: Path,
        redact: Callable[[JSON], JSON],
        redact_route: Callable[[str], str | None],
        name_of: Callable[[str], str],
    ) -> None:
        """Write everything except the recordings into a new file, to be published.

        ``redact`` removes from each value what must not be published, ``redact_route`` from the
        text of a route (see ``kept_metrics``); ``name_of`` returns the published name of a
        recording. Hashes of the original files are left out.
        """
        activities = self._file.rows("SELECT * FROM activities ORDER BY id")
        metrics = self._file.rows("SELECT * FROM metrics ORDER BY id")
        statement = "SELECT * FROM belongings WHERE kind <> ? ORDER BY rowid"
        items = self._file.rows(statement, (AUTOMATIC_IMPORT,))
        with new_copy(target) as copy:
            for *head, summary, detail, _, origin, name, problem in activities:
                parts = [json.loads(text) for text in (summary, detail)]
                texts = (_text(redact(part)) for part in parts)
                recording = name and name_of(name)
                copy.execute(PUT, (*head, *texts, "", origin, recording, problem))
                put_facts(copy, *parts)  # facts have no positions
            for number, version, intensity, bests, route in metrics:
                shown_route = route and redact_route(route)
                copy.execute(PUT_METRICS, (number, version, intensity, bests, shown_route))
            for kind, key, value in items:
                copy.execute(PUT_ITEM, (kind, key, _text(redact(json.loads(value)))))

    def state(self) -> tuple[int, ...]:
        """What changes with every write of the file. Raises NotConnected if it is gone."""
        try:
            status = self.path.stat()
        except OSError:
            raise NotConnected(f"No archive has been imported yet: {IMPORT_ADVICE}.") from None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def close(self) -> None:
        """Close this thread's connection."""
        self._file.close()

    def _recordings_of(self, ids: Sequence[int]) -> set[str]:
        placeholders = ",".join("?" * len(ids))
        statement = f"SELECT recording FROM activities WHERE id IN ({placeholders})"
        return {name for (name,) in self._file.rows(statement, tuple(ids)) if name}


def _delete(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    for number in ids:
        connection.execute("DELETE FROM activities WHERE id = ?", (number,))
        connection.execute("DELETE FROM facts WHERE id = ?", (number,))
        connection.execute("DELETE FROM metrics WHERE id = ?", (number,))


def _parse_all(rows: Sequence[Row]) -> list[JSON]:
    """Parse the JSON objects of one column: together, which is faster than one by one."""
    objects: list[JSON] = json.loads(f"[{','.join(row[0] for row in rows)}]")
    return objects


def _text(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
