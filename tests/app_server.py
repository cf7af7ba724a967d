"""Apps with settings of a test's choice, and any app on a loopback socket."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.closing_server import ClosingServer

#: Makes an app with some settings.
Make = Callable[..., Flask]


@contextmanager
def app_maker(home: Path, token: str) -> Iterator[Make]:
    """Make apps until the block ends; their token is ``token`` unless they say otherwise."""
    apps: list[Flask] = []

    def make(**settings: Any) -> Flask:
        apps.append(create_app(Config(**{"auth_tokens": (token,), "home": home, **settings})))
        return apps[-1]

    yield make
    for app in apps:
        services(app).close()


@dataclass
class Served:
    """The URL of the app, and the number of connections made to it."""

    url: str
    connections: int = 0


@contextmanager
def serve(app: Flask, port: int = 0, now: Callable[[], float] = time.time) -> Iterator[Served]:
    """Serve ``app`` until the block ends, and count connections, which it keeps open.

    Flask's own server closes each after its reply. ``now``: the clock of the header Date.
    """
    served = Served("")

    class Handler(BaseHTTPRequestHandler):
        """HTTP/1.1 in front of the app."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            served.connections += 1
            super().setup()

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = list(self.headers.items())
            reply = app.test_client(use_cookies=False).open(
                self.path, method=self.command, headers=headers, data=body
            )
            self.send_response(reply.status_code)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.data)

        do_POST = do_PUT = do_DELETE = do_GET

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(now() if timestamp is None else timestamp, usegmt=True)

        def log_message(self, *args: Any) -> None:
            """Log nothing."""

    server = ClosingServer(("127.0.0.1", port), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
