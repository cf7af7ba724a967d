"""A Lambda runtime that streams responses; Python's own runtime buffers them.

Enabled by ``AWS_LAMBDA_EXEC_WRAPPER=/var/task/strava_mcp/aws/stream.sh`` and a Function URL with
invoke mode RESPONSE_STREAM.
Sources: AWS Lambda Developer Guide, "Building a custom runtime"; wire format as in AWS's own Node
runtime.
"""

import base64
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple

from strava_mcp.aws import events
from strava_mcp.json_types import JSON

if TYPE_CHECKING:
    from flask import Flask

API = "/2018-06-01/runtime"
HTTP_RESPONSE = "application/vnd.awslambda.http-integration-response"
#: Separates the prelude from the body.
SEPARATOR = b"\0" * 8
#: A response that is still open this long before the invocation's deadline is ended.
DEADLINE_MARGIN_S = 1.0
STREAM_ERROR = "Runtime.StreamError"


class Ended(Exception):
    """The response was ended because the deadline was near."""


class Context(NamedTuple):
    """The invocation context, with the names of Lambda's own context object."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the deadline."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


class Response:
    """A response that is sent in chunks (RFC 9112 §7.1); errors are reported in trailers."""

    def __init__(self, connection: HTTPConnection, path: str) -> None:
        self._connection = connection
        self._path = path
        self._lock = threading.Lock()
        self._is_due = False
        self.began = False
        self.ended = False

    def begin(self, status: str, headers: events.Headers) -> None:
        """Send status and headers."""
        self._connection.putrequest("POST", self._path, skip_accept_encoding=True)
        for name, value in (
            ("Content-Type", HTTP_RESPONSE),
            ("Lambda-Runtime-Function-Response-Mode", "streaming"),
            ("Transfer-Encoding", "chunked"),
            ("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"),
        ):
            self._connection.putheader(name, value)
        prelude = json.dumps(events.prelude(status, headers)).encode() + SEPARATOR
        with self._lock:  # nothing may end it before its prelude is sent
            self._connection.endheaders()
            self._send(prelude)
            self.began = True

    def write(self, data: bytes) -> None:
        """Send a chunk. Raises Ended if the response has been ended, or is due to end now."""
        with self._lock:
            if self.ended:
                raise Ended
            if data:
                self._send(data)
                if self._is_due:
                    self._end()

    def end(self, error_type: str = "") -> None:
        """Send the last chunk and, after an error, the trailers. A second call does nothing."""
        with self._lock:
            self._end(error_type)

    def end_soon(self) -> None:
        """End the response now or, if it has not begun, after its first chunk."""
        with self._lock:
            self._is_due = True
            self._end()

    def _send(self, data: bytes) -> None:
        self._connection.send(b"%x\r\n%b\r\n" % (len(data), data))

    def _end(self, error_type: str = "") -> None:
        if self.ended or not self.began:
            return
        self.ended = True
        self._connection.send(b"0\r\n" + _trailers(error_type) + b"\r\n")

    def finish(self) -> None:
        """Consume the Runtime API's response."""
        self._connection.getresponse().read()


def main() -> None:
    """Load the app, then answer invocations until the process is ended."""
    connection = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        from strava_mcp.aws.lambda_handler import app, handler
    except BaseException as exc:
        _post(connection, f"{API}/init/error", _error(exc))
        raise
    while True:
        event, context = _next_invocation(connection)
        _answer(connection, app, handler, event, context)


def _next_invocation(connection: HTTPConnection) -> tuple[object, Context]:
    """Wait for an invocation."""
    connection.request("GET", f"{API}/invocation/next")
    response = connection.getresponse()
    event = json.loads(response.read())
    trace_id = response.getheader("Lambda-Runtime-Trace-Id")
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    context = Context(
        response.getheader("Lambda-Runtime-Aws-Request-Id", ""),
        response.getheader("Lambda-Runtime-Invoked-Function-Arn", ""),
        int(response.getheader("Lambda-Runtime-Deadline-Ms", "0")),
    )
    return event, context


def _answer(
    connection: HTTPConnection,
    app: "Flask",
    handler: Callable[[object, object], JSON],
    event: object,
    context: Context,
) -> None:
    """Stream the response to an HTTP request; answer any other event with the handler."""
    path = f"{API}/invocation/{context.aws_request_id}"
    response = Response(connection, f"{path}/response")
    try:
        if isinstance(event, dict) and events.is_http(event):
            _stream(response, app, event, context)
            response.end()
        else:
            return _post(connection, f"{path}/response", handler(event, context))
    except Ended:
        pass
    except Exception as exc:
        print(f"{STREAM_ERROR}: {type(exc).__name__}", file=sys.stderr)
        if not response.began:
            return _post(connection, f"{path}/error", _error(exc))
        response.end(type(exc).__name__)
    response.finish()


def _stream(response: Response, app: "Flask", event: JSON, context: Context) -> None:
    """Send chunks as the app yields them; end the response before the deadline."""
    environ = events.wsgi_environ(event, context) | {"strava_mcp.streaming": True}
    status, headers = "", events.Headers()

    def start_response(
        new_status: str, new_headers: events.Headers, exc_info: object = None
    ) -> Callable[[bytes], None]:
        nonlocal status, headers
        status, headers = new_status, new_headers
        return send

    def send(data: bytes) -> None:
        if not response.began:
            response.begin(status, headers)
        response.write(data)

    remaining_s = context.get_remaining_time_in_millis() / 1000 - DEADLINE_MARGIN_S
    timer = threading.Timer(max(0.0, remaining_s), response.end_soon)
    timer.daemon = True
    timer.start()
    result: Iterable[bytes] = app.wsgi_app(environ, start_response)
    try:
        for data in result:
            send(data)
        send(b"")  # begins a response without a body
    finally:
        timer.cancel()
        if hasattr(result, "close"):
            result.close()


def _trailers(error_type: str) -> bytes:
    if not error_type:
        return b""
    error = {"errorType": error_type, "errorMessage": STREAM_ERROR}
    body = base64.b64encode(json.dumps(error).encode())
    return (
        b"Lambda-Runtime-Function-Error-Type: %b\r\nLambda-Runtime-Function-Error-Body: %b\r\n"
        % (STREAM_ERROR.encode(), body)
    )


def _error(exc: BaseException) -> JSON:
    """Describe an error to the caller by its type only: no message and no stack trace."""
    return {"errorMessage": "The call failed.", "errorType": type(exc).__name__, "stackTrace": []}


def _post(connection: HTTPConnection, path: str, content: JSON) -> None:
    headers = {"Content-Type": "application/json"}
    if path.endswith("/error"):
        headers["Lambda-Runtime-Function-Error-Type"] = str(content["errorType"])
    connection.request("POST", path, json.dumps(content), headers)
    connection.getresponse().read()


if __name__ == "__main__":
    main()
