"""Sessions over Streamable HTTP (up to 2025-11-25): begun by ``initialize``, named by a header.

Our server (``Services.server``) has none; only a server that asks its clients something needs them.
"""

import time
from collections.abc import Iterator

from flask import abort, g, request

from strava_mcp.protocol import jsonrpc, sse
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.dispatch import KEEPALIVE_INTERVAL_S, RpcResponse
from strava_mcp.protocol.mailbox import Mailbox, box_for
from strava_mcp.protocol.sessions import Session
from strava_mcp.protocol.versions import negotiate
from strava_mcp.services import services

HEADER = "Mcp-Session-Id"
#: How long a stream of the server's own messages lasts; the client then opens another.
STREAM_S = 300


def find(message: jsonrpc.Request) -> Session | None:
    """The session of a request; None for ``initialize``, and on a server without sessions.

    Raises RpcError with HTTP 400 if the header is missing, 404 if the session has ended.
    """
    if services().server.sessions is None or message.method == "initialize":
        return None
    return _current()


def begin(call: Call, response: RpcResponse) -> RpcResponse:
    """Begin a session and add its header to the response to ``initialize``."""
    sessions = call.server.sessions
    if sessions is None:
        return response
    version, capabilities = negotiate(call.params), call.params["capabilities"]
    session = sessions.begin(call.principal, version, capabilities)
    return RpcResponse(response.status, response.body, {HEADER: session.id})


def deliver(message: jsonrpc.Notification | jsonrpc.ClientResponse) -> None:
    """Deliver a client response to the waiting call, or a cancellation to the running one."""
    server = services().server
    if server.sessions is None or server.mailbox is None:
        return
    session = _current()
    if isinstance(message, jsonrpc.ClientResponse):
        box = str(message.id).rpartition("-")[0]
        if box.startswith(f"{session.id}."):  # only to calls of this session
            server.mailbox.post(box, message.message)
    elif message.method == "notifications/cancelled":
        request_id = message.params.get("requestId")
        if jsonrpc.is_id(request_id):
            server.mailbox.cancel(box_for(session, request_id))


def listen() -> Iterator[bytes]:
    """The events of a session: messages that belong to no request."""
    mailbox = services().server.mailbox
    if services().server.sessions is None or mailbox is None:
        abort(405, valid_methods=["POST"])
    try:
        return _events(mailbox, _current())
    except jsonrpc.RpcError as error:
        abort(error.status, str(error))


def end() -> None:
    """End the session that the header names."""
    sessions = services().server.sessions
    if sessions is None:
        abort(405, valid_methods=["POST"])
    try:
        sessions.end(_current())
    except jsonrpc.RpcError as error:
        abort(error.status, str(error))


def _events(mailbox: Mailbox, session: Session) -> Iterator[bytes]:
    deadline = time.monotonic() + STREAM_S
    yield sse.KEEP_ALIVE
    while time.monotonic() < deadline:
        for message in mailbox.wait(session.id, KEEPALIVE_INTERVAL_S, lambda: False):
            yield sse.event(jsonrpc.encode(message))
        yield sse.KEEP_ALIVE


def _current() -> Session:
    """The session that the header names. Raises RpcError (HTTP 400 or 404)."""
    sessions = services().server.sessions
    session_id = request.headers.get(HEADER)
    if sessions is None or session_id is None:
        problem = f"{HEADER} header is missing: initialize first"
        raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem, status=400)
    session = sessions.find(session_id, g.principal)
    if session is None:
        problem = "The session has ended: initialize again"
        raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem, status=404)
    return session
