"""``flask connect``: enters this server in the file of a client on this machine."""

import json

import click
from flask.cli import with_appcontext

from strava_mcp import connection_guide
from strava_mcp.cli.client_files import FileProblem, add_entry, client_files
from strava_mcp.config.set_values import settings_only_in_environment
from strava_mcp.services import services

CLIENTS = ("claude-desktop", "claude-code", "cursor", "gemini", "vscode")


@click.command("connect")
@click.argument("client", type=click.Choice(CLIENTS))
@click.option("--print", "only_print", is_flag=True, help="Print the entry and write nothing.")
@with_appcontext
def connect(client: str, only_print: bool) -> None:
    """Enter this server in the settings of a client.

    CLIENT then starts it by itself. The rest of the client's file is kept, and so is a copy of the
    previous one.
    """
    config = services().config
    file = client_files()[client]
    entry = connection_guide.stdio_entry(config)
    click.echo(f"{file.title}: {file.path}")
    click.echo(json.dumps(file.section_with(entry), indent=2, ensure_ascii=False))
    if not only_print:
        try:
            backup = add_entry(file, entry)
        except FileProblem as exc:
            raise click.ClickException(str(exc)) from exc
        click.echo("Written." + (f" The previous file is kept as {backup}." if backup else ""))
        click.echo(file.reload)
    for note in _notes(config.strava_source):
        click.echo(note)


def _notes(source: str) -> list[str]:
    """What the user should know about the entry."""
    notes = []
    if source == "sandbox":
        notes.append(
            "It will show the invented sandbox athlete. For your own data run `flask archive "
            "import export.zip`, then this command again."
        )
    if names := settings_only_in_environment(connection_guide.ENTRY_SETTINGS):
        notes.append(
            f"Set only in this terminal and not in the entry: {', '.join(names)}. Write them into "
            "the project's .env file if the client's server needs them."
        )
    return notes
