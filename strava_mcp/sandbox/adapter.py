"""A ``requests`` transport that calls a WSGI app in this process, without a socket."""

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.response import HTTPResponse

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]


class WSGIAdapter(BaseAdapter):
    """Sends requests to ``app``."""

    def __init__(self, app: "WSGIApplication") -> None:
        super().__init__()
        self._app = app

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Call the app and return its response. Nothing is timed: ``timeout`` has no effect."""
        status, headers, body = _call(self._app, _environ(request))
        return _response(request, status, headers, body)

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


def _call(app: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[int, Headers, bytes]:
    """Status, headers and body of the app's response."""
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, *_: object) -> None:
        started.append((int(status.split()[0]), headers))

    chunks: Iterable[bytes] = app(environ, start_response)  # type: ignore[arg-type]
    try:
        body = b"".join(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    return *started[-1], body


def _environ(request: requests.PreparedRequest) -> "WSGIEnvironment":
    url = urlsplit(str(request.url))
    body = request.body or b""
    data = body.encode("utf-8") if isinstance(body, str) else bytes(body)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path, "latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": "sandbox.invalid",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            key = f"HTTP_{key}"
        environ[key] = value
    return environ


def _response(
    request: requests.PreparedRequest, status: int, headers: Headers, body: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers)
    response.request = request
    response.url = str(request.url)
    response.encoding = "utf-8"
    response.raw = HTTPResponse(io.BytesIO(body), dict(headers), status, preload_content=False)
    return response
