"""A distributed lock with a timeout."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from strava_mcp.store.base import Store

NAMESPACE = "lease"


@contextmanager
def lease(store: Store, key: str, timeout_s: float) -> Iterator[bool]:
    """Try to acquire the lock; yields whether it was granted. Released at the end of the block.

    If its holder is killed, the lock ends after ``timeout_s``. A holder that takes longer is no
    longer alone, so its final write must be a compare-and-swap.
    """
    token = {"holder": token_hex(8)}
    is_granted = store.create(NAMESPACE, key, token, time.time() + timeout_s)
    try:
        yield is_granted
    finally:
        if is_granted:
            record = store.get(NAMESPACE, key)
            if record and record.value == token:
                store.delete(NAMESPACE, key)
