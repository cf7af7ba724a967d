"""Server-sent events on the wire (HTML Standard, §9.2)."""

#: A comment: shows that the stream lives, and is no event.
KEEP_ALIVE = b":\n\n"


def event(data: bytes, name: str = "message") -> bytes:
    """One event. ``data`` is a single line, as encoded JSON always is."""
    return b"event: %b\ndata: %b\n\n" % (name.encode("ascii"), data)
