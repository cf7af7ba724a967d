"""Sessions of the HTTP+SSE transport (2024-11-05): posts on one side, a stream on the other.

A session and its message box are kept in the store: the process that holds the stream and the one
that receives a post need not be the same.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from strava_mcp.errors import StoreError
from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.call import Call, Challenge
from strava_mcp.protocol.dispatch import dispatch
from strava_mcp.protocol.mailbox import BoxFull, Mailbox
from strava_mcp.protocol.server import Server
from strava_mcp.protocol.sessions import Session, Sessions
from strava_mcp.protocol.toolcalls import check_scope
from strava_mcp.store import Store

#: A session without a stream ends after this; an open stream keeps it alive.
LIFETIME_S = 900
MAX_RUNNING_CALLS = 16
#: How long, and how often, a response is posted again while the store fails.
DELIVERY_S, RETRY_INTERVAL_S = 30, 1

log = logging.getLogger(__name__)


class Busy(Exception):
    """Too many calls are running in this process."""


class SseSessions:
    """The sessions of one server; a session's box has the session's ID."""

    def __init__(self, server: Callable[[], Server], store: Store) -> None:
        self._server = server
        self._slots = threading.Semaphore(MAX_RUNNING_CALLS)
        self._sessions = Sessions(store, "sse", LIFETIME_S)
        self.mailbox = Mailbox(store)

    def begin(self, principal: Principal) -> Session:
        """Create a session, bound to its principal."""
        return self._sessions.begin(principal, versions.LEGACY[-1], {})

    def find(self, session_id: str, principal: Principal) -> Session | None:
        """An open session of this principal, or None."""
        return self._sessions.find(session_id, principal)

    def keep_alive(self, session: Session) -> None:
        """Restart the session's expiry."""
        self._sessions.save(session)

    def end(self, session: Session) -> None:
        """Delete the session and its undelivered messages."""
        self._sessions.end(session)
        self.mailbox.clear(session.id)

    def has_ended(self, session: Session) -> bool:
        """Whether the session has ended, because its client reads too slowly, or has expired."""
        return not self._sessions.exists(session.id)

    def accept(
        self,
        session: Session,
        principal: Principal,
        value: object,
        wait: bool,
        challenge: Challenge | None = None,
        base_url: str = "",
    ) -> Call | None:
        """Accept a decoded message; the response to a request goes to the session's box.

        ``wait``: return only when the response is there, on hosts that stop a process between
        requests. ``challenge``, ``base_url``: see ``Call``. Returns the call, or None for a message
        without a response. Raises RpcError for what is not a message, InsufficientScope, Busy,
        StoreError.
        """
        message = jsonrpc.read_message(value)
        if not isinstance(message, jsonrpc.Request):
            return None
        call = Call(
            server=self._server(),
            request=message,
            version=versions.from_message(message, session.version),
            principal=principal,
            send=lambda item: self._put(session, item),
            challenge=challenge,
            base_url=base_url,
        )
        check_scope(call)
        if not self._slots.acquire(blocking=False):
            raise Busy
        if wait or call.method == "initialize":  # later messages depend on the agreed version
            self._run(session, call, self._post)
        else:
            arguments = (session, call, self._post_persistently)
            threading.Thread(target=self._run, args=arguments, daemon=True).start()
        return call

    def _run(
        self, session: Session, call: Call, post: Callable[[Session, Call, bytes], None]
    ) -> None:
        try:
            response = dispatch(call)
            if call.method == "initialize" and not call.version.modern and not response.is_error:
                agreed = versions.negotiate(call.params)
                self._sessions.save(replace(session, version=agreed))
            post(session, call, response.body)
        finally:
            self._slots.release()

    def _post(self, session: Session, call: Call, body: bytes) -> None:
        """Post a response to the session's box. Raises StoreError."""
        self._put(session, json.loads(body))
        # The session may have ended while we posted; clean up again in that case.
        if self.find(session.id, call.principal) is None:
            self.end(session)

    def _put(self, session: Session, message: JSON) -> None:
        """Put a message into the session's box; a client that has left it full loses its session.

        Raises StoreError.
        """
        try:
            self.mailbox.post(session.id, message)
        except BoxFull as full:
            log.warning("A session of HTTP+SSE was ended: %s", full)
            self.end(session)

    def _post_persistently(self, session: Session, call: Call, body: bytes) -> None:
        """Post a response, again while the store fails: its client got 202 and waits for it."""
        deadline = time.monotonic() + DELIVERY_S
        while True:
            try:
                return self._post(session, call, body)
            except StoreError as error:
                if time.monotonic() >= deadline:
                    return self._give_up(session, call, error)
            time.sleep(RETRY_INTERVAL_S)

    def _give_up(self, session: Session, call: Call, error: StoreError) -> None:
        """Post an error in the place of a response that cannot be stored, such as a large one."""
        log.error("A response could not be delivered: %s", error)
        problem = jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, "The response could not be delivered")
        try:
            self._post(session, call, jsonrpc.failure(call.request.id, problem))
        except StoreError:
            pass  # the store is still down, and the log says so
