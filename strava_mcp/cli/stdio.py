"""MCP over standard input and output, for clients on the same machine: a message a line.

Whoever starts the process owns it, so there is no token: the caller may read and write. Standard
output carries protocol and nothing else; everything printed by anybody goes to standard error.
"""

import sys
from typing import BinaryIO

from strava_mcp.identity import SCOPES, Principal
from strava_mcp.protocol.connection import Connection
from strava_mcp.protocol.server import Server

MAX_LINE_BYTES = 64 << 20


def converse(server: Server, source: BinaryIO, sink: BinaryIO) -> None:
    """Answer until the input ends, then let the calls at work finish."""

    def send(body: bytes) -> None:
        sink.write(body + b"\n")
        sink.flush()

    connection = Connection(server, Principal("stdio", frozenset(SCOPES)), send)
    while line := source.readline(MAX_LINE_BYTES):
        if line.strip():
            connection.receive(line)
    connection.finish()


def serve(server: Server) -> None:
    """Serve this process's own standard input and output."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints, prints there
    converse(server, source, sink)
