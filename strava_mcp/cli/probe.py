"""A request to a server from outside, bounded in time and size; it follows no redirect."""

import errno
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from strava_mcp.errors import StravaMcpError
from strava_mcp.json_types import JSON
from strava_mcp.library_errors import HttpError, http_errors
from strava_mcp.protocol import jsonrpc

if TYPE_CHECKING:
    import requests

TIMEOUT_S = 10
MAX_BYTES = 64 * 1024

Reason = Literal["name", "refused", "timeout", "certificate", "tls", "other"]


class Unreachable(StravaMcpError):
    """There was no response; the message says why."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Response(NamedTuple):
    """A response. ``body``: its JSON object, empty if it is anything else; ``at``: when it came.

    Names of ``headers`` are in lowercase.
    """

    status: int
    headers: Mapping[str, str]
    body: JSON
    at: float


def send(url: str, message: JSON | None = None, token: str = "") -> Response:
    """GET ``url``, or POST a JSON message to it. Raises Unreachable after TIMEOUT_S at the latest.

    The limits of sockets are for each read, and the resolver has none, so the request runs in a
    thread that can be abandoned.
    """
    results: SimpleQueue[Response | Unreachable] = SimpleQueue()

    def work() -> None:
        try:
            results.put(_send(url, message, token))
        except (HttpError, ValueError) as exc:  # ValueError: an impossible host name
            results.put(_unreachable(url, exc))

    Thread(target=work, daemon=True).start()
    try:
        result = results.get(timeout=TIMEOUT_S)
    except Empty:
        result = _timeout()
    if isinstance(result, Unreachable):
        raise result
    return result


def _send(url: str, message: JSON | None, token: str) -> Response:
    import requests

    # Without compression, a small response cannot expand to a large one.
    headers = {"Accept": "application/json, text/event-stream", "Accept-Encoding": "identity"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with http_errors(), requests.Session() as session:
        response = session.request(
            "GET" if message is None else "POST",
            url,
            json=message,
            headers=headers,
            auth=_leave_headers,
            timeout=TIMEOUT_S,
            allow_redirects=False,
            stream=True,
        )
        with closing(response):
            content = b""
            for chunk in response.iter_content(MAX_BYTES):
                content += chunk
                if len(content) >= MAX_BYTES:
                    break
    try:
        body = jsonrpc.parse(content)  # unlike json.loads, with a maximum depth
    except jsonrpc.RpcError:
        body = None
    lowered = {name.lower(): value for name, value in response.headers.items()}
    reply = body if isinstance(body, dict) else {}
    return Response(response.status_code, lowered, reply, time.time())


def _leave_headers(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    """Keep requests from adding a password that ``.netrc`` has for the host."""
    return request


def _timeout() -> Unreachable:
    return Unreachable("timeout", f"it did not answer in {TIMEOUT_S} s")


def _unreachable(url: str, error: HttpError | ValueError) -> Unreachable:
    """Say why a request got no response."""
    host = urlsplit(url).netloc
    if isinstance(error, HttpError) and error.is_timeout:
        return _timeout()
    from requests.exceptions import InvalidURL, ProxyError

    for cause in _causes(error):
        if isinstance(cause, ProxyError):
            return Unreachable("other", "the proxy of this machine (HTTPS_PROXY) does not answer")
        if isinstance(cause, InvalidURL | UnicodeError):
            return Unreachable("name", f"{host} cannot be the name of a host")
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable("certificate", f"its certificate is refused: {cause.verify_message}")
        if isinstance(cause, ssl.SSLError):
            return Unreachable("tls", f"{host} does not speak https")
        if isinstance(cause, socket.gaierror):
            return Unreachable("name", f"there is no host {urlsplit(url).hostname}")
        if isinstance(cause, ConnectionRefusedError):
            return Unreachable("refused", f"{host} refuses connections")
        if isinstance(cause, OSError) and cause.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
            return Unreachable("timeout", f"there is no route to {host}")
    return Unreachable("other", f"{host} closed the connection without an answer")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it was raised from."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
