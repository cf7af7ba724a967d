"""Limits per minute, in one process and in several."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask

from strava_mcp.errors import StoreError
from strava_mcp.services import services
from strava_mcp.store import Store, open_store
from strava_mcp.store.lazy import LazyStore
from strava_mcp.web import rate_limit
from strava_mcp.web.guard import MAX_FAILURES
from strava_mcp.web.rate_limit import Limiter
from tests.web.conftest import PING, TOKEN, Clock, Make, bearer


def never() -> Store:
    raise AssertionError("the store was opened")


def test_one_process_is_exact(limit_clock: Clock, tmp_path: Path) -> None:
    store = open_store(f"sqlite://{tmp_path / 's.db'}")
    limiter = Limiter("t", 120, store)
    assert [limiter.hit("a") for _ in range(120)] == [0] * 120
    assert limiter.hit("a") > 0
    assert limiter.hit("b") == 0
    limit_clock.now += 60
    assert limiter.hit("a") == 0
    store.close()


def test_the_wait_ends_with_the_minute(limit_clock: Clock) -> None:
    limiter = Limiter("t", 1, open_store("sqlite://:memory:"))
    limiter.hit("a")
    wait_s = limiter.hit("a")
    assert (limit_clock.now + wait_s) // 60 > limit_clock.now // 60
    assert wait_s <= 61


def test_a_first_request_does_not_open_the_store(limit_clock: Clock) -> None:
    limiter = Limiter("t", 120, LazyStore(never))
    assert [limiter.hit("a") for _ in range(11)] == [0] * 11


def test_several_processes_exceed_the_limit_by_a_batch_each_at_most(
    limit_clock: Clock, tmp_path: Path
) -> None:
    store = open_store(f"sqlite://{tmp_path / 's.db'}")
    limiters = [Limiter("t", 120, store) for _ in range(4)]
    passed = sum(limiters[n % 4].hit("a") == 0 for n in range(1000))
    assert 120 <= passed <= 120 + 4 * 12
    store.close()


def broken() -> Store:
    raise StoreError("down")


def test_without_the_store_the_limit_still_holds(limit_clock: Clock) -> None:
    limiter = Limiter("t", 20, LazyStore(broken))
    assert sum(limiter.hit("a") == 0 for _ in range(50)) == 20


def test_several_requests_are_counted_together(limit_clock: Clock) -> None:
    limiter = Limiter("t", 100, open_store("sqlite://:memory:"))
    assert limiter.hit("a", 60) == 0
    assert limiter.hit("a", 60) > 0


def test_keys_of_past_minutes_are_forgotten(limit_clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(rate_limit, "MAX_KEYS", 10)
    limiter = Limiter("t", 100, LazyStore(never))
    for n in range(10):
        limiter.hit(str(n))
    limit_clock.now += 60
    limiter.hit("new")
    assert len(limiter._counts) == 1


def test_a_flood_of_keys_within_a_minute_stays_small(limit_clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(rate_limit, "MAX_KEYS", 10)
    limiter = Limiter("t", 100, LazyStore(never))
    for n in range(1000):
        limiter.hit(str(n))
    assert len(limiter._counts) <= 10


def test_a_flood_of_keys_resets_no_count(limit_clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(rate_limit, "MAX_KEYS", 100)
    limiter = Limiter("t", 20, open_store("sqlite://:memory:"))
    assert [limiter.hit("guesser") for _ in range(19)] == [0] * 19
    assert all(limiter.hit(str(n)) == 0 for n in range(500))
    assert [limiter.hit("guesser") > 0 for _ in range(3)] == [False, True, True]
    assert limiter.hit("a newcomer") == 0


def test_keys_that_take_turns_get_no_more_than_the_limit(
    limit_clock: Clock, monkeypatch: Any
) -> None:
    """More keys than are tracked, each dropped before its next request."""
    monkeypatch.setattr(rate_limit, "MAX_KEYS", 10)
    limiter = Limiter("t", 20, LazyStore(broken))
    passed = Counter(n for _ in range(100) for n in range(50) if limiter.hit(str(n)) == 0)
    assert passed and max(passed.values()) <= 20
    limit_clock.now += 60
    assert limiter.hit("0") == 0, "the next minute is another"


def test_ten_thousand_networks_do_not_reset_the_tries_of_one(
    limit_clock: Clock, make: Make
) -> None:
    app = make(rate_limit=1_000_000)
    guesser = "198.51.100.7"
    assert statuses(app, ["x" * 64] * MAX_FAILURES, guesser) == [401] * MAX_FAILURES
    limiter = app.extensions["strava_mcp.guard"]._failures
    for number in range(rate_limit.MAX_KEYS):
        limiter.hit(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert statuses(app, ["x" * 64], guesser) == [429]
    assert statuses(app, ["x" * 64], "203.0.113.1") == [401]


def statuses(app: Flask, tokens: Iterable[str], address: str = "127.0.0.1") -> list[int]:
    """Send a request with each token in turn from one address; return the HTTP statuses."""
    client, environ = app.test_client(), {"REMOTE_ADDR": address}
    replies = [
        client.post("/mcp", json=PING, headers=bearer(token), environ_overrides=environ)
        for token in tokens
    ]
    for reply in replies:
        if reply.status_code == 429:
            assert 0 < int(reply.headers["Retry-After"]) <= 61
            assert "Try again" in reply.get_json()["error"]["message"]
    return [reply.status_code for reply in replies]


def test_requests_beyond_the_limit_get_429(limit_clock: Clock, make: Make) -> None:
    app = make(rate_limit=5)
    _, other = services(app).tokens.create("other", "read", None)
    assert statuses(app, [TOKEN] * 7) == [200] * 5 + [429] * 2
    assert statuses(app, [other]) == [200]
    limit_clock.now += 60
    assert statuses(app, [TOKEN]) == [200]


def test_a_batch_counts_as_its_number_of_messages(limit_clock: Clock, make: Make) -> None:
    client = make(rate_limit=30).test_client()
    replies = [client.post("/mcp", json=[PING] * 20, headers=bearer()) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 429]
    assert len(replies[0].get_json()) == 20


def test_guessing_tokens_is_limited_without_locking_others_out(
    limit_clock: Clock, make: Make
) -> None:
    app = make()
    wrong = [f"{number:064}" for number in range(MAX_FAILURES + 2)]
    assert statuses(app, wrong) == [401] * MAX_FAILURES + [429] * 2
    assert statuses(app, [TOKEN]) == [200]
    assert statuses(app, wrong[:1], "198.51.100.7") == [401]


def test_addresses_of_an_ipv6_network_share_failures(limit_clock: Clock, make: Make) -> None:
    app = make()
    for number in range(MAX_FAILURES):
        assert statuses(app, ["x" * 64], f"2001:db8:0:{number:x}::1") == [401]
    assert statuses(app, ["x" * 64], "2001:db8::ffff:1:2:3") == [429]
    assert statuses(app, ["x" * 64], "2001:db8:1::1") == [401]
    assert statuses(app, ["x" * 64], "::ffff:198.51.100.1") == [401]


def test_ipv4_mapped_addresses_have_separate_failures(limit_clock: Clock, make: Make) -> None:
    app = make()
    assert statuses(app, ["x" * 64] * 21, "::ffff:198.51.100.1")[-1] == 429
    assert statuses(app, ["x" * 64], "::ffff:198.51.100.2") == [401]
    assert statuses(app, ["x" * 64], "198.51.100.1") == [429]


def test_threads_together_are_exact(limit_clock: Clock, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store = open_store(f"sqlite://{tmp_path / 's.db'}")
    limiter = Limiter("t", 120, store)
    with ThreadPoolExecutor(8) as pool:
        passed = sum(wait == 0 for wait in pool.map(lambda _: limiter.hit("a"), range(400)))
    assert passed == 120
    store.close()
