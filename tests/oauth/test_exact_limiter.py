"""Limits of attempts over two windows, of which one may end during an attempt."""

import pytest

from strava_mcp.oauth import exact_limiter
from strava_mcp.oauth.exact_limiter import ExactLimiter
from strava_mcp.store import Store
from tests.clock import Clock

WINDOW_S, PER_KEY = 300, 5
#: The start of a window.
START = 1_800_000_000.0


class Passing:
    """Stands just before START for a number of readings, and just after it from then on."""

    def __init__(self, early_readings: int) -> None:
        self._left = early_readings

    def time(self) -> float:
        self._left -= 1
        return START + 1 if self._left < 0 else START - 1


@pytest.mark.parametrize("early_readings", range(8))
def test_a_window_that_ends_during_an_attempt_is_counted_once(
    store: Store, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch, early_readings: int
) -> None:
    frozen_clock.freeze(START)  # for the store
    limiter = ExactLimiter("test", store, WINDOW_S, PER_KEY, overall=60)
    monkeypatch.setattr(exact_limiter, "time", Passing(1000))
    assert [limiter.hit("key") for _ in range(PER_KEY - 1)] == [0] * (PER_KEY - 1)
    monkeypatch.setattr(exact_limiter, "time", Passing(early_readings))
    assert limiter.hit("key") == 0
    assert limiter.hit("key") > 0
    limiter.refund("key")
    assert limiter.hit("key") == 0
