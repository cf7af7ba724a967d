"""The HTTP+SSE transport (2024-11-05): a stream on ``/sse``, posts to ``/message``.

Old clients know no other, and some hosts still prefer it. A stream ends after STREAM_S, before a
proxy or Lambda would cut it; the client reconnects with ``Last-Event-ID`` and continues.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote

from flask import Blueprint, Response, abort, copy_current_request_context, g, request
from werkzeug.exceptions import MethodNotAllowed

from strava_mcp.errors import StoreError
from strava_mcp.protocol import jsonrpc, sse
from strava_mcp.protocol.sessions import Session
from strava_mcp.protocol.sse_sessions import Busy, SseSessions
from strava_mcp.services import services
from strava_mcp.web import authless, challenges, guard
from strava_mcp.web.server_url import base_url
from strava_mcp.web.stream_limit import StreamSlot, acquire_slot, busy

bp = Blueprint("sse", __name__)
log = logging.getLogger(__name__)

#: Maximum duration of a stream.
STREAM_S = 300
#: Idle seconds before a keep-alive.
KEEPALIVE_INTERVAL_S = 10
#: How long a client waits before it reconnects.
RETRY_MS = 1000
#: Time left to a Lambda invocation when its stream ends.
DEADLINE_MARGIN_S = 3


class Stream:
    """One open stream of a session. It owns a stream slot, and releases it on ``close``.

    ``may_continue`` is asked before each keep-alive whether the client's token is still valid.
    ``secret``: repeated in the address for posts, if it is not empty.
    """

    def __init__(
        self,
        sessions: SseSessions,
        session: Session,
        slot: StreamSlot,
        duration_s: float,
        may_continue: Callable[[], bool],
        secret: str,
    ) -> None:
        self._secret = secret
        self._sessions = sessions
        self._session = session
        self._slot = slot
        self._deadline = time.monotonic() + duration_s
        self._may_continue = may_continue
        self._ended = False
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        """The events: the address for posts, then every message, with keep-alives in between."""
        try:
            yield from self._events()
        except StoreError as error:  # the client reconnects, and continues its session
            log.error("A stream ended early: %s", error)
            self._ended = True
            self.close()

    def _events(self) -> Iterator[bytes]:
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
                if not self._may_continue() or self._sessions.has_ended(self._session):
                    return self.close()
                yield sse.KEEP_ALIVE
        self._ended = True
        self.close()

    def close(self) -> None:
        """Release the slot, and end the session of a client that left before the stream's end."""
        if self._closed:
            return
        self._closed = True
        self._slot.release()
        if not self._ended:
            with suppress(StoreError):  # the session expires
                self._sessions.end(self._session)


@bp.get("/sse")
@bp.get("/sse/")
def listen() -> Response:
    """Open a stream for a new session, or for the one named by ``Last-Event-ID``."""
    sessions = services().sse_sessions
    last_id = request.headers.get("Last-Event-ID", "")
    session = sessions.find(last_id, g.principal) if last_id else None
    if session:
        sessions.keep_alive(session)
    slot = acquire_slot()
    if isinstance(slot, Response):
        return slot
    may_continue = copy_current_request_context(guard.still_admitted)
    try:
        session = session or sessions.begin(g.principal)
        secret = authless.carried_on()
        stream = Stream(sessions, session, slot, _duration_s(), may_continue, secret)
    except BaseException:
        slot.release()
        raise
    response = Response(iter(stream), content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(stream.close)
    return response


@bp.post("/message")
@bp.post("/message/")
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
        challenge = challenges.step_up()
        call = sessions.accept(session, g.principal, value, wait, challenge, base_url())
    except jsonrpc.RpcError as error:
        body = jsonrpc.failure(jsonrpc.id_of(value), error)
        return Response(body, 400, content_type="application/json")
    except Busy:
        return busy("Too many calls are running.")
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
