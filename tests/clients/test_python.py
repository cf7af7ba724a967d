"""The official Python client: over HTTP in legacy and modern versions, and over stdio."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.clients.conftest import TIMEOUT_S, WRONG, Running

MODES = ("auto", "legacy", "2026-07-28")
TOOLS = {
    *("get_activities", "get_activity_by_id", "create_activity", "update_activity"),
    *("get_activity_zones", "get_athlete", "get_athlete_stats", "get_activity_streams"),
    *("create_upload", "get_upload", "search", "fetch"),
}


async def look_around(client: Client) -> None:
    """List and call, as a host would after connecting."""
    listed = await client.list_tools()
    assert {tool.name for tool in listed.tools} >= TOOLS
    called = await client.call_tool("get_activities", {"per_page": 2})
    assert not called.is_error
    assert called.structured_content and len(called.structured_content["activities"]) == 2
    refused = await client.call_tool("get_activities", {"per_page": 0})
    assert refused.is_error
    prompts = await client.list_prompts()
    resources = await client.list_resources()
    assert prompts.prompts and resources.resources
    read = await client.read_resource(resources.resources[0].uri)
    assert read.contents


def over_http(url: str, token: str | None) -> AbstractAsyncContextManager[Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return streamable_http_client(
        url, http_client=httpx2.AsyncClient(headers=headers, timeout=TIMEOUT_S)
    )


def over_sse(url: str, headers: dict[str, str] | None = None) -> AbstractAsyncContextManager[Any]:
    return sse_client(url, headers=headers, timeout=TIMEOUT_S)


async def use(transport: Any, mode: str, visit: Callable[[Client], Awaitable[None]]) -> None:
    async with Client(transport, mode=mode) as client:
        await visit(client)


@pytest.mark.parametrize("path", ["/mcp", "/"])
@pytest.mark.parametrize("mode", MODES)
def test_lists_and_calls_with_a_token(server: Running, mode: str, path: str) -> None:
    asyncio.run(use(over_http(server.base + path, server.token), mode, look_around))


@pytest.mark.parametrize("token", [None, WRONG])
@pytest.mark.parametrize("mode", MODES)
def test_is_refused_without_the_token(server: Running, mode: str, token: str | None) -> None:
    reached = []

    async def visit(client: Client) -> None:
        await client.list_tools()
        reached.append(True)

    with pytest.raises(BaseException):  # noqa: B017 - the client's own, in an exception group
        asyncio.run(use(over_http(server.url, token), mode, visit))
    assert not reached


@pytest.mark.parametrize("mode", MODES)
def test_over_stdio(mode: str, tmp_path: Path) -> None:
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "strava_mcp"],
        env={"STRAVA_MCP_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path.cwd())},
    )
    asyncio.run(use(stdio_client(parameters), mode, look_around))
