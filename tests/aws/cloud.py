"""AWS on this machine: moto, with two features of Function URLs that it lacks."""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import requests

URL = re.compile(r"/2021-10-31/functions/(?:arn:[^/]+:)?([\w-]+)/url(s?)")


class FunctionURLs:
    """WSGI middleware for moto: ListFunctionUrlConfigs, and a stored InvokeMode."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self.modes: dict[str, str] = {}
        #: Answers invocations of a function, for which moto would need Docker.
        self.invoke: Callable[[Any], bytes] | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.invoke and environ["PATH_INFO"].endswith("/invocations"):
            event = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            start_response("200 OK", [("Content-Type", "application/json")])
            return [self.invoke(json.loads(event))]
        match = URL.fullmatch(environ["PATH_INFO"])
        if not match:
            return self._app(environ, start_response)
        name, many = match[1], bool(match[2])
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ["REQUEST_METHOD"] == "PUT" and b"InvokeMode" in body:
            self.modes[name] = json.loads(body)["InvokeMode"]
        path = f"/2021-10-31/functions/{name}/url"
        inner = {**environ, "PATH_INFO": path, "RAW_URI": path, "REQUEST_URI": path}
        inner |= {"wsgi.input": BytesIO(body), "QUERY_STRING": ""}
        started: list[Any] = []
        pieces = self._app(inner, lambda *args: started.append(args))
        content = b"".join(pieces)
        status, headers = started[0][:2]
        if status.startswith("2") and content:
            config = {**json.loads(content), "InvokeMode": self.modes.get(name, "BUFFERED")}
            content = json.dumps({"FunctionUrlConfigs": [config]} if many else config).encode()
        elif many:
            status, content = "200 OK", b'{"FunctionUrlConfigs": []}'
        kept = [(n, v) for n, v in headers if n.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(content)))])
        return [content]


@contextmanager
def cloud() -> Iterator[tuple[str, FunctionURLs]]:
    """Run moto, without what is left of earlier uses; yields the endpoint's URL and middleware."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    app = FunctionURLs(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        requests.post(f"{url}/moto-api/reset", timeout=120).raise_for_status()
        yield url, app
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
