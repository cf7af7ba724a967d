"""The transport of 2024-11-05: a stream on ``/sse``, posts to ``/message``.

Old clients know no other, and some hosts still prefer it. A stream ends after a while, so that no
proxy or Lambda cuts it; the client comes back with ``Last-Event-ID`` and goes on where it was.
"""

import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, g, request
from werkzeug.exceptions import MethodNotAllowed

from strava_mcp.protocol import jsonrpc, sse
from strava_mcp.protocol.mailbox import Session
from strava_mcp.protocol.sse_sessions import Busy, SseSessions
from strava_mcp.services import services
from strava_mcp.web.errors import refuse
from strava_mcp.web.stream_limit import PLACES

log = logging.getLogger(__name__)

bp = Blueprint("sse", __name__)

#: How long a stream lasts at most, how long it may be silent, and when the client comes back.
STREAM_S, KEEPALIVE_INTERVAL_S, RETRY_MS = 300, 10, 1000
BUSY_S = 5
#: Left of a Lambda call's time when its stream ends.
DEADLINE_MARGIN_S = 3


class Stream:
    """One open stream of a conversation."""

    def __init__(self, conversations: SseSessions, session: Session, lasting_s: float) -> None:
        self._conversations = conversations
        self._session = session
        self._deadline = time.monotonic() + lasting_s
        self._ended = False
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        """The events: first where to post, then every message, and comments in between."""
        box = self._session.id
        yield sse.retry(RETRY_MS)
        yield sse.event(f"/message?session_id={quote(box)}".encode(), "endpoint", box)
        while True:
            left_s = self._deadline - time.monotonic()
            waiting_s = max(0.0, min(KEEPALIVE_INTERVAL_S, left_s))
            messages = self._conversations.mailbox.wait(box, waiting_s, lambda: False)
            for message in messages:
                yield sse.event(jsonrpc.encode(message), event_id=box)
            if left_s <= 0:
                break
            if not messages:
                yield sse.KEEP_ALIVE
        self._ended = True
        self.close()

    def close(self) -> None:
        """The stream is over. A client that went away before its end does not come back."""
        if self._closed:
            return
        self._closed = True
        PLACES.leave()
        if not self._ended:
            self._conversations.end(self._session)


@bp.get("/sse")
@bp.get("/sse/")
def listen() -> Response:
    """Open a stream, or go on with one that ended."""
    conversations = services().sse_sessions
    last = request.headers.get("Last-Event-ID", "")
    session = conversations.find(last, g.principal) if last else None
    if session:
        conversations.sessions.keep(session)
    if not PLACES.take(services().config.max_streams):
        return _busy("Too many streams are open.")
    try:
        session = session or conversations.begin(g.principal)
        stream = Stream(conversations, session, _lasting_s())
    except BaseException:
        PLACES.leave()
        raise
    response = Response(iter(stream), content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(stream.close)
    return response


@bp.post("/message")
def post() -> Response:
    """Take one message; its answer arrives on the stream."""
    conversations = services().sse_sessions
    session = conversations.find(request.args.get("session_id", ""), g.principal)
    if session is None:
        abort(404, "There is no such session: open a stream on /sse first.")
    message: Any = None
    try:
        message = jsonrpc.parse(request.get_data())
        wait = bool(services().config.lambda_function)  # which stops between requests
        call = conversations.take(session, g.principal, message, wait)
    except jsonrpc.RpcError as error:
        body = jsonrpc.failure(jsonrpc.id_of(message), error)
        return Response(body, 400, content_type="application/json")
    except Busy:
        return _busy("Too many calls are at work.")
    g.rpc_method = call.method if call else "notification"
    return Response("Accepted", 202, content_type="text/plain")


@bp.post("/sse")
@bp.post("/sse/")
def other_transport() -> Response:
    """Newer clients try this first, and take 405 as the sign to listen instead."""
    raise MethodNotAllowed(["GET"], "POST to /mcp, or listen here with GET.")


def _lasting_s() -> float:
    """How long a stream may last here: not at all where answers are sent whole at their end."""
    context = request.environ.get("lambda.context")
    if context is None:
        return STREAM_S
    if not request.environ.get("strava_mcp.streaming"):
        return 0.0
    return float(min(STREAM_S, context.get_remaining_time_in_millis() / 1000 - DEADLINE_MARGIN_S))


def _busy(why: str) -> Response:
    response = refuse(503, "busy", f"{why} Try again in {BUSY_S} s.")
    response.headers["Retry-After"] = str(BUSY_S)
    return response
