"""The connection guide: how to connect each kind of client to this server."""

import json
import shlex
import sys

from strava_mcp.config import PROJECT_FOLDER, Config
from strava_mcp.oauth.owner import hash_of
from strava_mcp.sandbox.notice import HOW_TO_CHANGE, INVENTED

TOKEN_PLACEHOLDER = "<your token: flask show-config --show-token>"
#: The settings that an entry for stdio carries, because a client starts it with none of its own.
ENTRY_SETTINGS = ("STRAVA_MCP_HOME", "STRAVA_SOURCE")


def render(config: Config, base: str, *, show_token: bool) -> str:
    """Return the guide as text. ``base``: the base URL of the server."""
    token = config.auth_tokens[0] if show_token and config.auth_tokens else TOKEN_PLACEHOLDER
    sections = _oauth_sections(config, base) if config.oauth_enabled else {}
    sections |= _header_sections(base, token)
    if not config.lambda_function:
        stdio = "Claude Desktop, on this machine: flask connect claude-desktop, or by hand"
        sections[stdio] = _json({"mcpServers": {"strava": stdio_entry(config)}})
    sections["Check that it is up"] = f"curl {base}/health"
    lines = [f"{title}\n{text}" for title, text in sections.items()]
    if config.strava_source == "sandbox":
        lines.insert(0, sandbox_notice())
    return "\n\n".join(["Strava MCP server: how to connect", *lines])


def sandbox_notice() -> str:
    """What a server prints whose athlete is invented."""
    return f"It shows an {INVENTED}. {HOW_TO_CHANGE}"


def for_stage(guide: str, stage: str, token: str = "") -> str:
    """Fill ``token`` into the guide of a deployed stage, or else the command that prints it."""
    return guide.replace(
        TOKEN_PLACEHOLDER, token or TOKEN_PLACEHOLDER.replace("--show", f"--stage {stage} --show")
    )


def _oauth_sections(config: Config, base: str) -> dict[str, str]:
    """Clients that need only a URL; the owner approves them in the browser."""
    secret = "your passphrase" if hash_of(config) else "AUTH_TOKEN"
    note = "" if base.startswith("https:") else "  (needs PUBLIC_URL: it calls from the internet)"
    server = {"name": "strava", "type": "http", "url": f"{base}/mcp"}
    return {
        "By OAuth: enter the URL; a page opens in the browser": f"On that page, type {secret}.",
        "Claude Web and Mobile: Settings, Connectors, Add custom connector": f"{base}{note}",
        "ChatGPT: Settings, Connectors, Create (developer mode)": f"{base}/mcp{note}",
        "VS Code": f"code --add-mcp {shlex.quote(json.dumps(server))}",
        "Cursor (.cursor/mcp.json)": _json({"mcpServers": {"strava": {"url": f"{base}/mcp"}}}),
        "Claude Code, then run /mcp": f"claude mcp add --transport http strava {base}/mcp",
    }


def _header_sections(base: str, token: str) -> dict[str, str]:
    """Clients that send a token in a header."""
    headers = {"Authorization": f"Bearer {token}"}
    desktop = {"name": "strava", "url": f"{base}/mcp", "headers": headers}
    code = {"name": "strava", "type": "http", "url": f"{base}/mcp", "headers": headers}
    return {
        "By header: Claude Desktop, over HTTP": _json(desktop),
        "By header: VS Code": f"code --add-mcp {shlex.quote(json.dumps(code))}",
        "By header: Claude Code": f"claude mcp add --transport http strava {base}/mcp "
        f"--header {shlex.quote(f'Authorization: Bearer {token}')}",
    }


def stdio_entry(config: Config) -> dict[str, object]:
    """The entry with which a client on this machine starts this server on stdio.

    It works from any working directory and without any environment: it names the interpreter, the
    project, the data folder and the source. Other settings come from ``.env`` and the data folder.
    """
    environment = {
        "PYTHONPATH": str(PROJECT_FOLDER),
        "STRAVA_MCP_HOME": str(config.home.absolute()),
        "STRAVA_SOURCE": config.strava_source,
    }
    return {"command": sys.executable, "args": ["-m", "strava_mcp"], "env": environment}


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
