"""The way in for a person at a terminal: ``flask`` commands, and MCP over standard input."""

import sys

from flask import Flask

from strava_mcp.cli import (
    archive,
    connection,
    doctor,
    grants,
    package,
    passphrase,
    sandbox,
    setup,
    strava,
    tokens,
)
from strava_mcp.connection_guide import card
from strava_mcp.services import services

COMMANDS = (
    *(connection.show_config, doctor.doctor, sandbox.sandbox),
    *(tokens.tokens, grants.grants, passphrase.passphrase),
    *(strava.strava, archive.archive, setup.setup, package.package),
)


def register(app: Flask, new_token: bool) -> None:
    """Add the commands to ``app``, and greet whoever starts it for the first time.

    ``new_token``: AUTH_TOKEN was generated just now; where the app is to be served, the connection
    card shows it this once.
    """
    for command in COMMANDS:
        app.cli.add_command(command)
    config = services(app).config
    if new_token and not connection.is_command():
        print(card(config, connection.base_url(config), show_token=True), file=sys.stderr)
    elif connection.is_serving():
        where = connection.base_url(config)
        print(f"Serving {where}/mcp; `flask show-config` tells how to connect.", file=sys.stderr)
