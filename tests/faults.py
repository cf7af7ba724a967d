"""Fault injection: makes the sandbox break a connection or alter a response.

``inject_faults`` wraps a sandbox app in WSGI middleware, which acts out every fault. A test that
calls the app in process uses ``FaultyAdapter``, which raises what a broken connection raises.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import requests
from flask import Flask
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from strava_mcp.sandbox.adapter import WSGIAdapter

#: Faults of the connection. ``slow`` waits ``seconds`` and goes on; ``reset`` closes the
#: connection; ``silence`` never answers, and resets it after ``seconds``.
CONNECTION_FAULTS = ("slow", "reset", "silence")
#: Faults of the response. ``status``: an error with that status; ``truncated``: half of the body;
#: ``html``: a page; ``empty``: an empty list; ``wrong-type``: numbers as text; ``unknown``: fields
#: and a sport that no version of the API has; ``skew``: a clock that is ``seconds`` ahead;
#: ``half``: names that end in half of an emoji.
RESPONSE_FAULTS = ("status", "truncated", "html", "empty", "wrong-type", "unknown", "skew", "half")
FAULT_KINDS = CONNECTION_FAULTS + RESPONSE_FAULTS

PAGE = b"<!DOCTYPE html><title>Strava</title><p>We will be back soon."


@dataclass
class Fault:
    """What goes wrong at the next ``times`` calls whose path begins with ``path``."""

    path: str
    kind: str
    times: int = 1
    status: int = 503
    seconds: float = 0.0


class Faults:
    """The faults of one sandbox; ``pending`` are those still to happen."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []
        self._lock = threading.Lock()
        self._are_waits_over = threading.Event()

    def add(
        self, path: str, kind: str, times: int = 1, status: int = 503, seconds: float = 0.0
    ) -> None:
        """Let the next ``times`` calls fail whose path begins with ``path``.

        Raises ValueError for an unknown kind.
        """
        if kind not in FAULT_KINDS:
            raise ValueError(f"A fault is one of {', '.join(FAULT_KINDS)}.")
        with self._lock:
            self.pending.append(Fault(path, kind, times, status, seconds))

    def take(self, path: str, kinds: Collection[str] = FAULT_KINDS) -> Fault | None:
        """Return the first pending fault of these kinds for a call, and count it as happened."""
        with self._lock:
            for fault in self.pending:
                if path.startswith(fault.path) and fault.kind in kinds:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.pending.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Drop all pending faults."""
        with self._lock:
            self.pending.clear()

    def wait(self, seconds: float) -> None:
        """Wait as ``slow`` and ``silence`` do."""
        self._are_waits_over.wait(seconds)

    def end_waits(self) -> None:
        """End every wait, those of later faults as well."""
        self._are_waits_over.set()


def inject_faults(app: Flask) -> Faults:
    """Wrap a sandbox app in fault injection; returns the faults, to which a test adds."""
    faults = Faults()
    inner, now = app.wsgi_app, app.extensions["sandbox"].now

    def middleware(environ: Any, start_response: Any) -> Iterable[bytes]:
        fault = faults.take(environ["PATH_INFO"])
        if fault is None:
            return inner(environ, start_response)
        response = _before_response(fault, faults, environ)
        if response is None:
            response = Response.from_app(inner, environ)
            _after_response(fault, response, now())
        return response(environ, start_response)

    app.wsgi_app = middleware  # type: ignore[method-assign]
    return faults


class FaultyAdapter(WSGIAdapter):
    """Calls a sandbox app in process, and raises what ``requests`` raises for its faults."""

    def __init__(self, app: Flask, faults: Faults) -> None:
        super().__init__(app)
        self._faults = faults

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        *args: Any,
        **kw: Any,
    ) -> requests.Response:
        path = request.path_url.partition("?")[0]
        fault = self._faults.take(path, CONNECTION_FAULTS)
        if fault:
            read_timeout_s = timeout[1] if isinstance(timeout, tuple) else timeout
            _break_connection(fault, request, read_timeout_s)
        return super().send(request, stream, timeout, *args, **kw)


def _break_connection(
    fault: Fault, request: requests.PreparedRequest, read_timeout_s: float | None
) -> None:
    if fault.kind == "reset":
        raise requests.ConnectionError("Connection reset by peer", request=request)
    is_late = read_timeout_s is not None and fault.seconds > read_timeout_s
    if fault.kind == "silence" or is_late:
        raise requests.ReadTimeout("Read timed out", request=request)
    time.sleep(fault.seconds)


def _before_response(fault: Fault, faults: Faults, environ: Any) -> Response | None:
    """Act out a fault before the app is called; returns a response that replaces the app's."""
    if fault.kind in ("slow", "silence"):
        faults.wait(fault.seconds)
    if fault.kind in ("reset", "silence"):
        _reset_connection(environ)
        return _error(500)
    return _error(fault.status) if fault.kind == "status" else None


def _error(status: int) -> Response:
    body = json.dumps({"message": "Injected fault", "errors": []})
    return Response(body, status, content_type="application/json")


def _reset_connection(environ: Any) -> None:
    """Close the connection with a reset; only werkzeug's server exposes its socket."""
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is not None:
        no_linger = struct.pack("ii", 1, 0)  # unsent data is dropped, and a reset is sent
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()


def _after_response(fault: Fault, response: Response, now: float) -> None:
    """Alter a successful response."""
    if response.status_code >= 300:
        return
    if fault.kind == "truncated":
        response.data = response.data[: len(response.data) // 2]
    elif fault.kind == "html":
        response.data = PAGE
        response.content_type = "text/html"
    elif fault.kind == "empty":
        response.data = b"[]"
    elif fault.kind == "skew":
        response.headers["Date"] = http_date(now + fault.seconds)
        _change_json(response, lambda value: _with_later_expiry(value, fault.seconds))
    elif fault.kind == "wrong-type":
        _change_json(response, _with_numbers_as_text)
    elif fault.kind == "unknown":
        _change_json(response, _with_unknown_fields)
    elif fault.kind == "half":
        _change_json(response, _with_half_emoji)


def _change_json(response: Response, change: Callable[[Any], Any]) -> None:
    if response.is_json:
        response.data = json.dumps(change(json.loads(response.data))).encode()


def _with_later_expiry(value: Any, seconds: float) -> Any:
    """The tokens of an endpoint whose clock is wrong."""
    if isinstance(value, dict) and "expires_at" in value:
        return value | {"expires_at": int(value["expires_at"] + seconds)}
    return value


def _with_numbers_as_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_numbers_as_text(item) for item in value]
    if isinstance(value, dict):
        return {name: _with_numbers_as_text(item) for name, item in value.items()}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value} or so" if is_number else value


def _with_half_emoji(value: Any) -> Any:
    """Cut names within a surrogate pair, which JSON can spell and UTF-8 cannot."""
    if isinstance(value, list):
        return [_with_half_emoji(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = ("name", "firstname", "description", "text")
    return {
        key: f"{item}\ud83d" if key in names and item else _with_half_emoji(item)
        for key, item in value.items()
    }


def _with_unknown_fields(value: Any) -> Any:
    """Add fields everywhere, and a sport to the first activity, as a later API version might."""
    changed = _with_new_fields(value)
    first = changed[0] if isinstance(changed, list) and changed else changed
    if isinstance(first, dict) and "sport_type" in first:
        first["sport_type"] = "MoonWalk"
    return changed


def _with_new_fields(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_new_fields(item) for item in value]
    if isinstance(value, dict):
        changed = {name: _with_new_fields(item) for name, item in value.items()}
        return changed | {"brand_new_field": {"nested": True}}
    return value
