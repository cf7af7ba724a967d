"""Sessions over HTTP (MCP to 2025-11-25): begun at ``initialize``, named by a header.

Strava's own server keeps none; a server that asks its clients something does.
"""

import time
from collections.abc import Iterator

from flask import abort, g, request

from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, sse
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.dispatch import KEEPALIVE_INTERVAL_S, RpcResponse
from strava_mcp.protocol.mailbox import Mailbox, Session, box_for
from strava_mcp.services import services

HEADER = "Mcp-Session-Id"
#: How long a stream of the server's own messages lasts before the client is to open another.
STREAM_S = 300


def of(message: JSON) -> Session | None:
    """The session of a request; None for ``initialize``, and where no sessions are kept.

    Raises RpcError with HTTP 400 where the header is missing, 404 where the session has ended.
    """
    if services().server.sessions is None or message.get("method") == "initialize":
        return None
    return _current()


def begin(call: Call, answer: RpcResponse) -> RpcResponse:
    """The answer to ``initialize``, with a new session named in its header."""
    sessions = call.server.sessions
    if sessions is None:
        return answer
    said = jsonrpc.parse(answer.body)
    if "result" not in said:
        return answer
    version = said["result"]["protocolVersion"]
    session = sessions.begin(call.principal, version, call.params["capabilities"])
    return RpcResponse(answer.status, answer.body, {HEADER: session.id})


def take(kind: str, message: JSON) -> None:
    """Hand a response on to whoever waits for it, and a cancellation to whoever is at work."""
    server = services().server
    if server.sessions is None or server.mailbox is None:
        return
    session = _current()
    if kind == "response":
        box = str(message["id"]).rpartition("-")[0]
        if box.startswith(f"{session.id}."):
            server.mailbox.post(box, message)
    elif message["method"] == "notifications/cancelled":
        request_id = message.get("params", {}).get("requestId")
        if jsonrpc.is_id(request_id):
            server.mailbox.cancel(box_for(session, request_id))


def listen() -> Iterator[bytes]:
    """The events of a session: messages that belong to no request."""
    mailbox = services().server.mailbox
    if services().server.sessions is None or mailbox is None:
        abort(405, valid_methods=["POST"])
    try:
        return _listen(mailbox, _current())
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


def _listen(mailbox: Mailbox, session: Session) -> Iterator[bytes]:
    deadline = time.monotonic() + STREAM_S
    yield sse.KEEP_ALIVE
    while time.monotonic() < deadline:
        for message in mailbox.wait(session.id, KEEPALIVE_INTERVAL_S, lambda: False):
            yield sse.event(jsonrpc.encode(message))
        yield sse.KEEP_ALIVE


def _current() -> Session:
    sessions = services().server.sessions
    session_id = request.headers.get(HEADER)
    if sessions is None or session_id is None:
        problem = f"{HEADER} header is missing: initialize first"
        raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem, status=400)
    session: Session | None = sessions.find(session_id, g.principal)
    if session is None:
        problem = "The session has ended: initialize anew"
        raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem, status=404)
    return session
