"""``flask tokens``: a named token for each client, so that one can be revoked without the rest."""

import re
import time
from typing import Any

import click
from flask.cli import AppGroup

from strava_mcp.cli.tables import date, table
from strava_mcp.oauth.personal_tokens import UnknownToken
from strava_mcp.services import services

UNITS_S = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

tokens = AppGroup("tokens", help="A named Bearer token for each client.")


class Duration(click.ParamType):  # type: ignore[type-arg]
    """A number and a unit, such as 90d; ``never`` is None."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> float | None:
        """Seconds."""
        if value is None or value == "never":
            return None
        found = re.fullmatch(r"([1-9][0-9]{0,4})([mhdw])", str(value))
        if not found:
            self.fail(f"{value!r} is not a duration: write 30m, 24h, 90d, 12w or never", param, ctx)
        return float(int(found[1]) * UNITS_S[found[2]])


class Grace(Duration):
    """A duration that must end; 0 ends at once."""

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Seconds."""
        seconds = 0.0 if value == "0" else super().convert(value, param, ctx)
        if seconds is None:
            self.fail("the old token must end some time: write 0, 30m, 24h or 7d", param, ctx)
        return seconds


@tokens.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(["read", "write"]), default="read", show_default=True)
@click.option("--expires", type=Duration(), default="90d", show_default=True)
def create(name: str, scope: str, expires: float | None) -> None:
    """Make a token for the client NAME and print it, this once."""
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise click.UsageError("NAME must be 1 to 60 printable characters.")
    token, secret = services().tokens.create(name, scope, expires)
    click.echo(f"Token {token.id} for {name}, {scope}, expires {date(token.expires)}.")
    _show(secret)


@tokens.command("list")
def list_() -> None:
    """List the tokens; secrets are not kept, so none is shown."""
    found = services().tokens.all()
    if not found:
        click.echo("No named tokens yet: `flask tokens create NAME` makes one.")
        return
    rows = [("ID", "NAME", "SCOPE", "STATE", "CREATED", "EXPIRES", "LAST USED")]
    rows += [
        (
            *(token.id, token.name, token.scope, token.state),
            *(date(token.created), date(token.expires), date(token.last_used)),
        )
        for token in found
    ]
    table(rows)


@tokens.command()
@click.argument("token_id", metavar="ID")
@click.option("--grace", type=Grace(), default="24h", show_default=True)
def rotate(token_id: str, grace: float) -> None:
    """Give a token a new secret; the old one works for the grace time more."""
    try:
        secret = services().tokens.rotate(token_id, grace)
    except UnknownToken as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"Token {token_id} has a new secret; the old one ends {date(time.time() + grace)}.")
    _show(secret)


@tokens.command()
@click.argument("token_id", metavar="ID")
def revoke(token_id: str) -> None:
    """End a token. Running servers notice within 30 seconds."""
    try:
        services().tokens.revoke(token_id)
    except UnknownToken as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"Token {token_id} is revoked; running servers notice within 30 seconds.")


def _show(secret: str) -> None:
    click.echo(f"\n  {secret}\n\nSend it as `Authorization: Bearer …`. It is not shown again.")
