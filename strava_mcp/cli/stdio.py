"""MCP over standard input and output, for clients on the same machine: a message a line.

Whoever starts the process owns it, so there is no token: the caller may read and write. Standard
output carries protocol and nothing else; everything printed by anybody goes to standard error.
"""

import sys
import threading
from typing import Any, BinaryIO

from strava_mcp.identity import SCOPES, Principal
from strava_mcp.protocol import eras, jsonrpc
from strava_mcp.protocol.answer import respond
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.mailbox import Session
from strava_mcp.protocol.server import Server

JSON = dict[str, Any]

MOST_AT_ONCE = 8
LONGEST_LINE = 64 << 20
#: How long calls at work may go on after standard input has ended.
FINISH_S = 10


class Pipe:
    """One client on a pair of pipes, from its first message to the end of input."""

    def __init__(self, server: Server, source: BinaryIO, sink: BinaryIO) -> None:
        self._server = server
        self._source = source
        self._sink = sink
        self._writing = threading.Lock()
        self._places = threading.Semaphore(MOST_AT_ONCE)
        self._principal = Principal("stdio", frozenset(SCOPES))
        self._agreed: str | None = None
        self._session: Session | None = None
        self._calls: dict[jsonrpc.Id, Call] = {}

    def serve(self) -> None:
        """Answer until the input ends, then let the calls at work finish."""
        while line := self._source.readline(LONGEST_LINE):
            if line.strip():
                self._take(line)
        for _ in range(MOST_AT_ONCE):
            self._places.acquire(timeout=FINISH_S)

    def _take(self, line: bytes) -> None:
        message: Any = None
        try:
            message = jsonrpc.parse(line)
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
            era=eras.of_stdio(message, self._agreed),
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
        answer = respond(call)
        if not call.era.modern and b'"result"' in answer.body:
            self._agreed = eras.negotiate(call.params)
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
            answer = respond(call)
            if not call.cancelled:  # a cancelled request gets no response (2025-11-25)
                self._write(answer.body)
        finally:
            self._calls.pop(call.message["id"], None)
            self._places.release()

    def _batch(self, messages: list[Any]) -> None:
        """Several messages in an array, which only one revision has."""
        if self._agreed != eras.ASSUMED or not messages:
            problem = f"Batches are of MCP {eras.ASSUMED} only, and hold at least one message"
            raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem)
        bodies = []
        for message in messages:
            try:
                call = self._call(message)
                bodies += [respond(call).body] if call else []
            except jsonrpc.RpcError as error:
                bodies.append(jsonrpc.failure(jsonrpc.id_of(message), error))
        if bodies:
            self._write(b"[%b]" % b",".join(bodies))

    def _write(self, body: bytes) -> None:
        with self._writing:
            self._sink.write(body + b"\n")
            self._sink.flush()


def serve(server: Server) -> None:
    """Serve this process's own standard input and output."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints, prints there
    Pipe(server, source, sink).serve()
