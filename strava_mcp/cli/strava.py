"""``flask strava``: connect an athlete's Strava, see how that stands, end it."""

import time
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from strava_mcp.errors import NotAdmitted, SourceError
from strava_mcp.services import services

if TYPE_CHECKING:
    from strava_mcp.sources.api.client import StravaAPI
    from strava_mcp.sources.api.connections import Connection

WAIT_S = 300
#: A sandbox on this machine can reach a server there.
LOOPBACK = "http://127.0.0.1:"

POLICY = """\
Before you connect. Since June 2026 Strava's API Policy forbids API data in the operation of AI
applications, a model's context included, and API applications need a paid subscription
(https://www.strava.com/legal/api). Using this connection with an AI assistant is against that
policy. The decision is yours. The sandbox needs neither."""

strava = AppGroup("strava", help="The connection to Strava's live API.")


@strava.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where Strava answers.")
@click.option("--no-browser", is_flag=True, help="Only print the address to open.")
@click.option("--yes", is_flag=True, help="The policy was read: do not ask.")
def connect(port: int, no_browser: bool, yes: bool) -> None:
    """Connect the athlete's Strava: a page of Strava opens in the browser."""
    from strava_mcp.cli.callback import Callback
    from strava_mcp.sources.api.connections import SCOPES

    api = _api()
    click.echo(POLICY)
    if not yes:
        click.confirm("Go on?", abort=True)
    state = token_urlsafe(24)
    callback = Callback(port, state)
    url = api.application.authorize_url(callback.redirect_uri, SCOPES, state)
    click.echo(f"Open this in a browser on this machine, and leave every box ticked:\n{url}")
    if not no_browser:
        import webbrowser

        webbrowser.open(url)
    found = _connected(api, callback.wait(WAIT_S))
    click.echo(f"Connected: {found.name}, athlete {found.athlete_id}.")
    _whose(api, found.athlete_id)
    _scopes(found)


@strava.command()
def status() -> None:
    """Print who is connected, with which scopes, and what is left of Strava's limits."""
    api = _api()
    _whose(api)
    for name, value in api.status().items():
        if isinstance(value, list):
            click.echo(f"{name}:" + "".join(f"\n  {_line(item)}" for item in value))
        elif isinstance(value, Mapping):
            click.echo(f"{name}: " + ("; ".join(f"{k}: {v}" for k, v in value.items()) or "none"))
        else:
            click.echo(f"{name}: {value}")


@strava.command()
@click.option("--athlete", type=int, metavar="ID", help="Another athlete than the owner.")
def disconnect(athlete: int | None) -> None:
    """End the connection at Strava, and here its apps, tokens and everything kept of its data."""
    problem = services().disconnections.disconnect(_api(), athlete)
    click.echo("Disconnected: grants are ended, tokens and kept answers deleted.")
    if problem:
        raise click.ClickException(
            f"Strava itself did not confirm ({problem}) End it there, too: "
            "https://www.strava.com/settings/apps"
        )
    if services().config.strava_refresh_token:
        click.echo("STRAVA_REFRESH_TOKEN is still set: remove it, or it begins a connection again.")


webhook = AppGroup("webhook", help="Strava tells this server what changed.")
strava.add_command(webhook)


@webhook.command()
def create() -> None:
    """Subscribe to changes; the server must be running at PUBLIC_URL."""
    config = services().config
    if not config.public_url.startswith("https:") and not config.public_url.startswith(LOOPBACK):
        raise click.ClickException("Set PUBLIC_URL to where Strava can reach the server, https.")
    url = f"{config.public_url}/strava/webhook"
    try:
        number = _api().subscription.create(url)
    except SourceError as exc:
        raise click.ClickException(
            f"{exc} Strava asks {url} while it subscribes: the server must run there with the "
            "same store, and an application has one subscription (`flask strava webhook status`)."
        ) from exc
    click.echo(f"Subscribed: {number}, to {url}.")


@webhook.command("status")
def webhook_status() -> None:
    """Print the subscription as Strava has it on record."""
    try:
        found = _api().subscription.registered()
    except SourceError as exc:
        raise click.ClickException(str(exc)) from exc
    for one in found:
        click.echo(f"Subscription {one.get('id')}: {one.get('callback_url')}")
    if not found:
        click.echo("No subscription: answers are looked at anew when they are old enough.")


@webhook.command()
def delete() -> None:
    """End the subscription."""
    try:
        count = _api().subscription.delete()
    except SourceError as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo("The subscription is ended." if count else "There was no subscription.")


def _api() -> "StravaAPI":
    """The live API with the credentials of the settings. Raises ClickException without any."""
    from strava_mcp.sources.api.client import open_api  # requests: not for a cold start

    config = services().config
    if not (config.strava_client_id and config.strava_client_secret):
        raise click.ClickException(
            "Make an application at https://www.strava.com/settings/api (callback domain: "
            "127.0.0.1) and set STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET."
        )
    if config.strava_source != "api":
        click.echo(f"STRAVA_SOURCE is {config.strava_source}: set it to api to serve this.\n")
    return open_api(config, services().store)


def _connected(api: "StravaAPI", answer: Mapping[str, str]) -> "Connection":
    if not answer:
        raise click.ClickException(f"Strava did not answer within {WAIT_S} s: try again.")
    if "code" not in answer:
        reason = answer.get("error", "no code")
        raise click.ClickException(f"Strava did not give access ({reason}). Nothing was changed.")
    athletes = services().athletes
    granted = answer.get("scope", "").replace(",", " ").split()
    try:
        return api.connect(
            answer["code"], granted, lambda id: athletes.becomes_owner(id, True), athletes.admits
        )
    except NotAdmitted as exc:
        owner = None if services().config.allowed_athletes else athletes.owner()
        now = f" It is athlete {owner}'s now: `flask strava disconnect` ends that." if owner else ""
        raise click.ClickException(f"{exc}{now}") from exc
    except SourceError as exc:
        raise click.ClickException(str(exc)) from exc


def _whose(api: "StravaAPI", connected_id: int | None = None) -> None:
    """Say where AUTH_TOKEN and named tokens do not reach who has connected."""
    owner = api.connections.owner()
    if owner is None or owner == connected_id or (not connected_id and api.connections.get(owner)):
        return
    if not api.connections.get(owner) and services().config.strava_refresh_token:
        click.echo(f"STRAVA_REFRESH_TOKEN stands for athlete {owner}, until they connect.")
        return
    click.echo(
        f"The server is athlete {owner}'s, the first of ALLOWED_ATHLETES: AUTH_TOKEN and named "
        "tokens reach their data alone"
        + (", once they connect." if not api.connections.get(owner) else ".")
        + (" This athlete's is for apps in which they sign in with Strava." if connected_id else "")
    )


def _scopes(found: "Connection") -> None:
    click.echo(f"Granted: {', '.join(found.scopes) or 'nothing'}")
    for scope, what in found.missing.items():
        click.echo(f"Not granted: {scope}, so there will be no {what}")
    if found.missing:
        click.echo("Run `flask strava connect` again and leave every box ticked to change that.")
    click.echo(f"Since {time.strftime('%Y-%m-%d %H:%M', time.localtime(found.since))}.")


def _line(item: Any) -> str:
    if isinstance(item, Mapping):
        return ", ".join(f"{name} {value}" for name, value in item.items())
    return str(item)
