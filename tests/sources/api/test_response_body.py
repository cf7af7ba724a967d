"""Responses of Strava's address that have no end."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from strava_mcp.errors import Unavailable
from strava_mcp.sources import open_source
from strava_mcp.sources.api import transport
from strava_mcp.sources.api.response_body import MAX_RESPONSE_BYTES
from strava_mcp.store import open_store
from tests.clock import Clock
from tests.closing_server import ClosingServer
from tests.sources.api.test_client import config_for

MAX_BYTES_ON_THE_WAY = 16 << 20  # what the buffers of the sockets hold


class Endless(BaseHTTPRequestHandler):
    """Answers any request with ``chunk``, again and again until the client hangs up."""

    chunk = b" " * (1 << 20)
    headers_sent = {"Content-Type": "application/json"}
    sent: list[int] = []
    clock: Clock | None = None

    def do_POST(self) -> None:
        self.send_response(200)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            while sum(self.sent) < 4 * MAX_RESPONSE_BYTES:
                self.wfile.write(self.chunk)
                self.sent.append(len(self.chunk))
                if self.clock:
                    self.clock.advance(1)
        except OSError:
            pass

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ClosingServer(("127.0.0.1", 0), Endless)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(60)


def problem_of(url: str) -> str:
    """Why the first request, that for a token, failed."""
    store = open_store("sqlite://:memory:")
    try:
        with pytest.raises(Unavailable) as caught:
            open_source(config_for(url), store).athlete()
        return str(caught.value)
    finally:
        store.close()


def test_a_response_without_end_is_not_read_whole(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Endless, "sent", [])
    assert problem_of(url) == "Strava's response is longer than 32 MB. Try again later."
    assert sum(Endless.sent) < MAX_RESPONSE_BYTES + MAX_BYTES_ON_THE_WAY


def test_a_compressed_response_is_bounded_by_its_content(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """33 MB of spaces are 32 KB when compressed."""
    content = gzip.compress(b" " * (MAX_RESPONSE_BYTES + 1))
    size = str(len(content))
    monkeypatch.setattr(Endless, "sent", [4 * MAX_RESPONSE_BYTES - 1])
    monkeypatch.setattr(Endless, "chunk", content)
    monkeypatch.setattr(
        Endless, "headers_sent", {"Content-Encoding": "gzip", "Content-Length": size}
    )
    assert "longer than 32 MB" in problem_of(url)


def test_a_response_that_drips_ends_in_time(
    url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Endless, "sent", [])
    monkeypatch.setattr(Endless, "chunk", b" " * 100_000)
    monkeypatch.setattr(Endless, "clock", clock)
    monkeypatch.setattr(transport, "TOKEN_READ_S", 10)
    assert problem_of(url) == "Strava's response took longer than 10 s. Try again later."
