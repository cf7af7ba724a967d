"""Strava's error responses become the right exceptions, whose messages say what to do."""

import re
import time
from typing import Any

import pytest

from strava_mcp import errors
from strava_mcp.sandbox import grants
from strava_mcp.sources.api.errors import error_for
from strava_mcp.sources.api.tokens import CachedTokens
from tests.clock import Clock
from tests.rig import Rig


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
        (402, None, errors.NeedsSubscription, "paid subscription"),
        (403, fault("Athlete", "", "Subscription required"), errors.NeedsSubscription, "paid"),
        (403, fault("Application", "Status", "Inactive"), errors.WrongApplication, "inactive"),
        (
            403,
            {"message": "Limit of connected athletes exceeded", "errors": []},
            errors.TooManyAthletes,
            "settings/apps",
        ),
        (503, {"message": "Down for maintenance"}, errors.Maintenance, "status.strava.com"),
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
def test_error_response_becomes_the_right_exception(
    status: int, body: Any, kind: type[Exception], words: str
) -> None:
    error = error_for(status, {}, body)
    assert type(error) is kind
    assert words in str(error)
    assert str(error).endswith(".")


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
def test_rate_limit_error_says_when_the_limit_resets(
    headers: dict[str, str], which: str, longest_s: int, clock: Clock
) -> None:
    clock.freeze(time.time())
    error = error_for(429, headers, None)
    assert isinstance(error, errors.RateLimited)
    assert which in str(error)
    assert 0 < error.retry_after_s <= longest_s
    reset = clock.time() + error.retry_after_s
    period = 900 if which == "15-minute" else 86400
    assert 0 <= reset % period <= 1
    assert re.search(r"resets at [0-9]{2}:[0-9]{2} UTC", str(error))


def test_long_strava_message_is_truncated() -> None:
    assert len(str(error_for(400, {}, {"message": "x" * 5000}))) < 300


def test_maintenance_page_is_recognized(rig: Rig) -> None:
    page = "<html><h1>Strava is down for scheduled maintenance</h1></html>"
    error = error_for(503, {}, None, "Try again later.", page)
    assert type(error) is errors.Maintenance and "status.strava.com" in str(error)
    assert type(error_for(503, {}, None, "", "<html>oops</html>")) is errors.Unavailable


def test_wrong_client_secret_keeps_the_tokens(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mistake is in the settings: the tokens stay, and work once it is corrected."""
    right = grants.SANDBOX_CLIENT_SECRET
    ours: Any = rig.source
    key = ours._tokens.key
    before = ours._tokens._vault.get("strava", key).value
    ours._tokens._cached = CachedTokens()
    ours._tokens._vault.put("strava", key, before | {"expires_at": 0})
    monkeypatch.setattr(grants, "SANDBOX_CLIENT_SECRET", "changed at Strava")
    with pytest.raises(errors.WrongApplication, match="STRAVA_CLIENT_SECRET"):
        rig.source.athlete()
    monkeypatch.setattr(grants, "SANDBOX_CLIENT_SECRET", right)
    assert rig.source.athlete()["id"]


def test_maintenance_at_the_token_endpoint_keeps_the_tokens(rig: Rig) -> None:
    ours: Any = rig.source
    key = ours._tokens.key
    before = ours._tokens._vault.get("strava", key).value
    ours._tokens._cached = CachedTokens()
    ours._tokens._vault.put("strava", key, before | {"expires_at": 0})
    rig.faults.add("/oauth/token", "status", times=1, status=503)
    with pytest.raises(errors.Unavailable):
        rig.source.athlete()
    assert rig.source.athlete()["id"]
