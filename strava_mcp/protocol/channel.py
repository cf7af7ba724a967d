"""Messages to the client during a request, for legacy and modern protocol versions.

Notifications are sent before the response, on the same stream. To ask the client something, a
legacy server sends it a request and waits for the response. A modern server answers
``input_required``, and the client repeats its request with the responses.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from strava_mcp.context import LOG_LEVELS, ClientRequest
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, request_state
from strava_mcp.protocol.mailbox import Mailbox

Requests = Mapping[str, ClientRequest]
#: Writes a message to the client ahead of the response.
Send = Callable[[JSON], None]

#: How long a client may take to answer a question, which may need its user.
CLIENT_TIMEOUT_S = 300

#: The capability that a client must have declared before the server may call a method of it.
CAPABILITIES = {
    "sampling/createMessage": "sampling",
    "elicitation/create": "elicitation",
    "roots/list": "roots",
}


class InputRequired(Exception):
    """Ends a modern request with questions to the client (2026-07-28, Multi Round-Trip Requests).

    ``result`` is the result to respond with.
    """

    def __init__(self, requests: Requests, state: str) -> None:
        super().__init__("input required")
        self.result: JSON = {
            "resultType": "input_required",
            "inputRequests": {key: dict(request) for key, request in requests.items()},
            "requestState": state,
        }


@dataclass(kw_only=True)
class BaseChannel(ABC):
    """A channel to one client; implements ``context.Channel``.

    ``send`` is None if the reply can carry nothing but the response. ``min_level`` is the lowest
    log level that the client wants, None for no logs. ``is_cancelled`` reports whether the client
    cancelled the request or disconnected.
    """

    send: Send | None
    capabilities: JSON
    progress_token: object
    min_level: str | None
    is_cancelled: Callable[[], bool]

    @property
    def cancelled(self) -> bool:
        """Whether the client cancelled the request or disconnected."""
        return self.is_cancelled()

    def supports(self, capability: str) -> bool:
        """Whether the client declared the capability."""
        return capability in self.capabilities

    def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Send progress, if the request came with a progress token."""
        if self.send is None or self.progress_token is None:
            return
        params: JSON = {"progressToken": self.progress_token, "progress": progress}
        optional = {"total": total, "message": message}
        params |= {name: value for name, value in optional.items() if value is not None}
        self.send(jsonrpc.notification("notifications/progress", params))

    def log(self, level: str, data: object, logger: str | None) -> None:
        """Send a log message, if the client wants its level."""
        if self.send is None or self.min_level is None:
            return
        if LOG_LEVELS.index(level) >= LOG_LEVELS.index(self.min_level):
            params = {"level": level, "data": data} | ({"logger": logger} if logger else {})
            self.send(jsonrpc.notification("notifications/message", params))

    @abstractmethod
    def ask(self, requests: Requests) -> dict[str, JSON]:
        """Send requests to the client, all at once; returns the results by the same keys."""

    def _require_capabilities(self, requests: Requests) -> None:
        """Raise RpcError (-32021, HTTP 400) unless the client declared what ``requests`` need."""
        needed = {CAPABILITIES[request["method"]] for request in requests.values()}
        missing = sorted(name for name in needed if not self.supports(name))
        if missing:
            raise jsonrpc.RpcError(
                jsonrpc.MISSING_CAPABILITY,
                f"This needs a client that supports {', '.join(missing)}",
                {"requiredCapabilities": {name: {} for name in missing}},
                400,
            )


@dataclass(kw_only=True)
class SessionChannel(BaseChannel):
    """A legacy channel: questions are sent on the stream, responses arrive in the mailbox.

    Without a session there is no ``mailbox``, and nothing can be asked.
    """

    mailbox: Mailbox | None = None
    box: str = ""
    _last_question: int = field(init=False, default=0)

    def ask(self, requests: Requests) -> dict[str, JSON]:
        self._require_capabilities(requests)
        if self.send is None or self.mailbox is None:
            raise jsonrpc.RpcError(
                jsonrpc.INVALID_REQUEST, "This needs a session and an event-stream reply"
            )
        keys: dict[object, str] = {}
        for key, request in requests.items():
            self._last_question += 1
            request_id = f"{self.box}-{self._last_question}"
            keys[request_id] = key
            self.send({"jsonrpc": "2.0", "id": request_id, **request})
        return self._collect(keys, self.mailbox)

    def _collect(self, keys: Mapping[object, str], mailbox: Mailbox) -> dict[str, JSON]:
        """Wait for the responses; ``keys`` maps request IDs to the keys of the results."""
        results: dict[str, JSON] = {}
        deadline = time.monotonic() + CLIENT_TIMEOUT_S
        while len(results) < len(keys):
            remaining_s = deadline - time.monotonic()
            if self.cancelled or remaining_s <= 0:
                raise jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, "The client did not answer in time")
            for message in mailbox.wait(self.box, remaining_s, self.is_cancelled):
                if "error" in message:
                    reason = str((message["error"] or {}).get("message", ""))[:200]
                    raise jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, f"The client refused: {reason}")
                if message["id"] in keys:
                    results[keys[message["id"]]] = message["result"]
        return results


@dataclass(kw_only=True)
class StatelessChannel(BaseChannel):
    """A modern channel: a question ends the request, and the client repeats it with the answer.

    ``secret`` signs the request state. ``purpose`` is what the state is bound to: the caller and
    the request. ``params``: the parameters of the request. Raises RpcError for invalid state.
    """

    secret: bytes
    purpose: str
    params: JSON
    #: Results that were used in earlier rounds or in this one; they are carried in the state.
    _used: dict[str, JSON] = field(init=False, default_factory=dict)
    #: Results that came with this request.
    _new: dict[str, JSON] = field(init=False)

    def __post_init__(self) -> None:
        responses = self.params.get("inputResponses", {})
        if not isinstance(responses, dict):
            raise jsonrpc.invalid_params("inputResponses must be an object")
        if "requestState" in self.params:
            state = self.params["requestState"]
            self._used = request_state.load(self.secret, self.purpose, state)
        # What is not an object is ignored, so that the question is asked again.
        self._new = {k: v for k, v in responses.items() if isinstance(v, dict)}

    def ask(self, requests: Requests) -> dict[str, JSON]:
        self._used |= {k: self._new[k] for k in requests if k in self._new}
        missing = {key: request for key, request in requests.items() if key not in self._used}
        if missing:
            self._require_capabilities(missing)
            raise InputRequired(missing, request_state.sign(self.secret, self.purpose, self._used))
        return {key: self._used[key] for key in requests}
