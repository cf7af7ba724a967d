"""Wait for what another thread or process does, however long that takes on a busy machine."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

#: Only ends a wait for what never happens.
MAX_WAIT_S = 120
POLL_INTERVAL_S = 0.02


def eventually(observe: Callable[[], Result]) -> Result:
    """Call ``observe`` until its result is truthy, and return the result.

    Fails the test after MAX_WAIT_S.
    """
    deadline = time.monotonic() + MAX_WAIT_S
    while not (result := observe()):
        assert time.monotonic() < deadline, f"not within {MAX_WAIT_S} s"
        time.sleep(POLL_INTERVAL_S)
    return result
