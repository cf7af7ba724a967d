"""``flask grants``: which clients the owner let in by OAuth, and the end of each."""

import click
from flask.cli import AppGroup

from strava_mcp.cli.tables import date, table
from strava_mcp.services import services

grants = AppGroup("grants", help="The clients that were approved on the consent page.")


@grants.command("list")
def list_() -> None:
    """List the grants, ended ones for a week more."""
    found = services().grants.all()
    if not found:
        click.echo("No client was approved yet: connect one with the base URL.")
        return
    rows = [("ID", "CLIENT", "SCOPE", "STATE", "CREATED", "EXPIRES", "LAST USED", "FROM")]
    rows += [
        (
            *(grant.id, grant.client_name, grant.scope, grant.state),
            *(date(grant.created), date(grant.expires), date(grant.last_used), grant.last_from),
        )
        for grant in found
    ]
    table(rows)


@grants.command()
@click.argument("grant_id", metavar="ID")
def revoke(grant_id: str) -> None:
    """End a grant and every token of it. Running servers notice within 30 seconds."""
    if not services().grants.revoke(grant_id):
        raise click.ClickException(f"There is no grant {grant_id}: see `flask grants list`.")
    click.echo(f"Grant {grant_id} is revoked; running servers notice within 30 seconds.")
