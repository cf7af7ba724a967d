"""What one client of ``/ws`` can make a server hold: memory, threads, time."""

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import websocket as third_party

from tests.servers import Running, flask_run, free_port, gunicorn, process
from tests.waiting import MAX_WAIT_S
from tests.web.conftest import PING, TOKEN
from tests.web.test_websocket import ask, connect, connect_before_expiry

#: Peak memory of a worker: about 70 MB when idle.
MAX_PEAK_MB = 350
BATCH_VERSION = {"protocolVersion": "2025-03-26", "capabilities": {}}


@pytest.fixture(scope="module", params=["flask run", "gunicorn"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Running, Path]]:
    """A server with the default limits on sizes."""
    folder, port = tmp_path_factory.mktemp("ws"), free_port()
    command = gunicorn(port, workers=1, app="tests.web.patient:app")
    if request.param == "flask run":
        command = flask_run(port, "tests.web.patient")
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "AUTH_TOKEN": TOKEN, "RATE_LIMIT": "100000"}
    with process(command, port, folder / "log", env) as running:
        yield running, folder


def peak_mb(pid: int) -> float:
    """The highest resident memory so far of a process or any of its children."""
    # Children are those of the thread that forked them; other threads come and go.
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pids = [pid, *map(int, children)]
    status = [Path(f"/proc/{one}/status").read_text() for one in pids]
    return max(int(text.partition("VmHWM:")[2].split()[0]) for text in status) / 1024


def url(running: Running) -> str:
    return running.base.replace("http", "ws") + "/ws"


def assert_healthy(server: tuple[Running, Path]) -> None:
    """The server answers, has stayed small, and has logged no traceback."""
    running, folder = server
    with urlopen(f"{running.base}/health", timeout=MAX_WAIT_S) as reply:
        assert reply.status == 200
    assert peak_mb(running.pid) < MAX_PEAK_MB
    assert "Traceback" not in (folder / "log").read_text()


def test_compression_is_not_agreed_on(server: tuple[Running, Path]) -> None:
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    opened = third_party.WebSocket()
    opened.connect(url(server[0]), header=[f"Authorization: Bearer {TOKEN}", *as_lines(offer)])
    assert "sec-websocket-extensions" not in {name.lower() for name in opened.getheaders()}
    # A compressed frame is then an error of the protocol (RFC 6455 §5.2).
    opened.sock.sendall(client_frame(b"x" * 100, first_byte=0xC1))
    opcode, data = opened.recv_data()
    assert opcode == third_party.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") == 1002
    opened.shutdown()
    assert_healthy(server)


def as_lines(headers: dict[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def client_frame(payload: bytes, first_byte: int = 0x81) -> bytes:
    """A masked frame (RFC 6455 §5.2) with a mask of zeros."""
    size = len(payload)
    if size < 126:  # a longer form than is needed is an error of the protocol
        length = struct.pack("!BB", first_byte, 0x80 | size)
    elif size < 1 << 16:
        length = struct.pack("!BBH", first_byte, 0x80 | 126, size)
    else:
        length = struct.pack("!BBQ", first_byte, 0x80 | 127, size)
    return length + bytes(4) + payload


@pytest.mark.parametrize(
    "batch",
    [
        [{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}] * 17_000,
        [[]] * 300_000,
        [{}] * 300_000,
        ["x"] * 250_000,
    ],
    ids=["lists", "arrays", "objects", "texts"],
)
def test_a_message_of_a_megabyte_stays_small(server: tuple[Running, Path], batch: Any) -> None:
    opened = connect(url(server[0]))
    ask(opened, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": BATCH_VERSION})
    reply = ask(opened, batch)
    assert reply["error"]["code"] in (-32600, -32700)
    assert ask(opened, PING)["result"] == {}
    opened.close()
    assert_healthy(server)


def test_a_full_batch_of_large_answers_stays_small(server: tuple[Running, Path]) -> None:
    opened = connect(url(server[0]))
    ask(opened, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": BATCH_VERSION})
    assert len(ask(opened, [{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}] * 50)) == 50
    opened.close()
    assert_healthy(server)


def test_messages_that_nobody_waits_for_are_not_hoarded(server: tuple[Running, Path]) -> None:
    """A client that only sends is made to wait, instead of filling the memory."""
    opened = connect(url(server[0]))
    frame = client_frame(json.dumps([[]] * 250_000).encode())  # slower to parse than to send
    opened.sock.settimeout(3)
    sent, deadline = 0, time.monotonic() + 5
    with suppress(OSError):  # not accepted any more
        while sent < 600 and time.monotonic() < deadline:
            opened.sock.sendall(frame)
            sent += 1
    opened.shutdown()
    assert_healthy(server)


def test_a_client_that_does_not_read_gives_its_place_back(tmp_path: Path) -> None:
    port = free_port()
    env = {
        "STRAVA_MCP_HOME": str(tmp_path / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "100000",
        "MAX_STREAMS": "1",
    }
    app = "tests.web.impatient:app"
    with process(gunicorn(port, workers=1, app=app), port, tmp_path / "log", env) as running:
        opened = connect(url(running))
        opened.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listing = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
        opened.sock.settimeout(1)
        with suppress(OSError):
            for _ in range(20_000):
                opened.sock.sendall(client_frame(listing))
        connect(url(running)).close()
        opened.shutdown()
        assert_healthy((running, tmp_path))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-WebSocket-Version": "13"},
        {"Sec-WebSocket-Key": "x"},
        {"Sec-WebSocket-Key": "x" * 24, "Sec-WebSocket-Version": "99"},
        {"Sec-WebSocket-Protocol": "a,,b\x80", "Sec-WebSocket-Version": "13"},
    ],
)
def test_an_invalid_handshake_is_refused(
    server: tuple[Running, Path], headers: dict[str, str]
) -> None:
    request = {
        "Host": server[0].base.removeprefix("http://"),
        "Authorization": f"Bearer {TOKEN}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        **headers,
    }
    lines = ["GET /ws HTTP/1.1", *as_lines(request), "", ""]
    with raw_connection(server[0]) as raw:
        raw.sendall("\r\n".join(lines).encode("latin-1"))
        assert raw.recv(100).split()[1].startswith(b"4")
    assert_healthy(server)


@pytest.mark.parametrize(
    "frame",
    [
        client_frame(b"\xff\xfe"),  # not UTF-8
        b"\x81\x05hello",  # not masked
        client_frame(b"x", first_byte=0x83),  # a reserved opcode
        client_frame(b"x" * 200, first_byte=0x89),  # too long for a ping
        client_frame(b"x", first_byte=0x80),  # a continuation of nothing
        b"\x81\xff" + b"\xff" * 8 + bytes(4),  # 2**64 - 1 bytes
    ],
)
def test_an_invalid_frame_ends_the_connection(server: tuple[Running, Path], frame: bytes) -> None:
    opened = connect(url(server[0]))
    opened.sock.sendall(frame)
    opcode, data = opened.recv_data()
    assert opcode == third_party.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") in (1002, 1007, 1009)
    opened.shutdown()
    assert_healthy(server)


def raw_connection(running: Running) -> socket.socket:
    host, port = running.base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=MAX_WAIT_S)


def test_an_idle_connection_does_not_outlive_its_token(tmp_path: Path) -> None:
    port = free_port()
    env = {"STRAVA_MCP_HOME": str(tmp_path / "home"), "AUTH_TOKEN": TOKEN}
    app = "tests.web.impatient:app"
    with process(gunicorn(port, workers=1, app=app), port, tmp_path / "log", env) as running:
        opened = connect_before_expiry(url(running), tmp_path / "home")
        opcode, data = opened.recv_data()
        assert opcode == third_party.ABNF.OPCODE_CLOSE
        assert data == (1008).to_bytes(2, "big") + b"The token is no longer valid."
        opened.shutdown()
