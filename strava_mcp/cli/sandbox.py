"""``flask sandbox``: serves the sandbox's Strava API over HTTP."""

import click
from flask.cli import AppGroup

from strava_mcp.services import services

sandbox = AppGroup("sandbox", help="A Strava API with three invented athletes.")


@sandbox.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5055, show_default=True)
def run(port: int) -> None:
    """Serve the sandbox's Strava API on 127.0.0.1.

    Its sign-in page offers every athlete.
    """
    from werkzeug.serving import run_simple

    from strava_mcp.sandbox.app import create_app

    base = f"http://127.0.0.1:{port}"
    click.echo("Serving an invented Strava. To use it, put this into .env in the project's folder:")
    for name, value in _settings(base).items():
        click.echo(f"{name}={value}")
    click.echo("Then connect: flask strava connect. Stop this with Ctrl+C.")
    run_simple("127.0.0.1", port, create_app(services().store, athlete=None), threaded=True)


def _settings(base: str) -> dict[str, str]:
    """The settings that connect a server to the sandbox as if it were Strava."""
    from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET

    return {
        "STRAVA_SOURCE": "api",
        "STRAVA_API_URL": f"{base}/api/v3",
        "STRAVA_OAUTH_URL": f"{base}/oauth",
        "STRAVA_CLIENT_ID": SANDBOX_CLIENT_ID,
        "STRAVA_CLIENT_SECRET": SANDBOX_CLIENT_SECRET,
    }
