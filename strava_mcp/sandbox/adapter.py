"""A transport for requests that calls a WSGI app in this process instead of opening a socket."""

import io
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.response import HTTPResponse

from strava_mcp.sandbox.faults import ON_THE_LINE, Faults

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WSGIAdapter(BaseAdapter):
    """Sends requests to ``app``. ``faults``: acts out those that a WSGI app cannot."""

    def __init__(self, app: WSGI, faults: Faults | None = None) -> None:
        super().__init__()
        self._app = app
        self._faults = faults

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Call the app and wrap its answer.

        ``timeout``: seconds, or a pair whose second one is for reading; nothing waits for longer.
        """
        url = urlsplit(str(request.url))
        self._act_out(url.path, request, timeout)
        environ = _environ(request, url.path, url.query)
        began: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            began.update(status=int(status.split()[0]), headers=headers)

        chunks = self._app(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        return _response(request, began["status"], began["headers"], body)

    def close(self) -> None:
        """Nothing is open."""

    def _act_out(self, path: str, request: requests.PreparedRequest, timeout: Any) -> None:
        fault = self._faults.take(path, ON_THE_LINE) if self._faults else None
        if fault is None:
            return
        if fault.kind == "reset":
            raise requests.ConnectionError("Connection reset by peer", request=request)
        patience_s = timeout[1] if isinstance(timeout, tuple) else timeout
        if fault.kind == "silence" or (patience_s is not None and fault.seconds > patience_s):
            raise requests.ReadTimeout("Read timed out", request=request)
        time.sleep(fault.seconds)


def _environ(request: requests.PreparedRequest, path: str, query: str) -> dict[str, Any]:
    body = request.body or b""
    data = body.encode("utf-8") if isinstance(body, str) else bytes(body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
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
    request: requests.PreparedRequest, status: int, headers: list[tuple[str, str]], body: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers)
    response.request = request
    response.url = str(request.url)
    response.encoding = "utf-8"
    response.raw = HTTPResponse(io.BytesIO(body), dict(headers), status, preload_content=False)
    return response
