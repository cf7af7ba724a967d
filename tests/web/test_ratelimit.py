"""Limits a minute, in one process and in several."""

import time
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.errors import StoreError
from strava_mcp.store import Store, open_store
from strava_mcp.web import ratelimit
from strava_mcp.web.ratelimit import Limiter


class Clock:
    """A time that stands still, in the first half of a minute, until it is moved."""

    def __init__(self) -> None:
        self.now = time.time() // 60 * 60 + 20

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(ratelimit, "time", found)
    return found


def never() -> Store:
    raise AssertionError("the store was opened")


def test_one_process_is_exact(clock: Clock, tmp_path: Path) -> None:
    store = open_store(f"sqlite://{tmp_path / 's.db'}")
    limiter = Limiter("t", 120, lambda: store)
    assert [limiter.count("a") for _ in range(120)] == [0] * 120
    assert limiter.count("a") > 0
    assert limiter.count("b") == 0
    clock.now += 60
    assert limiter.count("a") == 0
    store.close()


def test_the_wait_ends_with_the_minute(clock: Clock) -> None:
    limiter = Limiter("t", 1, lambda: open_store("sqlite://:memory:"))
    limiter.count("a")
    wait_s = limiter.count("a")
    assert (clock.now + wait_s) // 60 > clock.now // 60
    assert wait_s <= 61


def test_a_first_request_does_not_open_the_store(clock: Clock) -> None:
    limiter = Limiter("t", 120, never)
    assert [limiter.count("a") for _ in range(11)] == [0] * 11


def test_several_processes_overshoot_by_a_batch_each_at_most(clock: Clock, tmp_path: Path) -> None:
    store = open_store(f"sqlite://{tmp_path / 's.db'}")
    limiters = [Limiter("t", 120, lambda: store) for _ in range(4)]
    passed = sum(limiters[n % 4].count("a") == 0 for n in range(1000))
    assert 120 <= passed <= 120 + 4 * 12
    store.close()


def test_without_the_store_the_limit_still_holds(clock: Clock) -> None:
    def broken() -> Any:
        raise StoreError("down")

    limiter = Limiter("t", 20, broken)
    assert sum(limiter.count("a") == 0 for _ in range(50)) == 20


def test_several_can_be_counted_at_once(clock: Clock) -> None:
    limiter = Limiter("t", 100, lambda: open_store("sqlite://:memory:"))
    assert limiter.count("a", 60) == 0
    assert limiter.count("a", 60) > 0


def test_keys_of_past_minutes_are_forgotten(clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(ratelimit, "MOST_KEYS", 10)
    limiter = Limiter("t", 100, never)
    for n in range(10):
        limiter.count(str(n))
    clock.now += 60
    limiter.count("new")
    assert len(limiter._counts) == 1
