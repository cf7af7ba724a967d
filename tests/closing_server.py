"""An HTTP server for stand-ins that leaves no thread behind."""

import socket
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import Any


class ClosingServer(ThreadingHTTPServer):
    """Accepts many clients at once, and when it closes ends the connections that they keep open.

    A browser, for one, opens connections before it has anything to ask, and keeps them.
    """

    request_queue_size = 512
    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for request in list(self._open):
            with suppress(OSError, ValueError):  # the client has closed it
                request.shutdown(socket.SHUT_RDWR)
