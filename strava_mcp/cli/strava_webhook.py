"""``flask strava webhook``: the subscription to Strava's webhook events."""

import click
from flask.cli import AppGroup

from strava_mcp.cli.strava_api import open_strava
from strava_mcp.errors import SourceError
from strava_mcp.escaping import escape
from strava_mcp.services import services

#: A sandbox on this machine can reach a server here by plain http.
LOOPBACK = "http://127.0.0.1:"

webhook = AppGroup("webhook", help="Webhook events: Strava reports changes to this server.")


@webhook.command()
def create() -> None:
    """Subscribe to changes; PUBLIC_URL must answer."""
    public_url = services().config.public_url
    if not public_url.startswith(("https:", LOOPBACK)):
        raise click.ClickException("Set PUBLIC_URL to an https URL that Strava can reach.")
    url = f"{public_url}/strava/webhook"
    try:
        subscription_id = open_strava().subscription.create(url)
    except SourceError as exc:
        raise click.ClickException(
            f"{exc} Strava calls {url} while it subscribes: the server must run there with the "
            "same store. An application can have one subscription (`flask strava webhook status`)."
        ) from exc
    click.echo(f"Subscribed: {subscription_id}, to {url}.")


@webhook.command()
def status() -> None:
    """Print the subscription as Strava has it on record."""
    try:
        subscriptions = open_strava().subscription.registered()
    except SourceError as exc:
        raise click.ClickException(escape(str(exc))) from exc
    for subscription in subscriptions:
        line = f"Subscription {subscription.get('id')}: {subscription.get('callback_url')}"
        click.echo(escape(line))
    if not subscriptions:
        click.echo("There is no subscription: cached data is refreshed when it expires.")


@webhook.command()
def delete() -> None:
    """Delete the subscription."""
    try:
        count = open_strava().subscription.delete()
    except SourceError as exc:
        raise click.ClickException(escape(str(exc))) from exc
    click.echo("The subscription is deleted." if count else "There was no subscription.")
