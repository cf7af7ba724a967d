"""From a laptop to the internet: ``flask tunnel``, gunicorn, and a client behind a TLS proxy."""

import asyncio
import itertools
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import requests
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

from tests.clients.conftest import TIMEOUT_S
from tests.clients.test_oauth_python import CALLBACK, Memory, Owner
from tests.servers import free_port, gunicorn, running
from tests.tunnel import CLIENT_HEADER, KINDS, Tunnel, tunnel

#: Wrong tokens per minute from one address.
MAX_FAILURES = 20
#: Attempts of a stranger: even on a busy machine they do not take ten minutes.
ATTEMPTS = 10 * MAX_FAILURES
TOKEN = "7b" * 32


@dataclass
class Published:
    """A server behind a tunnel, and what ``flask tunnel`` printed."""

    tunnel: Tunnel
    printed: str

    @property
    def base(self) -> str:
        """The URL to enter in Claude, as printed."""
        return self._after("Add custom connector\n")

    @property
    def mcp(self) -> str:
        """The URL to enter in ChatGPT, as printed."""
        return self._after("(developer mode)\n")

    @property
    def passphrase(self) -> str:
        return self._after("only this once: ")

    def _after(self, text: str) -> str:
        match = re.search(f"{re.escape(text)}(.+)", self.printed)
        assert match, self.printed
        return match[1]


@pytest.fixture(params=KINDS)
def published(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Published]:
    """Run the command, then start the server with what it has set."""
    with tunnel(tmp_path, monkeypatch) as way_in:
        way_in.kind, way_in.port = request.param, free_port()
        # A subprocess cannot resolve the tunnel's name, so its check from outside fails.
        printed = flask("tunnel", way_in.url)
        env = {"AUTH_TOKEN": TOKEN}
        command = gunicorn(way_in.port, workers=1, threads=16)
        with running(command, way_in.port, tmp_path / "server.log", env):
            yield Published(way_in, printed)


def flask(*words: str) -> str:
    done = subprocess.run(["flask", *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_client_connects_by_oauth_at_the_printed_address(published: Published) -> None:
    health = requests.get(f"{published.base}/health", timeout=TIMEOUT_S)
    assert health.status_code == 200 and health.json()["status"] == "healthy"
    assert published.base == published.tunnel.url
    for url in (published.base, published.mcp):
        asyncio.run(connect(published, url))


async def connect(published: Published, url: str) -> None:
    """Discovery, registration, consent with the printed passphrase, token, and a call."""
    owner, memory = Owner(published.base), Memory()
    owner.flow.secret = published.passphrase
    owner.flow.http.session.verify = str(published.tunnel.certificates)
    provider = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="Python client", redirect_uris=[CALLBACK]  # type: ignore[list-item]
        ),
        storage=memory,
        redirect_handler=owner.open,
        callback_handler=owner.callback,
    )
    trusted = ssl.create_default_context(cafile=str(published.tunnel.certificates))
    async with httpx2.AsyncClient(auth=provider, verify=trusted, timeout=TIMEOUT_S) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            called = await client.call_tool("get_athlete", {})
    assert not called.is_error and len(owner.opened) == 1 and memory.tokens


def test_streams_arrive_while_they_are_open(published: Published) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "text/event-stream"}
    with requests.get(
        f"{published.base}/sse", headers=headers, stream=True, timeout=TIMEOUT_S
    ) as stream:
        assert stream.status_code == 200
        # The stream never ends, so a proxy that buffered it would deliver nothing.
        assert b"event: endpoint" in stream.iter_lines(chunk_size=1)


def test_foreign_hosts_are_refused(published: Published) -> None:
    local = f"http://127.0.0.1:{published.tunnel.port}/health"
    for host, status in (("evil.example", 421), ("tunnel.example", 200), ("127.0.0.1", 200)):
        assert requests.get(local, headers={"Host": host}, timeout=TIMEOUT_S).status_code == status


def test_strangers_behind_the_tunnel_have_limits_of_their_own(published: Published) -> None:
    def try_token(client: str, number: int) -> int:
        headers = {
            "Authorization": f"Bearer {'0' * 64}",
            CLIENT_HEADER: client,
            # What a stranger claims must not make them another one.
            "X-Forwarded-For": f"198.51.100.{number}",
        }
        return session.get(f"{published.base}/mcp", headers=headers, timeout=TIMEOUT_S).status_code

    with requests.Session() as session:
        began = time.time()
        statuses = (try_token("192.0.2.7", number) for number in range(ATTEMPTS))
        refused = list(itertools.takewhile(lambda status: status != 429, statuses))
        minutes = time.time() // 60 - began // 60 + 1
        assert set(refused) == {401} and MAX_FAILURES <= len(refused) <= MAX_FAILURES * minutes
        assert try_token("192.0.2.8", 0) == 401
