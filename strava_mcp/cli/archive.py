"""``flask archive``: import the athlete's own export, see what is there, publish it, remove it."""

import csv
import io
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from strava_mcp import data_folder
from strava_mcp.config.parsers import archive_url
from strava_mcp.errors import SourceError
from strava_mcp.services import services

if TYPE_CHECKING:
    from strava_mcp.sources.archive.importing import ImportSummary
    from strava_mcp.sources.archive.library import Library

FILE, REPORT = "library.db", "archive-report.csv"
RECORDINGS = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")

archive = AppGroup("archive", help="Your own export from Strava: no API, no limit.")


@archive.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes that read recordings.")
def import_(path: Path, jobs: int | None) -> None:
    """Import PATH: the zip that Strava sent, its folder, or FIT, GPX and TCX files.

    Run it again with the same or a newer export at any time: it goes on where it ended, adds and
    updates, and never doubles.
    """
    from strava_mcp.sources.archive.importing import import_lock

    folder = services().config.home
    with _told(), import_lock(folder), _library_to_fill() as library, _interruptible() as look:
        if _is_export(path):
            _import_export(path, library, jobs, look)
        else:
            _import_files(path, library, look)
    if services().config.strava_source != "archive":
        click.echo("Set STRAVA_SOURCE=archive to serve it.")


@archive.command()
def status() -> None:
    """Print what the library holds, and up to when."""
    folder = services().config.home
    with _told():
        library = _library()
        counts, latest = library.counts(), library.latest()
        imported = library.items_of("import").get("latest")
    recorded, damaged, files = (counts[name] for name in ("recorded", "damaged", "files"))
    click.echo(f"activities: {counts['activities']} ({recorded} recorded, {damaged} damaged)")
    if files:
        click.echo(f"from single files: {files}")
    if latest:
        click.echo(f"up to: {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(latest))}")
    if imported:
        click.echo(f"imported: {imported['export']}, {imported['at']}")
    click.echo(f"size: {(folder / FILE).stat().st_size / (1 << 20):.1f} MB, {folder / FILE}")


@archive.command()
@click.argument("url", required=False)
def publish(url: str | None) -> None:
    """Put the library on S3 at URL (s3://bucket/prefix), for a server on Lambda."""
    from strava_mcp.sources.archive.privacy import PrivacyZone
    from strava_mcp.sources.archive.s3 import publish as put

    config = services().config
    where = url or config.archive_url
    try:
        where = archive_url(where)
    except ValueError as exc:
        raise click.ClickException(f"URL {exc}.") from exc
    circle = config.archive_hide_home
    with _told(), click.progressbar(length=1, label="Publishing", show_pos=True) as bar:

        def step(done: int, count: int) -> None:
            bar.length = count
            bar.update(done - bar.pos)

        library = _library()
        sent, gone = put(library, where, PrivacyZone(*circle) if circle else None, step)
    click.echo(f"Published at {where}: {sent} recordings sent, {gone} taken away, and the catalog.")
    click.echo(f"On the server set STRAVA_SOURCE=archive and ARCHIVE_URL={where}.")


@archive.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(yes: bool) -> None:
    """Delete the library from this machine. What was published on S3 stays there."""
    from strava_mcp.sources.archive.importing import import_lock

    folder = services().config.home
    if not (folder / FILE).exists():
        raise click.ClickException("There is no library.")
    if not yes:
        click.confirm("Delete every imported activity from this machine?", abort=True)
    with _told(), import_lock(folder):
        for name in (FILE, f"{FILE}-journal", REPORT):
            (folder / name).unlink(missing_ok=True)
    click.echo("The library is deleted.")


def _library(create: bool = False) -> "Library":
    from strava_mcp.sources.archive.library import Library  # sqlite3: not for a cold start

    return Library(services().config.home / FILE, create)


@contextmanager
def _library_to_fill() -> Iterator["Library"]:
    """The library, made if need be; a new one into which nothing came is taken away again."""
    path = services().config.home / FILE
    is_new = not path.exists()
    library = _library(create=True)
    try:
        yield library
    except BaseException:
        if is_new and not library.counts()["activities"]:
            path.unlink()
        raise
    finally:
        library.close()


@contextmanager
def _interruptible() -> Iterator[Callable[[], None]]:
    """Yields what raises KeyboardInterrupt if Ctrl-C was pressed: between activities, never within.

    A reader may take an interrupt for a fault of its file, as gpxpy does, and the processes that
    read, which inherit that it is held back, would each tell of it.
    """
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # which lets Ctrl-C through again when it starts
    kinds = {signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, kinds)

    def take() -> bool:
        return signal.SIGINT in signal.sigpending() and bool(signal.sigwait(kinds))

    def look() -> None:
        if take() and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            raise KeyboardInterrupt

    try:
        yield look
    finally:
        take()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _import_export(
    path: Path, library: "Library", jobs: int | None, look: Callable[[], None]
) -> None:
    from strava_mcp.sources.archive.export import open_export
    from strava_mcp.sources.archive.importing import ImportSummary, import_export
    from strava_mcp.sources.archive.workers import usual_jobs

    found = ImportSummary()
    with open_export(path) as export:
        with click.progressbar(length=1, label="Importing", show_pos=True, show_eta=True) as bar:

            def step(now: ImportSummary) -> None:
                nonlocal found
                found = now
                bar.length = max(1, now.rows)
                bar.update(now.done - bar.pos)
                look()

            try:
                found = import_export(export, library, jobs or usual_jobs(), step)
            except KeyboardInterrupt:
                click.echo(f"\nInterrupted at {found.done} of {found.rows}; run it again to go on.")
                raise SystemExit(130) from None
            finally:
                _report(found)
    _summary(found)


def _import_files(path: Path, library: "Library", look: Callable[[], None]) -> None:
    from strava_mcp.recordings.recording import CorruptFile
    from strava_mcp.sources.archive.matching import import_file

    paths = sorted(path.rglob("*")) if path.is_dir() else [path]
    files = [one for one in paths if one.is_file() and one.name.lower().endswith(RECORDINGS)]
    if not files:
        raise click.ClickException(f"{path.name} is no export, and has no FIT, GPX or TCX file.")
    failed = 0
    for done, file in enumerate(files):
        try:
            look()
            for word, number in import_file(library, file.name, file.read_bytes()):
                click.echo(f"{file.name}: {word}, activity {number}")
        except (CorruptFile, OSError) as exc:
            failed += 1
            click.echo(f"{file.name}: not imported: {exc}", err=True)
        except KeyboardInterrupt:
            click.echo(f"Interrupted at {done} of {len(files)}; run it again to go on.")
            raise SystemExit(130) from None
    if failed == len(files):
        raise SystemExit(1)


def _is_export(path: Path) -> bool:
    """Whether it is an export rather than recordings: a zip, or a folder with a catalog in it."""
    from strava_mcp.sources.archive.export import CATALOG

    if path.is_dir():
        return any(path.rglob(CATALOG))
    return not path.name.lower().endswith(RECORDINGS)


def _report(found: "ImportSummary") -> None:
    """Write each problem into the report, which is the owner's alone; none: there is no report."""
    folder = services().config.home
    if not found.problems:
        with suppress(FileNotFoundError):
            (folder / REPORT).unlink()
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("activity", "file", "problem"))
    writer.writerows(found.problems)
    data_folder.replace(folder, REPORT, text.getvalue().rstrip())


def _summary(found: "ImportSummary") -> None:
    click.echo(f"Language {found.language}, distances in {found.units}.")
    click.echo(
        f"{found.imported} imported, {found.updated} updated, {found.unchanged} unchanged; "
        f"{found.unrecorded} of the new ones without a recording, {found.damaged} damaged."
    )
    if found.merged:
        click.echo(f"{found.merged} recordings that had come alone are among them now.")
    if found.problems:
        where = services().config.home / REPORT
        click.echo(f"{len(found.problems)} lines of what was left out and why: {where}")


@contextmanager
def _told() -> Iterator[None]:
    """What can go wrong with an archive, as a line at the terminal."""
    import sqlite3

    from strava_mcp.recordings.recording import CorruptFile
    from strava_mcp.sources.archive.catalog import UnreadableTable
    from strava_mcp.sources.archive.export import NotAnExport

    try:
        yield
    except (NotAnExport, UnreadableTable, CorruptFile, SourceError) as exc:
        raise click.ClickException(str(exc)) from exc
    except OSError as exc:
        raise click.ClickException(f"{exc.strerror or exc}: {exc.filename or ''}") from exc
    except sqlite3.Error as exc:
        where = services().config.home
        raise click.ClickException(f"The data folder {where} cannot be used: {exc}.") from exc
