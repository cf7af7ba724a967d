"""``/ws``: MCP on a WebSocket, for servers that do not run on Lambda.

The token is checked at the handshake and again with every message, so that a connection does not
outlive a revocation.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g

from strava_mcp.protocol.connection import TOO_MANY, Connection
from strava_mcp.services import services
from strava_mcp.web import challenges, guard
from strava_mcp.web.errors import refuse
from strava_mcp.web.stream_limit import stream_slots

if TYPE_CHECKING:
    from simple_websocket import Server

bp = Blueprint("websocket", __name__)

#: How often to ping the client, to notice that it is gone.
PING_S = 25
#: How often to check whether the connection has ended: after a message that is too large,
#: simple-websocket wakes the reader just before it marks the connection as closed.
POLL_INTERVAL_S = 2
#: Close code for a client whose token is no longer valid (RFC 6455 §7.4.1).
POLICY_VIOLATION = 1008


@bp.get("/ws", websocket=True)
def connect() -> Any:
    """Accept a connection and answer its messages until it ends."""
    config, slots = services().config, stream_slots()
    if config.lambda_function:
        return _not_on_lambda()
    if not slots.acquire():
        return refuse(503, "busy", "Too many streams are open. Try again shortly.")
    current_app.config["SOCK_SERVER_OPTIONS"] = {
        "max_message_size": config.max_body_bytes,
        "ping_interval": PING_S,
        "subprotocols": ["mcp"],
    }
    try:
        return _handshake()()
    finally:
        slots.release()


@bp.get("/ws")
def explain() -> Response:
    """Answer an ordinary request with 426, or with 501 on Lambda."""
    if services().config.lambda_function:
        return _not_on_lambda()
    response = refuse(426, "upgrade_required", "Connect with a WebSocket, or POST to /mcp.")
    response.headers["Upgrade"] = "websocket"
    return response


def serve(socket: "Server") -> None:
    """Answer messages until the client disconnects or its token is no longer valid."""
    from simple_websocket import ConnectionClosed

    token = challenges.presented_token() or ""

    def send(body: bytes) -> None:
        with suppress(ConnectionClosed):  # the client has disconnected
            socket.send(body.decode("utf-8"))

    def may_answer(messages: int) -> bool:
        return guard.charge(messages) is None

    challenge = challenges.step_up(by_status=False)
    connection = Connection(services().server, g.principal, send, may_answer, challenge)
    try:
        while True:
            received = socket.receive(timeout=POLL_INTERVAL_S)
            if received is None:
                continue
            text = received.encode("utf-8") if isinstance(received, str) else bytes(received)
            if guard.current().authenticate(token) is None:
                socket.close(POLICY_VIOLATION, "The token is no longer valid.")
                return
            if guard.charge(1):
                connection.reject(text, TOO_MANY)
            else:
                connection.receive(text)
    finally:
        connection.cancel_all()


def _not_on_lambda() -> Response:
    problem = "WebSockets do not work on Lambda: POST to /mcp, or listen on /sse."
    return refuse(501, "not_implemented", problem)


@cache
def _handshake() -> Callable[[], Any]:
    """The view that Flask-Sock makes of ``serve``: it upgrades the connection and calls it.

    Flask-Sock is imported late, because every start would pay for it.
    """
    from flask_sock import Sock

    views: list[Callable[[], Any]] = []

    class Recorder:
        """Stand-in for the blueprint that Flask-Sock expects; the routes are defined above."""

        def route(self, path: str, **options: Any) -> Callable[[Callable[[], Any]], None]:
            """Record the view."""
            return views.append

    Sock().route("/ws", bp=Recorder())(serve)
    return views[0]
