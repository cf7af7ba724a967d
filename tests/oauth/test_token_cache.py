"""The cache of token checks: bounded, short-lived, and never stale after a revocation."""

from typing import Any

import pytest

from strava_mcp.identity import Principal
from strava_mcp.oauth import token_cache
from strava_mcp.oauth.token_cache import CACHE_S, TokenCache
from tests.clock import Clock

CALLER = Principal("caller", frozenset())


class LookUp:
    """Counts calls. Every token is valid for ``lifetime_s``, unless that is None."""

    def __init__(self, lifetime_s: float | None = 3600) -> None:
        self.calls = 0
        self.lifetime_s = lifetime_s

    def __call__(self, now: float) -> tuple[Principal, float] | None:
        self.calls += 1
        return None if self.lifetime_s is None else (CALLER, now + self.lifetime_s)


def test_valid_token_is_looked_up_once_within_the_cache_time(clock: Clock) -> None:
    cache, look_up = TokenCache(), LookUp()
    for seconds, calls in ((0, 1), (CACHE_S - 1, 1), (2, 2)):
        clock.advance(seconds)
        assert cache.get("a", look_up) is CALLER
        assert look_up.calls == calls


def test_cached_token_expires_with_the_token(clock: Clock) -> None:
    cache = TokenCache()
    assert cache.get("a", LookUp(CACHE_S / 2))
    clock.advance(CACHE_S * 3 / 4)
    assert cache.get("a", LookUp(None)) is None


def test_invalid_token_is_not_cached() -> None:
    cache, look_up = TokenCache(), LookUp(None)
    for _ in range(3):
        assert cache.get("a", look_up) is None
    assert look_up.calls == 3
    assert cache.get("a", LookUp()) is CALLER, "a new token works at once"


def test_cleared_cache_looks_up_again() -> None:
    cache = TokenCache()
    assert cache.get("a", LookUp())
    cache.clear()
    assert cache.get("a", LookUp(None)) is None


def test_token_revoked_during_its_look_up_is_not_cached() -> None:
    cache = TokenCache()

    def look_up(now: float) -> tuple[Principal, float]:
        cache.clear()
        return CALLER, now + 3600

    assert cache.get("a", look_up) is CALLER
    assert cache.get("a", LookUp(None)) is None


def test_token_revoked_while_it_is_cached_is_looked_up_again() -> None:
    class Cached(dict[str, Any]):
        """Another thread clears the cache just before a check is stored."""

        def __setitem__(self, key: str, value: Any) -> None:
            cache.clear()
            super().__setitem__(key, value)

    cache = TokenCache()
    cache._valid = Cached()
    assert cache.get("a", LookUp()) is CALLER
    assert cache.get("a", LookUp(None)) is None


def test_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_cache, "MAX_CACHED", 3)
    cache = TokenCache()
    for number in range(10):
        assert cache.get(str(number), LookUp())
        assert len(cache._valid) <= 3
