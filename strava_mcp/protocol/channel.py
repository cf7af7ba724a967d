"""The line back to the client while its request is being answered, in both eras.

Notifications travel before the response on the same stream. To ask the client something, a legacy
server sends it a request and waits; a modern one answers ``input_required`` and is called again.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from strava_mcp.context import LOG_LEVELS
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, request_state
from strava_mcp.protocol.mailbox import Mailbox

Requests = Mapping[str, Mapping[str, Any]]
Send = Callable[[JSON], None]

ANSWER_S = 300

#: The capability that a client must have declared to be asked with a method.
CAPABILITY_OF = {
    "sampling/createMessage": "sampling",
    "elicitation/create": "elicitation",
    "roots/list": "roots",
}


class InputRequired(Exception):
    """The result of this round is a question (2026-07-28, Multi Round-Trip Requests)."""

    def __init__(self, requests: Requests, request_state: str) -> None:
        super().__init__("input required")
        self.result: JSON = {
            "resultType": "input_required",
            "inputRequests": {key: dict(request) for key, request in requests.items()},
            "requestState": request_state,
        }


class ClientChannel(ABC):
    """What both eras share. ``send`` None: the reply can carry nothing but the response.

    ``level``: the least log level that the client wants, None for no logs at all. ``gone``: tells
    whether the client has cancelled.
    """

    def __init__(
        self,
        send: Send | None,
        capabilities: Mapping[str, Any],
        progress_token: Any,
        level: str | None,
        gone: Callable[[], bool],
    ) -> None:
        self._send = send
        self._capabilities = capabilities
        self._progress_token = progress_token
        self._level = level
        self._gone = gone

    @property
    def cancelled(self) -> bool:
        """Whether the client has cancelled the request or gone away."""
        return self._gone()

    def supports(self, capability: str) -> bool:
        """Whether the client declared the capability."""
        return capability in self._capabilities

    def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Send progress where a token came with the request."""
        if self._send is None or self._progress_token is None:
            return
        params = {"progressToken": self._progress_token, "progress": progress}
        optional = {"total": total, "message": message}
        params |= {name: value for name, value in optional.items() if value is not None}
        self._send(jsonrpc.notification("notifications/progress", params))

    def log(self, level: str, data: Any, logger: str | None) -> None:
        """Send a log message of a level that the client wants."""
        if self._send is None or self._level is None:
            return
        if LOG_LEVELS.index(level) >= LOG_LEVELS.index(self._level):
            params = {"level": level, "data": data} | ({"logger": logger} if logger else {})
            self._send(jsonrpc.notification("notifications/message", params))

    @abstractmethod
    def ask(self, requests: Requests) -> dict[str, JSON]:
        """Have the client answer all of ``requests``; key → its result."""

    def _require(self, requests: Requests) -> None:
        """That the client declared what answering takes (2026-07-28: -32021, HTTP 400)."""
        needed = {CAPABILITY_OF[str(request["method"])] for request in requests.values()}
        lacking = sorted(name for name in needed if not self.supports(name))
        if lacking:
            raise jsonrpc.RpcError(
                jsonrpc.MISSING_CAPABILITY,
                f"This needs a client that supports {', '.join(lacking)}",
                {"requiredCapabilities": {name: {} for name in lacking}},
                400,
            )


class SessionChannel(ClientChannel):
    """Asks by sending requests on the stream; the answers arrive in the session's mailbox."""

    def __init__(
        self,
        send: Send | None,
        capabilities: Mapping[str, Any],
        progress_token: Any,
        level: str | None,
        gone: Callable[[], bool],
        mailbox: Mailbox | None = None,
        box: str = "",
    ) -> None:
        super().__init__(send, capabilities, progress_token, level, gone)
        self._mailbox = mailbox
        self._box = box
        self._asked = 0

    def ask(self, requests: Requests) -> dict[str, JSON]:
        self._require(requests)
        if self._send is None or self._mailbox is None:
            raise jsonrpc.RpcError(
                jsonrpc.INVALID_REQUEST, "This needs a session and an event-stream reply"
            )
        keys = {}
        for key, request in requests.items():
            self._asked += 1
            request_id = f"{self._box}-{self._asked}"
            keys[request_id] = key
            self._send({"jsonrpc": "2.0", "id": request_id, **request})
        return self._collect(keys, self._mailbox)

    def _collect(self, keys: dict[str, str], mailbox: Mailbox) -> dict[str, JSON]:
        """Wait for the response to every request ID in ``keys``."""
        answers: dict[str, JSON] = {}
        deadline = time.monotonic() + ANSWER_S
        while len(answers) < len(keys):
            remaining = deadline - time.monotonic()
            if self.cancelled or remaining <= 0:
                raise jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, "The client did not answer in time")
            for message in mailbox.wait(self._box, remaining, self._gone):
                if "error" in message:
                    said = str((message["error"] or {}).get("message", ""))[:200]
                    raise jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, f"The client refused: {said}")
                if message["id"] in keys:
                    answers[keys[message["id"]]] = message["result"]
        return answers


class StatelessChannel(ClientChannel):
    """Asks by ending the round; what was answered in earlier rounds comes back with the state.

    ``purpose``: what the state is bound to: the caller and the request.
    """

    def __init__(
        self,
        send: Send | None,
        capabilities: Mapping[str, Any],
        progress_token: Any,
        level: str | None,
        gone: Callable[[], bool],
        secret: bytes,
        purpose: str,
        params: JSON,
    ) -> None:
        super().__init__(send, capabilities, progress_token, level, gone)
        self._secret = secret
        self._purpose = purpose
        responses = params.get("inputResponses", {})
        if not isinstance(responses, dict):
            raise jsonrpc.invalid_params("inputResponses must be an object")
        self._used: dict[str, JSON] = {}
        if "requestState" in params:
            self._used = request_state.load(secret, purpose, params["requestState"])
        # A response that is no object answers nothing: it is asked for again.
        self._given = {k: v for k, v in responses.items() if isinstance(v, dict)}

    def ask(self, requests: Requests) -> dict[str, JSON]:
        self._used |= {k: self._given[k] for k in requests if k in self._given}
        missing = {key: request for key, request in requests.items() if key not in self._used}
        if missing:
            self._require(missing)
            raise InputRequired(
                missing, request_state.sign(self._secret, self._purpose, self._used)
            )
        return {key: self._used[key] for key in requests}
