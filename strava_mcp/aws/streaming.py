"""A Lambda runtime that streams: Python's own sends a response whole, at its end.

Attached by ``AWS_LAMBDA_EXEC_WRAPPER=/var/task/strava_mcp/aws/stream.sh`` and a Function URL with
invoke mode RESPONSE_STREAM.
Source: AWS Lambda Developer Guide, "Building a custom runtime"; the wire as AWS's own Node runtime
speaks it.
"""

import base64
import json
import os
import sys
import threading
import time
from collections.abc import Iterable
from http.client import HTTPConnection
from importlib import import_module
from typing import Any, NamedTuple

from strava_mcp.json_types import JSON

API = "/2018-06-01/runtime"
HTTP_RESPONSE = "application/vnd.awslambda.http-integration-response"
#: Between the prelude and the body.
SEPARATOR = b"\0" * 8
#: A response that is still open so long before the call's deadline is ended.
DEADLINE_MARGIN_S = 1.0
FAULT = "Runtime.StreamError"


class Ended(Exception):
    """The response was ended because time was up."""


class Context(NamedTuple):
    """What a handler learns about its call; the names are those of Lambda's own object."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds to the deadline."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


class Response:
    """A response on its way out, in chunks (RFC 9112 §7.1), with trailers where it goes wrong."""

    def __init__(self, connection: HTTPConnection, request_id: str) -> None:
        self._connection = connection
        self._request_id = request_id
        self._lock = threading.Lock()
        self.began = False
        self.ended = False

    def begin(self, prelude: JSON) -> None:
        """Send status and headers."""
        self._connection.putrequest(
            "POST", f"{API}/invocation/{self._request_id}/response", skip_accept_encoding=True
        )
        for name, value in (
            ("Content-Type", HTTP_RESPONSE),
            ("Lambda-Runtime-Function-Response-Mode", "streaming"),
            ("Transfer-Encoding", "chunked"),
            ("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"),
        ):
            self._connection.putheader(name, value)
        self._connection.endheaders()
        self.began = True
        self.write(json.dumps(prelude).encode() + SEPARATOR)

    def write(self, data: bytes) -> None:
        """Send a piece. Raises Ended where the response was ended meanwhile."""
        with self._lock:
            if self.ended:
                raise Ended
            if data:
                self._connection.send(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self, fault: str = "") -> None:
        """Send the last chunk, with the fault as trailers; a second time does nothing."""
        with self._lock:
            if self.ended or not self.began:
                return
            self.ended = True
            self._connection.send(b"0\r\n" + _trailers(fault) + b"\r\n")

    def finish(self) -> None:
        """Read what the Runtime API says to it."""
        self._connection.getresponse().read()


def main() -> None:
    """Load the handler, then answer one call after the other, for ever."""
    connection = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        module = import_module("strava_mcp.aws.lambda_handler")
    except BaseException as exc:
        _post(connection, f"{API}/init/error", _error(exc))
        raise
    while True:
        event, context = _next(connection)
        _answer(connection, module, event, context)


def _next(connection: HTTPConnection) -> tuple[JSON, Context]:
    """Wait for a call."""
    connection.request("GET", f"{API}/invocation/next")
    reply = connection.getresponse()
    event = json.loads(reply.read())
    trace = reply.getheader("Lambda-Runtime-Trace-Id")
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    context = Context(
        reply.getheader("Lambda-Runtime-Aws-Request-Id", ""),
        reply.getheader("Lambda-Runtime-Invoked-Function-Arn", ""),
        int(reply.getheader("Lambda-Runtime-Deadline-Ms", "0")),
    )
    return event, context


def _answer(connection: HTTPConnection, module: Any, event: JSON, context: Context) -> None:
    """Stream the answer to a request; answer anything else whole."""
    path = f"{API}/invocation/{context.aws_request_id}"
    response = Response(connection, context.aws_request_id)
    try:
        if module.events.is_http(event):
            _stream(response, module, event, context)
            response.end()
        else:
            return _post(connection, f"{path}/response", module.handler(event, context))
    except Ended:
        pass
    except Exception as exc:
        print(f"{FAULT}: {type(exc).__name__}", file=sys.stderr)
        if not response.began:
            return _post(connection, f"{path}/error", _error(exc))
        response.end(type(exc).__name__)
    response.finish()


def _stream(response: Response, module: Any, event: JSON, context: Context) -> None:
    """Send pieces as the app makes them; end in time, whatever the app does."""
    environ = module.events.environ_of(event, context) | {"strava_mcp.streaming": True}
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started[:] = [status, headers]
        return lambda data: _send(response, module, started, data)

    left_s = context.get_remaining_time_in_millis() / 1000 - DEADLINE_MARGIN_S
    guard = threading.Timer(max(0.0, left_s), response.end)
    guard.daemon = True
    guard.start()
    result: Iterable[bytes] = module.app.wsgi_app(environ, start_response)
    try:
        for piece in result:
            _send(response, module, started, piece)
        _send(response, module, started, b"")
    finally:
        guard.cancel()
        if hasattr(result, "close"):
            result.close()


def _send(response: Response, module: Any, started: list[Any], data: bytes) -> None:
    if not response.began:
        response.begin(module.events.prelude(*started))
    response.write(data)


def _trailers(fault: str) -> bytes:
    if not fault:
        return b""
    body = base64.b64encode(json.dumps({"errorType": fault, "errorMessage": FAULT}).encode())
    return (
        b"Lambda-Runtime-Function-Error-Type: %b\r\nLambda-Runtime-Function-Error-Body: %b\r\n"
        % (FAULT.encode(), body)
    )


def _error(exc: BaseException) -> JSON:
    """What went wrong, for the log of whoever called; never where, nor with what."""
    return {"errorMessage": "The call failed.", "errorType": type(exc).__name__, "stackTrace": []}


def _post(connection: HTTPConnection, path: str, content: JSON) -> None:
    headers = {"Content-Type": "application/json"}
    if path.endswith("/error"):
        headers["Lambda-Runtime-Function-Error-Type"] = str(content["errorType"])
    connection.request("POST", path, json.dumps(content), headers)
    connection.getresponse().read()


if __name__ == "__main__":
    main()
