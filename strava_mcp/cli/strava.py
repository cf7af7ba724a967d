"""``flask strava``: connect athletes to Strava's live API, inspect and end connections."""

import time
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from strava_mcp.cli.strava_api import open_strava
from strava_mcp.cli.strava_webhook import webhook
from strava_mcp.errors import NotAdmitted, SourceError
from strava_mcp.escaping import escape
from strava_mcp.services import services

if TYPE_CHECKING:
    from strava_mcp.sources.api.client import StravaAPI
    from strava_mcp.sources.api.connections import Connection

REDIRECT_TIMEOUT_S = 300

POLICY = """\
Before you connect: since June 2026 Strava's API Policy forbids the use of API data in the operation
of AI applications, including in a model's context, and API applications need a paid subscription
(https://www.strava.com/legal/api). Using this connection with an AI assistant violates that policy.
The decision is yours. The sandbox needs neither."""

strava = AppGroup("strava", help="The connection to Strava's live API.")
strava.add_command(webhook)


@strava.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port for the redirect.")
@click.option("--no-browser", is_flag=True, help="Only print the URL to open.")
@click.option("--yes", is_flag=True, help="Do not ask: the policy has been read.")
def connect(port: int, no_browser: bool, yes: bool) -> None:
    """Connect an athlete on Strava's page in the browser."""
    from strava_mcp.cli.callback import Callback
    from strava_mcp.sources.api.connections import SCOPES

    api = open_strava()
    click.echo(POLICY)
    if not yes:
        click.confirm("Continue?", abort=True)
    state = token_urlsafe(24)
    callback = Callback(port, state)
    url = api.application.authorize_url(callback.redirect_uri, SCOPES, state)
    click.echo(f"Open this URL in a browser on this machine, and leave every box ticked:\n{url}")
    if not no_browser:
        import webbrowser

        webbrowser.open(url)
    connection = _exchange_code(api, callback.wait(REDIRECT_TIMEOUT_S))
    click.echo(escape(f"Connected: {connection.name}, athlete {connection.athlete_id}."))
    _print_owner(api, connection.athlete_id)
    _print_scopes(connection)


@strava.command()
def status() -> None:
    """Print the athlete, the scopes and the rate limits."""
    api = open_strava()
    _print_owner(api)
    status = api.status()
    if not status["connected"]:
        click.echo("Not connected to Strava. Run `flask strava connect`.")
    elif "athlete" in status:
        athlete = escape(status["athlete"])
        click.echo(f"Connected to Strava as {athlete} since {status['since']}.")
    else:
        click.echo("Connected to Strava by STRAVA_REFRESH_TOKEN.")
    click.echo(f"Data: {status['freshness']}.")
    if scopes := status.get("scopes"):
        click.echo(f"Granted: {', '.join(scopes)}.")
    for scope, purpose in status.get("missing", {}).items():
        click.echo(f"Not granted: {scope}, which is needed for {purpose}.")
    for limit in status.get("limits", []):
        click.echo(
            f"Calls ({limit['of']}): {limit['used']} of {limit['limit']} used; the count starts "
            f"again in {_duration(limit['resets_in_min'])}, at {limit['resets_at']}."
        )


@strava.command()
@click.option("--athlete", type=int, metavar="ID", help="Disconnect this athlete, not the owner.")
def disconnect(athlete: int | None) -> None:
    """Revoke a connection, and delete its tokens and data.

    Deleted are the athlete's grants, tokens, cached responses and settings.
    """
    problem = services().disconnections.disconnect(open_strava(), athlete)
    click.echo("Disconnected: grants are revoked, tokens and cached data deleted.")
    if problem:
        raise click.ClickException(
            f"Strava did not confirm it ({problem}) Revoke access there as well: "
            "https://www.strava.com/settings/apps"
        )
    if services().config.strava_refresh_token:
        click.echo("STRAVA_REFRESH_TOKEN is still set and would connect again: remove it.")


def _exchange_code(api: "StravaAPI", redirect: Mapping[str, str]) -> "Connection":
    """Connect with the code of Strava's redirect. Raises ClickException."""
    if not redirect:
        problem = f"Strava did not answer within {REDIRECT_TIMEOUT_S} s: try again."
        raise click.ClickException(problem)
    if "code" not in redirect:
        reason = escape(redirect.get("error", "no code"))
        raise click.ClickException(f"Strava did not give access ({reason}). Nothing was changed.")
    athletes = services().athletes
    scopes = redirect.get("scope", "").replace(",", " ").split()
    try:
        return api.connect(
            redirect["code"], scopes, lambda id: athletes.becomes_owner(id, True), athletes.admits
        )
    except NotAdmitted as exc:
        owner = None if services().config.allowed_athletes else athletes.owner()
        hint = (
            f" The owner is athlete {owner}; `flask strava disconnect` ends that." if owner else ""
        )
        raise click.ClickException(f"{exc}{hint}") from exc
    except SourceError as exc:
        raise click.ClickException(escape(str(exc))) from exc


def _print_owner(api: "StravaAPI", connected_id: int | None = None) -> None:
    """Warn if AUTH_TOKEN and named tokens do not reach the athlete who just connected."""
    owner = api.connections.owner()
    if owner is None or owner == connected_id:
        return
    owner_is_connected = bool(api.connections.get(owner))
    if connected_id is None and owner_is_connected:
        return
    if not owner_is_connected and services().config.strava_refresh_token:
        click.echo(f"STRAVA_REFRESH_TOKEN is used for athlete {owner} until they connect.")
        return
    click.echo(
        f"The owner of this server is athlete {owner}, the first of ALLOWED_ATHLETES. AUTH_TOKEN "
        "and named tokens reach only their data"
        + ("." if owner_is_connected else ", once they connect.")
        + (" Apps reach this athlete's data after a sign-in with Strava." if connected_id else "")
    )


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _print_scopes(connection: "Connection") -> None:
    click.echo(f"Granted: {', '.join(connection.scopes) or 'nothing'}")
    for scope, purpose in connection.missing.items():
        click.echo(f"Not granted: {scope}, which is needed for {purpose}.")
    if connection.missing:
        click.echo("To change that, run `flask strava connect` again and leave every box ticked.")
    click.echo(f"Since {time.strftime('%Y-%m-%d %H:%M', time.localtime(connection.since))}.")
