"""Attacks on access and refresh tokens, and on what says whose they are."""

import hashlib
import hmac
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp.oauth import grant, grants, token_cache
from strava_mcp.services import services
from tests.clock import Clock
from tests.flow import BOTH, Flow, InProcess
from tests.web.conftest import TOKEN, Make


def write(flow: Flow, token: str) -> int:
    """Try to write; the status."""
    arguments = {"id": 1, "name": "x"}
    return flow.call(token, "tools/call", name="update_activity", arguments=arguments).status


# Refresh reuse after the grace window


def test_a_used_refresh_token_after_the_grace_revokes_everything(flow: Flow, clock: Clock) -> None:
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    assert flow.call(second["access_token"]).status == 200
    clock.ahead_s = grant.GRACE_S + 1
    answer = flow.refresh(first["refresh_token"])
    assert answer.status == 400 and answer.json["error"] == "invalid_grant"
    assert flow.call(second["access_token"]).status == 401
    assert flow.refresh(second["refresh_token"]).json["error"] == "invalid_grant"


def test_within_the_grace_two_machines_of_a_host_may_refresh(flow: Flow, clock: Clock) -> None:
    first = flow.connect()
    one, two = (flow.refresh(first["refresh_token"]).json for _ in range(2))
    clock.ahead_s = grant.GRACE_S - 1
    for tokens in (one, two):
        assert flow.call(tokens["access_token"]).status == 200
        assert flow.refresh(tokens["refresh_token"]).status == 200


def test_the_grace_is_for_a_few_uses(flow: Flow, clock: Clock) -> None:
    """A host in a hurry is only refused: nothing says yet that there is a thief."""
    first = flow.connect()
    statuses = [flow.refresh(first["refresh_token"]).status for _ in range(grant.GRACE_USES + 3)]
    assert statuses == [200] * (grant.GRACE_USES + 1) + [400] * 2
    assert flow.call(first["access_token"]).status == 200
    clock.ahead_s = grant.GRACE_S + 1
    assert flow.refresh(first["refresh_token"]).status == 400
    assert flow.call(first["access_token"]).status == 401


def test_a_thief_cannot_bury_the_token_that_tells_on_him(flow: Flow, clock: Clock) -> None:
    """However often he refreshes, the owner's host, coming back with its own, ends the grant."""
    first = flow.connect()
    stolen = first
    for _ in range(3 * grant.MAX_REFRESH_TOKENS):
        stolen = flow.refresh(stolen["refresh_token"]).json
    clock.ahead_s = grant.GRACE_S + 1
    stolen = flow.refresh(stolen["refresh_token"]).json
    assert flow.call(stolen["access_token"]).status == 200
    assert flow.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert flow.call(stolen["access_token"]).status == 401
    assert flow.refresh(stolen["refresh_token"]).json["error"] == "invalid_grant"


def test_a_grant_keeps_few_hashes(flow: Flow, app: Flask, clock: Clock) -> None:
    tokens = flow.connect()
    for number in range(2 * grant.MAX_REFRESH_TOKENS):
        clock.ahead_s = number * (grant.GRACE_S + 1.0)
        tokens = flow.refresh(tokens["refresh_token"]).json
    (record,) = services(app).store.records(grants.NAMESPACE)
    assert (
        len(record.value["refresh"]) == 2 and len(record.value["access"]) <= grant.MAX_ACCESS_TOKENS
    )
    assert flow.refresh(tokens["refresh_token"]).status == 200


def test_another_clients_refresh_token_is_of_no_use(flow: Flow, stranger: Flow) -> None:
    tokens = flow.connect()
    assert stranger.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert flow.refresh(tokens["refresh_token"]).status == 200


def test_a_guessed_secret_under_a_known_grant_ends_nothing(flow: Flow) -> None:
    """IDs are shown and logged; knowing one must not be enough to throw somebody out."""
    tokens = flow.connect()
    whole = tokens["refresh_token"]
    number, seal = whole[-43:-21], whole[-21:]
    for secret in ("A" * 43, number + "A" * 21, "A" * 22 + seal, number[::-1] + seal):
        forged = whole[:-43] + secret
        assert flow.refresh(forged).json["error"] == "invalid_grant"
        form = {"token": forged, "client_id": flow.client["client_id"]}
        assert flow.http.send("POST", "/revoke", data=form).status == 200
        assert flow.call(tokens["access_token"]).status == 200


def test_a_token_sealed_for_another_grant_ends_nothing(flow: Flow) -> None:
    one, two = flow.connect(), flow.connect()
    mixed = one["refresh_token"][:-43] + two["refresh_token"][-43:]
    assert flow.refresh(mixed).json["error"] == "invalid_grant"
    assert flow.call(one["access_token"]).status == flow.call(two["access_token"]).status == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_one_kind_of_token_is_not_the_other(flow: Flow, kind: str) -> None:
    tokens = flow.connect()
    if kind == "refresh_token":
        assert flow.call(tokens[kind]).status == 401
        as_access = tokens[kind].replace("_rt_", "_at_")
        assert flow.call(as_access).status == 401
    else:
        for wrong in (tokens[kind], tokens[kind].replace("_at_", "_rt_")):
            assert flow.refresh(wrong).json["error"] == "invalid_grant"


def test_tokens_end(flow: Flow, clock: Clock) -> None:
    tokens = flow.connect()
    clock.ahead_s = 3601
    assert flow.call(tokens["access_token"]).status == 401
    tokens = flow.refresh(tokens["refresh_token"]).json
    clock.ahead_s += grant.REFRESH_LIFETIME_S + 1
    assert flow.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_no_grant_outlives_the_cap_however_often_it_is_refreshed(flow: Flow, clock: Clock) -> None:
    tokens = flow.connect()
    for _ in range(3):
        clock.ahead_s += grant.REFRESH_LIFETIME_S - 10
        answer = flow.refresh(tokens["refresh_token"])
        assert answer.status == 200
        tokens = answer.json
    clock.ahead_s = grant.MAX_LIFETIME_S + 1
    assert flow.refresh(tokens["refresh_token"]).status in (400, 401)
    assert flow.call(tokens["access_token"]).status == 401


# Scope widening on refresh


def test_a_refresh_never_widens_the_scope(flow: Flow) -> None:
    tokens = flow.connect()
    for scope in ("strava:write", BOTH, "strava:read admin"):
        answer = flow.refresh(tokens["refresh_token"], scope=scope)
        assert answer.status == 400 and answer.json["error"] == "invalid_scope"
    again = flow.refresh(tokens["refresh_token"])
    assert again.json["scope"] == "strava:read"
    assert write(flow, again.json["access_token"]) == 403


def test_a_refresh_may_narrow_the_scope_for_one_access_token(flow: Flow) -> None:
    tokens = flow.connect("write", scope=BOTH)
    assert write(flow, tokens["access_token"]) == 200
    narrow = flow.refresh(tokens["refresh_token"], scope="strava").json
    assert narrow["scope"] == "strava:read"
    assert write(flow, narrow["access_token"]) == 403
    assert write(flow, flow.refresh(narrow["refresh_token"]).json["access_token"]) == 200


def test_what_the_owner_narrowed_stays_narrow(flow: Flow) -> None:
    tokens = flow.connect("read", scope=BOTH)
    assert tokens["scope"] == "strava:read"
    assert write(flow, tokens["access_token"]) == 403


# Foreign audience


@pytest.mark.parametrize(
    "resource",
    [
        "https://evil.example/mcp",
        "http://127.0.0.1:5000/other",
        "http://127.0.0.1:5001/mcp",
        "http://127.0.0.1:5000/mcp?x=1",
        "http://127.0.0.1:5000/mcp#x",
        "mcp",
    ],
)
def test_a_token_for_another_resource_is_not_given(flow: Flow, resource: str) -> None:
    answer = flow.look(resource=resource)
    assert answer.status == 303 and answer.query["error"] == ["invalid_target"]
    both = flow.look(resource=["http://127.0.0.1:5000/mcp", resource])
    assert both.query["error"] == ["invalid_target"]
    code = flow.approve()
    assert flow.redeem(code, resource=resource).json["error"] == "invalid_target"
    tokens = flow.redeem(code).json
    refreshed = flow.refresh(tokens["refresh_token"], resource=resource)
    assert refreshed.json["error"] == "invalid_target"


@pytest.mark.parametrize("path", ["", "/", "/mcp", "/mcp/"])
def test_base_url_and_mcp_are_one_audience(flow: Flow, path: str) -> None:
    resource = f"http://127.0.0.1:5000{path}"
    code = flow.approve(resource=resource)
    tokens = flow.redeem(code, resource=resource).json
    assert flow.call(tokens["access_token"]).status == 200


def test_a_token_of_another_server_is_refused(flow: Flow, make: Make) -> None:
    """The two share a store, as after a change of PUBLIC_URL."""
    tokens = flow.connect()
    other = Flow(InProcess(make(public_url="http://localhost:9999")), TOKEN, client=flow.client)
    assert other.call(tokens["access_token"]).status == 401
    assert other.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert flow.call(tokens["access_token"]).status == 200


# Token in a query string


def test_a_token_in_a_url_is_never_read(flow: Flow) -> None:
    tokens = flow.connect()
    for name in ("access_token", "token", "bearer", "authorization"):
        path = f"/mcp?{name}={tokens['access_token']}"
        assert flow.http.send("POST", path, json={"jsonrpc": "2.0"}).status == 401


def test_token_and_revoke_read_no_query_string(flow: Flow) -> None:
    code = flow.approve()
    query = (
        f"grant_type=authorization_code&code={code}&code_verifier={flow.verifier}"
        f"&redirect_uri={flow.redirect_uri}&client_id={flow.client['client_id']}"
    )
    for path in ("/token", "/revoke"):
        answer = flow.http.send("POST", f"{path}?{query}", data={"token": "x"})
        assert answer.status == 400 and answer.json["error"] == "invalid_request"
        assert code not in answer.text
    assert flow.http.send("GET", f"/token?{query}").status == 401
    assert flow.redeem(code).status == 200


# Host-header issuer poisoning


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-Host": "evil.example", "X-Host": "evil.example"},
        {"Host": "localhost:1234"},
    ],
)
def test_no_header_says_who_we_are(app: Flask, headers: dict[str, str]) -> None:
    flow = Flow(InProcess(app), TOKEN)
    flow.register()
    for path in (
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
    ):
        answer = flow.http.send("GET", path, headers=headers)
        assert "evil.example" not in answer.text and "1234" not in answer.text
        if answer.status == 200:
            urls = re.findall(r"https?://[^\"/]+", answer.text)
            assert set(urls) == {"http://127.0.0.1:5000"}
    answer = flow.http.send("POST", "/mcp", json={}, headers=headers)
    assert "evil.example" not in str(answer.headers)
    url = flow.request(code_challenge=None)
    redirected = flow.http.send("GET", url, headers=headers)
    if redirected.status == 303:
        assert redirected.query["iss"] == ["http://127.0.0.1:5000"]


# Store leak


def test_a_stolen_store_holds_no_token(flow: Flow, tmp_path: Path) -> None:
    app = flow.http.client.application
    flow.register(token_endpoint_auth_method="client_secret_post")
    unused = flow.approve()
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    _, personal = services(app).tokens.create("laptop", "read", None)
    services(app).close()
    found = list((tmp_path / "home").glob("store.db*"))
    stolen = b"".join(file.read_bytes() for file in found)
    assert b"smcp_" not in stolen
    secrets = [unused, first["access_token"], first["refresh_token"], second["access_token"]]
    secrets += [second["refresh_token"], personal, flow.client["client_secret"], TOKEN]
    for secret in secrets:
        assert secret[-43:].encode() not in stolen
    # And what is there is their SHA-256.
    kept = sqlite3.connect(tmp_path / "home" / "store.db").execute("select * from records")
    everything = str(kept.fetchall())
    assert hashlib.sha256(second["access_token"][-43:].encode()).hexdigest() in everything


# Timing of token compare


def test_token_hashes_are_compared_in_constant_time(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = flow.connect()
    flow.refresh(tokens["refresh_token"])  # two access tokens are alive
    app = flow.http.client.application
    compared: list[str] = []
    real = hmac.compare_digest

    def compare(a: Any, b: Any) -> bool:
        compared.append(str(a))
        return real(a, b)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert services(app).grants.authenticate(tokens["access_token"])
    assert len(compared) == 2 and all(re.fullmatch("[0-9a-f]{64}", text) for text in compared)
    # A secret and the pass-phrase are, too.
    confidential = Flow(InProcess(app), TOKEN)
    confidential.register(token_endpoint_auth_method="client_secret_post")
    compared.clear()
    assert confidential.token(grant_type="refresh_token", refresh_token="x").status == 400
    assert len(compared) == 1
    compared.clear()
    services(app).owner.check(TOKEN, "203.0.113.1")
    assert len(compared) == 1


# Revocation


def test_revoked_is_revoked_at_once_here_and_soon_elsewhere(
    flow: Flow, make: Make, clock: Clock
) -> None:
    tokens = flow.connect()
    elsewhere = Flow(InProcess(make()), TOKEN, client=flow.client)  # another process, same store
    assert elsewhere.call(tokens["access_token"]).status == 200
    form = {"token": tokens["refresh_token"], "client_id": flow.client["client_id"]}
    assert flow.http.send("POST", "/revoke", data=form).status == 200
    assert flow.call(tokens["access_token"]).status == 401
    clock.ahead_s = token_cache.CACHE_S + 1
    assert elsewhere.call(tokens["access_token"]).status == 401


def test_without_oauth_its_tokens_open_nothing(flow: Flow, make: Make) -> None:
    tokens = flow.connect()
    closed = Flow(InProcess(make(oauth_enabled=False)), TOKEN)
    assert closed.call(tokens["access_token"]).status == 401
