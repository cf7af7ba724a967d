"""One at a time across processes: a right that is taken for some seconds, and ends by itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from strava_mcp.store.base import Store

NAMESPACE = "lease"


@contextmanager
def lease(store: Store, key: str, seconds: float) -> Iterator[bool]:
    """Try to be the one; yields whether it was granted.

    Given back at the end of the block. A holder that was killed keeps others waiting for as long as
    ``seconds``; one that takes longer than that is no longer alone, so that what it writes at the
    end still has to be a compare-and-swap.
    """
    mine = {"holder": token_hex(8)}
    granted = store.create(NAMESPACE, key, mine, time.time() + seconds)
    try:
        yield granted
    finally:
        if granted:
            record = store.get(NAMESPACE, key)
            if record and record.value == mine:
                store.delete(NAMESPACE, key)
