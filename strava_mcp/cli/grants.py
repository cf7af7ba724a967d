"""``flask grants``: list, label and revoke the clients that were approved through OAuth."""

import click
from flask.cli import AppGroup

from strava_mcp.cli.tables import date, table
from strava_mcp.oauth.display_names import AppName, app_name
from strava_mcp.oauth.grant import Grant
from strava_mcp.oauth.labels import InvalidLabel
from strava_mcp.oauth.redirects import describe
from strava_mcp.services import services

HEADING = (
    *("ID", "LABEL", "CLIENT", "NAME", "SCOPE", "STATE", "CREATED", "FROM", "SENT TO"),
    *("EXPIRES", "LAST USED", "FROM"),
)

grants = AppGroup("grants", help="Clients that were approved through OAuth.")


@grants.command("list")
def list_() -> None:
    """List the grants; ended ones are listed for another week."""
    listed = [(grant, _app(grant)) for grant in services().grants.all()]
    if not listed:
        click.echo("No client has been approved yet: connect one with the base URL.")
        return
    table([HEADING, *(_row(grant, app) for grant, app in listed)])
    for grant, app in listed:
        for warning in app.warnings:
            click.echo(f"{grant.id}: {warning}")


@grants.command()
@click.argument("grant_id", metavar="ID")
@click.argument("text", default="")
def label(grant_id: str, text: str) -> None:
    """Label a grant; without TEXT, remove its label."""
    try:
        is_known = services().grants.set_label(grant_id, text)
    except InvalidLabel as exc:
        raise click.UsageError(str(exc)) from exc
    if not is_known:
        raise click.ClickException(f"There is no grant {grant_id}: see `flask grants list`.")
    click.echo(f"Grant {grant_id} has {'a' if text else 'no'} label now.")


@grants.command()
def allow() -> None:
    """Let clients register for an hour.

    Even if strangers have used up what the limits allow.
    """
    until = services().authorization.clients.open_registration()
    click.echo(f"Clients can register until {date(until)}: connect the app now.")


@grants.command()
@click.argument("grant_id", metavar="ID")
def revoke(grant_id: str) -> None:
    """Revoke a grant and all of its tokens. Running servers notice within 30 seconds."""
    before = services().grants.revoke(grant_id)
    if before is None:
        raise click.ClickException(f"There is no grant {grant_id}: see `flask grants list`.")
    if before.revoked:
        click.echo(f"Grant {grant_id} was revoked before.")
        return
    click.echo(
        f"Grant {grant_id} is revoked: {before.live_tokens()} end. Running servers notice within "
        "30 seconds."
    )


def _app(grant: Grant) -> AppName:
    return app_name(grant.client_id, grant.client_name, grant.redirect_uri)


def _row(grant: Grant, app: AppName) -> tuple[str, ...]:
    """The cells of a grant; what an old grant does not have is ``unknown``."""
    sent_to = describe(grant.redirect_uri).address if grant.redirect_uri else "unknown"
    return (
        *(grant.id, grant.label, app.line, "verified" if app.verified else "not verified"),
        *(
            grant.scope,
            _state(grant),
            date(grant.created),
            grant.created_from or "unknown",
            sent_to,
        ),
        *(date(grant.expires), date(grant.last_used), grant.last_from),
    )


def _state(grant: Grant) -> str:
    """``other data``: given for another source or athlete, so that its app has to ask again."""
    is_void = grant.state == "active" and not services().grants.is_for_current_data(grant)
    return "other data" if is_void else grant.state
