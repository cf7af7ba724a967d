"""The HTTP+SSE transport (2024-11-05): a stream on ``/sse``, posts to ``/message``.

Old clients know no other, and some hosts still prefer it. A stream ends after STREAM_S, before a
proxy or Lambda would cut it; the client reconnects with ``Last-Event-ID`` and continues.
"""

import time
from collections.abc import Iterator
from urllib.parse import quote

from flask import Blueprint, Response, abort, g, request
from werkzeug.exceptions import MethodNotAllowed

from strava_mcp.protocol import jsonrpc, sse
from strava_mcp.protocol.sessions import Session
from strava_mcp.protocol.sse_sessions import Busy, SseSessions
from strava_mcp.services import services
from strava_mcp.web import authless, challenges
from strava_mcp.web.errors import refuse
from strava_mcp.web.stream_limit import StreamSlots, stream_slots

bp = Blueprint("sse", __name__)

#: Maximum duration of a stream.
STREAM_S = 300
#: Idle seconds before a keep-alive.
KEEPALIVE_INTERVAL_S = 10
#: How long a client waits before it reconnects.
RETRY_MS = 1000
#: ``Retry-After`` while all streams or calls are in use.
BUSY_S = 5
#: Time left to a Lambda invocation when its stream ends.
DEADLINE_MARGIN_S = 3


class Stream:
    """One open stream of a session. It owns a stream slot, and releases it on ``close``.

    ``secret``: repeated in the address for posts, if it is not empty.
    """

    def __init__(
        self,
        sessions: SseSessions,
        session: Session,
        slots: StreamSlots,
        duration_s: float,
        secret: str,
    ) -> None:
        self._secret = secret
        self._sessions = sessions
        self._session = session
        self._slots = slots
        self._deadline = time.monotonic() + duration_s
        self._ended = False
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        """The events: the address for posts, then every message, with keep-alives in between."""
        box = self._session.id
        yield sse.retry(RETRY_MS)
        address = f"/message?session_id={quote(box)}"
        if self._secret:
            address += f"&{authless.PARAMETER}={quote(self._secret)}"
        yield sse.event(address.encode(), "endpoint", box)
        while True:
            left_s = self._deadline - time.monotonic()
            timeout_s = max(0.0, min(KEEPALIVE_INTERVAL_S, left_s))
            messages = self._sessions.mailbox.wait(box, timeout_s, lambda: False)
            for message in messages:
                yield sse.event(jsonrpc.encode(message), event_id=box)
            if left_s <= 0:
                break
            if not messages:
                yield sse.KEEP_ALIVE
        self._ended = True
        self.close()

    def close(self) -> None:
        """Release the slot, and end the session of a client that left before the stream's end."""
        if self._closed:
            return
        self._closed = True
        self._slots.release()
        if not self._ended:
            self._sessions.end(self._session)


@bp.get("/sse")
@bp.get("/sse/")
def listen() -> Response:
    """Open a stream for a new session, or for the one named by ``Last-Event-ID``."""
    sessions, slots = services().sse_sessions, stream_slots()
    last_id = request.headers.get("Last-Event-ID", "")
    session = sessions.find(last_id, g.principal) if last_id else None
    if session:
        sessions.keep_alive(session)
    if not slots.acquire():
        return _busy("Too many streams are open.")
    try:
        session = session or sessions.begin(g.principal)
        stream = Stream(sessions, session, slots, _duration_s(), authless.carried_on())
    except BaseException:
        slots.release()
        raise
    response = Response(iter(stream), content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(stream.close)
    return response


@bp.post("/message")
def post() -> Response:
    """Accept one message; its response arrives on the stream."""
    sessions = services().sse_sessions
    session = sessions.find(request.args.get("session_id", ""), g.principal)
    if session is None:
        abort(404, "There is no such session: open a stream on /sse first.")
    value: object = None
    try:
        value = jsonrpc.parse(request.get_data())
        wait = bool(services().config.lambda_function)  # Lambda stops between requests
        call = sessions.accept(session, g.principal, value, wait, challenges.step_up())
    except jsonrpc.RpcError as error:
        body = jsonrpc.failure(jsonrpc.id_of(value), error)
        return Response(body, 400, content_type="application/json")
    except Busy:
        return _busy("Too many calls are running.")
    g.rpc_method = call.method if call else "notification"
    return Response("Accepted", 202, content_type="text/plain")


@bp.post("/sse")
@bp.post("/sse/")
def other_transport() -> Response:
    """Answer 405: newer clients POST here first, and fall back to this transport on a 405."""
    raise MethodNotAllowed(["GET"], "POST to /mcp, or listen here with GET.")


def _duration_s() -> float:
    """How long a stream may last here; 0 where a reply is only sent when it is complete."""
    context = request.environ.get("lambda.context")
    if context is None:
        return STREAM_S
    if not request.environ.get("strava_mcp.streaming"):
        return 0.0
    return float(min(STREAM_S, context.get_remaining_time_in_millis() / 1000 - DEADLINE_MARGIN_S))


def _busy(reason: str) -> Response:
    response = refuse(503, "busy", f"{reason} Try again in {BUSY_S} s.")
    response.headers["Retry-After"] = str(BUSY_S)
    return response
