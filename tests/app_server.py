"""A Flask app on a loopback socket that keeps connections open, and counts them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask import Flask


@dataclass
class Served:
    """The URL of the app, and the number of connections made to it."""

    url: str
    connections: int = 0


@contextmanager
def serve(app: Flask, port: int = 0) -> Iterator[Served]:
    """Serve ``app`` until the block ends. Flask's own server closes after each reply."""
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

        def log_message(self, *args: Any) -> None:
            """Log nothing."""

    class Server(ThreadingHTTPServer):
        """Accepts many clients at once, and closes connections that clients keep open."""

        request_queue_size = 512

        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.kept: set[socket.socket] = set()

        def process_request(self, request: Any, client_address: Any) -> None:
            self.kept.add(request)
            super().process_request(request, client_address)

        def shutdown_request(self, request: Any) -> None:
            self.kept.discard(request)
            super().shutdown_request(request)

        def server_close(self) -> None:
            super().server_close()
            for request in list(self.kept):
                with suppress(OSError):  # the client has closed it
                    request.shutdown(socket.SHUT_RDWR)

    server = Server(("127.0.0.1", port), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
