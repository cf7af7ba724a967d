"""The clients of a soak: each is a thread that asks, checks the answer, and asks again."""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import requests
import websocket

from tests.flow import Flow, Live
from tests.nginx import Proxy
from tests.soak.record import Failure, Record

TIMEOUT_S = 30
#: Between two requests of one client, so that several share two cores.
PAUSE_S = 0.02
#: Before a client that failed tries again.
RETRY_S = 0.25
#: Calls of an OAuth client between two refreshes.
CALLS_PER_TOKEN = 20

MESSAGES = (
    {"method": "ping"},
    {"method": "tools/list"},
    {"method": "tools/call", "params": {"name": "get_athlete", "arguments": {}}},
)


class Client(ABC, threading.Thread):
    """One client; ``token`` is AUTH_TOKEN."""

    kind = ""

    def __init__(self, proxy: Proxy, token: str, record: Record, stop: threading.Event) -> None:
        super().__init__(name=f"{self.kind} client", daemon=True)
        self.proxy, self.token = proxy, token
        self._record, self._stopped = record, stop
        self.number = self.answered = 0
        self.http = requests.Session()
        self.http.verify = str(proxy.authority)
        self.http.trust_env = False

    @abstractmethod
    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return its response. Raises Failure."""

    def reset(self) -> None:
        """Give up what a failure may have broken."""

    def run(self) -> None:
        began = time.monotonic()
        while not self._stopped.is_set() and not self._record.is_full:
            self.number += 1
            message = {"jsonrpc": "2.0", "id": self.number, **MESSAGES[self.number % 3]}
            previous_began, began = began, time.monotonic()
            try:
                check(self.ask(message), self.number)
                self.answered += 1
                self._record.succeeded(self.kind, time.monotonic() - began)
                self._stopped.wait(PAUSE_S)
            except Failure as failure:
                self._record.failed(self.kind, failure, previous_began)
                if failure.kind != "tool":
                    self.reset()
                self._stopped.wait(RETRY_S)
        self.reset()
        self.http.close()

    def send(self, method: str, path: str, token: str, **options: Any) -> requests.Response:
        """Send an HTTP request. Raises Failure unless it succeeds."""
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        options.setdefault("timeout", TIMEOUT_S)
        try:
            reply = self.http.request(method, self.proxy.base + path, headers=headers, **options)
        except requests.RequestException as exc:
            raise Failure("connection", str(exc)) from exc
        if reply.status_code >= 400:
            raise Failure(str(reply.status_code), reply.text[:200])
        return reply


def check(response: dict[str, Any], request_id: int) -> None:
    """Raise Failure unless it is the successful response to this request."""
    if response.get("id") != request_id or "result" not in response:
        raise Failure("wrong", json.dumps(response)[:200])
    if response["result"].get("isError"):
        raise Failure("tool", json.dumps(response)[:300])


class BearerClient(Client):
    """Posts to ``/mcp`` with AUTH_TOKEN."""

    kind = "Bearer"

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        return dict(self.send("POST", "/mcp", self.token, json=message).json())


class OAuthClient(Client):
    """Registers, is approved, and refreshes its access token again and again."""

    kind = "OAuth"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        live = Live(self.proxy.base)
        live.session.verify = str(self.proxy.authority)
        self._flow = Flow(live, self.token)
        self._tokens = self._flow.connect()
        self._calls_left = CALLS_PER_TOKEN

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self._calls_left -= 1
        if self._calls_left <= 0:  # and again at once if that failed, while a retry is no theft
            self.refresh()
        return dict(self.send("POST", "/mcp", self._tokens["access_token"], json=message).json())

    def refresh(self) -> None:
        """Replace the tokens. Raises Failure."""
        try:
            reply = self._flow.refresh(self._tokens["refresh_token"])
        except requests.RequestException as exc:
            raise Failure("connection", str(exc)) from exc
        if reply.status != 200:
            raise Failure(str(reply.status), reply.text[:200])
        self._tokens = reply.json
        self._calls_left = CALLS_PER_TOKEN


class SseClient(Client):
    """Listens on ``/sse`` and posts to ``/message``; reconnects with the ID of its session."""

    kind = "SSE"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._stream: requests.Response | None = None
        self._events: Iterator[tuple[str, str]] = iter(())
        self._where = ""
        self._asked_at = 0.0

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._stream is None:
            self._listen()
        self._asked_at = time.monotonic()
        self.send("POST", self._where, self.token, json=message)
        return dict(json.loads(self._next_data("message")))

    def reset(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    def _listen(self) -> None:
        self._stream = self.send("GET", "/sse", self.token, stream=True)
        self._events = events(self._stream)
        self._asked_at = time.monotonic()
        self._where = self._next_data("endpoint")

    def _next_data(self, name: str) -> str:
        event = data = ""
        try:
            while not data:  # without it, a comment that keeps the stream open
                if time.monotonic() - self._asked_at > TIMEOUT_S:
                    raise Failure("connection", "no response arrived on the stream")
                event, data = next(self._events)
        except (requests.RequestException, StopIteration) as exc:
            raise Failure("connection", f"the stream ended: {exc}") from exc
        if event != name:
            raise Failure("wrong", f"{event}: {data[:100]}")
        return data


def events(stream: requests.Response) -> Iterator[tuple[str, str]]:
    """The events of a stream as pairs of name and data, with empty ones for comments."""
    name = ""
    for line in stream.iter_lines(chunk_size=1):
        field, _, value = line.decode().partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, value
        elif line.startswith(b":"):
            yield "", ""


class WebSocketClient(Client):
    """Sends over ``/ws``; reconnects when it is cut off."""

    kind = "WebSocket"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._socket: websocket.WebSocket | None = None

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            if self._socket is None:
                self._socket = self._connect()
            self._socket.send(json.dumps(message))
            text = self._socket.recv()
        except websocket.WebSocketBadStatusException as exc:
            raise Failure(str(exc.status_code)) from None
        except (websocket.WebSocketException, OSError) as exc:
            raise Failure("connection", str(exc)) from None
        if not text:
            raise Failure("connection", "closed")
        return dict(json.loads(text))

    def reset(self) -> None:
        if self._socket is not None:
            self._socket.shutdown()
        self._socket = None

    def _connect(self) -> websocket.WebSocket:
        return websocket.create_connection(
            self.proxy.base.replace("https", "wss") + "/ws",
            header=[f"Authorization: Bearer {self.token}"],
            suppress_origin=True,
            sslopt={"ca_certs": str(self.proxy.authority)},
            timeout=TIMEOUT_S,
        )
