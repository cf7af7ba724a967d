"""``flask archive import``: an export, or single recordings, into the library."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from strava_mcp.cli import archive_report
from strava_mcp.cli.archive_library import click_errors
from strava_mcp.cli.interrupts import deferred_interrupts
from strava_mcp.config import remembered
from strava_mcp.config.set_values import set_values
from strava_mcp.escaping import escape
from strava_mcp.services import services

if TYPE_CHECKING:
    from strava_mcp.sources.archive.importing import ImportSummary
    from strava_mcp.sources.archive.library import Library

RECORDING_SUFFIXES = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")
#: Exit code of a program that was ended by SIGINT.
EXIT_INTERRUPTED = 130


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes that parse recordings.")
@with_appcontext
def import_(path: Path, jobs: int | None) -> None:
    """Import Strava's zip, its unpacked folder, or recordings.

    PATH: the zip, its folder, or FIT, GPX and TCX files. Run it again with the same or a newer
    export at any time: it continues where it stopped, adds and updates activities, and never
    duplicates them.
    """
    from strava_mcp.sources.archive.importing import import_lock, library_to_fill

    folder = services().config.home
    with click_errors(), import_lock(folder):
        with library_to_fill(folder) as library, deferred_interrupts() as raise_pending:
            if _is_export(path):
                _import_export(path, library, jobs, raise_pending)
            else:
                _import_files(path, library, raise_pending)
    _serve_it_from_now_on()


def _serve_it_from_now_on() -> None:
    """Remember the archive as the source, unless another is set on purpose, and say so."""
    config, chosen = services().config, set_values().get("STRAVA_SOURCE")
    if config.strava_source == "archive":
        return
    if chosen and chosen.place != remembered.PLACE:
        click.echo(
            f"STRAVA_SOURCE={chosen.value} is set ({chosen.place}): change it to archive to serve "
            "what was imported."
        )
        return
    remembered.remember(config.home, {"STRAVA_SOURCE": "archive"})
    click.echo("From now on this server answers from it. Next: `flask connect claude-desktop`.")


def _is_export(path: Path) -> bool:
    """Whether ``path`` is an export (a zip, or a folder with a catalog) and not recordings."""
    from strava_mcp.sources.archive.export import CATALOG

    if path.is_dir():
        return any(path.rglob(CATALOG))
    return not path.name.lower().endswith(RECORDING_SUFFIXES)


def _import_export(
    path: Path, library: "Library", jobs: int | None, raise_pending: Callable[[], None]
) -> None:
    """Import with a progress bar. An interrupt keeps what was imported so far."""
    from strava_mcp.sources.archive.export import open_export
    from strava_mcp.sources.archive.importing import ImportSummary, import_export
    from strava_mcp.sources.archive.workers import default_jobs

    summary = ImportSummary()
    with open_export(path) as export:
        with click.progressbar(length=1, label="Importing", show_pos=True, show_eta=True) as bar:

            def show_progress(latest: ImportSummary) -> None:
                nonlocal summary
                summary = latest
                bar.length = max(1, summary.rows)
                bar.update(summary.done - bar.pos)
                raise_pending()

            try:
                summary = import_export(export, library, jobs or default_jobs(), show_progress)
            except KeyboardInterrupt:
                at = f"{summary.done} of {summary.rows}"
                click.echo(f"\nInterrupted at {at}; run it again to continue.")
                raise SystemExit(EXIT_INTERRUPTED) from None
            finally:
                archive_report.write(services().config.home, summary)
    _print_summary(summary)


def _import_files(path: Path, library: "Library", raise_pending: Callable[[], None]) -> None:
    """Import each recording; exit 1 if none could be imported."""
    from strava_mcp.recordings.recording import CorruptFile
    from strava_mcp.sources.archive.home_zones import fill_in_local_times
    from strava_mcp.sources.archive.matching import import_file

    paths = sorted(path.rglob("*")) if path.is_dir() else [path]
    files = [p for p in paths if p.is_file() and p.name.lower().endswith(RECORDING_SUFFIXES)]
    if not files:
        problem = f"{path.name} is not an export and has no FIT, GPX or TCX file."
        raise click.ClickException(escape(problem))
    failed = 0
    for done, file in enumerate(files):
        try:
            raise_pending()
            for action, activity_id in import_file(library, file.name, _content(file)):
                reasons = None if action == "known" else library.problem(activity_id)
                reasons = f"; {reasons}" if reasons else ""
                click.echo(escape(f"{file.name}: {action}, activity {activity_id}{reasons}"))
        except (CorruptFile, OSError) as exc:
            failed += 1
            click.echo(escape(f"{file.name}: not imported: {exc}"), err=True)
        except KeyboardInterrupt:
            click.echo(f"Interrupted at {done} of {len(files)}; run it again to continue.")
            raise SystemExit(EXIT_INTERRUPTED) from None
    fill_in_local_times(library)
    if failed == len(files):
        raise SystemExit(1)


def _content(path: Path) -> bytes:
    """Read a recording. Raises CorruptFile if it is larger than any, and OSError."""
    from strava_mcp.recordings.recording import CorruptFile
    from strava_mcp.sources.archive.export import MAX_FILE_BYTES

    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise CorruptFile(f"it has more than {MAX_FILE_BYTES >> 20} MB")
    return content


def _print_summary(summary: "ImportSummary") -> None:
    click.echo(f"Language {summary.language}, distances in {summary.units}.")
    click.echo(
        f"{summary.imported} imported, {summary.updated} updated, {summary.unchanged} unchanged; "
        f"{summary.unrecorded} of the new ones without a recording, {summary.damaged} damaged."
    )
    if summary.merged:
        click.echo(f"{summary.merged} recordings imported earlier as single files were merged.")
    if summary.problems:
        report = services().config.home / archive_report.REPORT
        count = len(summary.problems) + summary.more_problems
        click.echo(f"{count} values or files were skipped, with reasons: {report}")
