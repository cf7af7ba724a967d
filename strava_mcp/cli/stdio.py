"""MCP over standard input and output, for clients on the same machine: one message per line.

Whoever starts the process owns it, so there is no token and the caller may read and write. Standard
output carries only protocol messages; anything else that is printed goes to standard error.
"""

import sys
from typing import BinaryIO

from strava_mcp.identity import SCOPES, STDIO, Principal
from strava_mcp.protocol.connection import Connection
from strava_mcp.protocol.server import Server

#: Maximum size of a message, as of a body over HTTP (MAX_BODY_BYTES).
MAX_LINE_BYTES = 8 << 20
TOO_LONG = f"The message is longer than {MAX_LINE_BYTES >> 20} MiB."


def serve_streams(server: Server, source: BinaryIO, sink: BinaryIO) -> None:
    """Answer messages until the input ends, then wait for calls that are still running."""

    def send(body: bytes) -> None:
        sink.write(body + b"\n")
        sink.flush()

    connection = Connection(server, Principal(STDIO, frozenset(SCOPES)), send)
    while line := source.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            _skip_line(source, line)
            connection.reject(b"", TOO_LONG)
        elif line.strip():
            connection.receive(line)
    connection.finish()


def _skip_line(source: BinaryIO, start: bytes) -> None:
    """Read the rest of a line that began with ``start``, without keeping it."""
    while start and not start.endswith(b"\n"):
        start = source.readline(MAX_LINE_BYTES)


def serve(server: Server) -> None:
    """Serve the standard input and output of this process."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    serve_streams(server, source, sink)
