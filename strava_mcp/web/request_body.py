"""The body of a request, from a client that may stall or send what is not HTTP.

Servers differ in what they raise for a malformed chunk, and wait for a stalled client without a
limit. Here both become the OSError for which Werkzeug answers 400. A client that sends a little now
and then is not bounded by this: that takes a proxy in front (``strava_mcp/aws/README.md``).
"""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from flask import Flask, request

#: How long one read or write of the connection may wait for the client.
CLIENT_TIMEOUT_S = 30
#: Where servers put the socket of a connection (werkzeug and gunicorn).
SOCKET_KEYS = ("werkzeug.socket", "gunicorn.socket")


class Body:
    """A server's ``wsgi.input`` whose failures to read are all OSError, a missing rest included.

    ``length``: that of the body as announced; None if it is sent in chunks.
    """

    def __init__(self, stream: BinaryIO, length: int | None) -> None:
        # Werkzeug's reader of chunks says that it filled a buffer when the client has gone halfway.
        # RawIOBase.read believes it and copies memory from beyond: it crashes, or leaks.
        if isinstance(stream, io.RawIOBase):
            stream = io.BufferedReader(stream)
        self._stream = stream
        self._missing = length or 0

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes, all if it is negative. Raises OSError."""
        return self._call(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        """Read one line of at most ``size`` bytes. Raises OSError."""
        return self._call(self._stream.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _call(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            data = read(size)
        except OSError:
            raise
        except Exception as exc:  # gunicorn's errors have no base class of their own
            raise OSError(f"The body is malformed: {exc}") from exc
        if not data and size != 0 and self._missing > 0:
            raise OSError("The body ended too early")
        self._missing -= len(data)
        return data


def install(app: Flask) -> None:
    """Read the bodies of all requests of ``app`` through ``Body``, with a timeout."""
    app.before_request(_bound)


def _bound() -> None:
    environ = request.environ
    for key in SOCKET_KEYS:
        if key in environ:
            environ[key].settimeout(CLIENT_TIMEOUT_S)
    environ["wsgi.input"] = Body(environ["wsgi.input"], request.content_length)
