"""Importing an export: every row of the catalog that is new or changed, one after the other.

Each activity is stored as soon as it is built, with a hash of its sources. An interrupted import is
completed by the next one, and an import without changes parses no recording.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from strava_mcp.data_folder import prepare
from strava_mcp.errors import Unavailable
from strava_mcp.library_errors import DatabaseError, sqlite_errors
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sources.archive import matching, profile_tables
from strava_mcp.sources.archive.catalog import Catalog, SkippedRow
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.export import CATALOG, MAX_CATALOG_BYTES, Export
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.workers import Task, parse_all

#: Grows when recordings are read better than before: the next import then reads all of them anew.
PARSER_VERSION = 1
LOCK = "library.lock"


@dataclass
class ImportSummary:
    """What an import did. ``problems``: activity (or line), file and reason."""

    language: str = ""
    units: str = ""
    rows: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    unrecorded: int = 0
    damaged: int = 0
    merged: int = 0
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Rows that were dealt with."""
        return self.imported + self.updated + self.unchanged


def import_export(
    export: Export, library: Library, jobs: int, step: Callable[[ImportSummary], None]
) -> ImportSummary:
    """Bring the library up to the export. ``step`` is called after every row.

    Raises ``catalog.UnreadableTable`` where the catalog cannot be used, and Unavailable where the
    library cannot be written; what was imported until then stays.
    """
    catalog = Catalog(lambda: export.open(CATALOG, MAX_CATALOG_BYTES))
    found = ImportSummary(catalog.language, catalog.units)
    found.rows = sum(1 for _ in catalog)
    step(found)
    gear = _put_belongings(export, catalog, library)
    tasks = _tasks(export, catalog, library, gear, found, step)
    for kept in parse_all(tasks, lambda task: _load_content(export, task), jobs):
        is_known = library.source_hash(kept.id) is not None
        instead_of = matching.superseded(library, kept)
        if kept.block is None:
            kept = matching.with_known_recording(library, kept, instead_of)
        library.put(kept, instead_of)
        found.merged += len(instead_of)
        found.updated += is_known
        found.imported += not is_known
        found.unrecorded += kept.block is None
        if kept.problem:
            found.damaged += 1
            found.problems.append((str(kept.id), kept.detail.get("file", ""), kept.problem))
        step(found)
    imported = {"export": export.name, "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")}
    library.put_items("import", {"latest": {**imported, "rows": found.rows}})
    return found


def _tasks(
    export: Export,
    catalog: Catalog,
    library: Library,
    gear: Mapping[str, str],
    found: ImportSummary,
    step: Callable[[ImportSummary], None],
) -> Iterator[Task]:
    """A task for each row that is new or changed. ``gear``: names of bikes and shoes → ids."""
    for row in catalog:
        if isinstance(row, SkippedRow):
            found.rows -= 1
            found.problems.append((f"line {row.line}", CATALOG, row.reason))
            continue
        found.problems += [(str(row.id), CATALOG, problem) for problem in row.problems]
        task = _task(export, row, gear)
        if library.source_hash(row.id) == task.source_hash:
            found.unchanged += 1
            step(found)
            continue
        yield task


def _task(export: Export, entry: Entry, gear: Mapping[str, str]) -> Task:
    """What is to be made, not yet with the file; a file that is missing says so."""
    name = export.find(entry.file) if entry.file else None
    facts = entry.fields | ({"file": name or entry.file, "has_file": True} if entry.file else {})
    if gear_id := gear.get(str(facts.get("gear_name"))):
        facts.setdefault("gear_id", gear_id)
    stamp = export.stamp(name) if name else ""
    made_from = json.dumps([PARSER_VERSION, facts, stamp], sort_keys=True)
    source_hash = hashlib.sha256(made_from.encode()).hexdigest()
    problem = f"{entry.file} is not in the export" if entry.file and not name else None
    size = export.size(name) if name else 0
    return Task(
        Entry(entry.id, facts, name, entry.problems), source_hash, problem=problem, size=size
    )


def _load_content(export: Export, task: Task) -> Task:
    if task.entry.file is None:
        return task
    try:
        return Task(task.entry, task.source_hash, export.read(task.entry.file))
    except CorruptFile as exc:
        return Task(task.entry, task.source_hash, problem=str(exc))


def _put_belongings(export: Export, catalog: Catalog, library: Library) -> dict[str, str]:
    """Keep what the athlete has beside activities; bikes and shoes by name → id."""
    found = profile_tables.read(export, profile_tables.gear_ids(catalog))
    for kind, items in found.items():
        if items:
            library.put_items(kind, items)
    return {str(item["name"]): key for key, item in found["gear"].items()}


@contextmanager
def import_lock(home: Path) -> Iterator[None]:
    """Be the only process that imports; the right ends with the process, however that ends.

    SQLite's own lock on a file of nothing, for it is the same on every system. Raises Unavailable.
    """
    prepare(home)
    with sqlite_errors():
        connection = sqlite3.connect(home / LOCK, timeout=0, isolation_level=None)
    try:
        (home / LOCK).chmod(0o600)
        try:
            with sqlite_errors():
                connection.execute("BEGIN EXCLUSIVE")
        except DatabaseError as exc:
            if not exc.is_locked:
                raise
            raise Unavailable("Another import is running: wait until it has ended.") from exc
        yield
    finally:
        connection.close()
