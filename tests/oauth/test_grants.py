"""Grants: their tokens, their lifetime, and records that an earlier release stored."""

import json
from dataclasses import replace
from typing import Any

import pytest

from strava_mcp.config import Config
from strava_mcp.identity import READ, WRITE
from strava_mcp.oauth.credentials import digest
from strava_mcp.oauth.grant import GRACE_S, MAX_ACCESS_TOKENS, Grant
from strava_mcp.oauth.grant_tokens import (
    IssuedTokens,
    TokenResponse,
    new_access_token,
    new_refresh_token,
    parse,
)
from strava_mcp.oauth.grants import NAMESPACE, Grants
from strava_mcp.sources.data_identity import DataIdentity
from strava_mcp.store import Store
from tests.clock import Clock
from tests.oauth.test_credentials import OLD_KEY, OLD_SECRET

AUDIENCE = "https://strava.example.com"
ID = "abcdefghijkmnpqr"
NOW = 1_790_000_000.0
OWNER_ID = 7
OLD_ACCESS_SECRET = "B" * 43


@pytest.fixture
def grants(store: Store, clock: Clock) -> Grants:
    clock.freeze(NOW)
    return new_grants(store)


def new_grants(store: Store, audience: str = AUDIENCE, admits: bool = True) -> Grants:
    """The grants of a server with Strava's API as its source, whose owner is athlete 7."""
    config = Config(strava_source="api", strava_client_id="1", allowed_athletes=(OWNER_ID,))
    data = DataIdentity(config, store, lambda: pytest.fail("no source is opened"))
    return Grants(store, audience, lambda athlete_id: admits, data)


def issue(grants: Grants, scope: str = READ) -> str:
    """Add an access token with this scope to the grant; returns its text."""
    access = new_access_token(ID)
    response: TokenResponse = {
        "access_token": access,
        "refresh_token": new_refresh_token(ID, OLD_KEY),
        "scope": scope,
        "expires_in": 3600,
    }
    issued = IssuedTokens.from_response(response)
    grant = Grant(
        id=ID,
        client_id="client_aaaaaaaaaaaaaaaa",
        client_name="Test client",
        scope=f"{READ} {WRITE}",
        audience=AUDIENCE,
        created=NOW,
        created_from="192.0.2.7",
        latest_end=NOW + 90 * 86400,
        signing_key=OLD_KEY,
        data="api:7",
    )
    if not grants.begin(grant, issued):
        grants._records.change(ID, lambda stored: stored.with_tokens(issued))
    return access


def old_value(**changes: Any) -> dict[str, Any]:
    """A grant as earlier releases stored it."""
    return {
        "client_id": "client_aaaaaaaaaaaaaaaa",
        "client_name": "Test client",
        "scope": "strava:read",
        "audience": AUDIENCE,
        "created": NOW - 3600,
        "created_from": "192.0.2.7",
        "last_used": NOW - 60,
        "last_from": "192.0.2.7",
        "revoked": None,
        "seal": OLD_KEY,
        "athlete_id": 7,
        "cap": NOW + 89 * 86400,
        "access": [[digest(OLD_ACCESS_SECRET), NOW + 1800, "strava:read"]],
        "refresh": [[digest(OLD_SECRET), None, 0, NOW + 29 * 86400]],
        **changes,
    }


def test_every_access_token_of_a_grant_works_with_its_own_scope(grants: Grants) -> None:
    reader, writer, both = (issue(grants, scope) for scope in (READ, WRITE, f"{READ} {WRITE}"))
    for token, scopes in ((reader, {READ}), (writer, {WRITE}), (both, {READ, WRITE})):
        caller = grants.authenticate(token)
        assert caller and caller.id == ID and caller.scopes == scopes
    assert grants.authenticate(new_access_token(ID)) is None


def test_access_tokens_expire_one_by_one(grants: Grants, clock: Clock) -> None:
    first = issue(grants)
    clock.advance(1800)
    second = issue(grants)
    clock.advance(1801)
    assert grants.authenticate(first) is None
    assert grants.authenticate(second)
    clock.advance(1800)
    assert grants.authenticate(second) is None


def test_issuing_more_tokens_drops_the_oldest(grants: Grants) -> None:
    tokens = [issue(grants) for _ in range(MAX_ACCESS_TOKENS + 1)]
    assert grants.authenticate(tokens[0]) is None
    assert all(grants.authenticate(token) for token in tokens[1:])


def test_grant_shows_no_secret(grants: Grants) -> None:
    token = parse(issue(grants))
    (grant,) = grants.all()
    assert token and token.hashed in str(grant.dump())
    assert token.hashed not in repr(grant) and OLD_KEY not in repr(grant)


def test_stored_format_is_that_of_earlier_releases(grants: Grants, store: Store) -> None:
    store.put(NAMESPACE, ID, old_value())
    (grant,) = grants.all()
    assert (grant.state, grant.athlete_id, grant.expires) == ("active", 7, NOW + 29 * 86400)
    assert json.loads(json.dumps(grant.dump())) == old_value() | {"requested": ""}


def test_tokens_of_an_earlier_release_work(grants: Grants, store: Store) -> None:
    store.put(NAMESPACE, ID, old_value())
    caller = grants.authenticate(f"smcp_at_{ID}_{OLD_ACCESS_SECRET}")
    assert caller and (caller.name, caller.athlete_id) == ("Test client", 7)
    old = f"smcp_rt_{ID}_{OLD_SECRET}"
    grant = grants.refreshable(old)
    assert grant and grant.id == ID and grants.find(old) == grant


def refresh(grants: Grants, token: str) -> str:
    """Use a refresh token; returns the next one."""
    following = new_refresh_token(ID, OLD_KEY)
    response: TokenResponse = {
        "access_token": new_access_token(ID),
        "refresh_token": following,
        "scope": READ,
        "expires_in": 3600,
    }
    assert grants.refresh(token, IssuedTokens.from_response(response))
    return following


def test_refresh_token_of_an_earlier_release_is_rotated_and_its_reuse_revokes(
    grants: Grants, store: Store, clock: Clock
) -> None:
    store.put(NAMESPACE, ID, old_value())
    old = f"smcp_rt_{ID}_{OLD_SECRET}"
    following = refresh(grants, old)
    clock.advance(GRACE_S - 1)
    assert grants.refreshable(old), "within the grace period"
    clock.advance(2)
    refresh(grants, following)  # drops the hash of the old token
    stored = store.get(NAMESPACE, ID)
    assert stored and digest(OLD_SECRET) not in str(stored.value)
    assert grants.refreshable(old) is None
    assert [grant.state for grant in grants.all()] == ["revoked"]


def test_guess_under_an_old_grant_does_not_revoke_it(grants: Grants, store: Store) -> None:
    store.put(NAMESPACE, ID, old_value())
    assert grants.refreshable(f"smcp_rt_{ID}_{OLD_SECRET[:-1]}z") is None
    assert [grant.state for grant in grants.all()] == ["active"]


def test_grant_without_a_signing_key_refuses_unknown_tokens(grants: Grants, store: Store) -> None:
    value = old_value(data="api:7")
    del value["seal"], value["athlete_id"]
    store.put(NAMESPACE, ID, value)
    assert grants.refreshable(f"smcp_rt_{ID}_{'A' * 43}") is None
    grant = grants.refreshable(f"smcp_rt_{ID}_{OLD_SECRET}")
    assert grant and grant.state == "active" and grant == replace(grant, athlete_id=None)


def test_owners_grant_of_an_earlier_release_is_refused(grants: Grants, store: Store) -> None:
    """It does not say whose data it was given for."""
    store.put(NAMESPACE, ID, old_value(athlete_id=None))
    assert grants.authenticate(f"smcp_at_{ID}_{OLD_ACCESS_SECRET}") is None
    assert grants.refreshable(f"smcp_rt_{ID}_{OLD_SECRET}") is None
    assert [grant.state for grant in grants.all()] == ["active"]


def test_athlete_who_lost_access_cannot_use_a_grant(store: Store, clock: Clock) -> None:
    clock.freeze(NOW)
    store.put(NAMESPACE, ID, old_value())
    grants = new_grants(store, admits=False)
    assert grants.authenticate(f"smcp_at_{ID}_{OLD_ACCESS_SECRET}") is None
    assert grants.refreshable(f"smcp_rt_{ID}_{OLD_SECRET}") is None
    assert [grant.state for grant in grants.all()] == ["active"]


def test_tokens_for_another_audience_are_refused(store: Store, clock: Clock) -> None:
    clock.freeze(NOW)
    store.put(NAMESPACE, ID, old_value())
    grants = new_grants(store, "https://other.example.com")
    assert grants.authenticate(f"smcp_at_{ID}_{OLD_ACCESS_SECRET}") is None
    assert grants.refreshable(f"smcp_rt_{ID}_{OLD_SECRET}") is None
    assert [grant.state for grant in grants.all()] == ["active"]
