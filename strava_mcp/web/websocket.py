"""``/ws`` and ``/ws/``: MCP on a WebSocket, for servers that do not run on Lambda.

The token is checked at the handshake, with every message, and every few seconds in between, so that
a connection does not outlive a revocation. Frames are not compressed: a small message could
otherwise inflate to a very large one.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, request

from strava_mcp.errors import StoreError
from strava_mcp.protocol.connection import TOO_MANY, Connection
from strava_mcp.services import services
from strava_mcp.web import challenges, guard
from strava_mcp.web.client_socket import ClientSocket
from strava_mcp.web.errors import refuse
from strava_mcp.web.request_body import SOCKET_KEYS
from strava_mcp.web.server_url import base_url
from strava_mcp.web.stream_limit import acquire_slot

if TYPE_CHECKING:
    from simple_websocket import Server

bp = Blueprint("websocket", __name__)
log = logging.getLogger(__name__)

#: How often to ping the client, to notice that it is gone.
PING_S = 25
#: How often to check whether the connection has ended: after a message that is too large,
#: simple-websocket wakes the reader just before it marks the connection as closed.
POLL_INTERVAL_S = 2
#: How often to check the token of a client that sends nothing.
TOKEN_CHECK_INTERVAL_S = 10
#: How long simple-websocket's reader may take to send its close frame.
CLOSING_S = 1
#: Close codes (RFC 6455 §7.4.1 and its IANA registry): the token is no longer valid, something
#: failed here, the store does not answer.
POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER = 1008, 1011, 1013


@bp.get("/ws", websocket=True)
@bp.get("/ws/", websocket=True)
def connect() -> Any:
    """Accept a connection and answer its messages until it ends."""
    from wsproto.utilities import ProtocolError

    config = services().config
    if config.lambda_function:
        return _not_on_lambda()
    slot = acquire_slot()
    if isinstance(slot, Response):
        return slot
    current_app.config["SOCK_SERVER_OPTIONS"] = {
        "max_message_size": config.max_body_bytes,
        "ping_interval": PING_S,
        "subprotocols": ["mcp"],
    }
    _bound_connection()
    try:
        return _handshake()()
    except (ProtocolError, UnicodeError):
        return refuse(
            400, "bad_request", "This is not a valid WebSocket handshake (RFC 6455 §4.1)."
        )
    finally:
        slot.release()


@bp.get("/ws")
@bp.get("/ws/")
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

    client: ClientSocket = socket.sock
    client.bound(socket)

    def send(body: bytes) -> None:
        with suppress(ConnectionClosed, OSError):  # the client has disconnected
            socket.send(body.decode("utf-8"))

    def may_answer(messages: int) -> bool:
        return guard.charge(messages) is None

    challenge = challenges.step_up(has_status=False)
    connection = Connection(services().server, g.principal, send, may_answer, challenge, base_url())
    try:
        _answer_messages(socket, client, connection)
    except StoreError as error:
        log.error("%s", error)
        socket.close(TRY_AGAIN_LATER, "The server cannot reach its store; try again shortly.")
    except ConnectionClosed:
        pass
    except Exception:
        log.exception("A WebSocket failed")
        socket.close(INTERNAL_ERROR, "Internal error.")
    finally:
        connection.cancel_all()
        with suppress(ConnectionClosed, OSError):
            socket.close()
        socket.thread.join(CLOSING_S)
        client.shutdown()


def _answer_messages(socket: "Server", client: ClientSocket, connection: Connection) -> None:
    """Answer messages until the token is no longer valid. Raises ConnectionClosed."""
    checked_at = time.monotonic()
    while socket.thread.is_alive():
        received = socket.receive(timeout=POLL_INTERVAL_S)
        now = time.monotonic()
        if received is not None or now - checked_at >= TOKEN_CHECK_INTERVAL_S:
            checked_at = now
            if not guard.still_admitted():
                socket.close(POLICY_VIOLATION, "The token is no longer valid.")
                return
        if received is None:
            continue
        client.message_handled()
        text = received.encode("utf-8") if isinstance(received, str) else bytes(received)
        if guard.charge(1):
            connection.reject(text, TOO_MANY)
        else:
            connection.receive(text)


def _bound_connection() -> None:
    """Limit what the client can make this server hold: no compression, bounded reads and writes."""
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    for key in SOCKET_KEYS:
        if key in request.environ:
            request.environ[key] = ClientSocket(request.environ[key])


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
