"""The connection under a WebSocket, bounded in both directions.

simple-websocket reads in a thread of its own and keeps every message until it is received, so a
client that sends faster than it is answered would fill the memory. It also writes with one ``send``
that may block for ever, from several threads.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simple_websocket import Server

#: How long one message may take to send before its client counts as gone.
SEND_TIMEOUT_S = 30
#: No more is read while this many messages, or this many characters, wait to be handled.
MAX_WAITING_MESSAGES = 32
MAX_WAITING_LENGTH = 1 << 20
#: How often a paused reader checks whether the connection has ended.
POLL_INTERVAL_S = 1.0


class ClientSocket:
    """Stands in for the socket of a connection: what simple-websocket uses of it, with bounds."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.settimeout(SEND_TIMEOUT_S)
        self._sending = threading.Lock()
        self._handled = threading.Condition()
        self._is_full: Callable[[], bool] = lambda: False

    def bound(self, server: "Server") -> None:
        """Pause reading while too many messages wait in ``server``."""

        def is_full() -> bool:
            waiting = server.input_buffer
            is_many = len(waiting) >= MAX_WAITING_MESSAGES
            return server.connected and (is_many or sum(map(len, waiting)) >= MAX_WAITING_LENGTH)

        self._is_full = is_full

    def message_handled(self) -> None:
        """Continue reading if it was paused."""
        with self._handled:
            self._handled.notify_all()

    def recv(self, size: int) -> bytes:
        """Receive up to ``size`` bytes, once there is room for them. Raises OSError."""
        with self._handled:
            while self._is_full():
                self._handled.wait(POLL_INTERVAL_S)
        return self._connection.recv(size)

    def send(self, data: bytes) -> int:
        """Send all of ``data``, or end the connection. Raises OSError."""
        with self._sending:
            try:
                self._connection.sendall(data)
            except OSError:
                self.shutdown()  # part of a frame may be out: nothing can follow it
                raise
        return len(data)

    def shutdown(self) -> None:
        """End the connection; a reader that waits for data returns."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def fileno(self) -> int:
        """The file descriptor, for selectors."""
        return self._connection.fileno()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
