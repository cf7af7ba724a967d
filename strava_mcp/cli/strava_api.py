"""The live API, as the ``flask strava`` commands open it."""

from typing import TYPE_CHECKING

import click

from strava_mcp.services import services

if TYPE_CHECKING:
    from strava_mcp.sources.api.client import StravaAPI


def open_strava() -> "StravaAPI":
    """Open the live API, whatever the source is. Raises ClickException without credentials."""
    from strava_mcp.sources.api.client import open_api

    config = services().config
    if not (config.strava_client_id and config.strava_client_secret):
        raise click.ClickException(
            "Create an application at https://www.strava.com/settings/api (callback domain: "
            "127.0.0.1) and set STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET."
        )
    if config.strava_source != "api":
        click.echo(f"STRAVA_SOURCE is {config.strava_source}: set it to api to serve this.\n")
    return open_api(config, services().store)
