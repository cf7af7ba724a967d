"""Importing exports into a data folder, for tests of the library and of the source."""

import sqlite3
from datetime import date
from pathlib import Path
from unittest.mock import patch

from strava_mcp.config import Config
from strava_mcp.sources.archive.export import open_export
from strava_mcp.sources.archive.importing import ImportSummary, import_export
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.source import Archive, open_archive
from strava_mcp.store import open_store, sqlite_file
from tests.sources.archive.maker import TODAY, sandbox_export


def import_into(home: Path, path: Path, jobs: int = 1, fsync: bool = False) -> ImportSummary:
    """Import an export into the library of a data folder.

    ``fsync``: whether SQLite waits until every activity is on the disk, as it does outside of
    tests. That is most of the time of an import and makes no difference unless the power fails.
    """
    with patch.object(sqlite_file, "connect", sqlite_file.connect if fsync else _connect):
        library = Library(home / FILE, create=True)
        try:
            with open_export(path) as export:
                return import_export(export, library, jobs, lambda _: None)
        finally:
            library.close()


def _connect(path: Path | str, timeout_s: float = sqlite_file.BUSY_TIMEOUT_S) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=timeout_s, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def archive_of(home: Path, **settings: object) -> Archive:
    """Return the source that serves a data folder's library."""
    config = Config(home=home, strava_source="archive", **settings)  # type: ignore[arg-type]
    return open_archive(config, open_store("sqlite://:memory:"))


def import_sandbox(folder: Path, count: int, every_s: int = 15, today: date = TODAY) -> Path:
    """Import the sandbox athlete's newest activities from an export; return the data folder.

    ``every_s``: seconds between samples.
    """
    sandbox_export(folder / "export.zip", today=today, most=count, every_s=every_s)
    import_into(folder / "home", folder / "export.zip")
    return folder / "home"
