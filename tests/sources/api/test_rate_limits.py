"""Rate limits: read from headers, shared, and checked before a call is sent."""

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
    sqlite = open_store("sqlite://:memory:")
    yield sqlite
    sqlite.close()


@pytest.fixture(autouse=True)
def within_a_window(clock: Clock) -> None:
    """Else the 15 minutes could end, and the usage with them, between two calls of a test."""
    clock.freeze(time.time() // QUARTER_S * QUARTER_S + 60)


def used(rate_limits: RateLimits) -> list[tuple[int, int]]:
    return [(bucket.used, bucket.limit) for bucket in rate_limits.buckets()]


def test_usage_is_shared_between_processes(store: Store) -> None:
    RateLimits(store, "app").update_from(HEADERS)
    assert used(RateLimits(store, "app")) == [(10, 200), (300, 2000), (7, 100), (250, 1000)]
    assert used(RateLimits(store, "other app")) == []


def test_usage_is_zero_in_a_new_window(store: Store, clock: Clock) -> None:
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


def test_late_response_does_not_lower_the_usage(store: Store, clock: Clock) -> None:
    clock.freeze(1_800_000_000)
    rate_limits = RateLimits(store, "app")
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": "12,302"})
    rate_limits.update_from(HEADERS)
    assert used(rate_limits)[:2] == [(12, 200), (302, 2000)]
    clock.freeze(1_800_000_000 + DAY_S)
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": "1,1"})
    assert used(rate_limits)[:2] == [(1, 200), (1, 2000)]


@pytest.mark.parametrize("odd", ["", "x", "1", "1,2,3", "-1,5", "1,2,", "9" * 5000 + ",1", "１,2"])
def test_invalid_headers_are_ignored(store: Store, odd: str) -> None:
    rate_limits = RateLimits(store, "app")
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": odd, "X-ReadRateLimit-Limit": odd})
    assert used(rate_limits) == []
    rate_limits.update_from(HEADERS)
    rate_limits.update_from({**HEADERS, "X-RateLimit-Usage": odd})
    assert used(rate_limits)[0] == (10, 200), "the known usage stays"


def test_no_call_is_sent_that_would_exceed_a_limit(store: Store, clock: Clock) -> None:
    rig = Rig(store, Allowance(quarter=20, day=50, read_quarter=4, read_day=40), now=clock.time)
    for _ in range(4):
        rig.source.athlete()
    sent = len(rig.calls)
    with pytest.raises(RateLimited, match=r"15-minute limit.*resets at \d\d:\d\d UTC") as caught:
        rig.source.athlete()
    assert 0 < caught.value.retry_after_s <= QUARTER_S + 1
    assert len(rig.calls) == sent, "the call was not sent"
    rig.source.create_activity(MANUAL)  # a write counts against the overall limits only
    other = Rig(store, Allowance(), now=clock.time)
    with pytest.raises(RateLimited):
        other.source.athlete()
    assert other.calls == ["POST /oauth/token"] or other.calls == []


def test_concurrent_calls_do_not_exceed_a_limit(store: Store, clock: Clock) -> None:
    """With one call left, one of 25 concurrent calls is sent."""
    rig = Rig(
        store, Allowance(quarter=200, day=2000, read_quarter=6, read_day=1000), now=clock.time
    )
    for _ in range(5):
        rig.source.athlete()
    rig.forget_calls()
    rig.faults.add("/api/v3/athlete", "slow", seconds=0.3)
    barrier = threading.Barrier(25)

    def ask(_: int) -> bool:
        barrier.wait(120)
        try:
            rig.source.athlete()
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(25) as pool:
        answered = list(pool.map(ask, range(25)))
    assert rig.calls == [ATHLETE] and sum(answered) == 1
    rig.source.create_activity(MANUAL)  # the refused calls released their reservations


def test_reads_and_writes_in_flight_count_for_their_limits(store: Store) -> None:
    rate_limits = RateLimits(store, "app")
    rate_limits.update_from(
        {
            "X-RateLimit-Limit": "200,2000",
            "X-RateLimit-Usage": "197,300",
            "X-ReadRateLimit-Limit": "100,1000",
            "X-ReadRateLimit-Usage": "99,250",
        }
    )
    with rate_limits.reserve(is_read=True, athlete_key="mira"):  # the last read
        with pytest.raises(RateLimited), rate_limits.reserve(True, "mira"):
            raise AssertionError("one read too many")
        with rate_limits.reserve(False, "mira"), rate_limits.reserve(False, "mira"):
            with pytest.raises(RateLimited), rate_limits.reserve(False, "mira"):
                raise AssertionError("one call too many")
    with rate_limits.reserve(is_read=True, athlete_key="mira"):
        pass


def test_reserving_a_call_takes_two_writes_and_a_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate_limits, statements = RateLimits(store, "app"), []
    rate_limits.update_from(HEADERS)
    for name in ("_read", "_write"):
        run = getattr(store, name)
        monkeypatch.setattr(
            store, name, lambda *a, run=run, name=name: statements.append(name) or run(*a)
        )
    with rate_limits.reserve(is_read=True, athlete_key="mira"):
        pass
    assert statements == ["_write", "_read", "_write"]


def test_failed_call_releases_its_reservation(store: Store, no_backoff: Clock) -> None:
    allowance = Allowance(quarter=200, day=2000, read_quarter=9, read_day=1000)
    rig = Rig(store, allowance, now=no_backoff.time).authorize()
    for _ in range(4):
        rig.faults.add("/api/v3/athlete", "reset", times=3)
        with pytest.raises(Unavailable):
            rig.source.athlete()
    assert rig.source.athlete()["id"]


@pytest.mark.parametrize("refused_by", ["strava", "us"])
def test_shortly_before_a_reset_a_read_waits_for_it(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, refused_by: str
) -> None:
    """1.5 s before the 15 minutes end; the clock moves only while the read waits."""
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


def test_distant_reset_raises_rate_limited_at_once(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.freeze(time.time() // QUARTER_S * QUARTER_S + 60)
    monkeypatch.setattr(transport, "MAX_RESET_WAIT_S", 4)
    rig = Rig(store).authorize()
    rig.faults.add("/api/v3/athlete", "status", status=429)
    with pytest.raises(RateLimited):
        rig.source.athlete()
    assert rig.calls == [ATHLETE]


def test_each_athlete_has_an_equal_share(store: Store) -> None:
    rate_limits = RateLimits(store, "app", sharers=3)
    rate_limits.update_from({**HEADERS, "X-ReadRateLimit-Limit": "9,1000"})
    for _ in range(3):
        with rate_limits.reserve(is_read=True, athlete_key="jonas"):
            pass
    with pytest.raises(RateLimited, match="Your part of"), rate_limits.reserve(True, "jonas"):
        pass
    with rate_limits.reserve(True, "mira"):
        pass


def test_share_is_at_least_one_call_and_writes_use_no_read_share(store: Store) -> None:
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


def test_windows_follow_stravas_clock(store: Store, clock: Clock) -> None:
    """Our clock is ahead: usage that Strava reported for the old day does not count for the new."""
    midnight = 1_800_000_000 // DAY_S * DAY_S
    clock.freeze(midnight + 20)
    rate_limits = RateLimits(store, "app")
    full = {"X-RateLimit-Usage": "10,2000", "Date": formatdate(midnight - 10, usegmt=True)}
    rate_limits.update_from({**HEADERS, **full})
    with rate_limits.reserve(is_read=True, athlete_key="mira"):
        pass


def test_concurrent_updates_keep_the_highest_usage(store: Store) -> None:
    """The highest usage counts, whichever call writes last."""
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


def test_error_names_the_limit_that_resets_last(store: Store, clock: Clock) -> None:
    rig = Rig(store, Allowance(quarter=2, day=2, read_quarter=9, read_day=9), now=clock.time)
    rig.source.athlete()
    rig.source.athlete()
    with pytest.raises(RateLimited, match="daily limit"):
        rig.source.create_activity(MANUAL)


def test_store_failure_does_not_lose_the_response(monkeypatch: Any, store: Store) -> None:
    rig = Rig(store).authorize()

    def down(namespace: str, *args: Any, **kw: Any) -> Any:
        if namespace == NAMESPACE:
            raise StoreError("down")
        return real(namespace, *args, **kw)

    real = store.replace
    monkeypatch.setattr(store, "replace", down)
    assert rig.source.athlete()["id"]


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 -0000", "yesterday", ""]
)
def test_a_date_that_cannot_be_does_not_freeze_the_usage(store: Store, date: str) -> None:
    limits = RateLimits(store, "1")
    limit = {"X-RateLimit-Limit": "100,1000"}
    limits.update_from({**limit, "X-RateLimit-Usage": "10,10", "Date": date})
    limits.update_from({**limit, "X-RateLimit-Usage": "60,60"})
    assert [bucket.used for bucket in limits.buckets()] == [60, 60]


def test_reads_that_can_wait_leave_the_last_tenth(store: Store) -> None:
    limits = RateLimits(store, "1")
    limits.update_from(
        {"X-ReadRateLimit-Limit": "100,1000", "X-ReadRateLimit-Usage": "90,90"}
        | {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "90,90"}
    )
    with limits.reserve(True, "a"):
        pass
    with pytest.raises(RateLimited, match="15-minute limit .* nearly used up.* resets at"):
        with limits.reserve(True, "a", keeps_rest=True):
            pass


def test_a_refused_read_does_not_count_for_a_share(store: Store) -> None:
    limits = RateLimits(store, "1", sharers=2)
    limits.update_from({"X-RateLimit-Limit": "40,2000", "X-RateLimit-Usage": "0,0"})
    for _ in range(18):  # 20 without the last tenth
        with limits.reserve(True, "a", keeps_rest=True):
            pass
    for _ in range(5):
        with pytest.raises(RateLimited, match="Your part"):
            with limits.reserve(True, "a", keeps_rest=True):
                pass
    for _ in range(2):
        with limits.reserve(True, "a"):
            pass
    with pytest.raises(RateLimited, match="Your part"):
        with limits.reserve(True, "a"):
            pass
