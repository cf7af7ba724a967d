"""What proxies on this machine share: they pass on the reply of the server behind them."""

from collections.abc import Callable, Mapping
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler

#: Headers of one connection, and those that a server sets itself.
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "server", "date", "content-length"}


def pass_on(
    reply: HTTPResponse,
    handler: BaseHTTPRequestHandler,
    read: Callable[[int], bytes],
    renamed: Mapping[str, str] | None = None,
    rewrite: Callable[[bytes], bytes] = bytes,
) -> None:
    """Send a reply to the client of ``handler``, piece by piece as ``read`` returns them.

    ``renamed``: headers, in lowercase, and what to call them instead. ``rewrite`` changes each
    piece.
    """
    handler.send_response(reply.status)
    for name, value in reply.getheaders():
        if name.lower() not in HOP_BY_HOP:
            handler.send_header((renamed or {}).get(name.lower(), name), value)
    handler.end_headers()
    while piece := read(4_000_000):
        handler.wfile.write(rewrite(piece))
        handler.wfile.flush()
