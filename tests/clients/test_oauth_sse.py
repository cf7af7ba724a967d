"""OAuth on the transport of 2024-11-05: its clients read, ask for more, and write."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import requests
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.sse import sse_client
from mcp.shared.auth import OAuthClientMetadata

from strava_mcp.oauth.metadata import WELL_KNOWN
from tests.clients.conftest import TIMEOUT_S, Running
from tests.clients.test_oauth_node import typescript
from tests.clients.test_oauth_python import CALLBACK, Memory, Owner
from tests.clients.test_python import TOOLS
from tests.clients.test_renamed import CREATE, assert_reconnect
from tests.flow import BOTH


def client(base: str, path: str, owner: Owner, memory: Memory) -> Client:
    """The official Python client."""
    provider = OAuthClientProvider(
        server_url=base + path,
        client_metadata=OAuthClientMetadata(
            client_name="Python client", redirect_uris=[CALLBACK]  # type: ignore[list-item]
        ),
        storage=memory,
        redirect_handler=owner.open,
        callback_handler=owner.callback,
    )
    return Client(sse_client(base + path, timeout=TIMEOUT_S, auth=provider), mode="legacy")


@pytest.mark.parametrize("path", ["/sse", "/sse/"])
def test_the_python_client_asks_for_more_and_writes(server: Running, path: str) -> None:
    async def story() -> Any:
        owner, memory = Owner(server.base), Memory()
        async with client(server.base, path, owner, memory) as connection:
            listed = await connection.list_tools()
            assert {tool.name for tool in listed.tools} >= TOOLS
            assert memory.tokens and memory.tokens.scope == "strava:read"
            # The same stream goes on after the step-up.
            created = await connection.call_tool("create_activity", CREATE)
            assert memory.tokens.scope == BOTH
            assert [request["scope"] for request in owner.opened] == [["strava:read"], [BOTH]]
            return created

    created = asyncio.run(story())
    assert not created.is_error, created
    assert created.structured_content["name"] == CREATE["name"]
    metadata = requests.get(f"{server.base}{WELL_KNOWN}{path}", timeout=TIMEOUT_S).json()
    assert metadata["resource"] == server.base + path


def test_the_python_client_where_the_header_is_renamed(renamed: Running) -> None:
    async def story(choice: str) -> Any:
        owner, memory = Owner(renamed.base, choice), Memory()
        async with client(renamed.base, "/sse", owner, memory) as connection:
            created = await connection.call_tool("create_activity", CREATE)
            assert not (await connection.call_tool("get_athlete", {})).is_error
            assert [request["scope"] for request in owner.opened] == [[BOTH]]
            return created

    refused = asyncio.run(story("read"))
    assert refused.is_error
    assert_reconnect(refused.model_dump(by_alias=True))
    created = asyncio.run(story("write"))
    assert not created.is_error, created


@pytest.mark.parametrize("which", ["v1", "v2"])
def test_the_typescript_client(renamed: Running, which: str, tmp_path: Path) -> None:
    done = typescript(renamed, tmp_path, which, "sse", ["write"])
    assert done["scope"] == BOTH and set(done["tools"]) >= TOOLS
    assert "needs the scope" not in str(done["written"])
