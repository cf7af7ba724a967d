"""Limits: learnt from headers, shared, kept to before a call is sent."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any, cast

import pytest

from strava_mcp.errors import RateLimited, StoreError, Unavailable
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.sources.api import transport
from strava_mcp.sources.api.rate_limits import DAY_S, NAMESPACE, QUARTER_S, RateLimits
from strava_mcp.store import Store, open_store
from tests.clock import Clock
from tests.rig import Rig

HEADERS = {
    "X-RateLimit-Limit": "200,2000",
    "X-RateLimit-Usage": "10,300",
    "X-ReadRateLimit-Limit": "100,1000",
    "X-ReadRateLimit-Usage": "7,250",
}
ATHLETE = "GET /api/v3/athlete"
MANUAL = {
    "name": "Core",
    "sport_type": "Workout",
    "start_date_local": "2026-03-01T18:30:00Z",
    "elapsed_time": 60,
}


@pytest.fixture
def store() -> Iterator[Store]:
    made = open_store("sqlite://:memory:")
    yield made
    made.close()


def used(rate_limits: RateLimits) -> list[tuple[int, int]]:
    return [(bucket.used, bucket.limit) for bucket in rate_limits.buckets()]


def test_what_the_headers_tell_is_known_to_others(store: Store) -> None:
    RateLimits(store, "app").update_from(HEADERS)
    assert used(RateLimits(store, "app")) == [(10, 200), (300, 2000), (7, 100), (250, 1000)]
    assert used(RateLimits(store, "other app")) == []


def test_each_window_is_reset_by_the_clock(store: Store, clock: Clock) -> None:
    midnight = 1_800_000_000 // DAY_S * DAY_S
    clock.freeze(midnight + QUARTER_S + 890)
    rate_limits = RateLimits(store, "app")
    rate_limits.update_from(HEADERS)
    quarter, day = rate_limits.buckets()[:2]
    assert quarter.resets_at == midnight + 2 * QUARTER_S and day.resets_at == midnight + DAY_S
    clock.freeze(midnight + 2 * QUARTER_S)
    assert used(rate_limits) == [(0, 200), (300, 2000), (0, 100), (250, 1000)]
    clock.freeze(midnight + DAY_S)
    assert used(rate_limits) == [(0, 200), (0, 2000), (0, 100), (0, 1000)]


def test_an_answer_that_comes_late_takes_nothing_back(store: Store, clock: Clock) -> None:
    clock.freeze(1_800_000_000)
    rate_limits = RateLimits(store, "app")
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": "12,302"})
    rate_limits.update_from(HEADERS)
    assert used(rate_limits)[:2] == [(12, 200), (302, 2000)]
    clock.freeze(1_800_000_000 + DAY_S)
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": "1,1"})
    assert used(rate_limits)[:2] == [(1, 200), (1, 2000)]


@pytest.mark.parametrize("odd", ["", "x", "1", "1,2,3", "-1,5", "1,2,"])
def test_headers_that_make_no_sense_teach_nothing(store: Store, odd: str) -> None:
    rate_limits = RateLimits(store, "app")
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": odd, "X-ReadRateLimit-Limit": odd})
    assert used(rate_limits) == []
    rate_limits.update_from(HEADERS)
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": odd})
    assert used(rate_limits)[0] == (10, 200), "what was known stays"


def test_no_call_is_sent_that_would_cross_a_limit(store: Store) -> None:
    rig = Rig(store, Allowance(quarter=20, day=50, read_quarter=4, read_day=40))
    for _ in range(4):
        rig.source.athlete()
    sent = len(rig.calls)
    with pytest.raises(RateLimited, match=r"15-minute limit.*resets at \d\d:\d\d UTC") as caught:
        rig.source.athlete()
    assert 0 < caught.value.retry_after_s <= QUARTER_S + 1
    assert len(rig.calls) == sent, "it was refused here"
    rig.source.create_activity(MANUAL)  # a write counts against the overall limits only
    other = Rig(store, Allowance())
    with pytest.raises(RateLimited):
        other.source.athlete()
    assert other.calls == ["POST /oauth/token"] or other.calls == []


def test_many_calls_at_once_do_not_cross_a_limit(store: Store) -> None:
    """With one call left, as many as come at once are one that is sent."""
    rig = Rig(store, Allowance(quarter=200, day=2000, read_quarter=6, read_day=1000))
    for _ in range(5):
        rig.source.athlete()
    rig.forget_calls()
    rig.faults.add("/api/v3/athlete", "slow", seconds=0.3)
    barrier = threading.Barrier(25)

    def ask(_: int) -> bool:
        barrier.wait(20)
        try:
            rig.source.athlete()
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(25) as pool:
        answered = list(pool.map(ask, range(25)))
    assert rig.calls == [ATHLETE] and sum(answered) == 1
    rig.source.create_activity(MANUAL)  # those that were refused are under way no more


def test_a_call_that_failed_is_under_way_no_more(store: Store) -> None:
    rig = Rig(store, Allowance(quarter=200, day=2000, read_quarter=9, read_day=1000)).authorize()
    for _ in range(4):
        rig.faults.add("/api/v3/athlete", "reset", times=3)
        with pytest.raises(Unavailable):
            rig.source.athlete()
    assert rig.source.athlete()["id"]


@pytest.mark.parametrize("refused_by", ["strava", "us"])
def test_shortly_before_a_reset_a_read_waits_for_it(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, refused_by: str
) -> None:
    """A second and a half before the quarter ends; the clock moves only while the read waits."""
    reset_at = (time.time() // QUARTER_S + 1) * QUARTER_S
    clock.freeze(reset_at - 1.5)
    monkeypatch.setattr(transport, "MAX_RESET_WAIT_S", 4)
    rig = Rig(store).authorize()
    if refused_by == "strava":
        rig.faults.add("/api/v3/athlete", "status", status=429)
    else:
        full = {**HEADERS, "X-ReadRateLimit-Usage": "100,250"}
        cast(Any, rig.source).rate_limits.update_from(full)
    assert rig.source.athlete()["id"]
    assert reset_at < clock.time() < reset_at + 4
    assert rig.calls == [ATHLETE] * (2 if refused_by == "strava" else 1)


def test_a_reset_that_is_far_off_is_told_at_once(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.freeze(time.time() // QUARTER_S * QUARTER_S + 60)
    monkeypatch.setattr(transport, "MAX_RESET_WAIT_S", 4)
    rig = Rig(store).authorize()
    rig.faults.add("/api/v3/athlete", "status", status=429)
    with pytest.raises(RateLimited):
        rig.source.athlete()
    assert rig.calls == [ATHLETE]


def test_of_those_who_share_the_limits_each_has_a_part(store: Store) -> None:
    rate_limits = RateLimits(store, "app", sharers=3)
    rate_limits.update_from({**HEADERS, "X-ReadRateLimit-Limit": "9,1000"})
    for _ in range(3):
        with rate_limits.reserve(is_read=True, athlete_key="jonas"):
            pass
    with pytest.raises(RateLimited, match="Your part of"), rate_limits.reserve(True, "jonas"):
        pass
    with rate_limits.reserve(True, "mira"):
        pass


def test_a_part_is_one_call_at_least_and_writes_take_none_of_the_reads(store: Store) -> None:
    rate_limits = RateLimits(store, "app", sharers=500)
    rate_limits.update_from(HEADERS)
    with rate_limits.reserve(is_read=True, athlete_key="jonas"):
        pass
    rate_limits = RateLimits(store, "app", sharers=2)
    for _ in range(60):
        with rate_limits.reserve(is_read=False, athlete_key="mira"):
            pass
    with rate_limits.reserve(is_read=True, athlete_key="mira"):
        pass


def test_a_window_ends_by_stravas_clock(store: Store, clock: Clock) -> None:
    """Ours is ahead: what Strava told of the old day is not the use of the new one."""
    midnight = 1_800_000_000 // DAY_S * DAY_S
    clock.freeze(midnight + 20)
    rate_limits = RateLimits(store, "app")
    full = {"X-RateLimit-Usage": "10,2000", "Date": formatdate(midnight - 10, usegmt=True)}
    rate_limits.update_from({**HEADERS, **full})
    with rate_limits.reserve(is_read=True, athlete_key="mira"):
        pass


def test_of_answers_at_the_same_time_none_is_lost(store: Store) -> None:
    """The highest use is what counts, whoever writes it last."""
    rate_limits = RateLimits(store, "app")
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda used: rate_limits.update_from(
                    {**HEADERS, "X-RateLimit-Usage": f"{used},{used}"}
                ),
                range(100, 140),
            )
        )
    assert used(rate_limits)[:2] == [(139, 200), (139, 2000)]


def test_the_longest_wait_is_the_one_that_is_told(store: Store) -> None:
    rig = Rig(store, Allowance(quarter=2, day=2, read_quarter=9, read_day=9))
    rig.source.athlete()
    rig.source.athlete()
    with pytest.raises(RateLimited, match="daily limit"):
        rig.source.create_activity(MANUAL)


def test_a_store_that_fails_takes_no_answer_away(monkeypatch: Any, store: Store) -> None:
    rig = Rig(store).authorize()

    def down(namespace: str, *args: Any, **kw: Any) -> Any:
        if namespace == NAMESPACE:
            raise StoreError("down")
        return real(namespace, *args, **kw)

    real = store.replace
    monkeypatch.setattr(store, "replace", down)
    assert rig.source.athlete()["id"]
