"""Exports that were imported, for tests that ask the library or the source."""

from datetime import date
from pathlib import Path

from strava_mcp.config import Config
from strava_mcp.sources.archive.export import open_export
from strava_mcp.sources.archive.importing import ImportSummary, import_export
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.source import Archive, open_archive
from strava_mcp.store import open_store
from tests.sources.archive.maker import TODAY, sandbox_export


def import_into(home: Path, path: Path, jobs: int = 1) -> ImportSummary:
    """Import an export into the library of a data folder."""
    library = Library(home / FILE, create=True)
    try:
        with open_export(path) as export:
            return import_export(export, library, jobs, lambda _: None)
    finally:
        library.close()


def archive_of(home: Path, **settings: object) -> Archive:
    """The source that serves a data folder's library."""
    config = Config(home=home, strava_source="archive", **settings)  # type: ignore[arg-type]
    return open_archive(config, open_store("sqlite://:memory:"))


def imported_sandbox(
    folder: Path, most: int = 80, every_s: int = 15, today: date = TODAY
) -> Archive:
    """The sandbox's athlete by way of an export: the newest activities, thinned."""
    sandbox_export(folder / "export.zip", today=today, most=most, every_s=every_s)
    import_into(folder / "home", folder / "export.zip")
    return archive_of(folder / "home")
