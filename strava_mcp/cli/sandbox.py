"""``flask sandbox``: serves the sandbox's Strava API over HTTP."""

import click
from flask.cli import AppGroup

from strava_mcp.services import services

sandbox = AppGroup("sandbox", help="A Strava API with three invented athletes.")


@sandbox.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5055, show_default=True)
def run(port: int) -> None:
    """Serve the sandbox's Strava API on 127.0.0.1; its sign-in page offers every athlete."""
    from werkzeug.serving import run_simple

    from strava_mcp.sandbox.app import create_app

    base = f"http://127.0.0.1:{port}"
    click.echo(f"API {base}/api/v3, OAuth {base}/oauth. Stop with Ctrl+C.")
    run_simple("127.0.0.1", port, create_app(services().store, athlete=None), threaded=True)
