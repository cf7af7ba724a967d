"""Bodies, headers and paths that are not HTTP, sent by hand to running servers.

Each is answered with a 4xx or a closed connection; none leaves a traceback, and the server goes on.
"""

import io
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from werkzeug.serving import DechunkedInput

from strava_mcp.web.request_body import Body
from tests.servers import flask_run, free_port, gunicorn, running
from tests.waiting import MAX_WAIT_S
from tests.web.conftest import TOKEN

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
CHUNKED = b"Transfer-Encoding: chunked"
#: The paths that read a body: with a token, and without one.
PATHS = (
    b"/mcp",
    b"/",
    b"/message?session_id=x",
    b"/token",
    b"/register",
    b"/revoke",
    b"/authorize",
)


@pytest.fixture(scope="module", params=["flask run", "gunicorn"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    folder, port = tmp_path_factory.mktemp("bodies"), free_port()
    command = flask_run(port) if request.param == "flask run" else gunicorn(port, workers=1)
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "AUTH_TOKEN": TOKEN, "RATE_LIMIT": "100000"}
    with running(command, port, folder / "log", env) as base:
        yield base, folder / "log"


def send(base: str, *lines: bytes, body: bytes = b"", end: bool = True) -> int | None:
    """Send a request as it is; returns the status of the reply, None if there is none.

    ``end``: the client closes its side, as one does that has no more to send.
    """
    host = base.removeprefix("http://").encode()
    common = (b"Host: " + host, b"Authorization: Bearer " + TOKEN.encode())
    head = b"\r\n".join([lines[0], *common, b"Connection: close", *lines[1:], b"", b""])
    name, port = base.removeprefix("http://").split(":")
    with socket.create_connection((name, int(port)), timeout=MAX_WAIT_S) as connection:
        try:
            connection.sendall(head + body)
            if end:
                connection.shutdown(socket.SHUT_WR)
            reply = connection.recv(1000)
        except ConnectionError:
            return None
    return int(reply.split()[1]) if reply.startswith(b"HTTP/") else None


def assert_refused(server: tuple[str, Path], status: int | None) -> None:
    base, log = server
    written = log.read_text()
    log.write_text("")  # the server appends
    assert status is None or 400 <= status < 500
    with urlopen(f"{base}/health", timeout=MAX_WAIT_S) as reply:
        assert reply.status == 200
    assert "Traceback" not in written


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n" + PING + b"\r\n0\r\n\r\n",
        b"-5\r\n" + PING + b"\r\n0\r\n\r\n",
        b"28\r\n" + PING + b"XX0\r\n\r\n",
        b"ffffffffffffffffffff\r\n" + PING,
        b"f" * 9000 + b"\r\n",
        b"28;a=\r\x00\r\n" + PING + b"\r\n0\r\n\r\n",
        b"5\r\nab",
        b"\r\n\r\n",
        b"",
    ],
    ids=["size", "negative", "end", "huge", "long", "extension", "cut off", "blank", "nothing"],
)
def test_malformed_chunks(server: tuple[str, Path], path: bytes, body: bytes) -> None:
    json = b"Content-Type: application/json"
    status = send(server[0], b"POST " + path + b" HTTP/1.1", CHUNKED, json, body=body)
    assert_refused(server, status)


@pytest.mark.parametrize("size", [-1, 1, 100, 65_536])
def test_a_chunk_that_is_cut_off_reads_no_memory_beyond(size: int) -> None:
    body = Body(DechunkedInput(io.BytesIO(b"10000\r\n{")), None)
    with pytest.raises(OSError):
        assert body.read(size) == b"{"  # one byte is there
        body.read(size)


def test_a_server_outlives_chunks_that_are_cut_off(server: tuple[str, Path]) -> None:
    json = b"Content-Type: application/json"
    for path in PATHS * 5:
        line = b"POST " + path + b" HTTP/1.1"
        assert_refused(server, send(server[0], line, CHUNKED, json, body=b"10000\r\n{"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "length",
    [b"9" * 30, b"9" * 5000, b"-1", b"1e3", b"0x10", b"5, 5", b"", "٣".encode(), b"+5", b"\x00"],
    ids=lambda value: repr(value[:10]),
)
def test_absurd_lengths(server: tuple[str, Path], path: bytes, length: bytes) -> None:
    json = b"Content-Type: application/json"
    line = b"Content-Length: " + length
    assert_refused(server, send(server[0], b"POST " + path + b" HTTP/1.1", line, json, body=b"{"))


def test_a_body_that_is_shorter_than_announced(server: tuple[str, Path]) -> None:
    json = b"Content-Type: application/json"
    status = send(server[0], b"POST /mcp HTTP/1.1", b"Content-Length: 100", json, body=PING)
    assert_refused(server, status)


@pytest.mark.parametrize(
    "line",
    [
        b"GET /\x00 HTTP/1.1",
        b"GET /%00 HTTP/1.1",
        b"GET /%ff%fe HTTP/1.1",
        b"GET /authorize?client_id=%00&redirect_uri=%ff HTTP/1.1",
        b"GET /authorize?client_id=%ed%a0%80 HTTP/1.1",
        b"GET //[ HTTP/1.1",
        b"GET * HTTP/1.1",
        b"POST /message?session_id=%00 HTTP/1.1",
        b"POST /message?session_id=%ed%a0%80 HTTP/1.1",
        b"POST /message?session_id= HTTP/1.1",
        b"POST /message?session_id=" + b"x" * 3000 + b" HTTP/1.1",
        b"DELETE /mcp HTTP/1.1",
        b"G\xffT / HTTP/1.1",
        b"GET / HTTP/9.9",
    ],
)
def test_odd_request_lines(server: tuple[str, Path], line: bytes) -> None:
    status = send(server[0], line)
    assert_refused(server, None if status == 505 else status)


@pytest.mark.parametrize(
    "header",
    [
        b"Last-Event-ID: \x00",
        b"Last-Event-ID: \xff\xfe",
        b"Last-Event-ID: " + b"x" * 8000,
        b"Mcp-Session-Id:",
        b"Mcp-Session-Id: \xed\xa0\x80",
        b"MCP-Protocol-Version: \xff",
        b"Mcp-Method: =?base64?/w==?=",
        b"Origin: http://[",
        b"Accept: \xff",
        b"Cookie: \x00=\xff; ;;=",
        b"Forwarded: for=\x01",
    ],
)
@pytest.mark.parametrize("path", [b"/mcp", b"/message?session_id=x", b"/authorize"])
def test_odd_headers(server: tuple[str, Path], header: bytes, path: bytes) -> None:
    length = b"Content-Length: %d" % len(PING)
    json = b"Content-Type: application/json"
    status = send(server[0], b"POST " + path + b" HTTP/1.1", header, length, json, body=PING)
    assert_refused(server, None if status == 200 else status)
