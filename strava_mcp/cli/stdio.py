"""MCP over standard input and output, for clients on the same machine: one message per line.

Whoever starts the process owns it, so there is no token and the caller may read and write. Standard
output carries only protocol messages; anything else that is printed goes to standard error.
"""

import sys
from typing import BinaryIO

from strava_mcp.identity import SCOPES, Principal
from strava_mcp.protocol.connection import Connection
from strava_mcp.protocol.server import Server

MAX_LINE_BYTES = 64 << 20


def serve_streams(server: Server, source: BinaryIO, sink: BinaryIO) -> None:
    """Answer messages until the input ends, then wait for calls that are still running."""

    def send(body: bytes) -> None:
        sink.write(body + b"\n")
        sink.flush()

    connection = Connection(server, Principal("stdio", frozenset(SCOPES)), send)
    while line := source.readline(MAX_LINE_BYTES):
        if line.strip():
            connection.receive(line)
    connection.finish()


def serve(server: Server) -> None:
    """Serve the standard input and output of this process."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    serve_streams(server, source, sink)
