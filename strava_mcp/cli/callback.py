"""A page on this machine that an athlete's browser comes back to (RFC 8252 §7.3)."""

import hmac
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

PATH = "/strava/callback"
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Strava</title>'
    "<p>Strava has answered. Go back to the terminal; this page can be closed.</p></html>"
)


class Callback:
    """Listens on 127.0.0.1 from the start; ``port`` 0 takes a free one."""

    def __init__(self, port: int, state: str) -> None:
        self.answer: dict[str, str] = {}
        self._state = state
        self._server = HTTPServer(("127.0.0.1", port), self._handler())

    @property
    def redirect_uri(self) -> str:
        """Where the browser is to be sent back to."""
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait(self, seconds: float) -> dict[str, str]:
        """The parameters of the answer with the right state; empty if none came in time."""
        deadline = time.monotonic() + seconds
        with self._server:
            while not self.answer and (left_s := deadline - time.monotonic()) > 0:
                self._server.timeout = left_s
                self._server.handle_request()
        return self.answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        callback = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5  # a browser that connects ahead and says nothing holds nobody up

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                found = {name: values[0] for name, values in parse_qs(parts.query).items()}
                ours = callback._state.encode()
                is_ours = hmac.compare_digest(found.get("state", "").encode(), ours)
                if parts.path != PATH or not is_ours:
                    self.send_error(404)
                    return
                callback.answer = found
                body = PAGE.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Nothing: the line would hold the code."""

        return Handler
