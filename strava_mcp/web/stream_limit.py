"""Limits on open streams of an app in this process; each stream occupies a thread.

MAX_STREAMS bounds them all. Within it a caller has at most half of the slots, so that one client
that opens streams without end leaves room for others; all apps of an athlete are one caller.
Anonymous listeners (ALLOW_AUTHLESS) have at most half of the slots all together and a quarter per
network: the rest is for callers with a token.
"""

import threading
from collections import Counter

from flask import Flask, Response, current_app, g

from strava_mcp.identity import ANONYMOUS, Principal
from strava_mcp.services import services
from strava_mcp.web.client_address import client_network
from strava_mcp.web.errors import refuse

EXTENSION = "strava_mcp.stream_slots"
#: ``Retry-After`` while all slots are in use.
BUSY_S = 5

ALL_IN_USE = "Too many streams are open on this server (MAX_STREAMS)."
TOO_MANY = "Too many streams are open with this token, or by this athlete."
TOO_MANY_ANONYMOUS = "Too many streams without a token are open; use a token."
TOO_MANY_OF_NETWORK = "Too many streams are open from this address."


class StreamSlots:
    """The slots for open streams: SSE streams and WebSockets together."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._count = count
        self._used: Counter[str] = Counter()

    @property
    def used(self) -> int:
        """The number of slots in use."""
        with self._lock:
            return self._used.total()

    def acquire(self, principal: Principal, network: str) -> "StreamSlot | str":
        """Take a slot, or return why the caller cannot have one.

        ``network``: that of the client's address, by which anonymous callers are distinguished.
        """
        is_anonymous = principal.id == ANONYMOUS
        caller = f"{ANONYMOUS} {network}" if is_anonymous else principal.limit_key
        with self._lock:
            if self._used.total() >= self._count:
                return ALL_IN_USE
            if is_anonymous and self._anonymous() >= self._count // 2:
                return TOO_MANY_ANONYMOUS
            share = self._count // (4 if is_anonymous else 2)
            if self._used[caller] >= max(1, share):
                return TOO_MANY_OF_NETWORK if is_anonymous else TOO_MANY
            self._used[caller] += 1
        return StreamSlot(self, caller)

    def release(self, caller: str) -> None:
        """Give a slot of ``caller`` back."""
        with self._lock:
            self._used[caller] -= 1
            self._used += Counter()  # drops callers without a slot

    def _anonymous(self) -> int:
        return sum(n for caller, n in self._used.items() if caller.startswith(f"{ANONYMOUS} "))


class StreamSlot:
    """A slot that is in use until it is released."""

    def __init__(self, slots: StreamSlots, caller: str) -> None:
        self._slots = slots
        self._caller: str | None = caller

    def release(self) -> None:
        """Give the slot back; calling it again does nothing."""
        caller, self._caller = self._caller, None
        if caller is not None:
            self._slots.release(caller)


def install(app: Flask) -> None:
    """Give ``app`` its slots."""
    app.extensions[EXTENSION] = StreamSlots(services(app).config.max_streams)


def stream_slots(app: Flask | None = None) -> StreamSlots:
    """The slots of ``app``, or of the app that handles the current request."""
    slots: StreamSlots = (app or current_app).extensions[EXTENSION]
    return slots


def acquire_slot() -> StreamSlot | Response:
    """Take a slot for the caller of the current request, or return the response that refuses it."""
    slot = stream_slots().acquire(g.principal, client_network())
    return slot if isinstance(slot, StreamSlot) else busy(slot)


def busy(reason: str) -> Response:
    """Make a 503 response with Retry-After."""
    response = refuse(503, "busy", f"{reason} Try again in {BUSY_S} s.")
    response.headers["Retry-After"] = str(BUSY_S)
    return response
