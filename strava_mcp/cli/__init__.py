"""Command line: the ``flask`` commands and the stdio transport.

* ``lazy``         each command's module is imported when the command is used
* ``serving``      what the server needs to know about the command that started it
* ``stdio``        MCP over standard input and output (``python -m strava_mcp``)
* ``tables``       columns in a terminal
* ``findings``     what ``doctor`` and ``doctor_remote`` report
* ``probe``        a request from outside, for ``doctor_remote`` and ``tunnel_check``
* other modules    one command or command group each, see ``COMMANDS``
"""

import sys

from flask import Flask

from strava_mcp.cli import serving
from strava_mcp.cli.lazy import LazyGroup
from strava_mcp.services import services

#: Command → module of this package that defines it (in a variable of the command's name).
COMMANDS = {
    "archive": "archive",
    "athlete": "athlete",
    "connect": "connect",
    "desktop-bundle": "desktop_bundle",
    "doctor": "doctor",
    "grants": "grants",
    "package": "package",
    "passphrase": "passphrase",
    "sandbox": "sandbox",
    "server-json": "server_json",
    "settings": "settings",
    "setup": "setup",
    "show-config": "show_config",
    "strava": "strava",
    "tokens": "tokens",
    "tunnel": "tunnel",
}


def install(app: Flask) -> None:
    """Add the commands to ``app``; when it is started as a server, print how to connect.

    The first start prints the connection guide with the generated token, this once; later ones
    print where the guide is.
    """
    app.cli = LazyGroup(app.cli.name, __name__, COMMANDS)
    config = services(app).config
    if config.lambda_function or serving.is_other_command():
        return
    base = serving.base_url(config)
    if serving.record_start(config, base) and config.has_generated_token():
        from strava_mcp import connection_guide

        print(connection_guide.render(config, base, show_token=True), file=sys.stderr)
    elif serving.is_flask_run():
        print(f"Serving {base}/mcp; `flask show-config` prints how to connect.", file=sys.stderr)
        if config.oauth_enabled:
            print(f"Charts, after signing in: {base}/training", file=sys.stderr)
        if config.strava_source == "sandbox":
            from strava_mcp.connection_guide import sandbox_notice

            print(sandbox_notice(), file=sys.stderr)
