"""The official Python client connects by OAuth, as a host would, with both registrations."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import requests
import trustme
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)

from tests.clients.conftest import TIMEOUT_S, TOKEN, Running
from tests.flow import Flow, Live
from tests.servers import flask_run, free_port, running
from tests.site import Site

CALLBACK = "http://127.0.0.1:33418/callback"
WRITE = {"name": "update_activity", "arguments": {"id": 1, "name": "Renamed"}}


class Memory:
    """The storage of a client, in memory."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Owner:
    """Opens the consent pages that the client requests, and approves. ``opened``: their queries.

    ``choice``: ``read`` or ``write``; by default all that the client asks for.
    """

    def __init__(self, base: str, choice: str = "") -> None:
        self.flow = Flow(Live(base), TOKEN)
        self.base = base
        self.choice = choice
        self.opened: list[dict[str, list[str]]] = []
        self.sent: dict[str, list[str]] = {}

    async def open(self, url: str) -> None:
        assert url.startswith(f"{self.base}/authorize?")
        self.opened.append(parse_qs(urlsplit(url).query))
        path = url.removeprefix(self.base)
        page = await asyncio.to_thread(self.flow.http.send, "GET", path)
        requested = "write" if "strava:write" in self.opened[-1]["scope"][0] else "read"
        answer = await asyncio.to_thread(self.flow.decide, page, path, self.choice or requested)
        assert answer.status == 303, answer.text
        self.sent = answer.query

    async def callback(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult(
            code=self.sent["code"][0], state=self.sent["state"][0], iss=self.sent["iss"][0]
        )


@asynccontextmanager
async def connected(url: str, owner: Owner, memory: Memory, document: str | None, mode: str) -> Any:
    provider = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="Python client", redirect_uris=[CALLBACK]  # type: ignore[list-item]
        ),
        storage=memory,
        redirect_handler=owner.open,
        callback_handler=owner.callback,
        client_metadata_url=document,
    )
    async with httpx2.AsyncClient(auth=provider, timeout=TIMEOUT_S) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            yield client, provider


async def whole_story(base: str, path: str, document: str | None, mode: str) -> None:
    owner, memory = Owner(base), Memory()
    async with connected(base + path, owner, memory, document, mode) as (client, provider):
        # Discovery, registration, consent, code, token.
        called = await client.call_tool("get_athlete", {})
        assert not called.is_error
        assert len(owner.opened) == 1 and owner.opened[0]["scope"] == ["strava:read"]
        assert memory.client and memory.tokens and memory.tokens.scope == "strava:read"
        assert (memory.client.client_id == document) == (document is not None)
        # Refresh.
        before = memory.tokens
        provider.context.token_expiry_time = 1.0
        assert not (await client.call_tool("get_athlete", {})).is_error
        assert memory.tokens.access_token != before.access_token
        assert memory.tokens.refresh_token != before.refresh_token
        assert len(owner.opened) == 1
        # Step-up.
        await client.call_tool(WRITE["name"], WRITE["arguments"])
        assert len(owner.opened) == 2
        assert set(owner.opened[1]["scope"][0].split()) == {"strava:read", "strava:write"}
        assert set(memory.tokens.scope.split()) == {"strava:read", "strava:write"}
        # Revocation: the next call asks for consent again.
        await asyncio.to_thread(revoke, base, memory)
        assert not (await client.call_tool("get_athlete", {})).is_error
        assert len(owner.opened) == 3


def revoke(base: str, memory: Memory) -> None:
    assert memory.client and memory.tokens
    form = {"token": memory.tokens.refresh_token, "client_id": memory.client.client_id}
    secret = memory.client.client_secret
    basic = (memory.client.client_id, secret) if secret else None
    reply = requests.post(f"{base}/revoke", data=form, auth=basic, timeout=TIMEOUT_S)
    assert reply.status_code == 200


@pytest.mark.parametrize("path", ["/mcp", "/", ""])
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_by_dynamic_registration(server: Running, path: str, mode: str) -> None:
    asyncio.run(whole_story(server.base, path, None, mode))


@pytest.fixture
def site() -> Iterator[Site]:
    https_site = Site(trustme.CA())
    yield https_site
    https_site.close()


def test_by_a_document(site: Site, tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    site.authority.cert_pem.write_to_path(str(authority))
    port = free_port()
    env = {
        "STRAVA_MCP_HOME": str(tmp_path / "home"),
        "AUTH_TOKEN": TOKEN,
        "TEST_AUTHORITY": str(authority),
    }
    command = flask_run(port, "tests.clients.near")
    with running(command, port, tmp_path / "server.log", env) as base:
        asyncio.run(whole_story(base, "/mcp", site.url, "auto"))
    assert site.paths == ["/client.json"]


def test_without_the_owner_nobody_connects(server: Running) -> None:
    owner = Owner(server.base)
    owner.flow.secret = "not the passphrase"

    async def try_it() -> None:
        async with connected(server.url, owner, Memory(), None, "auto") as (client, _):
            await client.call_tool("get_athlete", {})

    with pytest.raises(BaseException):  # noqa: B017 - the client's own, in an exception group
        asyncio.run(try_it())
    assert len(owner.opened) == 1 and not owner.sent
