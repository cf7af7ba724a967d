"""FastMCP's client, on which many agent frameworks are built: with a Bearer token and by OAuth."""

import asyncio
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from fastmcp import Client
from fastmcp.client.auth import OAuth
from fastmcp.exceptions import ToolError

from tests.clients.conftest import TIMEOUT_S, WRONG, Running
from tests.clients.test_oauth_python import Owner
from tests.clients.test_python import TOOLS
from tests.servers import free_port

PATHS = ("/mcp", "/", "/mcp/")
WRITE: dict[str, Any] = {"id": 1, "name": "Renamed"}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """FastMCP warns that tokens in memory are lost, which is what a test wants."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


async def look_around(client: "Client[Any]") -> None:
    """List and call; the replies have the types that the output schemas declare."""
    async with client:
        assert {tool.name for tool in await client.list_tools()} >= TOOLS
        listed = await client.call_tool("get_activities", {"per_page": 2})
        assert len(listed.data.activities) == 2
        first = listed.data.activities[0]
        assert isinstance(first.id, int) and first.name and first.sport_type
        table = await client.call_tool("get_activities", {"per_page": 40})
        assert table.data.columns[0] == "id" and len(table.data.activities) == 40
        read = await client.call_tool("get_activity_by_id", {"id": first.id, "detail": "full"})
        assert read.data.id == first.id and read.data.text_by_athletes
        # Keys that the schemas do not declare arrive all the same, in replies and in their rows.
        routes = await client.call_tool("get_routes", {})
        assert [row.model_dump(exclude_none=True) for row in routes.data.routes] == (
            routes.structured_content["routes"]
        )
        assert set(read.structured_content) <= set(read.data.model_dump())
        blank = await client.call_tool("get_activities", {"per_page": 2, "before": "", "after": 0})
        assert blank.data.activities == listed.data.activities


@pytest.mark.parametrize("path", PATHS)
def test_lists_and_calls_with_a_token(server: Running, path: str) -> None:
    asyncio.run(look_around(Client(server.base + path, auth=server.token)))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token, hint", [(WRONG, "is not valid"), (None, "no Authorization")])
def test_reads_why_it_is_refused(server: Running, path: str, token: str | None, hint: str) -> None:
    """Not "Server returned an error response", which is all that clients say without a body."""

    async def visit() -> None:
        async with Client(server.base + path, auth=token) as client:
            await client.list_tools()

    with pytest.raises(Exception, match=hint):
        asyncio.run(visit())


def test_a_read_only_token_keeps_its_session(server: Running, reader: str) -> None:
    async def visit() -> None:
        async with Client(server.url, auth=reader) as client:
            with pytest.raises(ToolError, match="may only read"):
                await client.call_tool("update_activity", WRITE)
            assert (await client.call_tool("get_athlete", {})).data.name

    asyncio.run(visit())


class Browser(OAuth):
    """Its sign-in, with an owner who approves instead of a browser that opens."""

    def __init__(self, owner: Owner) -> None:
        super().__init__(callback_host="127.0.0.1", callback_port=free_port())
        self._owner = owner

    async def redirect_handler(self, authorization_url: str) -> None:
        # The client listens for the redirect only after this has returned; a loop alone does not
        # keep a task alive.
        self._approval = asyncio.create_task(self._approve(authorization_url))

    async def _approve(self, url: str) -> None:
        await self._owner.open(url)
        parameters = {name: values[0] for name, values in self._owner.sent.items()}
        address = f"http://127.0.0.1:{self.redirect_port}/callback"
        for _ in range(600):
            try:
                await asyncio.to_thread(requests.get, address, parameters, timeout=TIMEOUT_S)
                return
            except requests.ConnectionError:
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("path", ["/mcp", "/"])
def test_connects_by_oauth(server: Running, path: str) -> None:
    owner = Owner(server.base)
    sign_in = Browser(owner)
    asyncio.run(look_around(Client(server.base + path, auth=sign_in)))
    assert [query["scope"] for query in owner.opened] == [["strava:read"]]


def test_asks_for_more_by_oauth(server: Running) -> None:
    owner = Owner(server.base)

    async def visit() -> None:
        async with Client(server.url, auth=Browser(owner)) as client:
            with pytest.raises(ToolError, match="get_activities"):  # no activity has the id 1
                await client.call_tool("update_activity", WRITE)

    asyncio.run(visit())
    assert [set(query["scope"][0].split()) for query in owner.opened] == [
        {"strava:read"},
        {"strava:read", "strava:write"},
    ]
