"""The connection card: how each client reaches this server."""

import json
import shlex
import sys
from dataclasses import replace
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from strava_mcp.config import LOOPBACK_HOSTS, PROJECT, Config
from strava_mcp.oauth.owner import hash_of
from strava_mcp.services import services

HIDDEN = "<your token: flask show-config --show-token>"


@click.command("show-config")
@click.option("--show-token", is_flag=True, help="Print the token itself.")
@with_appcontext
def show_config(show_token: bool) -> None:
    """Print how to connect each client to this server."""
    click.echo(card(services().config, show_token=show_token))


def card(config: Config, *, show_token: bool) -> str:
    """The card as text."""
    token = config.auth_tokens[0] if show_token and config.auth_tokens else HIDDEN
    base = base_url(config)
    sections = _by_oauth(config, base) if config.oauth_enabled else {}
    sections |= _by_header(base, token)
    sections["Claude Desktop, on this machine (claude_desktop_config.json)"] = _json(stdio_entry())
    sections["Is it up?"] = f"curl {base}/health"
    lines = [f"{title}\n{text}" for title, text in sections.items()]
    return "\n\n".join(["Strava MCP server: how to connect", *lines])


def _by_oauth(config: Config, base: str) -> dict[str, str]:
    """Clients that are given an address, and ask the owner in the browser."""
    typed = "your pass-phrase" if hash_of(config) else "AUTH_TOKEN"
    far = "" if base.startswith("https:") else "  (needs PUBLIC_URL: they call from the internet)"
    address = {"name": "strava", "type": "http", "url": f"{base}/mcp"}
    return {
        "By OAuth: give the address; a page opens in the browser": f"There, type {typed}.",
        "Claude Web and Mobile: Settings, Connectors, Add custom connector": f"{base}{far}",
        "ChatGPT: Settings, Connectors, Create (developer mode)": f"{base}/mcp{far}",
        "VS Code": f"code --add-mcp {shlex.quote(json.dumps(address))}",
        "Cursor (.cursor/mcp.json)": _json({"mcpServers": {"strava": {"url": f"{base}/mcp"}}}),
        "Claude Code, then /mcp in it": f"claude mcp add --transport http strava {base}/mcp",
    }


def _by_header(base: str, token: str) -> dict[str, str]:
    """Clients that send a token."""
    headers = {"Authorization": f"Bearer {token}"}
    desktop = {"name": "strava", "url": f"{base}/mcp", "headers": headers}
    code = {"name": "strava", "type": "http", "url": f"{base}/mcp", "headers": headers}
    return {
        "By header: Claude Desktop, over HTTP": _json(desktop),
        "By header: VS Code": f"code --add-mcp {shlex.quote(json.dumps(code))}",
        "By header: Claude Code": f"claude mcp add --transport http strava {base}/mcp "
        f"--header {shlex.quote(f'Authorization: Bearer {token}')}",
    }


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


def served(config: Config) -> Config:
    """The settings with the address of this ``flask run`` as PUBLIC_URL, where none is set.

    OAuth names the server by its whole address, port included. Plain http is for this machine only.
    """
    where = base_url(config)
    if config.public_url or not is_serving() or urlsplit(where).hostname not in LOOPBACK_HOSTS:
        return config
    return replace(config, public_url=where)


def is_serving() -> bool:
    """Whether this is ``flask run``, and not another command or another server."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "run"


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
