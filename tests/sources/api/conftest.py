"""A sandbox and its client per test."""

import time
from collections.abc import Iterator

import pytest

from strava_mcp.sources.api.rate_limits import QUARTER_S
from strava_mcp.store import open_store
from tests.clock import Clock
from tests.rig import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A sandbox of this test alone, whose client has an access token."""
    store = open_store("sqlite://:memory:")
    yield Rig(store).authorize()
    store.close()


@pytest.fixture
def no_backoff(clock: Clock) -> Clock:
    """A clock on which the waits before retries pass at once, within one window of the limits."""
    clock.freeze(time.time() // QUARTER_S * QUARTER_S + 60)
    return clock
