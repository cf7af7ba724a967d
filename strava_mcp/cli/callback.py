"""A loopback page that receives the OAuth redirect (RFC 8252 §7.3)."""

import hmac
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from strava_mcp import page_design

PATH = "/strava/callback"
ANSWERED = "Strava has answered. You can close this page: the terminal says what comes next."
UNEXPECTED = "Open the address that the terminal shows. This one belongs to no sign-in."


class Callback:
    """Listens on 127.0.0.1 from construction on; ``port`` 0 takes a free one."""

    def __init__(self, port: int, state: str) -> None:
        self._state = state
        self._parameters: dict[str, str] = {}
        self._server = HTTPServer(("127.0.0.1", port), self._handler())

    @property
    def redirect_uri(self) -> str:
        """The URL of the page."""
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait(self, timeout_s: float) -> dict[str, str]:
        """Return the query of the first redirect with the right state; empty after a timeout."""
        deadline = time.monotonic() + timeout_s
        with self._server:
            while not self._parameters and (left_s := deadline - time.monotonic()) > 0:
                self._server.timeout = left_s
                self._server.handle_request()
        return self._parameters

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        callback = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5  # seconds; browsers open speculative connections and send nothing

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                expected = callback._state.encode()
                has_state = hmac.compare_digest(query.get("state", "").encode(), expected)
                if parts.path != PATH or not has_state:
                    self._send_page(404, "Not found", UNEXPECTED)
                    return
                callback._parameters = query
                self._send_page(200, "Go back to the terminal", ANSWERED)

            def _send_page(self, status: int, title: str, message: str) -> None:
                html = page_design.render("message.html", title=title, message=message)
                body = html.encode()
                self.send_response(status)
                for name, value in page_design.security_headers().items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Log nothing: the request line contains the code."""

        return Handler
