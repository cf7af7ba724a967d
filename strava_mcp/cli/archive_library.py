"""The library in the data folder, as the ``flask archive`` commands open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from strava_mcp.errors import SourceError
from strava_mcp.escaping import escape
from strava_mcp.library_errors import DatabaseError, sqlite_errors
from strava_mcp.services import services

if TYPE_CHECKING:
    from strava_mcp.sources.archive.library import Library

FILE = "library.db"


def open_library() -> "Library":
    """Open the library. Raises NotConnected if there is none."""
    from strava_mcp.sources.archive.library import Library

    return Library(services().config.home / FILE)


@contextmanager
def click_errors() -> Iterator[None]:
    """Turn archive errors into click errors, which are printed as one line."""
    from strava_mcp.recordings.recording import CorruptFile
    from strava_mcp.sources.archive.catalog import UnreadableTable
    from strava_mcp.sources.archive.export import NotAnExport

    try:
        with sqlite_errors():
            yield
    except (NotAnExport, UnreadableTable, CorruptFile, SourceError) as exc:
        raise click.ClickException(escape(str(exc))) from exc
    except OSError as exc:
        problem = f"{exc.strerror or exc}: {exc.filename or ''}"
        raise click.ClickException(escape(problem)) from exc
    except DatabaseError as exc:
        folder = services().config.home
        raise click.ClickException(f"The data folder {folder} cannot be used: {exc}.") from exc
