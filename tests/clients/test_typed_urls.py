"""Clients connect by OAuth under the URL that was typed: its name, and its trailing slash."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from strava_mcp.oauth.metadata import WELL_KNOWN
from tests.clients.conftest import TIMEOUT_S, Running
from tests.clients.test_node import initialize, mcp_remote
from tests.clients.test_oauth_node import approve, follow, started
from tests.clients.test_oauth_python import whole_story
from tests.clients.test_python import TOOLS
from tests.node import package
from tests.servers import free_port


def base_of(server: Running, name: str) -> str:
    """The server's base URL under another loopback name."""
    return f"http://{name}:{urlsplit(server.base).port}"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("path", ["/mcp/", "/mcp"])
def test_the_python_client(server: Running, name: str, path: str) -> None:
    base = base_of(server, name)
    asyncio.run(whole_story(base, path, None, "auto"))
    # There is metadata for the very address that was typed, not only for the whole server.
    metadata = requests.get(f"{base}{WELL_KNOWN}{path}", timeout=TIMEOUT_S).json()
    assert metadata["resource"] == base + path and metadata["authorization_servers"] == [base]


@pytest.mark.parametrize("name, path", [("127.0.0.1", "/mcp/"), ("localhost", "/mcp")])
def test_the_inspector(server: Running, name: str, path: str, tmp_path: Path) -> None:
    """It uses the TypeScript client."""
    base = base_of(server, name)
    launcher = package("@modelcontextprotocol/inspector") / "clients/launcher/build/index.js"
    command = [
        *(str(launcher), "--cli", base + path, "--transport", "http", "--format", "json"),
        *("--connect-timeout", "0", "--method", "tools/list"),
        *("--callback-url", f"http://127.0.0.1:{free_port()}/oauth/callback"),
    ]
    with started(command, tmp_path, MCP_AUTO_OPEN_ENABLED="true") as program:
        follow(approve(base, program.consent_path(base)))
        assert program.process.stdout
        listed = json.loads(program.process.stdout.read())
        assert {tool["name"] for tool in listed["result"]["tools"]} >= TOOLS


@pytest.mark.parametrize("name, path", [("127.0.0.1", "/mcp/"), ("localhost", "/mcp")])
def test_mcp_remote(server: Running, name: str, path: str, tmp_path: Path) -> None:
    base = base_of(server, name)
    command = mcp_remote(base + path)
    with started(command, tmp_path, MCP_REMOTE_CONFIG_DIR=str(tmp_path / "auth")) as program:
        initialize(program.process)
        follow(approve(base, program.consent_path(base)))
        assert program.process.stdout
        assert "protocolVersion" in json.loads(program.process.stdout.readline())["result"]
