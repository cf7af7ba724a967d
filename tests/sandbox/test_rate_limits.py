"""Rate limits: for all calls and for reads, each in two windows that reset by the clock."""

from collections.abc import Callable

import pytest
from flask import Flask

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.rate_limits import Allowance, RateLimits
from strava_mcp.store import Store
from tests.sandbox.conftest import Caller, Clock

QUARTER = 15 * 60
#: 2026-06-15T12:00:00Z, at the start of a window.
NOON = 1781524800.0


@pytest.fixture
def tight(store: Store, clock: Clock) -> Callable[..., Caller]:
    """Makes a caller of a sandbox with low limits."""
    clock.now = NOON + 60

    def make(**allowed: int) -> Caller:
        app: Flask = create_app(store, clock, Allowance(**allowed))
        return Caller(app, "read", "profile:write", "activity:read")

    return make


def test_headers_report_both_windows_and_reads(tight: Callable[..., Caller]) -> None:
    caller = tight()
    caller.call("GET", "/athlete")
    reply = caller.call("PUT", "/athlete", data={"weight": "70"})
    assert reply.headers["X-RateLimit-Limit"] == "200,2000"
    assert reply.headers["X-RateLimit-Usage"] == "2,2"
    assert reply.headers["X-ReadRateLimit-Limit"] == "100,1000"
    assert reply.headers["X-ReadRateLimit-Usage"] == "1,1"


def test_calls_over_the_limit_get_429_and_count(tight: Callable[..., Caller]) -> None:
    caller = tight(read_quarter=2)
    codes = [caller.call("GET", "/athlete").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]
    reply = caller.call("GET", "/athlete")
    assert reply.headers["X-ReadRateLimit-Usage"] == "5,5"
    error = {"resource": "Application", "field": "rate limit", "code": "exceeded"}
    assert reply.json == {"message": "Rate Limit Exceeded", "errors": [error]}


def test_writes_are_allowed_when_reads_are_used_up(tight: Callable[..., Caller]) -> None:
    caller = tight(read_quarter=1)
    assert [caller.call("GET", "/athlete").status_code for _ in range(2)] == [200, 429]
    assert caller.call("PUT", "/athlete", data={"weight": "70"}).status_code == 200
    caller = tight(quarter=1)
    caller.call("GET", "/athlete")
    assert caller.call("PUT", "/athlete", data={"weight": "70"}).status_code == 429


def test_quarter_window_resets_by_the_clock(tight: Callable[..., Caller], clock: Clock) -> None:
    caller = tight(read_quarter=1)
    assert [caller.call("GET", "/athlete").status_code for _ in range(2)] == [200, 429]
    clock.now = NOON + QUARTER - 1
    assert caller.call("GET", "/athlete").status_code == 429
    clock.now = NOON + QUARTER
    reply = caller.call("GET", "/athlete")
    assert reply.status_code == 200
    assert reply.headers["X-ReadRateLimit-Usage"] == "1,4"


def test_day_window_resets_at_midnight_utc(clock: Clock) -> None:
    limits = RateLimits(Allowance(read_day=1), clock)
    clock.now = NOON + 12 * 3600 - 1
    assert limits.count(True)[0] and not limits.count(True)[0]
    clock.now = NOON + 12 * 3600
    assert limits.count(True)[0]


def test_calls_with_an_invalid_token_count(tight: Callable[..., Caller]) -> None:
    caller = tight(quarter=1)
    caller.tokens["access_token"] = "wrong"
    assert [caller.call("GET", "/athlete").status_code for _ in range(2)] == [401, 429]


def test_token_requests_are_not_counted(tight: Callable[..., Caller]) -> None:
    caller = tight(quarter=1)
    for _ in range(3):
        assert caller.call("POST", "/oauth/token").status_code == 401
    assert caller.call("GET", "/athlete").status_code == 200
