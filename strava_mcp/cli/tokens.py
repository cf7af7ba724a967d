"""``flask tokens``: one named token per client, so that each can be revoked by itself."""

import re
import time

import click
from flask.cli import AppGroup

from strava_mcp.cli.tables import date, table
from strava_mcp.oauth.confusables import is_invisible
from strava_mcp.oauth.display_names import display_name
from strava_mcp.oauth.personal_tokens import UnknownToken
from strava_mcp.services import services

SECONDS_PER_UNIT = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

tokens = AppGroup("tokens", help="Named bearer tokens, one per client.")


class Duration(click.ParamType):  # type: ignore[type-arg]
    """A number and a unit, such as 90d, in seconds; ``never`` is None."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        """Parse the option's text."""
        if value is None or value == "never":
            return None
        match = re.fullmatch(r"([1-9][0-9]{0,4})([mhdw])", str(value))
        if not match:
            self.fail(f"{value!r} is not a duration: write 30m, 24h, 90d, 12w or never", param, ctx)
        return float(int(match[1]) * SECONDS_PER_UNIT[match[2]])


class GracePeriod(Duration):
    """A duration that ends; 0 is no grace period."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parse the option's text."""
        seconds = 0.0 if value == "0" else super().convert(value, param, ctx)
        if seconds is None:
            self.fail("the old token must expire: write 0, 30m, 24h or 7d", param, ctx)
        return seconds


@tokens.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(["read", "write"]), default="read", show_default=True)
@click.option("--expires", type=Duration(), default="90d", show_default=True)
def create(name: str, scope: str, expires: float | None) -> None:
    """Create a token for the client NAME and print it. It is not shown again."""
    if not 0 < len(name.strip()) <= len(name) <= 60 or any(map(is_invisible, name)):
        raise click.UsageError("NAME must be 1 to 60 printable characters.")
    token, secret = services().tokens.create(name, scope, expires)
    click.echo(f"Token {token.id} for {name}, {scope}, expires {date(token.expires)}.")
    _print_secret(secret)


@tokens.command("list")
def list_() -> None:
    """List the tokens; their secrets are not stored."""
    rows = [("ID", "NAME", "SCOPE", "STATE", "CREATED", "EXPIRES", "LAST USED")]
    rows += [
        (
            *(token.id, display_name(token.name).text, token.scope, token.state),
            *(date(token.created), date(token.expires), date(token.last_used)),
        )
        for token in services().tokens.all()
    ]
    if len(rows) == 1:
        click.echo("There are no named tokens yet: create one with `flask tokens create NAME`.")
        return
    table(rows)
    click.echo("They are the owner's, like AUTH_TOKEN: they open whatever data this server has.")


@tokens.command()
@click.argument("token_id", metavar="ID")
@click.option("--grace", type=GracePeriod(), default="24h", show_default=True)
def rotate(token_id: str, grace: float) -> None:
    """Give a token a new secret, with a grace period."""
    try:
        secret = services().tokens.rotate(token_id, grace)
    except UnknownToken as exc:
        raise click.ClickException(str(exc)) from exc
    expiry = date(time.time() + grace)
    click.echo(f"Token {token_id} has a new secret; the old one expires {expiry}.")
    _print_secret(secret)


@tokens.command()
@click.argument("token_id", metavar="ID")
def revoke(token_id: str) -> None:
    """Revoke a token. Running servers notice within 30 seconds."""
    try:
        services().tokens.revoke(token_id)
    except UnknownToken as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"Token {token_id} is revoked; running servers notice within 30 seconds.")


def _print_secret(secret: str) -> None:
    click.echo(f"\n  {secret}\n\nSend it as `Authorization: Bearer …`. It is not shown again.")
