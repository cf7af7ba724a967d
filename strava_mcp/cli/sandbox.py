"""``flask sandbox``: the sandbox athlete's Strava over HTTP."""

import click
from flask.cli import AppGroup

from strava_mcp.services import services

sandbox = AppGroup("sandbox", help="A Strava of its own, with three athletes and no real data.")


@sandbox.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5055, show_default=True)
def run(port: int) -> None:
    """Serve Strava's API for the sandbox's athletes on 127.0.0.1; its page asks who signs in."""
    from werkzeug.serving import run_simple

    from strava_mcp.sandbox.app import create_app

    base = f"http://127.0.0.1:{port}"
    click.echo(f"API {base}/api/v3, OAuth {base}/oauth. Stop with Ctrl+C.")
    run_simple("127.0.0.1", port, create_app(services().store, athlete=None), threaded=True)
