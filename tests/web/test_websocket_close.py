"""With which code ``/ws`` closes a connection that it cannot go on with (RFC 6455 §7.4.1)."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from websocket import WebSocket
from werkzeug.serving import make_server

from strava_mcp.errors import StoreError
from strava_mcp.protocol.connection import Connection
from strava_mcp.services import services
from strava_mcp.web.websocket import INTERNAL_ERROR, POLICY_VIOLATION, TRY_AGAIN_LATER
from tests.web.conftest import PING, Make
from tests.web.test_websocket import ask, connect

Connected = tuple[Flask, WebSocket]


@pytest.fixture
def connected(make: Make) -> Iterator[Connected]:
    """An app on a socket, and a WebSocket of a named token that has been answered."""
    app = make()
    _, token = services(app).tokens.create("laptop", "read", None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    socket = connect(f"ws://127.0.0.1:{server.server_port}/ws", token)
    try:
        assert ask(socket, PING)["result"] == {}
        yield app, socket
    finally:
        socket.close()
        server.shutdown()
        thread.join()
        server.server_close()


def close_frame(socket: WebSocket) -> tuple[int, str]:
    """Send a message; return the code and the reason with which the server closes."""
    socket.send('{"jsonrpc":"2.0","id":1,"method":"ping"}')
    frame = socket.recv_frame()
    return int.from_bytes(frame.data[:2], "big"), frame.data[2:].decode()


def test_a_revoked_token(connected: Connected) -> None:
    app, socket = connected
    (token,) = services(app).tokens.all()
    services(app).tokens.revoke(token.id)
    assert close_frame(socket) == (POLICY_VIOLATION, "The token is no longer valid.")


def test_a_store_that_does_not_answer(
    connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, socket = connected

    def fail(*arguments: object) -> None:
        raise StoreError("The store does not answer.")

    monkeypatch.setattr(services(app).store, "get", fail)
    services(app).tokens._records.clear_cache()
    code, reason = close_frame(socket)
    assert code == TRY_AGAIN_LATER == 1013
    assert reason == "The server cannot reach its store; try again shortly."


def test_an_error_of_ours(
    connected: Connected, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The reason says nothing about it; the log does."""
    _, socket = connected

    def fail(*arguments: object) -> None:
        raise RuntimeError("secret details")

    monkeypatch.setattr(Connection, "receive", fail)
    assert close_frame(socket) == (INTERNAL_ERROR, "Internal error.") == (1011, "Internal error.")
    assert "A WebSocket failed" in caplog.text
