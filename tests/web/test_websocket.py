"""``/ws``: the protocol on a WebSocket, driven by third-party clients against running servers."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket as third_party
from flask import Flask

from tests.flow import Flow, Live
from tests.servers import flask_run, free_port, gunicorn, running
from tests.waiting import MAX_WAIT_S, eventually
from tests.web.conftest import PING, TOKEN, Make, bearer

#: Requests per minute and token. Only one test is to reach it, and has a token of its own.
RATE_LIMIT = 600


@pytest.fixture(scope="module", params=["flask run", "gunicorn"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with small limits, so that tests can reach them."""
    folder, port = tmp_path_factory.mktemp("ws"), free_port()
    command = gunicorn(port, workers=1, app="tests.web.patient:app")
    if request.param == "flask run":
        command = flask_run(port, "tests.web.patient")
    env = {
        "STRAVA_MCP_HOME": str(folder / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": str(RATE_LIMIT),
        "MAX_BODY_BYTES": "100000",
        "MAX_STREAMS": "8",
    }
    with running(command, port, folder / "log", env) as base:
        base_and_home = (base.replace("http", "ws") + "/ws", folder / "home")
        yield base_and_home


def try_to_connect(url: str, token: str | None = TOKEN, **options: Any) -> third_party.WebSocket:
    header = [f"Authorization: Bearer {token}"] if token else []
    socket = third_party.WebSocket()
    socket.settimeout(MAX_WAIT_S)
    try:
        socket.connect(url, header=header, **{"suppress_origin": True, **options})
    except third_party.WebSocketException:
        socket.shutdown()
        raise
    return socket


def connect(url: str, token: str | None = TOKEN, **options: Any) -> third_party.WebSocket:
    """Connect as soon as there is a slot: the server notices a closed connection a bit later."""

    def when_free() -> third_party.WebSocket | None:
        try:
            return try_to_connect(url, token, **options)
        except third_party.WebSocketBadStatusException as refused:
            if refused.status_code != 503:
                raise
            refused.__traceback__ = None
            return None

    return eventually(when_free)


@pytest.fixture
def socket(server: tuple[str, Path]) -> Iterator[third_party.WebSocket]:
    opened = connect(server[0], subprotocols=["mcp"])
    yield opened
    opened.close()


def ask(socket: third_party.WebSocket, message: Any) -> Any:
    socket.send(message if isinstance(message, str) else json.dumps(message))
    return json.loads(socket.recv())


def test_a_conversation(socket: third_party.WebSocket) -> None:
    assert socket.getsubprotocol() == "mcp"
    params = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    }
    reply = ask(socket, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
    assert reply["result"]["protocolVersion"] == "2025-11-25"
    socket.send(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    call = {"name": "get_athlete", "arguments": {}}
    reply = ask(socket, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    assert reply["id"] == 1 and "Mira" in reply["result"]["content"][0]["text"]
    socket.send_binary(json.dumps(PING).encode())
    assert json.loads(socket.recv())["result"] == {}


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"jsonrpc": "1.0"}', "[" * 5000])
def test_an_invalid_message_is_answered_with_an_error(
    socket: third_party.WebSocket, text: str
) -> None:
    assert ask(socket, text)["error"]["code"] in (-32700, -32600)
    assert ask(socket, PING)["result"] == {}


def test_a_number_that_is_too_large_is_refused(socket: third_party.WebSocket) -> None:
    error = ask(socket, '{"jsonrpc":"2.0","method":"ping","id":' + "9" * 5000 + "}")["error"]
    assert error["message"] == f"Parse error: {'9' * 20}... is too large a number"


@pytest.mark.parametrize("token", [None, "x" * 64, TOKEN[:-1]])
def test_the_handshake_requires_the_token(server: tuple[str, Path], token: str | None) -> None:
    with pytest.raises(third_party.WebSocketBadStatusException, match="401"):
        connect(server[0], token)
    with pytest.raises(third_party.WebSocketBadStatusException, match="401"):
        connect(f"{server[0]}?token={TOKEN}", None)


@pytest.mark.parametrize("origin, status", [("https://evil.example", 403), ("null", 403)])
def test_pages_of_other_origins_cannot_connect(
    server: tuple[str, Path], origin: str, status: int
) -> None:
    with pytest.raises(third_party.WebSocketBadStatusException, match=str(status)):
        connect(server[0], origin=origin, suppress_origin=False)


def test_too_large_a_message_closes_the_connection(server: tuple[str, Path]) -> None:
    socket = connect(server[0])
    socket.send("x" * 100_001)
    opcode, data = socket.recv_data()
    assert opcode == third_party.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") == 1009  # RFC 6455 §7.4.1: message too big
    socket.shutdown()


def named_token(home: Path, scope: str, lifetime_s: float | None = None) -> str:
    """Create a token for a running server, whose limit of requests it does not share."""
    from strava_mcp.app import create_app
    from strava_mcp.config import Config
    from strava_mcp.services import services

    app = create_app(Config(home=home, auth_tokens=(TOKEN,)))
    _, secret = services(app).tokens.create("test", scope, lifetime_s)
    services(app).close()
    return secret


def test_a_connection_does_not_outlive_its_token(server: tuple[str, Path]) -> None:
    socket = connect_before_expiry(*server)

    def closing() -> bytes:
        socket.send(json.dumps(PING))
        opcode, data = socket.recv_data()
        return data if opcode == third_party.ABNF.OPCODE_CLOSE else b""

    assert int.from_bytes(eventually(closing)[:2], "big") == 1008
    socket.shutdown()


def connect_before_expiry(url: str, home: Path) -> third_party.WebSocket:
    """Connect with a token that expires soon, but not before a first message is answered."""
    for lifetime_s in (1, 4, 16, 64):
        try:
            socket = connect(url, named_token(home, "read", lifetime_s))
        except third_party.WebSocketBadStatusException:  # a busy machine: it has expired already
            continue
        socket.send(json.dumps(PING))
        opcode, data = socket.recv_data()
        if opcode == third_party.ABNF.OPCODE_TEXT:
            assert json.loads(data)["result"] == {}
            return socket
        socket.shutdown()
    raise AssertionError("no connection before the token expired")


def test_a_read_token_cannot_write(server: tuple[str, Path]) -> None:
    socket = connect(server[0], named_token(server[1], "read"))
    call = {"name": "update_activity", "arguments": {"id": 1, "name": "x"}}
    reply = ask(socket, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    assert reply["result"]["isError"]
    assert "strava:write" in reply["result"]["content"][0]["text"]
    socket.close()


def test_an_app_that_may_only_read_is_asked_to_reconnect(server: tuple[str, Path]) -> None:
    flow = Flow(Live(server[0].replace("ws://", "http://").removesuffix("/ws")), TOKEN)
    socket = connect(server[0], flow.connect()["access_token"])
    call = {"name": "update_activity", "arguments": {"id": 1, "name": "x"}}
    reply = ask(socket, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    socket.close()
    assert "reconnect and choose Read and write" in reply["result"]["content"][0]["text"]
    assert 'scope="strava:read strava:write"' in str(reply["result"]["_meta"])


def test_a_caller_has_half_of_the_connections(server: tuple[str, Path]) -> None:
    opened = [connect(server[0]) for _ in range(4)]
    opened.append(connect(server[0], named_token(server[1], "read")))
    with pytest.raises(third_party.WebSocketBadStatusException, match="503"):
        try_to_connect(server[0])
    for socket in opened:
        socket.close()
    connect(server[0]).close()


def refusal(socket: third_party.WebSocket, message: Any) -> str:
    """Send a message until it is refused; returns the error's text.

    The limit is one per minute, and on a busy machine a minute or two may end before it is reached.
    """
    deadline = time.monotonic() + MAX_WAIT_S
    while "error" not in (reply := ask(socket, message)):
        assert time.monotonic() < deadline
    return str(reply["error"]["message"])


def test_messages_of_a_batch_count_one_by_one(server: tuple[str, Path]) -> None:
    socket = connect(server[0], named_token(server[1], "read"))
    try:
        params = {"protocolVersion": "2025-03-26", "capabilities": {}}
        ask(socket, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
        assert ask(socket, [PING] * 51)["error"]["code"] == -32600
        assert "Too many requests" in refusal(socket, [PING] * 50)
    finally:
        socket.close()


def test_messages_count_against_the_limit(server: tuple[str, Path]) -> None:
    socket = connect(server[0], named_token(server[1], "read"))
    try:
        assert "Too many requests" in refusal(socket, PING)
    finally:
        socket.close()


def test_an_ordinary_request_gets_426(app: Flask) -> None:
    reply = app.test_client().get("/ws", headers=bearer())
    assert reply.status_code == 426 and reply.headers["Upgrade"] == "websocket"
    assert app.test_client().get("/ws").status_code == 401


@pytest.mark.parametrize("upgrade", [False, True])
def test_lambda_answers_501(make: Make, upgrade: bool) -> None:
    client = make(lambda_function="strava").test_client()
    headers = bearer() | ({"Upgrade": "websocket", "Connection": "Upgrade"} if upgrade else {})
    reply = client.get("/ws", headers=headers)
    assert reply.status_code == 501 and "/mcp" in reply.get_json()["message"]
