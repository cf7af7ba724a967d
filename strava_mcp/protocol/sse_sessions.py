"""SseSessions of the 2024-11-05 transport: posts on one side, a stream of answers on the other.

A conversation is a session and its box in the mailbox, both in the store: the process that holds
the stream and the one that takes a post need not be the same.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from strava_mcp.identity import Principal
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.dispatch import dispatch_without_status
from strava_mcp.protocol.mailbox import Mailbox, Session, Sessions
from strava_mcp.protocol.server import Server
from strava_mcp.store import Store

#: A conversation that nobody listens to ends after this; one that is listened to is kept alive.
LIFETIME_S = 900
MAX_RUNNING_CALLS = 16


class Busy(Exception):
    """Too many calls are at work in this process."""


class SseSessions:
    """The conversations of one server."""

    def __init__(self, server: Callable[[], Server], store: Store) -> None:
        self._server = server
        self._places = threading.Semaphore(MAX_RUNNING_CALLS)
        self.sessions = Sessions(store, "sse", LIFETIME_S)
        self.mailbox = Mailbox(store)

    def begin(self, principal: Principal) -> Session:
        """A new conversation, bound to whoever began it."""
        return self.sessions.begin(principal, versions.LEGACY[-1], {})

    def find(self, session_id: str, principal: Principal) -> Session | None:
        """A conversation that goes on; None where it ended or is somebody else's."""
        return self.sessions.find(session_id, principal)

    def end(self, session: Session) -> None:
        """Forget a conversation and what was still to be delivered."""
        self.sessions.end(session)
        while self.mailbox.collect(session.id):
            pass

    def take(self, session: Session, principal: Principal, message: Any, wait: bool) -> Call | None:
        """Accept a message; the response to a request goes to the session's box.

        ``wait``: return only when it is there, for hosts that stop a process between requests.
        Returns the call that it made, None for a notification. Raises RpcError for what is no
        message, and Busy.
        """
        if jsonrpc.kind(message) != "request":
            return None
        call = Call(
            server=self._server(),
            message=message,
            version=versions.from_message(message, session.version),
            principal=principal,
            send=lambda item: self.mailbox.post(session.id, item),
        )
        if not self._places.acquire(blocking=False):
            raise Busy
        if wait or call.method == "initialize":  # what follows depends on it
            self._work(session, call)
        else:
            threading.Thread(target=self._work, args=(session, call), daemon=True).start()
        return call

    def _work(self, session: Session, call: Call) -> None:
        try:
            body = dispatch_without_status(call).body
            if call.method == "initialize" and not call.version.modern and b'"result"' in body:
                self._agree(session, versions.negotiate(call.params))
            self.mailbox.post(session.id, jsonrpc.parse(body))
            # If it ended meanwhile, whoever ended it may have looked before this was there.
            if self.find(session.id, call.principal) is None:
                self.end(session)
        finally:
            self._places.release()

    def _agree(self, session: Session, version: str) -> None:
        self.sessions.keep(replace(session, version=version))
