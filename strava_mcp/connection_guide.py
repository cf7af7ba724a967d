"""The connection card: how each client reaches this server."""

import json
import shlex
import sys

from strava_mcp.config import PROJECT, Config
from strava_mcp.oauth.owner import hash_of

HIDDEN = "<your token: flask show-config --show-token>"


def of_stage(text: str, stage: str, token: str = "") -> str:
    """The card of a deployed stage: with its token, or with the command that shows that one."""
    return text.replace(HIDDEN, token or HIDDEN.replace("--show", f"--stage {stage} --show"))


def card(config: Config, base: str, *, show_token: bool) -> str:
    """The card as text. ``base``: the server's address."""
    token = config.auth_tokens[0] if show_token and config.auth_tokens else HIDDEN
    sections = _by_oauth(config, base) if config.oauth_enabled else {}
    sections |= _by_header(base, token)
    if not config.lambda_function:
        stdio = "Claude Desktop, on this machine (claude_desktop_config.json)"
        sections[stdio] = _json(stdio_entry())
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


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
