"""Importing an export: builds and stores every activity that is new or has changed.

Each activity is stored as soon as it is built, with a hash of its sources. An interrupted import is
completed by the next one, and an import without changes parses no recording.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from strava_mcp.data_folder import prepare
from strava_mcp.errors import Unavailable
from strava_mcp.library_errors import DatabaseError, sqlite_errors
from strava_mcp.recordings.recording import CorruptFile, OutOfMemory, memory_errors
from strava_mcp.sources.archive import matching, profile_tables
from strava_mcp.sources.archive.catalog import Catalog, Recorded, SkippedRow
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.export import CATALOG, MAX_CATALOG_BYTES, Export
from strava_mcp.sources.archive.home_zones import fill_in_local_times
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.measuring import complete_metrics
from strava_mcp.sources.archive.stored_activity import PARSER_VERSION, StoredActivity
from strava_mcp.sources.archive.workers import Task, parse_all
from strava_mcp.store import sqlite_file

LOCK = "library.lock"
#: Larger recordings are not read to find out how activities.csv is written.
MAX_PROBED_BYTES = 8 << 20
#: Rows for which one file is read. A file has more than one activity after a triathlon.
MAX_ROWS_PER_FILE = 10

#: Problems that a report lists; the others are counted.
MAX_PROBLEMS = 10_000
#: Longer names of files are cut off in problems.
MAX_NAME_LENGTH = 200


class Problem(NamedTuple):
    """What was left out: of which activity (its id, or ``line 7``), from which file, and why."""

    activity: str
    file: str
    reason: str


@dataclass
class ImportSummary:
    """What an import did.

    ``language`` and ``units``: see ``Catalog``. ``rows``: rows with an activity; ``unrecorded``:
    imported or updated without a recording; ``damaged``: with a problem; ``merged``: activities
    from single files that an activity of the export replaced; ``problems``: the first MAX_PROBLEMS,
    ``more_problems``: how many others.
    """

    language: str = ""
    units: str = ""
    rows: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    unrecorded: int = 0
    damaged: int = 0
    merged: int = 0
    problems: list[Problem] = field(default_factory=list)
    more_problems: int = 0

    def add(self, activity: str, file: str, *reasons: str) -> None:
        """Add the problems of an activity."""
        free = MAX_PROBLEMS - len(self.problems)
        self.problems += [Problem(activity, file, reason) for reason in reasons[:free]]
        self.more_problems += len(reasons[free:])

    @property
    def done(self) -> int:
        """Rows processed so far."""
        return self.imported + self.updated + self.unchanged


#: Called after every row with the summary so far.
OnProgress = Callable[[ImportSummary], None]


def import_export(
    export: Export, library: Library, jobs: int, on_progress: OnProgress
) -> ImportSummary:
    """Update the library to the export, parsing recordings in ``jobs`` processes.

    Raises ``catalog.UnreadableTable`` if activities.csv cannot be used, and Unavailable if the
    library cannot be written; what was imported until then is kept.
    """
    catalog = Catalog(
        lambda: export.open(CATALOG, MAX_CATALOG_BYTES),
        read_recording=lambda name: _recorded(export, name),
    )
    summary = ImportSummary(catalog.language, catalog.units)
    summary.rows = sum(1 for _ in catalog)
    on_progress(summary)
    gear_ids = _put_profile(export, catalog, library)
    tasks = _tasks(export, catalog, library, gear_ids, summary, on_progress)
    has_files = library.counts().files > 0
    for activity in parse_all(tasks, lambda task: _load_content(export, task), jobs):
        _put(library, activity, summary, has_files)
        on_progress(summary)
    complete_metrics(library)
    fill_in_local_times(library)
    imported_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    latest = {"export": export.name, "at": imported_at, "rows": summary.rows}
    library.put_items("import", {"latest": latest})
    return summary


def _put(
    library: Library, activity: StoredActivity, summary: ImportSummary, has_files: bool
) -> None:
    """Store an activity in place of the same one from a single file, and count it.

    ``has_files``: whether the library has any from single files. Otherwise none is sought among
    those that start together, of which an export can have any number.
    """
    is_update = library.source_hash(activity.id) is not None
    superseded = matching.superseded(library, activity) if has_files else []
    if activity.block is None:
        activity = matching.with_earlier_recording(library, activity, superseded)
    library.put(activity, superseded)
    summary.merged += len(superseded)
    summary.updated += is_update
    summary.imported += not is_update
    summary.unrecorded += activity.block is None
    if activity.problem:
        summary.damaged += 1
        summary.add(str(activity.id), activity.detail.get("file", ""), activity.problem)


def _tasks(
    export: Export,
    catalog: Catalog,
    library: Library,
    gear_ids: Mapping[str, str],
    summary: ImportSummary,
    on_progress: OnProgress,
) -> Iterator[Task]:
    """Yield a task for each row that is new or has changed; count the others."""
    rows_per_file: Counter[str] = Counter()
    for row in catalog:
        if isinstance(row, SkippedRow):
            summary.rows -= 1
            summary.add(f"line {row.line}", CATALOG, row.reason)
            continue
        summary.add(str(row.id), CATALOG, *row.problems)
        task = _task(export, row, gear_ids)
        if file := task.entry.file:
            rows_per_file[file] += 1
            if rows_per_file[file] > MAX_ROWS_PER_FILE:
                task = _unread(task, file)
        if library.source_hash(row.id) == task.source_hash:
            summary.unchanged += 1
            on_progress(summary)
            continue
        yield task


def _task(export: Export, entry: Entry, gear_ids: Mapping[str, str]) -> Task:
    """Prepare an activity without loading its file. ``gear_ids``: by name of bike or shoes."""
    name = export.find(entry.file) if entry.file else None
    fields = entry.fields | ({"file": name or entry.file, "has_file": True} if entry.file else {})
    if gear_id := gear_ids.get(str(fields.get("gear_name"))):
        fields.setdefault("gear_id", gear_id)
    checksum = export.checksum(name) if name else ""
    sources = json.dumps([PARSER_VERSION, fields, checksum], sort_keys=True)
    return Task(
        Entry(entry.id, fields, name, entry.problems),
        hashlib.sha256(sources.encode()).hexdigest(),
        problem=(
            f"{entry.file[:MAX_NAME_LENGTH]} is not in the export"
            if entry.file and not name
            else None
        ),
        size=export.size(name) if name else 0,
    )


def _unread(task: Task, file: str) -> Task:
    """Return the task without its file, which is not read again for this row."""
    problem = f"{file[:MAX_NAME_LENGTH]} is in more than {MAX_ROWS_PER_FILE} rows: it is not read"
    return replace(task, entry=replace(task.entry, file=None), problem=problem, size=0)


def _recorded(export: Export, name: str) -> Recorded | None:
    """Read start and distance of the first session of a recording."""
    from strava_mcp import recordings

    file = export.find(name)
    if file is None or export.size(file) > MAX_PROBED_BYTES:
        return None
    try:
        session = recordings.read(export.read(file))[0]
    except CorruptFile:
        return None
    distances = session.streams.get("distance") or [None]
    return Recorded(session.start, session.totals.get("distance") or distances[-1])


def _load_content(export: Export, task: Task) -> Task:
    if task.entry.file is None:
        return task
    try:
        with memory_errors():
            return Task(task.entry, task.source_hash, export.read(task.entry.file))
    except OutOfMemory as exc:
        return Task(task.entry, "", problem=f"{exc}; the next import tries again")
    except CorruptFile as exc:
        return Task(task.entry, task.source_hash, problem=str(exc))


def _put_profile(export: Export, catalog: Catalog, library: Library) -> dict[str, str]:
    """Store the tables of the profile; return the ids of bikes and shoes by name."""
    tables = profile_tables.read(export, profile_tables.gear_ids(catalog))
    for kind, items in tables.items():
        if items:
            library.put_items(kind, items)
    return {str(item["name"]): key for key, item in tables["gear"].items()}


@contextmanager
def library_to_fill(home: Path) -> Iterator[Library]:
    """Open or create the library; a new one that stays empty is deleted after an error."""
    path = home / FILE
    is_new = not path.exists()
    library = Library(path, create=True)
    try:
        yield library
    except BaseException:
        if is_new and not library.counts().activities:
            path.unlink()
        raise
    finally:
        library.close()


@contextmanager
def import_lock(home: Path) -> Iterator[None]:
    """Ensure that one process imports at a time; the lock ends with its process.

    Uses SQLite's file lock on an empty database because it is portable. Raises Unavailable.
    """
    prepare(home)
    with sqlite_errors():
        connection = sqlite_file.connect(home / LOCK, timeout_s=0)
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
