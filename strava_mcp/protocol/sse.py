"""Encode server-sent events (HTML Standard, §9.2)."""

#: A comment, which clients ignore; keeps an idle stream open.
KEEP_ALIVE = b":\n\n"


def event(data: bytes, name: str = "message", event_id: str = "") -> bytes:
    """Encode one event. ``data`` must be a single line, as encoded JSON always is.

    ``event_id``: what a client sends as ``Last-Event-ID`` when it reconnects.
    """
    field = f"id: {event_id}\n".encode("ascii") if event_id else b""
    return b"event: %b\n%bdata: %b\n\n" % (name.encode("ascii"), field, data)


def retry(milliseconds: int) -> bytes:
    """Encode how long a client waits before it reconnects."""
    return b"retry: %d\n\n" % milliseconds
