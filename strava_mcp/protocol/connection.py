"""One client on a connection of its own, where every message is a text: a pipe or a WebSocket."""

import threading
from collections.abc import Callable
from typing import Any

from strava_mcp.identity import Principal
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.dispatch import dispatch_without_status
from strava_mcp.protocol.mailbox import Session
from strava_mcp.protocol.server import Server

MAX_CONCURRENT_CALLS = 8
#: How long calls at work may go on after the input has ended.
FINISH_S = 10


class Connection:
    """A client from its first message to the end of its input.

    ``principal``: who it is. ``send`` writes one message; it is never called by two at once.
    """

    def __init__(self, server: Server, principal: Principal, send: Callable[[bytes], None]) -> None:
        self._server = server
        self._send = send
        self._writing = threading.Lock()
        self._places = threading.Semaphore(MAX_CONCURRENT_CALLS)
        self._principal = principal
        self._agreed: str | None = None
        self._session: Session | None = None
        self._calls: dict[jsonrpc.Id, Call] = {}

    def finish(self) -> None:
        """Let the calls at work finish; their client listens no more after FINISH_S."""
        for _ in range(MAX_CONCURRENT_CALLS):
            self._places.acquire(timeout=FINISH_S)

    def cancel_all(self) -> None:
        """The client is gone: cancel what is at work for it."""
        for call in list(self._calls.values()):
            call.cancelled = True

    def receive(self, text: bytes) -> None:
        """Take one message; answers are sent when they are ready."""
        message: Any = None
        try:
            message = jsonrpc.parse(text)
            if isinstance(message, list):
                return self._batch(message)
            call = self._call(message)
        except jsonrpc.RpcError as error:
            return self._write(jsonrpc.failure(jsonrpc.id_of(message), error))
        if call is None:
            return None
        if call.method == "initialize":
            return self._initialize(call)
        self._calls[message["id"]] = call
        self._places.acquire()
        threading.Thread(target=self._work, args=(call,), daemon=True).start()

    def reject(self, text: bytes, problem: str) -> None:
        """Answer a message with an error instead of taking it."""
        error = jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem)
        try:
            message = jsonrpc.parse(text)
        except jsonrpc.RpcError:
            message = None
        self._write(jsonrpc.failure(jsonrpc.id_of(message), error))

    def _call(self, message: Any) -> Call | None:
        """The call that a message makes; None for one that wants no answer."""
        kind = jsonrpc.kind(message)
        if kind == "notification" and message["method"] == "notifications/cancelled":
            self._cancel(message.get("params", {}).get("requestId"))
        if kind == "response" and self._server.mailbox:
            self._server.mailbox.post(str(message["id"]).rpartition("-")[0], message)
        if kind != "request":
            return None
        return Call(
            server=self._server,
            message=message,
            version=versions.from_message(message, self._agreed),
            principal=self._principal,
            session=self._current_session(),
            send=lambda item: self._write(jsonrpc.encode(item)),
        )

    def _cancel(self, request_id: Any) -> None:
        call = self._calls.get(request_id) if jsonrpc.is_id(request_id) else None
        if call:
            call.cancelled = True

    def _initialize(self, call: Call) -> None:
        """Answer before anything else is read, for what follows depends on the revision."""
        answer = dispatch_without_status(call)
        if not call.version.modern and b'"result"' in answer.body:
            self._agreed = versions.negotiate(call.params)
            if self._server.sessions:
                capabilities = call.params["capabilities"]
                self._session = self._server.sessions.begin(
                    self._principal, self._agreed, capabilities
                )
        self._write(answer.body)

    def _current_session(self) -> Session | None:
        if self._session is None or self._server.sessions is None:
            return None
        return self._server.sessions.find(self._session.id, self._principal)

    def _work(self, call: Call) -> None:
        try:
            answer = dispatch_without_status(call)
            if not call.cancelled:  # a cancelled request gets no response (2025-11-25)
                self._write(answer.body)
        finally:
            self._calls.pop(call.message["id"], None)
            self._places.release()

    def _batch(self, messages: list[Any]) -> None:
        """Several messages in an array, which only one revision has."""
        if self._agreed != versions.ASSUMED or not messages:
            problem = f"Batches are of MCP {versions.ASSUMED} only, and hold at least one message"
            raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem)
        bodies = []
        for message in messages:
            try:
                call = self._call(message)
                bodies += [dispatch_without_status(call).body] if call else []
            except jsonrpc.RpcError as error:
                bodies.append(jsonrpc.failure(jsonrpc.id_of(message), error))
        if bodies:
            self._write(b"[%b]" % b",".join(bodies))

    def _write(self, body: bytes) -> None:
        with self._writing:
            self._send(body)
