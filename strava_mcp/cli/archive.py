"""``flask archive``: import, inspect, publish and remove the library of the owner's own export."""

import time

import click
from flask.cli import AppGroup

from strava_mcp.cli.archive_import import import_
from strava_mcp.cli.archive_library import FILE, click_errors, open_library
from strava_mcp.cli.archive_report import REPORT
from strava_mcp.config import remembered
from strava_mcp.config.parsers import archive_url
from strava_mcp.escaping import escape
from strava_mcp.services import services

archive = AppGroup("archive", help="Your own export from Strava: no API, no rate limit.")
archive.add_command(import_)


@archive.command()
def status() -> None:
    """Print what the library contains, and up to which date."""
    path = services().config.home / FILE
    with click_errors():
        library = open_library()
        counts, latest = library.counts(), library.latest()
        last_import = library.items_of("import").get("latest")
    parts = f"{counts.recorded} recorded, {counts.damaged} damaged"
    click.echo(f"activities: {counts.activities} ({parts})")
    if counts.files:
        click.echo(f"from single files: {counts.files}")
    if latest:
        click.echo(f"up to: {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(latest))}")
    if last_import:
        click.echo(escape(f"imported: {last_import['export']}, {last_import['at']}"))
    click.echo(f"size: {path.stat().st_size / (1 << 20):.1f} MB, {path}")


@archive.command()
@click.argument("url", required=False)
def publish(url: str | None) -> None:
    """Upload the library to S3, for a server on Lambda.

    URL: where to, s3://bucket/prefix.
    """
    from strava_mcp.sources.archive import publishing
    from strava_mcp.sources.archive.privacy import PrivacyZone

    config = services().config
    try:
        target = archive_url(url or config.archive_url)
    except ValueError as exc:
        raise click.ClickException(f"URL {exc}.") from exc
    circle = config.archive_hide_home
    with click_errors(), click.progressbar(length=1, label="Publishing", show_pos=True) as bar:

        def show_progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        library = open_library()
        zone = PrivacyZone(*circle) if circle else None
        sent, deleted = publishing.publish(library, target, zone, show_progress)
    click.echo(f"Published at {target}: {sent} recordings sent, {deleted} deleted; catalog sent.")
    click.echo(f"On the server set STRAVA_SOURCE=archive and ARCHIVE_URL={target}.")


@archive.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(yes: bool) -> None:
    """Delete the library from this machine. A published copy on S3 is kept."""
    from strava_mcp.sources.archive.importing import import_lock

    folder = services().config.home
    if not (folder / FILE).exists():
        raise click.ClickException("There is no library.")
    if not yes:
        click.confirm("Delete every imported activity from this machine?", abort=True)
    with click_errors(), import_lock(folder):
        for name in (FILE, f"{FILE}-journal", REPORT):
            (folder / name).unlink(missing_ok=True)
    remembered.forget(folder, "STRAVA_SOURCE")
    click.echo("The library is deleted.")
