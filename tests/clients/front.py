"""A reverse proxy: streams go to one server, posts to another; renames headers as AWS does."""

import http.client
import http.server
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.closing_server import ClosingServer
from tests.proxying import pass_on


@contextmanager
def front(
    streams: str,
    posts: str,
    port: int = 0,
    renamed: Mapping[str, str] | None = None,
    rewrite: Callable[[bytes], bytes] = bytes,
    token: str = "",
) -> Iterator[str]:
    """Run the proxy until the block ends; yields its base URL.

    ``renamed``: headers of responses, in lowercase, and what to call them instead. ``rewrite``
    changes what is sent at once; a reply to a post is one piece. ``token``: of every request.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def _forward(self) -> None:
            base = streams if self.command == "GET" else posts
            server = urlsplit(base)
            connection = http.client.HTTPConnection(str(server.hostname), server.port, timeout=60)
            try:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                extra = {"Authorization": f"Bearer {token}"} if token else {}
                connection.request(self.command, self.path, body, dict(self.headers) | extra)
                reply = connection.getresponse()
                read = reply.read1 if self.command == "GET" else reply.read
                pass_on(reply, self, read, renamed, rewrite)
            except (OSError, http.client.HTTPException):
                pass  # one of the two went away
            finally:
                connection.close()

        do_GET = do_POST = do_DELETE = _forward

        def log_message(self, *args: object) -> None:
            pass

    server = ClosingServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
