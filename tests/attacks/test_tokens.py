"""Attacks on access and refresh tokens: reuse, guessing, wider scope, other audience, leaks."""

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from strava_mcp.oauth import grant, grants, token_cache
from strava_mcp.services import services
from tests.clock import Clock
from tests.flow import BOTH, Flow, InProcess
from tests.web.conftest import TOKEN, Make


def write(flow: Flow, token: str) -> int:
    """Call a tool that writes; returns the HTTP status."""
    arguments = {"id": 1, "name": "x"}
    return flow.call(token, "tools/call", name="update_activity", arguments=arguments).status


# Refresh reuse after the grace window


def test_refresh_token_reused_after_the_grace_period_revokes_the_grant(
    flow: Flow, clock: Clock
) -> None:
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    assert flow.call(second["access_token"]).status == 200
    clock.ahead_s = grant.GRACE_S + 1
    answer = flow.refresh(first["refresh_token"])
    assert answer.status == 400 and answer.json["error"] == "invalid_grant"
    assert flow.call(second["access_token"]).status == 401
    assert flow.refresh(second["refresh_token"]).json["error"] == "invalid_grant"


def test_two_machines_of_a_host_may_refresh_within_the_grace_period(
    flow: Flow, clock: Clock
) -> None:
    first = flow.connect()
    one, two = (flow.refresh(first["refresh_token"]).json for _ in range(2))
    clock.ahead_s = grant.GRACE_S - 1
    for tokens in (one, two):
        assert flow.call(tokens["access_token"]).status == 200
        assert flow.refresh(tokens["refresh_token"]).status == 200


def test_uses_within_the_grace_period_are_limited(flow: Flow, clock: Clock) -> None:
    """Too many uses are refused, but not yet treated as theft."""
    first = flow.connect()
    statuses = [flow.refresh(first["refresh_token"]).status for _ in range(grant.GRACE_USES + 3)]
    assert statuses == [200] * (grant.GRACE_USES + 1) + [400] * 2
    assert flow.call(first["access_token"]).status == 200
    clock.ahead_s = grant.GRACE_S + 1
    assert flow.refresh(first["refresh_token"]).status == 400
    assert flow.call(first["access_token"]).status == 401


def test_stolen_refresh_chain_is_revoked_when_the_original_token_returns(
    flow: Flow, clock: Clock
) -> None:
    """However often the thief refreshes: the hash of the original token is long gone then."""
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


def test_grant_stores_few_hashes(flow: Flow, app: Flask, clock: Clock) -> None:
    tokens = flow.connect()
    for number in range(2 * grant.MAX_REFRESH_TOKENS):
        clock.ahead_s = number * (grant.GRACE_S + 1.0)
        tokens = flow.refresh(tokens["refresh_token"]).json
    (record,) = services(app).store.records(grants.NAMESPACE)
    assert (
        len(record.value["refresh"]) == 2 and len(record.value["access"]) <= grant.MAX_ACCESS_TOKENS
    )
    assert flow.refresh(tokens["refresh_token"]).status == 200


def test_refresh_token_of_another_client_is_refused(flow: Flow, stranger: Flow) -> None:
    tokens = flow.connect()
    assert stranger.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert flow.refresh(tokens["refresh_token"]).status == 200


def test_guessed_refresh_token_does_not_revoke_the_grant(flow: Flow) -> None:
    """IDs of grants are shown and logged; knowing one must not be enough to revoke it."""
    tokens = flow.connect()
    token = tokens["refresh_token"]
    nonce, signature = token[-43:-21], token[-21:]
    for secret in ("A" * 43, nonce + "A" * 21, "A" * 22 + signature, nonce[::-1] + signature):
        forged = token[:-43] + secret
        assert flow.refresh(forged).json["error"] == "invalid_grant"
        form = {"token": forged, "client_id": flow.client["client_id"]}
        assert flow.http.send("POST", "/revoke", data=form).status == 200
        assert flow.call(tokens["access_token"]).status == 200


def test_refresh_token_signed_for_another_grant_does_not_revoke_it(flow: Flow) -> None:
    one, two = flow.connect(), flow.connect()
    mixed = one["refresh_token"][:-43] + two["refresh_token"][-43:]
    assert flow.refresh(mixed).json["error"] == "invalid_grant"
    assert flow.call(one["access_token"]).status == flow.call(two["access_token"]).status == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_access_and_refresh_tokens_are_not_interchangeable(flow: Flow, kind: str) -> None:
    tokens = flow.connect()
    if kind == "refresh_token":
        assert flow.call(tokens[kind]).status == 401
        as_access = tokens[kind].replace("_rt_", "_at_")
        assert flow.call(as_access).status == 401
    else:
        for wrong in (tokens[kind], tokens[kind].replace("_at_", "_rt_")):
            assert flow.refresh(wrong).json["error"] == "invalid_grant"


def test_tokens_expire(flow: Flow, clock: Clock) -> None:
    tokens = flow.connect()
    clock.ahead_s = 3601
    assert flow.call(tokens["access_token"]).status == 401
    tokens = flow.refresh(tokens["refresh_token"]).json
    clock.ahead_s += grant.REFRESH_LIFETIME_S + 1
    assert flow.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_refreshing_does_not_extend_a_grant_beyond_its_lifetime(flow: Flow, clock: Clock) -> None:
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


def test_refresh_cannot_widen_the_scope(flow: Flow) -> None:
    tokens = flow.connect()
    for scope in ("strava:write", BOTH):
        answer = flow.refresh(tokens["refresh_token"], scope=scope)
        assert answer.status == 400 and answer.json["error"] == "invalid_scope"
    again = flow.refresh(tokens["refresh_token"], scope="strava:read admin")
    assert again.json["scope"] == "strava:read", "an unknown scope is ignored"
    assert write(flow, again.json["access_token"]) == 403


def test_refresh_may_narrow_the_scope_of_one_access_token(flow: Flow) -> None:
    tokens = flow.connect("write", scope=BOTH)
    assert write(flow, tokens["access_token"]) == 200
    narrow = flow.refresh(tokens["refresh_token"], scope="strava").json
    assert narrow["scope"] == "strava:read"
    assert write(flow, narrow["access_token"]) == 403
    assert write(flow, flow.refresh(narrow["refresh_token"]).json["access_token"]) == 200


def test_owner_can_grant_less_than_was_requested(flow: Flow) -> None:
    tokens = flow.connect("read", scope=BOTH)
    assert tokens["scope"] == "strava:read"
    assert write(flow, tokens["access_token"]) == 403


# Other audiences


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
def test_token_for_another_resource_is_not_issued(flow: Flow, resource: str) -> None:
    answer = flow.look(resource=resource)
    assert answer.status == 303 and answer.query["error"] == ["invalid_target"]
    both = flow.look(resource=["http://127.0.0.1:5000/mcp", resource])
    assert both.query["error"] == ["invalid_target"]
    code = flow.approve()
    assert flow.redeem(code, resource=resource).json["error"] == "invalid_target"
    tokens = flow.redeem(code).json
    refreshed = flow.refresh(tokens["refresh_token"], resource=resource)
    assert refreshed.json["error"] == "invalid_target"


@pytest.mark.parametrize("path", ["", "/", "/mcp", "/mcp/", "/sse", "/sse/"])
def test_base_url_and_mcp_are_one_audience(flow: Flow, path: str) -> None:
    resource = f"http://127.0.0.1:5000{path}"
    code = flow.approve(resource=resource)
    tokens = flow.redeem(code, resource=resource).json
    assert flow.call(tokens["access_token"]).status == 200
    refreshed = flow.refresh(tokens["refresh_token"], resource=resource).json
    assert flow.call(refreshed["access_token"]).status == 200


def test_token_of_another_server_is_refused(flow: Flow, make: Make) -> None:
    """The servers share a store, as after a change of PUBLIC_URL."""
    tokens = flow.connect()
    other = Flow(InProcess(make(public_url="http://localhost:9999")), TOKEN, client=flow.client)
    assert other.call(tokens["access_token"]).status == 401
    assert other.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert flow.call(tokens["access_token"]).status == 200


# Token in a query string


def test_token_in_a_url_is_ignored(flow: Flow) -> None:
    tokens = flow.connect()
    for name in ("access_token", "token", "bearer", "authorization"):
        path = f"/mcp?{name}={tokens['access_token']}"
        assert flow.http.send("POST", path, json={"jsonrpc": "2.0"}).status == 401


def test_token_and_revoke_refuse_a_query_string(flow: Flow) -> None:
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
        {"X-Forwarded-Port": "1234"},
        *({"Host": f"127.0.0.1:5000{suffix}"} for suffix in (".evil.example", "@evil.example")),
        *({"Host": f"{prefix}127.0.0.1:5000"} for prefix in ("evil.example@", "evil.example,")),
        *({"Host": f"127.0.0.1{port}"} for port in (":99999", ":5000:1234", ":x", "/evil.example")),
    ],
)
def test_issuer_does_not_depend_on_headers(app: Flask, headers: dict[str, str]) -> None:
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


def test_stolen_store_contains_no_token(flow: Flow, tmp_path: Path) -> None:
    app = flow.http.client.application
    flow.register(token_endpoint_auth_method="client_secret_post")
    unused = flow.approve()
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    _, personal = services(app).tokens.create("laptop", "read", None)
    services(app).close()
    files = list((tmp_path / "home").glob("store.db*"))
    stolen = b"".join(file.read_bytes() for file in files)
    assert b"smcp_" not in stolen
    secrets = [unused, first["access_token"], first["refresh_token"], second["access_token"]]
    secrets += [second["refresh_token"], personal, flow.client["client_secret"], TOKEN]
    for secret in secrets:
        assert secret[-43:].encode() not in stolen
    # It contains their SHA-256 instead.
    with closing(sqlite3.connect(tmp_path / "home" / "store.db")) as database:
        rows = str(database.execute("select * from records").fetchall())
    assert hashlib.sha256(second["access_token"][-43:].encode()).hexdigest() in rows


# Revocation


def test_revocation_is_immediate_here_and_within_the_cache_time_elsewhere(
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


def test_tokens_are_refused_while_oauth_is_disabled(flow: Flow, make: Make) -> None:
    tokens = flow.connect()
    closed = Flow(InProcess(make(oauth_enabled=False)), TOKEN)
    assert closed.call(tokens["access_token"]).status == 401
