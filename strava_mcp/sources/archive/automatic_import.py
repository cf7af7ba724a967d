"""Imports the export that ARCHIVE_EXPORT names, in the background, when the server starts.

A client expects an answer to ``initialize`` at once, and an import may take minutes. Until it has
ended, questions about the athlete's data are refused with its progress, because an answer from a
library that is half filled would be wrong and not look it.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from strava_mcp.config import remembered
from strava_mcp.errors import NotConnected, SourceError, Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.library_errors import DatabaseError, sqlite_errors
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sources.archive.catalog import UnreadableTable
from strava_mcp.sources.archive.export import NotAnExport, open_export
from strava_mcp.sources.archive.importing import (
    ImportSummary,
    import_export,
    import_lock,
    library_to_fill,
)
from strava_mcp.sources.archive.library import AUTOMATIC_IMPORT, Library
from strava_mcp.sources.archive.storage import LocalStorage
from strava_mcp.sources.archive.stored_activity import PARSER_VERSION
from strava_mcp.sources.archive.workers import default_jobs

log = logging.getLogger(__name__)

#: How long a question waits for the import, well below the time-outs of clients (60 s).
MAX_WAIT_S = 20.0
#: Polling interval while another process imports, such as a second window of the same client.
LOCK_POLL_INTERVAL_S = 1.0
#: The only key of the item that says which file was imported.
KEY = "export"


class Stopped(Exception):
    """The server ends; the next start continues the import."""


class AutomaticImport(LocalStorage):
    """The library in the data folder, which ``export`` is imported into as soon as this is created.

    An export that was imported before, and has not changed since, is not read again.
    """

    def __init__(self, home: Path, export: Path) -> None:
        super().__init__(home)
        self._home = home
        self._export = export
        self._progress = "reading its list"
        self._problem = ""
        self._ended, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="import", daemon=True)
        self._thread.start()

    def library(self) -> Library:
        """Return the library once the import has ended.

        Raises Unavailable with the progress while it runs, and NotConnected with the reason if it
        failed and nothing was imported earlier.
        """
        if not self._ended.wait(MAX_WAIT_S):
            raise Unavailable(
                f"The export is being imported ({self._progress}). Ask again in a minute; "
                "get_connection_status shows how far it is."
            )
        if self._problem and not self._path.exists():
            raise NotConnected(self._problem)
        return super().library()

    def _present_library(self) -> Library:
        return super().library()

    def import_status(self) -> JSON:
        if not self._ended.is_set():
            return {"importing": self._progress}
        return {"import_problem": self._problem} if self._problem else {}

    def close(self) -> None:
        """Stop the import after the current activity; what was imported is kept."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._import_if_changed()
        except Stopped:
            self._problem = "The import was interrupted: restart the server to continue."
        except (NotAnExport, UnreadableTable, CorruptFile, SourceError, DatabaseError) as exc:
            self._problem = f"The export was not imported: {exc}"
        except OSError as exc:
            reason = exc.strerror or exc
            self._problem = f"The export was not imported: {self._export}: {reason}."
        except Exception:
            log.exception("import failed")
            self._problem = "The export was not imported because of an error; the log has it."
        finally:
            self._ended.set()

    def _import_if_changed(self) -> None:
        if self._is_imported():
            return
        with sqlite_errors(), self._lock():
            if self._is_imported():  # by the process that held the lock
                return
            version = self._version()
            with open_export(self._export) as export, library_to_fill(self._home) as library:
                import_export(export, library, default_jobs(), self._show_progress)
                library.put_items(AUTOMATIC_IMPORT, {KEY: version})
        if remembered.read(self._home, []).get("STRAVA_SOURCE") != "archive":
            remembered.remember(self._home, {"STRAVA_SOURCE": "archive"})

    def _is_imported(self) -> bool:
        """Whether the library is from this very file. A folder is always compared in full."""
        version = self._version()
        if self._export.is_dir() or not self._path.exists():
            return False
        try:
            library = Library(self._path)
        except SourceError:  # of an earlier version, which the import migrates
            return False
        try:
            return library.item(AUTOMATIC_IMPORT, KEY) == version
        finally:
            library.close()

    def _version(self) -> JSON:
        """What changes when the export does, or how it is read. Raises OSError if it is missing."""
        state = self._export.stat()
        return {
            "path": str(self._export.absolute()),
            "bytes": state.st_size,
            "modified_ns": state.st_mtime_ns,
            "parser": PARSER_VERSION,
        }

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Wait until no other process imports. Raises Stopped."""
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(import_lock(self._home))
                    break
                except Unavailable:
                    self._progress = "another process imports it"
                    if self._stopping.wait(LOCK_POLL_INTERVAL_S):
                        raise Stopped from None
            yield

    def _show_progress(self, summary: ImportSummary) -> None:
        self._progress = f"{summary.done} of {summary.rows} activities"
        if self._stopping.is_set():
            raise Stopped
