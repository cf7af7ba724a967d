"""``/ws``: the protocol on a WebSocket, driven by third-party clients against running servers."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket as third_party
from flask import Flask

from tests.servers import flask_run, free_port, gunicorn, running
from tests.web.conftest import PING, TOKEN, Make, bearer


@pytest.fixture(scope="module", params=["flask run", "gunicorn"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with small limits, so that they can be met."""
    folder, port = tmp_path_factory.mktemp("ws"), free_port()
    command = flask_run(port) if request.param == "flask run" else gunicorn(port, workers=1)
    env = {
        "STRAVA_MCP_HOME": str(folder / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "400",
        "MAX_BODY_BYTES": "100000",
        "MAX_STREAMS": "4",
    }
    with running(command, port, folder / "log", env) as base:
        base_and_home = (base.replace("http", "ws") + "/ws", folder / "home")
        yield base_and_home


def connect(url: str, token: str | None = TOKEN, **options: Any) -> third_party.WebSocket:
    header = [f"Authorization: Bearer {token}"] if token else []
    socket = third_party.WebSocket()
    socket.settimeout(20)
    try:
        socket.connect(url, header=header, **{"suppress_origin": True, **options})
    except third_party.WebSocketException:
        socket.shutdown()
        raise
    return socket


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
    said = ask(socket, {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
    assert said["result"]["protocolVersion"] == "2025-11-25"
    socket.send(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    call = {"name": "get_athlete", "arguments": {}}
    said = ask(socket, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    assert said["id"] == 1 and "Mira" in said["result"]["content"][0]["text"]
    socket.send_binary(json.dumps(PING).encode())
    assert json.loads(socket.recv())["result"] == {}


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"jsonrpc": "1.0"}', "[" * 5000])
def test_what_is_no_message_is_answered_with_an_error(
    socket: third_party.WebSocket, text: str
) -> None:
    assert ask(socket, text)["error"]["code"] in (-32700, -32600)
    assert ask(socket, PING)["result"] == {}


@pytest.mark.parametrize("token", [None, "x" * 64, TOKEN[:-1]])
def test_without_the_token_there_is_no_handshake(
    server: tuple[str, Path], token: str | None
) -> None:
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


def test_a_message_has_a_size(server: tuple[str, Path]) -> None:
    socket = connect(server[0])
    socket.send("x" * 100_001)
    opcode, data = socket.recv_data()
    assert opcode == third_party.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") == 1009  # RFC 6455 §7.4.1: message too big
    socket.shutdown()


def test_a_connection_does_not_outlive_its_token(server: tuple[str, Path]) -> None:
    from strava_mcp.app import create_app
    from strava_mcp.config import Config
    from strava_mcp.services import services

    app = create_app(Config(home=server[1], auth_tokens=(TOKEN,)))
    token, secret = services(app).tokens.create("short", "read", 4)
    socket = connect(server[0], secret)
    assert ask(socket, PING)["result"] == {}
    threading.Event().wait(4.1)
    socket.send(json.dumps(PING))
    opcode, data = socket.recv_data()
    assert opcode == third_party.ABNF.OPCODE_CLOSE and int.from_bytes(data[:2], "big") == 1008
    socket.shutdown()
    services(app).close()
    assert token.id


def test_a_reader_cannot_write(server: tuple[str, Path]) -> None:
    from strava_mcp.app import create_app
    from strava_mcp.config import Config
    from strava_mcp.services import services

    app = create_app(Config(home=server[1], auth_tokens=(TOKEN,)))
    _, secret = services(app).tokens.create("reader", "read", None)
    services(app).close()
    socket = connect(server[0], secret)
    call = {"name": "update_activity", "arguments": {"id": 1, "name": "x"}}
    said = ask(socket, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    assert "strava:write" in said["error"]["message"]
    socket.close()


def test_connections_have_a_number_and_give_it_back(server: tuple[str, Path]) -> None:
    opened = [patiently(server[0]) for _ in range(4)]
    with pytest.raises(third_party.WebSocketBadStatusException, match="503"):
        connect(server[0])
    for one in opened:
        one.close()
    patiently(server[0]).close()


def patiently(url: str) -> third_party.WebSocket:
    """Connect as soon as there is a place: the server hears of an end a moment later."""
    for _ in range(200):
        try:
            return connect(url)
        except third_party.WebSocketBadStatusException as refused:
            assert refused.status_code == 503
            refused.__traceback__ = None
            threading.Event().wait(0.05)
    raise AssertionError("no place was given back")


def test_messages_are_counted(server: tuple[str, Path]) -> None:
    """Last, for it uses up the limit of the minute."""
    socket = connect(server[0])
    try:
        # More than a minute may have, whenever it ends: on a busy machine that is in the middle.
        said = (ask(socket, PING) for _ in range(1200))
        refused = next((one for one in said if "error" in one), None)
        assert refused and "Too many requests" in refused["error"]["message"]
    finally:
        socket.close()


def test_an_ordinary_request_is_told(app: Flask) -> None:
    reply = app.test_client().get("/ws", headers=bearer())
    assert reply.status_code == 426 and reply.headers["Upgrade"] == "websocket"
    assert app.test_client().get("/ws").status_code == 401


@pytest.mark.parametrize("upgrade", [False, True])
def test_on_lambda_the_answer_is_clear(make: Make, upgrade: bool) -> None:
    client = make(lambda_function="strava").test_client()
    headers = bearer() | ({"Upgrade": "websocket", "Connection": "Upgrade"} if upgrade else {})
    reply = client.get("/ws", headers=headers)
    assert reply.status_code == 501 and "/mcp" in reply.get_json()["message"]
