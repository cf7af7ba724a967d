"""Rate limits: two buckets for everything and two for reads, reset by the clock."""

from collections.abc import Callable

import pytest
from flask import Flask

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.rate_limits import Allowance, RateLimits
from strava_mcp.store import Store
from tests.sandbox.conftest import Caller, Clock

QUARTER = 15 * 60
#: 2026-06-15T12:00:00Z, at the beginning of a window.
NOON = 1781524800.0


@pytest.fixture
def tight(store: Store, clock: Clock) -> Callable[..., Caller]:
    """Makes a caller of a sandbox with narrow limits."""
    clock.now = NOON + 60

    def make(**allowed: int) -> Caller:
        app: Flask = create_app(store, clock, Allowance(**allowed))
        return Caller(app, "read", "profile:write", "activity:read")

    return make


def test_headers_count_both_windows_and_reads_apart(tight: Callable[..., Caller]) -> None:
    caller = tight()
    caller.ask("GET", "/athlete")
    reply = caller.ask("PUT", "/athlete", data={"weight": "70"})
    assert reply.headers["X-RateLimit-Limit"] == "200,2000"
    assert reply.headers["X-RateLimit-Usage"] == "2,2"
    assert reply.headers["X-ReadRateLimit-Limit"] == "100,1000"
    assert reply.headers["X-ReadRateLimit-Usage"] == "1,1"


def test_over_the_limit_is_429_and_still_counts(tight: Callable[..., Caller]) -> None:
    caller = tight(read_quarter=2)
    codes = [caller.ask("GET", "/athlete").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]
    reply = caller.ask("GET", "/athlete")
    assert reply.headers["X-ReadRateLimit-Usage"] == "5,5"
    error = {"resource": "Application", "field": "rate limit", "code": "exceeded"}
    assert reply.json == {"message": "Rate Limit Exceeded", "errors": [error]}


def test_writes_go_on_when_only_reads_are_used_up(tight: Callable[..., Caller]) -> None:
    caller = tight(read_quarter=1)
    assert [caller.ask("GET", "/athlete").status_code for _ in range(2)] == [200, 429]
    assert caller.ask("PUT", "/athlete", data={"weight": "70"}).status_code == 200
    caller = tight(quarter=1)
    caller.ask("GET", "/athlete")
    assert caller.ask("PUT", "/athlete", data={"weight": "70"}).status_code == 429


def test_windows_reset_by_the_clock(tight: Callable[..., Caller], clock: Clock) -> None:
    caller = tight(read_quarter=1)
    assert [caller.ask("GET", "/athlete").status_code for _ in range(2)] == [200, 429]
    clock.now = NOON + QUARTER - 1
    assert caller.ask("GET", "/athlete").status_code == 429
    clock.now = NOON + QUARTER
    reply = caller.ask("GET", "/athlete")
    assert reply.status_code == 200
    assert reply.headers["X-ReadRateLimit-Usage"] == "1,4"


def test_the_day_ends_at_midnight_utc(clock: Clock) -> None:
    limits = RateLimits(Allowance(read_day=1), clock)
    clock.now = NOON + 12 * 3600 - 1
    assert limits.count(True)[0] and not limits.count(True)[0]
    clock.now = NOON + 12 * 3600
    assert limits.count(True)[0]


def test_calls_without_a_good_token_count(tight: Callable[..., Caller]) -> None:
    caller = tight(quarter=1)
    caller.tokens["access_token"] = "wrong"
    assert [caller.ask("GET", "/athlete").status_code for _ in range(2)] == [401, 429]


def test_tokens_are_not_counted(tight: Callable[..., Caller]) -> None:
    caller = tight(quarter=1)
    for _ in range(3):
        assert caller.ask("POST", "/oauth/token").status_code == 401
    assert caller.ask("GET", "/athlete").status_code == 200
