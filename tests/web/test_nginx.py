"""The documented deployment: nginx in front of gunicorn, with the commands of the README."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import requests
import websocket as third_party

from strava_mcp.protocol.versions import ASSUMED, MAX_BATCH_SIZE
from strava_mcp.tools.chart_page import CHART_PAGE
from tests import nginx
from tests.conftest import require
from tests.servers import free_port, gunicorn, running
from tests.waiting import MAX_WAIT_S, eventually
from tests.web.conftest import PING, TOKEN, bearer
from tests.web.test_sse import Listener, converse

pytestmark = pytest.mark.no_cover

SLOW_CLIENTS = 64


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[nginx.Proxy]:
    require(nginx.PROGRAM, "nginx is not installed")
    folder, upstream, port = tmp_path_factory.mktemp("nginx"), free_port(), free_port()
    settings, command = nginx.documented_command(upstream)
    env = settings | {
        "PUBLIC_URL": f"https://localhost:{port}",
        "STRAVA_MCP_HOME": str(folder / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "100000",
    }
    with running(command, upstream, folder / "log", env):
        with nginx.in_front_of(upstream, port, folder / "nginx") as started:
            yield started
    assert "Traceback" not in (folder / "log").read_text()


def get(proxy: nginx.Proxy, path: str, **headers: str) -> Any:
    verify = str(proxy.authority)
    return requests.get(proxy.base + path, headers=headers, verify=verify, timeout=MAX_WAIT_S)


def post(proxy: nginx.Proxy, message: Any, **headers: str) -> Any:
    body = json.dumps(message).encode()
    sent = bearer() | {"Content-Type": "application/json"} | headers
    request = Request(f"{proxy.base}/mcp", body, sent)
    with urlopen(request, timeout=MAX_WAIT_S, context=proxy.context()) as reply:
        return json.loads(reply.read())


def slow_connection(proxy: nginx.Proxy, text: str) -> ssl.SSLSocket:
    raw = socket.create_connection(("127.0.0.1", proxy.port), timeout=MAX_WAIT_S)
    connection = proxy.context().wrap_socket(raw, server_hostname="localhost")
    connection.sendall(text.encode())
    return connection


def head(path: str, *headers: str) -> str:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""])


@pytest.mark.parametrize(
    "text",
    [
        head("/register", "Content-Length: 10000") + "{",
        head("/mcp", f"Authorization: Bearer {TOKEN}", "Content-Length: 1000000") + "{",
        head("/token", "Transfer-Encoding: chunked") + "400\r\n{",
        head("/mcp").rstrip(),  # the headers never end
        "",
    ],
    ids=["register", "mcp", "chunked", "headers", "nothing"],
)
def test_slow_bodies_do_not_hold_the_server(proxy: nginx.Proxy, text: str) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW_CLIENTS):
            stack.enter_context(slow_connection(proxy, text))
        assert get(proxy, "/health").json()["status"] == "healthy"
        assert post(proxy, PING)["result"] == {}


def test_slow_readers_do_not_hold_the_server(proxy: nginx.Proxy) -> None:
    """Replies are larger than what the sockets on the way to the client hold."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": CHART_PAGE}}
    body = json.dumps([message] * MAX_BATCH_SIZE)
    headers = (f"Authorization: Bearer {TOKEN}", f"Content-Length: {len(body)}")
    with ExitStack() as stack:
        for _ in range(SLOW_CLIENTS):
            text = head("/mcp", *headers, f"MCP-Protocol-Version: {ASSUMED}") + body
            stack.enter_context(slow_connection(proxy, text))
        assert get(proxy, "/health").json()["status"] == "healthy"
        assert post(proxy, PING)["result"] == {}


def test_streams_are_not_held_back(proxy: nginx.Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(proxy.authority))
    listener = Listener(proxy.base)
    converse(listener)
    listener.close()


def test_websockets_are_passed_on(proxy: nginx.Proxy) -> None:
    opened = third_party.create_connection(
        proxy.base.replace("https", "wss") + "/ws",
        header=[f"Authorization: Bearer {TOKEN}"],
        suppress_origin=True,
        sslopt={"ca_certs": str(proxy.authority)},
        timeout=MAX_WAIT_S,
    )
    opened.send(json.dumps(PING))
    assert json.loads(opened.recv())["result"] == {}
    opened.close()


def test_the_server_knows_its_address_and_its_visitors(proxy: nginx.Proxy) -> None:
    metadata = get(proxy, "/.well-known/oauth-authorization-server").json()
    assert metadata["issuer"] == proxy.base
    # A forged address is not believed: the limit of wrong tokens holds for the real one.
    forged = (f"203.0.{n >> 8}.{n & 255}" for n in count())

    def guess() -> int:
        return requests.post(
            f"{proxy.base}/mcp",
            json=PING,
            headers={"Authorization": "Bearer " + "x" * 40, "X-Forwarded-For": next(forged)},
            verify=str(proxy.authority),
            timeout=MAX_WAIT_S,
        ).status_code

    assert guess() == 401
    eventually(lambda: guess() == 429)
    # The limit is that of one visitor, not of all that come through the proxy.
    context = proxy.context()
    other = http.client.HTTPSConnection(
        "localhost",
        proxy.port,
        timeout=MAX_WAIT_S,
        source_address=("127.0.0.2", 0),
        context=context,
    )
    with closing(other):
        other.request("POST", "/mcp", "{}", {"Authorization": "Bearer " + "x" * 40})
        assert other.getresponse().status == 401


def test_a_foreign_name_is_refused(proxy: nginx.Proxy) -> None:
    """nginx passes on the name that was asked for, by which DNS rebinding is recognized."""
    assert get(proxy, "/health", Host="evil.example").status_code == 421


def test_nginx_logs_no_query(tmp_path: Path) -> None:
    """It may hold AUTHLESS_SECRET, and Debian's nginx logs all of it by default."""
    require(nginx.PROGRAM, "nginx is not installed")
    upstream, port, env = free_port(), free_port(), {"STRAVA_MCP_HOME": str(tmp_path / "home")}
    with running(gunicorn(upstream), upstream, tmp_path / "log", env):
        with nginx.in_front_of(upstream, port, tmp_path / "nginx") as proxy:
            assert get(proxy, "/sse?secret=c0ffee").status_code in (401, 421)
    for log in (tmp_path / "nginx").glob("*.log"):
        assert "c0ffee" not in log.read_text()


def test_a_body_that_is_too_large_is_refused(proxy: nginx.Proxy) -> None:
    """By its announced length: nginx answers, and does not wait for the body."""
    length = f"Content-Length: {(8 << 20) + 1}"
    with slow_connection(proxy, head("/mcp", f"Authorization: Bearer {TOKEN}", length)) as sent:
        assert sent.recv(12) == b"HTTP/1.1 413"
