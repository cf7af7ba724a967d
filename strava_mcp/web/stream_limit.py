"""Limit on open streams of an app in this process (MAX_STREAMS); each one occupies a thread."""

import threading

from flask import Flask, current_app

from strava_mcp.services import services

EXTENSION = "strava_mcp.stream_slots"


class StreamSlots:
    """The slots for open streams: SSE streams and WebSockets together."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._count = count
        self.used = 0

    def acquire(self) -> bool:
        """Take a slot; False if all are in use."""
        with self._lock:
            if self.used >= self._count:
                return False
            self.used += 1
            return True

    def release(self) -> None:
        """Give a slot back."""
        with self._lock:
            self.used -= 1


def install(app: Flask) -> None:
    """Give ``app`` its slots."""
    app.extensions[EXTENSION] = StreamSlots(services(app).config.max_streams)


def stream_slots(app: Flask | None = None) -> StreamSlots:
    """The slots of ``app``, or of the app that handles the current request."""
    slots: StreamSlots = (app or current_app).extensions[EXTENSION]
    return slots
