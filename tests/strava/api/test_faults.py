"""The table of Strava's refusals: the right error, in words that say what to do."""

import re
import time
from typing import Any

import pytest

from strava_mcp import errors
from strava_mcp.strava.api.faults import error_of


def fault(resource: str, field: str, code: str, message: str = "No") -> dict[str, Any]:
    return {"message": message, "errors": [{"resource": resource, "field": field, "code": code}]}


@pytest.mark.parametrize(
    "status, body, kind, words",
    [
        (400, fault("Stream", "resolution", "invalid"), errors.Refused, "resolution invalid"),
        (401, fault("Athlete", "access_token", "invalid"), errors.NotConnected, "connect"),
        (
            401,
            fault("AccessToken", "activity:write_permission", "missing"),
            errors.MissingScope,
            "activity:write_permission",
        ),
        (
            401,
            fault("AccessToken", "profile:read_all_permission", "missing"),
            errors.MissingScope,
            "every box",
        ),
        (402, None, errors.Refused, "subscription"),
        (403, fault("Application", "Status", "Inactive"), errors.Refused, "inactive"),
        (403, fault("Athlete", "id", "not allowed"), errors.Refused, "not allow"),
        (403, None, errors.Refused, "not allow"),
        (404, fault("Activity", "id", "not found"), errors.NotFound, "not visible"),
        (409, None, errors.Refused, "already"),
        (410, None, errors.Retired, "withdrawn"),
        (413, None, errors.Refused, "too large"),
        (418, None, errors.Unavailable, "418"),
        (500, None, errors.Unavailable, "500"),
        (503, "text", errors.Unavailable, "later"),
        (400, {"message": 7, "errors": "x"}, errors.Refused, "did not accept"),
        (400, {"errors": [None]}, errors.Refused, "did not accept"),
        (400, {"errors": []}, errors.Refused, "did not accept"),
    ],
)
def test_each_refusal(status: int, body: Any, kind: type[Exception], words: str) -> None:
    found = error_of(status, {}, body)
    assert type(found) is kind
    assert words in str(found)
    assert str(found).endswith(".")


@pytest.mark.parametrize(
    "headers, which, longest_s",
    [
        ({}, "15-minute", 901),
        ({"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "201,900"}, "15-minute", 901),
        ({"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "3,2000"}, "daily", 86401),
        ({"X-ReadRateLimit-Limit": "100,1000", "X-ReadRateLimit-Usage": "5,1001"}, "daily", 86401),
        ({"X-RateLimit-Limit": "a,b", "X-RateLimit-Usage": ""}, "15-minute", 901),
    ],
)
def test_a_used_up_limit_says_when_it_resets(
    headers: dict[str, str], which: str, longest_s: int
) -> None:
    before = time.time()
    found = error_of(429, headers, None)
    assert isinstance(found, errors.RateLimited)
    assert which in str(found)
    assert 0 < found.retry_after_s <= longest_s
    reset = before + found.retry_after_s
    period = 900 if which == "15-minute" else 86400
    assert min(reset % period, period - reset % period) < 3
    assert re.search(r"resets at [0-9]{2}:[0-9]{2} UTC", str(found))


def test_a_long_message_of_strava_is_cut() -> None:
    assert len(str(error_of(400, {}, {"message": "x" * 5000}))) < 300
