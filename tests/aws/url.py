"""A Function URL on this machine: turns HTTP requests into invocations."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.aws.runtime import Invocation, RuntimeAPI, url_event
from tests.closing_server import ClosingServer

WAIT_S = 120
#: What a Function URL calls some headers of a response; they arrive under no other name.
REMAPPED = {"www-authenticate": "x-amzn-Remapped-www-authenticate"}


@contextmanager
def function_url(streams: RuntimeAPI, posts: RuntimeAPI) -> Iterator[tuple[str, list[Invocation]]]:
    """Yields the base URL and the invocations so far.

    An instance answers one invocation at a time: while one streams, another takes the posts.
    """
    calls: list[Invocation] = []
    closing = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def _call(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            headers.pop("host")
            event = url_event(
                self.command, path, headers=headers, query=query, body=self.rfile.read(length)
            )
            call = (streams if self.command == "GET" else posts).start(event)
            calls.append(call)
            _until(lambda: b"\0" * 8 in call.body or call.done.is_set())
            answer = call.answer
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                if name.lower() != "content-length":
                    self.send_header(REMAPPED.get(name.lower(), name), value)
            self.end_headers()
            try:
                self._body(call)
            except OSError:
                pass  # the client went away

        def _body(self, call: Invocation) -> None:
            sent = 0
            while True:
                over = call.done.is_set() or closing.is_set()
                piece = call.streamed[sent:]
                if piece:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    sent += len(piece)
                elif over:
                    return
                else:
                    time.sleep(0.01)

        do_GET = do_POST = do_DELETE = _call

        def log_message(self, *args: object) -> None:
            pass

    server = ClosingServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", calls
    finally:
        closing.set()
        server.shutdown()
        server.server_close()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
