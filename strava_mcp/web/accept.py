"""Whether a request comes from a browser that wants a page, or from a client that wants JSON."""

from flask import request

#: What clients accept, before what browsers ask for: between equals, clients win.
MEDIA_TYPES = ("application/json", "text/event-stream", "text/html")


def wants_page() -> bool:
    """Whether a browser asks for a page: it sends no token and prefers HTML (RFC 9110 §12.5.1)."""
    if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in request.environ:
        return False
    return request.accept_mimetypes.best_match(MEDIA_TYPES) == "text/html"
