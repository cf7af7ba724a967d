"""Server-sent events on the wire (HTML Standard, §9.2)."""

#: A comment: shows that the stream lives, and is no event.
KEEP_ALIVE = b":\n\n"


def event(data: bytes, name: str = "message", event_id: str = "") -> bytes:
    """One event. ``data`` is a single line, as encoded JSON always is.

    ``event_id``: what a client that comes back sends as ``Last-Event-ID``.
    """
    field = f"id: {event_id}\n".encode("ascii") if event_id else b""
    return b"event: %b\n%bdata: %b\n\n" % (name.encode("ascii"), field, data)


def retry(milliseconds: int) -> bytes:
    """How long a client waits before it comes back."""
    return b"retry: %d\n\n" % milliseconds
