"""``flask grants``: list and revoke the clients that were approved through OAuth."""

import click
from flask.cli import AppGroup

from strava_mcp.cli.tables import date, table
from strava_mcp.services import services

grants = AppGroup("grants", help="Clients that were approved through OAuth.")


@grants.command("list")
def list_() -> None:
    """List the grants; ended ones are listed for another week."""
    rows = [("ID", "CLIENT", "SCOPE", "STATE", "CREATED", "EXPIRES", "LAST USED", "FROM")]
    rows += [
        (
            *(grant.id, grant.client_name, grant.scope, grant.state),
            *(date(grant.created), date(grant.expires), date(grant.last_used), grant.last_from),
        )
        for grant in services().grants.all()
    ]
    if len(rows) == 1:
        click.echo("No client has been approved yet: connect one with the base URL.")
        return
    table(rows)


@grants.command()
@click.argument("grant_id", metavar="ID")
def revoke(grant_id: str) -> None:
    """Revoke a grant and all of its tokens. Running servers notice within 30 seconds."""
    if not services().grants.revoke(grant_id):
        raise click.ClickException(f"There is no grant {grant_id}: see `flask grants list`.")
    click.echo(f"Grant {grant_id} is revoked; running servers notice within 30 seconds.")
