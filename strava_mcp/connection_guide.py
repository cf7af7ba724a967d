"""The connection guide: how to connect each kind of client to this server."""

import json
import shlex
import sys
from typing import NamedTuple

from strava_mcp.config import PROJECT_FOLDER, Config
from strava_mcp.oauth.owner import hash_of
from strava_mcp.sandbox.notice import HOW_TO_CHANGE, INVENTED

TOKEN_PLACEHOLDER = "<your token: flask show-config --show-token>"
#: What a client on the internet lacks while the server has no https address.
INTERNET_NOTE = "calls from the internet: flask tunnel gives this server an address there"
#: The settings that an entry for stdio carries, because a client starts it with none of its own.
ENTRY_SETTINGS = ("STRAVA_MCP_HOME", "STRAVA_SOURCE")


class Entry(NamedTuple):
    """How to connect one client: the ``text`` to paste, and the ``place`` where.

    ``note``: what it requires that this server lacks.
    """

    client: str
    place: str
    text: str
    note: str = ""

    def __str__(self) -> str:
        note = f"  ({self.note})" if self.note else ""
        return f"{self.client}: {self.place}\n{self.text}{note}"


def render(config: Config, base: str, *, show_token: bool) -> str:
    """Return the guide as text. ``base``: the base URL of the server."""
    token = config.auth_tokens[0] if show_token and config.auth_tokens else TOKEN_PLACEHOLDER
    sections = ["Strava MCP server: how to connect"]
    if config.strava_source == "sandbox":
        sections.append(sandbox_notice())
    if config.oauth_enabled:
        intro = "By OAuth: enter the URL; a page opens in the browser"
        sections += [f"{intro}\n{oauth_step(config)}", *map(str, oauth_entries(base))]
    sections += [f"By header: {entry}" for entry in header_entries(base, token)]
    if config.allow_authless:
        sections.append(str(authless_entry(config, base)))
    if not config.lambda_function:
        by_hand = _json({"mcpServers": {"strava": stdio_entry(config)}})
        sections += [f"{entry}\nor by hand\n{by_hand}" for entry in local_entries()]
    if config.oauth_enabled:
        sections.append(f"Charts of your training, in a browser after signing in\n{base}/training")
    sections.append(f"Check that it is up\ncurl {base}/health")
    return "\n\n".join(sections)


def sandbox_notice() -> str:
    """What a server prints whose athlete is invented."""
    return f"It shows an {INVENTED}. {HOW_TO_CHANGE}"


def for_stage(guide: str, stage: str, token: str = "") -> str:
    """Fill ``token`` into the guide of a deployed stage, or else the command that prints it."""
    return guide.replace(
        TOKEN_PLACEHOLDER, token or TOKEN_PLACEHOLDER.replace("--show", f"--stage {stage} --show")
    )


def oauth_step(config: Config) -> str:
    """What to do on the page that clients open in the browser."""
    if config.authorize_with == "strava":
        return "On that page, sign in with Strava."
    secret = "your passphrase" if hash_of(config) else "AUTH_TOKEN"
    return f"On that page, type {secret}."


def oauth_entries(base: str) -> list[Entry]:
    """Clients that need only a URL; the owner approves them in the browser."""
    server = {"name": "strava", "type": "http", "url": f"{base}/mcp"}
    cursor = _json({"mcpServers": {"strava": {"url": f"{base}/mcp"}}})
    code = f"claude mcp add --transport http strava {base}/mcp"
    return [
        *internet_entries(base),
        Entry("VS Code", "in a terminal", f"code --add-mcp {shlex.quote(json.dumps(server))}"),
        Entry("Cursor", "in a file (.cursor/mcp.json)", cursor),
        Entry("Claude Code", "in a terminal; then run /mcp in it", code),
    ]


def internet_entries(base: str) -> list[Entry]:
    """Clients that call from the internet, by OAuth."""
    note = "" if base.startswith("https:") else INTERNET_NOTE
    add_connector = "Settings, Connectors, Add custom connector"
    return [
        Entry("Claude Web, Desktop and Mobile", add_connector, base, note),
        Entry("ChatGPT", "Settings, Connectors, Create (developer mode)", f"{base}/mcp", note),
    ]


def header_entries(base: str, token: str = TOKEN_PLACEHOLDER) -> list[Entry]:
    """Clients that send a token in a header."""
    headers = {"Authorization": f"Bearer {token}"}
    desktop = {"name": "strava", "url": f"{base}/mcp", "headers": headers}
    server = {"name": "strava", "type": "http", "url": f"{base}/mcp", "headers": headers}
    header = shlex.quote(f"Authorization: Bearer {token}")
    code = f"claude mcp add --transport http strava {base}/mcp --header {header}"
    return [
        Entry("Claude Desktop", "over HTTP", _json(desktop)),
        Entry("VS Code", "in a terminal", f"code --add-mcp {shlex.quote(json.dumps(server))}"),
        Entry("Claude Code", "in a terminal", code),
    ]


def authless_entry(config: Config, base: str) -> Entry:
    """Clients that send no token (ALLOW_AUTHLESS), by the transport of 2024-11-05.

    The secret is never shown: the first start prints this guide, perhaps into a log.
    """
    query = "?secret=<AUTHLESS_SECRET>" if config.authless_secret else ""
    return Entry("Without a token", "read-only, over SSE (ALLOW_AUTHLESS)", f"{base}/sse{query}")


def local_entries() -> list[Entry]:
    """The client on the server's machine that starts a process of its own, without a token."""
    place = "in a terminal on the server's machine"
    return [Entry("Claude Desktop", place, "flask connect claude-desktop")]


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
