"""An https site on this machine that serves a client's document."""

import http.server
import json
import ssl
import threading
from collections.abc import Callable
from typing import Any

import trustme

from tests.closing_server import ClosingServer

Respond = Callable[[http.server.BaseHTTPRequestHandler], None]


class Site:
    """An https site on this machine, certified for ``client.example``."""

    def __init__(self, authority: trustme.CA) -> None:
        self.authority = authority
        self.paths: list[str] = []
        self.respond: Respond = lambda handler: self.send(handler, self.document())
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.paths.append(self.path)
                try:
                    site.respond(self)
                except OSError:
                    pass  # the client went away, as it should

            def log_message(self, *args: object) -> None:
                pass

        self.server = ClosingServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("client.example").configure_cert(context)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://client.example:{self.port}/client.json"

    def document(self, **changes: Any) -> bytes:
        metadata = {
            "client_id": self.url,
            "client_name": "Example",
            "redirect_uris": ["http://127.0.0.1/callback"],
            **changes,
        }
        return json.dumps({k: v for k, v in metadata.items() if v is not None}).encode()

    def send(
        self, handler: Any, body: bytes, status: int = 200, media: str = "application/json"
    ) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media)
        handler.send_header("Content-Length", str(len(body)))
        if status in (301, 302, 307):
            handler.send_header("Location", f"https://client.example:{self.port}/other.json")
        handler.end_headers()
        handler.wfile.write(body)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
