"""Message boxes, through which one process hands messages to another.

They are kept in the store, because a client's posts may reach another process than the one that
holds its stream.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from secrets import token_hex

from strava_mcp.errors import StoreError
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc
from strava_mcp.protocol.jsonrpc import Id
from strava_mcp.protocol.sessions import Session
from strava_mcp.store.base import Store

MESSAGE_LIFETIME_S = 600
#: What waits in a box at most: MAX_BOX_BYTES, where each message counts as MIN_MESSAGE_BYTES or
#: more, so that there are 256 at most. Far more than a client that reads has waiting.
MAX_BOX_BYTES = 8 << 20
MIN_MESSAGE_BYTES = 32 << 10
BATCH_SIZE = 100
#: The namespace of the counters of what waits in each box. A counter is deleted when its box has
#: been emptied.
SIZES = "mailsize"


class BoxFull(StoreError):
    """Too many messages wait in a box: nobody collects them, or too slowly."""


class Mailbox:
    """Boxes of messages; each message is delivered once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._arrived = threading.Condition()

    def post(self, box: str, message: JSON) -> None:
        """Append a message to a box. Boxes are created implicitly; uncollected messages expire.

        Raises BoxFull.
        """
        expires_at = time.time() + MESSAGE_LIFETIME_S
        size = max(MIN_MESSAGE_BYTES, len(jsonrpc.encode(message)))
        if self._store.increment(SIZES, box, size, expires_at) > MAX_BOX_BYTES:
            raise BoxFull("The client does not collect its messages.")
        key = f"{time.time_ns():020d}-{token_hex(4)}"  # unique, and sorted by time
        self._store.put(f"mail:{box}", key, message, expires_at)
        with self._arrived:
            self._arrived.notify_all()

    def collect(self, box: str) -> list[JSON]:
        """Remove and return up to BATCH_SIZE messages, oldest first."""
        namespace = f"mail:{box}"
        records = self._store.records(namespace, limit=BATCH_SIZE)
        messages = [self._store.take(namespace, record.key) for record in records]
        if 0 < len(records) < BATCH_SIZE:  # the box is empty
            self._store.delete(SIZES, box)
        return [message for message in messages if message is not None]

    def wait(self, box: str, timeout_s: float, stop: Callable[[], bool]) -> list[JSON]:
        """Collect; if the box is empty, wait until it is not, ``stop()``, or the timeout."""
        deadline = time.monotonic() + timeout_s
        while not (messages := self.collect(box)):
            if stop() or time.monotonic() >= deadline:
                break
            with self._arrived:
                self._arrived.wait(self._store.poll_interval_s)
        return messages

    def clear(self, box: str) -> None:
        """Delete the messages of a box."""
        while self.collect(box):
            pass
        self._store.delete(SIZES, box)

    def cancel(self, box: str) -> None:
        """Mark the request that owns this box as cancelled."""
        self._store.put("cancelled", box, {}, time.time() + MESSAGE_LIFETIME_S)

    def is_cancelled(self, box: str) -> bool:
        """Whether the request that owns this box was cancelled."""
        return self._store.get("cancelled", box) is not None


def box_for(session: Session, request_id: Id) -> str:
    """The name of the box for a client's responses while one of its requests is answered."""
    # Clients choose request IDs freely; a digest is safe in a key.
    digest = hashlib.sha256(repr(request_id).encode("utf-8")).hexdigest()[:16]
    return f"{session.id}.{digest}"
