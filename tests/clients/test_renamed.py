"""Clients that never see WWW-Authenticate, as behind a Function URL."""

import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from mcp.shared.exceptions import MCPError

from strava_mcp.oauth.metadata import WELL_KNOWN
from tests.aws.url import REMAPPED
from tests.clients.conftest import TIMEOUT_S, TOKEN, Running
from tests.clients.front import front
from tests.clients.test_node import initialize, mcp_remote, send
from tests.clients.test_oauth_node import approve, follow, started, typescript
from tests.clients.test_oauth_python import WRITE, Memory, Owner, connected
from tests.clients.test_python import TOOLS
from tests.flow import BOTH
from tests.node import package
from tests.servers import flask_run, free_port, running

CREATE = {
    "name": "Rowing on a lake",
    "sport_type": "Rowing",
    "start_date_local": "2026-05-04T07:30:00",
    "elapsed_time": 1800,
}


def assert_reconnect(result: Any) -> None:
    """Check that a refused tool says in words what to do."""
    assert "reconnect and choose Read and write" in result["content"][0]["text"]
    (challenge,) = result["_meta"]["mcp/www_authenticate"]
    assert challenge.startswith('Bearer error="insufficient_scope"')


def test_the_proxy_renames_the_header(renamed: Running) -> None:
    reply = requests.post(renamed.url, json={}, timeout=TIMEOUT_S)
    assert reply.status_code == 401 and "WWW-Authenticate" not in reply.headers
    assert "Bearer" in reply.headers["x-amzn-Remapped-www-authenticate"]
    metadata = requests.get(f"{renamed.base}{WELL_KNOWN}/mcp", timeout=TIMEOUT_S).json()
    assert metadata["authorization_servers"] == [renamed.base]


@pytest.mark.parametrize("path", ["/mcp", "/"])
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_python_client(renamed: Running, path: str, mode: str) -> None:
    asyncio.run(read_then_reconnect(renamed.base, path, mode))


async def read_then_reconnect(base: str, path: str, mode: str) -> None:
    owner, memory = Owner(base, "read"), Memory()
    async with connected(base + path, owner, memory, None, mode) as (client, provider):
        # It asks for all scopes that the metadata lists; the owner grants to read.
        assert not (await client.call_tool("get_athlete", {})).is_error
        assert owner.opened[0]["scope"] == [BOTH]
        assert memory.tokens and memory.tokens.scope == "strava:read"
        before = memory.tokens
        provider.context.token_expiry_time = 1.0
        assert not (await client.call_tool("get_athlete", {})).is_error
        assert memory.tokens.access_token != before.access_token
        assert memory.tokens.scope == "strava:read"
        # Words instead of a step-up, and the session goes on.
        refused = await client.call_tool(WRITE["name"], WRITE["arguments"])
        assert refused.is_error
        assert_reconnect(refused.model_dump(by_alias=True))
        assert not (await client.call_tool("get_athlete", {})).is_error
        assert len(owner.opened) == 1
    again, memory = Owner(base, "write"), Memory()
    async with connected(base + path, again, memory, None, mode) as (client, _):
        written = await client.call_tool(WRITE["name"], WRITE["arguments"])
        assert "needs the scope" not in str(written)
        assert memory.tokens and memory.tokens.scope == BOTH


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_server_that_does_not_know_that_its_header_is_renamed(mode: str, tmp_path: Path) -> None:
    """The first refusal is a 403, whose body has the words; the next is a tool error."""
    port, public_port = free_port(), free_port()
    env = {
        "STRAVA_MCP_HOME": str(tmp_path / "home"),
        "AUTH_TOKEN": TOKEN,
        "PUBLIC_URL": f"http://127.0.0.1:{public_port}",
    }

    async def story(base: str) -> Any:
        owner, memory = Owner(base, "read"), Memory()
        async with connected(f"{base}/mcp", owner, memory, None, mode) as (client, _):
            with pytest.raises(MCPError, match="reconnect and choose Read and write"):
                await client.call_tool(WRITE["name"], WRITE["arguments"])
            refused = await client.call_tool(WRITE["name"], WRITE["arguments"])
            assert not (await client.call_tool("get_athlete", {})).is_error
            return refused.model_dump(by_alias=True)

    with running(flask_run(port), port, tmp_path / "server.log", env) as base:
        with front(base, base, public_port, REMAPPED) as public:
            assert_reconnect(asyncio.run(story(public)))


@pytest.mark.parametrize("which", ["v1", "v2"])
def test_the_typescript_client(renamed: Running, which: str, tmp_path: Path) -> None:
    done = typescript(renamed, tmp_path, which, "", ["read"])
    assert done["read"] and done["refreshed"] and set(done["tools"]) >= TOOLS
    assert done["granted"] == done["scope"] == "strava:read"
    assert_reconnect(done["written"])


def test_mcp_remote(renamed: Running, tmp_path: Path) -> None:
    command, auth = mcp_remote(renamed.url), tmp_path / "auth"
    with started(command, tmp_path / "first", MCP_REMOTE_CONFIG_DIR=str(auth)) as program:
        initialize(program.process)
        path = program.consent_path(renamed.base)
        assert parse_qs(path)["scope"] == [BOTH]
        follow(approve(renamed.base, path, "read"))
        read_and_write(program.process)
    (file,) = auth.rglob("*tokens.json")
    saved = json.loads(file.read_text())
    assert saved["scope"] == "strava:read"
    file.write_text(json.dumps(saved | {"access_token": "expired"}))
    with started(command, tmp_path / "again", MCP_REMOTE_CONFIG_DIR=str(auth)) as program:
        initialize(program.process)
        read_and_write(program.process)
        assert "/authorize?" not in program.errors
    assert json.loads(file.read_text())["refresh_token"] != saved["refresh_token"]


def read_and_write(process: "subprocess.Popen[str]") -> None:
    """Complete the handshake; reading works, and writing is refused in words."""
    assert process.stdout
    assert "protocolVersion" in json.loads(process.stdout.readline())["result"]
    send(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    read = {"name": "get_athlete", "arguments": {}}
    for number, params in enumerate((read, WRITE, read), 2):
        send(process, {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
        result = json.loads(process.stdout.readline())["result"]
        if params is WRITE:
            assert_reconnect(result)
        else:
            assert "isError" not in result


@pytest.mark.parametrize("era", ["legacy", "auto"])
def test_the_inspector(renamed: Running, era: str, tmp_path: Path) -> None:
    launcher = package("@modelcontextprotocol/inspector") / "clients/launcher/build/index.js"
    command = [
        *(str(launcher), "--cli", renamed.url, "--transport", "http", "--format", "json"),
        *("--protocol-era", era, "--connect-timeout", "0", "--method", "tools/call"),
        *("--callback-url", f"http://127.0.0.1:{free_port()}/oauth/callback", "--tool-name"),
    ]
    write = ["create_activity", *(f"--tool-arg={name}={value}" for name, value in CREATE.items())]
    env = {"MCP_AUTO_OPEN_ENABLED": "true", "MCP_INSPECTOR_SECRET_STORE": "file"}
    with started([*command, *write], tmp_path, **env) as program:
        path = program.consent_path(renamed.base)
        assert parse_qs(path)["scope"] == [BOTH]
        follow(approve(renamed.base, path, "read"))
        assert program.process.stdout
        assert_reconnect(json.loads(program.process.stdout.read())["result"])
    file = tmp_path / ".mcp-inspector" / "secrets.json"
    saved = file.read_text()
    assert "smcp_at_" in saved
    file.write_text(re.sub(r"smcp_at_\w+", "expired", saved))
    with started([*command, "get_athlete"], tmp_path, **env) as program:
        assert program.process.stdout
        assert "isError" not in json.loads(program.process.stdout.read())["result"]
        assert "/authorize?" not in program.errors
    assert "smcp_at_" in file.read_text()
