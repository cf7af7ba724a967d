"""The connection card: how each client reaches this server."""

import json
import shlex
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from strava_mcp.config import PROJECT, Config
from strava_mcp.services import services

HIDDEN = "<your token: flask show-config --show-token>"


@click.command("show-config")
@click.option("--show-token", is_flag=True, help="Print the token itself.")
@with_appcontext
def show_config(show_token: bool) -> None:
    """Print how to connect each client to this server."""
    oauth = "oauth.protected_resource" in current_app.view_functions
    click.echo(card(services().config, show_token=show_token, oauth=oauth))


def card(config: Config, *, show_token: bool, oauth: bool = False) -> str:
    """The card as text. ``oauth``: whether the server has its OAuth endpoints."""
    base = base_url(config)
    token = config.auth_tokens[0] if show_token and config.auth_tokens else HIDDEN
    header = f"Authorization: Bearer {token}"
    sections = {
        "Claude Desktop, over HTTP": _json(
            {
                "name": "strava",
                "url": f"{base}/mcp",
                "headers": {"Authorization": f"Bearer {token}"},
            }
        ),
        "Claude Desktop, on this machine (claude_desktop_config.json)": _json(stdio_entry()),
        "Claude Web and Mobile, ChatGPT (OAuth, base URL only)": (
            base if oauth else f"{base}  (this version has no OAuth endpoints yet)"
        ),
        "VS Code": "code --add-mcp "
        + shlex.quote(
            json.dumps(
                {
                    "name": "strava",
                    "type": "http",
                    "url": f"{base}/mcp",
                    "headers": {"Authorization": f"Bearer {token}"},
                }
            )
        ),
        "Claude Code": f"claude mcp add --transport http strava {base}/mcp "
        f"--header {shlex.quote(header)}",
        "Is it up?": f"curl {base}/health",
    }
    lines = [f"{title}\n{text}" for title, text in sections.items()]
    return "\n\n".join(["Strava MCP server: how to connect", *lines])


def stdio_entry() -> dict[str, object]:
    """The entry of claude_desktop_config.json that starts this server on a pipe."""
    command = {
        "command": sys.executable,
        "args": ["-m", "strava_mcp"],
        "env": {"PYTHONPATH": str(PROJECT)},
    }
    return {"mcpServers": {"strava": command}}


def base_url(config: Config) -> str:
    """PUBLIC_URL, or the address that this ``flask run`` was told to listen on."""
    context = click.get_current_context(silent=True)
    if config.public_url or context is None or not is_serving():
        return config.base_url
    host = context.params.get("host") or "127.0.0.1"
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{name}]' if ':' in name else name}:{context.params.get('port') or 5000}"


def is_serving() -> bool:
    """Whether this is ``flask run``, and not another command or another server."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "run"


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
