"""A Strava API that answers after a chosen delay and counts requests and connections."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ATHLETE = json.dumps(
    {
        "id": 1,
        "firstname": "Mira",
        "lastname": "Sandström",
        "city": "Zürich",
        "country": "Switzerland",
        "weight": 68.5,
        "ftp": 245,
        "bikes": [{"id": "b1", "name": "Alpenrose", "distance": 7451320, "primary": True}],
        "shoes": [{"id": "g1", "name": "Daily trainers", "distance": 812000, "primary": True}],
        "measurement_preference": "meters",
    }
).encode()
TOKENS = {"access_token": "a" * 40, "refresh_token": "r" * 40, "expires_at": 1 << 33}

counts = {"requests": 0, "connections": 0}
delay_s = [0.0]
lock = threading.Lock()


class Upstream(BaseHTTPRequestHandler):
    """The athlete, the token endpoint, and two endpoints for the benchmark."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        with lock:
            counts["connections"] += 1

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        """Answer with the athlete; ``/counts`` and ``/delay/MS`` are for the benchmark."""
        if self.path == "/counts":
            return self._reply(json.dumps(counts).encode())
        if self.path.startswith("/delay/"):
            delay_s[0] = int(self.path.rpartition("/")[2]) / 1000
            return self._reply(b"{}")
        with lock:
            counts["requests"] += 1
        time.sleep(delay_s[0])
        self._reply(ATHLETE)

    def do_POST(self) -> None:  # noqa: N802
        """Issue tokens for any request."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._reply(json.dumps(TOKENS).encode())

    def do_HEAD(self) -> None:  # noqa: N802
        """Answer 200."""
        self._reply(b"")

    def _reply(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Upstream).serve_forever()
