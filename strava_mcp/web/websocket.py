"""``/ws``: the same protocol on a WebSocket, for servers that are not on Lambda.

The token is checked at the handshake, and again with every message: a connection does not outlive
a revocation.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, g

from strava_mcp.protocol.connection import Connection
from strava_mcp.services import services
from strava_mcp.web import challenges, guard
from strava_mcp.web.errors import refuse
from strava_mcp.web.stream_limit import PLACES

bp = Blueprint("websocket", __name__)

#: How often to see whether the other side is still there.
PING_S = 25
#: How often to look whether the connection has ended: the library wakes a reader a moment before
#: it notes the end of a connection with too large a message, who then waits on.
POLL_INTERVAL_S = 2
#: RFC 6455 §7.4.1: the client may no longer do this.
POLICY_VIOLATION = 1008


@bp.get("/ws", websocket=True)
def connect() -> Any:
    """Take a connection, and talk until it ends."""
    config = services().config
    if config.lambda_function:
        return _elsewhere()
    if not PLACES.take(config.max_streams):
        return refuse(503, "busy", "Too many streams are open. Try again shortly.")
    current_app.config["SOCK_SERVER_OPTIONS"] = {
        "max_message_size": config.max_body_bytes,
        "ping_interval": PING_S,
        "subprotocols": ["mcp"],
    }
    try:
        return _accept()()
    finally:
        PLACES.leave()


@bp.get("/ws")
def explain() -> Response:
    """An ordinary request finds nothing here."""
    if services().config.lambda_function:
        return _elsewhere()
    response = refuse(426, "upgrade_required", "Connect with a WebSocket, or POST to /mcp.")
    response.headers["Upgrade"] = "websocket"
    return response


def talk(socket: Any) -> None:
    """Answer messages until the client goes away or may no longer ask."""
    from simple_websocket import ConnectionClosed

    token = challenges.presented_token() or ""

    def send(body: bytes) -> None:
        with suppress(ConnectionClosed):  # the client is gone, and its answer with it
            socket.send(body.decode("utf-8"))

    connection = Connection(services().server, g.principal, send)
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
                connection.reject(text, "Too many requests: wait a minute.")
            else:
                connection.receive(text)
    finally:
        connection.cancel_all()


def _elsewhere() -> Response:
    problem = "WebSockets do not work on Lambda: POST to /mcp, or listen on /sse."
    return refuse(501, "not_implemented", problem)


@cache
def _accept() -> Callable[[], Any]:
    """``talk`` as Flask-Sock serves it. Imported late: a start would pay for it each time."""
    from flask_sock import Sock

    views: list[Callable[[], Any]] = []

    class Recorder:
        """Stands where Flask-Sock expects a blueprint: the routes are above."""

        def route(self, path: str, **options: Any) -> Callable[[Any], None]:
            """Keep the view."""
            return views.append

    Sock().route("/ws", bp=Recorder())(talk)
    return views[0]
