"""A client on a connection of its own, where every message is a text: stdio or a WebSocket."""

import threading
from collections.abc import Callable

from strava_mcp.identity import Principal
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.batch import answer_batch
from strava_mcp.protocol.call import Call, Challenge
from strava_mcp.protocol.dispatch import dispatch
from strava_mcp.protocol.server import Server
from strava_mcp.protocol.sessions import Session

MAX_CONCURRENT_CALLS = 8
#: How long running calls may continue after the input has ended.
FINISH_S = 10
#: The error for messages above the caller's limit.
TOO_MANY = "Too many requests: wait a minute."


class Connection:
    """A client's connection, from its first message to the end of its input.

    ``principal`` is the caller of every message. ``send`` writes one message; calls to it never
    overlap. ``may_answer`` is asked before a batch is answered, with the number of its messages
    after the first, which the transport has counted already. ``challenge``, ``base_url``: see
    ``Call``.
    """

    def __init__(
        self,
        server: Server,
        principal: Principal,
        send: Callable[[bytes], None],
        may_answer: Callable[[int], bool] = lambda messages: True,
        challenge: Challenge | None = None,
        base_url: str = "",
    ) -> None:
        self._server = server
        self._send = send
        self._may_answer = may_answer
        self._write_lock = threading.Lock()
        self._slots = threading.Semaphore(MAX_CONCURRENT_CALLS)
        self._principal = principal
        self._challenge = challenge
        self._base_url = base_url
        self._agreed_version: str | None = None
        self._session: Session | None = None
        self._calls: dict[jsonrpc.Id, Call] = {}

    def receive(self, text: bytes) -> None:
        """Handle one message; responses are sent when they are ready.

        Blocks while MAX_CONCURRENT_CALLS are running, and until ``initialize`` is answered.
        """
        value: object = None
        try:
            value = jsonrpc.parse(text)
            if isinstance(value, list):
                return self._receive_batch(value)
            call = self._call_for(value)
        except jsonrpc.RpcError as error:
            return self._write(jsonrpc.failure(jsonrpc.id_of(value), error))
        if call is None:
            return None
        if call.method == "initialize":
            return self._initialize(call)
        self._calls[call.request.id] = call
        self._slots.acquire()
        threading.Thread(target=self._run, args=(call,), daemon=True).start()

    def reject(self, text: bytes, problem: str) -> None:
        """Answer a message with an error instead of handling it."""
        error = jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem)
        try:
            value = jsonrpc.parse(text)
        except jsonrpc.RpcError:
            value = None
        self._write(jsonrpc.failure(jsonrpc.id_of(value), error))

    def finish(self) -> None:
        """Wait up to FINISH_S for each running call to finish."""
        for _ in range(MAX_CONCURRENT_CALLS):
            self._slots.acquire(timeout=FINISH_S)

    def cancel_all(self) -> None:
        """Cancel the running calls, because the client has disconnected."""
        for call in list(self._calls.values()):
            call.cancelled = True

    def _call_for(self, value: object) -> Call | None:
        """The call that a decoded message makes; None for a message without a response.

        Raises RpcError for what is not a message.
        """
        message = jsonrpc.read_message(value)
        if isinstance(message, jsonrpc.Notification):
            if message.method == "notifications/cancelled":
                self._cancel(message.params.get("requestId"))
            return None
        if isinstance(message, jsonrpc.ClientResponse):
            if self._server.mailbox:
                self._server.mailbox.post(str(message.id).rpartition("-")[0], message.message)
            return None
        return Call(
            server=self._server,
            request=message,
            version=versions.from_message(message, self._agreed_version),
            principal=self._principal,
            session=self._current_session(),
            send=lambda item: self._write(jsonrpc.encode(item)),
            challenge=self._challenge,
            base_url=self._base_url,
        )

    def _cancel(self, request_id: object) -> None:
        if jsonrpc.is_id(request_id) and request_id in self._calls:
            self._calls[request_id].cancelled = True

    def _initialize(self, call: Call) -> None:
        """Answer before the next message is read, which depends on the agreed version."""
        response = dispatch(call)
        if not call.version.modern and not response.is_error:
            self._agreed_version = versions.negotiate(call.params)
            if self._server.sessions:
                self._session = self._server.sessions.begin(
                    self._principal, self._agreed_version, call.params["capabilities"]
                )
        self._write(response.body)

    def _current_session(self) -> Session | None:
        if self._session is None or self._server.sessions is None:
            return None
        return self._server.sessions.find(self._session.id, self._principal)

    def _run(self, call: Call) -> None:
        try:
            response = dispatch(call)
            if not call.cancelled:  # a cancelled request gets no response (2025-11-25)
                self._write(response.body)
        finally:
            self._calls.pop(call.request.id, None)
            self._slots.release()

    def _receive_batch(self, values: list[object]) -> None:
        """Answer an array of messages, which only one version allows."""
        has_batches = self._agreed_version == versions.ASSUMED
        if not has_batches or not 0 < len(values) <= versions.MAX_BATCH_SIZE:
            raise versions.invalid_batch()
        if not self._may_answer(len(values) - 1):
            raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, TOO_MANY)
        if body := answer_batch(values, self._answer_member):
            self._write(body)

    def _answer_member(self, value: object) -> bytes:
        """The response to one message of a batch; empty if it expects none."""
        try:
            call = self._call_for(value)
            return dispatch(call).body if call else b""
        except jsonrpc.RpcError as error:
            return jsonrpc.failure(jsonrpc.id_of(value), error)

    def _write(self, body: bytes) -> None:
        with self._write_lock:
            self._send(body)
