"""Attacks on registration: floods, oversized bodies, invalid metadata."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from strava_mcp.oauth import clients
from strava_mcp.store.sqlite import SQLiteStore
from strava_mcp.web import oauth
from tests.cli.test_commands import run
from tests.clock import Clock
from tests.flow import Flow, InProcess
from tests.web.conftest import TOKEN, Make


def raw(app: Flask, body: bytes, **headers: str) -> Any:
    options = {"data": body, "headers": headers, "content_type": "application/json"}
    return InProcess(app).send("POST", "/register", **options)


def test_registrations_per_network_are_limited(app: Flask) -> None:
    flow = Flow(InProcess(app), TOKEN)
    statuses = [flow.register().status for _ in range(oauth.PER_KEY + 2)]
    assert statuses == [201] * oauth.PER_KEY + [429] * 2
    answer = flow.register()
    assert int(answer.headers["Retry-After"]) <= 2 * oauth.HOUR_S
    assert answer.json["error"] == "temporarily_unavailable"
    elsewhere = Flow(InProcess(app, "203.0.113.7"), TOKEN)
    assert elsewhere.register().status == 201


def test_registrations_from_all_networks_are_limited(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of one network, beyond its first, and the first ones of very many."""
    monkeypatch.setattr(oauth, "OVERALL", 5)
    statuses = [from_address(app, f"198.51.100.{n % 2}").register().status for n in range(14)]
    assert statuses == [201] * (2 * oauth.OWN + 5) + [429] * 3
    monkeypatch.setattr(oauth, "OVERALL", 1)
    statuses = [from_address(app, f"203.0.113.{n}").register().status for n in range(5)]
    assert statuses == [201] * 4 + [429], "ten times as many"


def from_address(app: Flask, address: str) -> Flow:
    return Flow(InProcess(app, address), TOKEN)


def flood(app: Flask) -> set[int]:
    """Four addresses register as often as they can, hour by hour; returns the statuses."""
    return {
        from_address(app, f"203.0.113.{number % 4}").register().status
        for number in range(4 * oauth.PER_KEY + 8)
    }


def test_four_addresses_cannot_close_registration(app: Flask, clock: Clock) -> None:
    """The owner's client comes from an address of its own."""
    for half_hour in range(12):
        assert 429 in flood(app)
        assert from_address(app, f"198.51.100.{half_hour}").register().status == 201
        clock.advance(oauth.HOUR_S / 2)
    assert from_address(app, "198.51.100.200").connect()


def test_owner_can_open_registration_for_an_hour(app: Flask, clock: Clock) -> None:
    """Also for a client that shares its address with the flood, such as that of a cloud."""
    flood(app)
    client = from_address(app, "203.0.113.0")
    refused = client.register()
    assert refused.status == 429 and "flask grants allow" in refused.json["message"]
    assert "can register until" in run(app, "grants", "allow")
    assert client.connect()
    clock.advance(clients.OPEN_S + 1)
    flood(app)
    assert client.register().status == 429


def test_registration_is_bounded_while_the_owner_has_opened_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(clients, "MAX_PER_NETWORK_WHILE_OPEN", 5)
    run(app, "grants", "allow")
    client = from_address(app, "203.0.113.0")
    statuses = [client.register().status for _ in range(oauth.PER_KEY + 8)]
    assert statuses == [201] * (oauth.PER_KEY + 5) + [429] * 3
    clock.advance(1)
    run(app, "grants", "allow")
    assert client.register().status == 201, "the owner can open it again"
    monkeypatch.setattr(clients, "MAX_WHILE_OPEN", 1)
    assert client.register().status == 429


def test_strangers_do_not_use_up_what_the_owner_has_opened(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who go on registering after ``flask grants allow`` have a share of it only."""
    monkeypatch.setattr(clients, "MAX_WHILE_OPEN", 40)
    monkeypatch.setattr(clients, "MAX_PER_NETWORK_WHILE_OPEN", 4)
    flood(app)
    run(app, "grants", "allow")
    flood(app)
    monkeypatch.setattr(oauth, "OWN", 0)  # a client of a cloud: others there have used these up
    assert from_address(app, "198.51.100.77").register().status == 201


def test_unused_clients_are_limited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "MAX_UNUSED_CLIENTS", 3)
    monkeypatch.setattr(clients, "OWN_UNUSED_CLIENTS", 0)
    flow = Flow(InProcess(app), TOKEN)
    assert [flow.register().status for _ in range(4)] == [201] * 3 + [503]
    run(app, "grants", "allow")
    assert flow.register().status == 201


def test_unapproved_client_is_deleted(app: Flask, clock: Clock) -> None:
    flow = Flow(InProcess(app), TOKEN)
    assert flow.register().status == 201
    assert flow.look().status == 200
    clock.advance(clients.UNUSED_S + 1)
    assert flow.look().status == 400
    answer = flow.redeem("x")
    assert answer.status == 401 and answer.json["error"] == "invalid_client"


def test_approved_client_is_kept(flow: Flow, clock: Clock) -> None:
    tokens = flow.connect()
    clock.advance(clients.UNUSED_S + 1)
    assert flow.refresh(tokens["refresh_token"]).status == 200
    assert flow.look().status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[1, 2]",
        b"null",
        b'"text"',
        b"7",
        b"\xff\xfe{}",
        b"[" * 10_000,
        b"{}",
        json.dumps({"redirect_uris": []}).encode(),
        json.dumps({"redirect_uris": "http://localhost/cb"}).encode(),
        json.dumps({"redirect_uris": {"a": 1}}).encode(),
        json.dumps({"redirect_uris": [1]}).encode(),
        json.dumps({"redirect_uris": [["http://localhost/cb"]]}).encode(),
        json.dumps({"redirect_uris": ["http://localhost/" + "x" * 3000]}).encode(),
        json.dumps({"redirect_uris": ["http://localhost/cb"] * 17}).encode(),
    ],
)
def test_malformed_registration_gets_an_error_of_rfc_7591(app: Flask, body: bytes) -> None:
    answer = raw(app, body)
    assert answer.status == 400, answer.text
    assert answer.json["error"] in ("invalid_client_metadata", "invalid_redirect_uri")
    assert answer.json["error_description"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": ["none"]},
        {"token_endpoint_auth_method": 1},
        {"grant_types": ["implicit"]},
        {"grant_types": "authorization_code"},
        {"grant_types": ["refresh_token"]},
        {"grant_types": [None]},
        {"response_types": ["token"]},
        {"response_types": [["code"]]},
        {"application_type": "desktop"},
        {"application_type": ["web"]},
        {"client_uri": "not a url"},
        {"client_uri": ["https://a.example"]},
        {"logo_uri": "javascript:alert(1)"},
        {"scope": ["strava:read"]},
        {"software_id": "x" * 3000},
    ],
)
def test_invalid_metadata_is_named_in_the_error(app: Flask, metadata: dict[str, Any]) -> None:
    answer = Flow(InProcess(app), TOKEN).register(**metadata)
    assert answer.status == 400 and answer.json["error"] == "invalid_client_metadata"
    assert next(iter(metadata)) in answer.json["error_description"]


@pytest.mark.parametrize(
    "uri, shown, can_be_added",
    [
        ("https://app.example/callback", "https://app.example/callback", True),
        ("https://app.example/" + "x" * 1000, "https://app.example/" + "x" * 180 + "...", True),
        ('https://app.example/"\\', "https://app.example/%22%5C", False),
        ("https://cl\u0430ude.ai/cb", "https://cl%D0%B0ude.ai/cb", False),
        ("https://app.example/\u202egpj", "https://app.example/%E2%80%AEgpj", False),
        ("https://app.example/\ud800", "https://app.example/%5Cud800", False),
        ("javascript:alert(1)", "javascript:alert(1)", False),
    ],
)
def test_a_refused_redirect_uri_is_named_in_the_error(
    app: Flask, uri: str, shown: str, can_be_added: bool
) -> None:
    """In the characters of RFC 6749 §5.2; nothing is registered, not even the good one."""
    uris = ["http://localhost/cb", uri]
    answer = raw(app, json.dumps({"redirect_uris": uris}).encode())
    assert answer.status == 400 and answer.json["error"] == "invalid_redirect_uri"
    description = answer.json["error_description"]
    assert f"not on this server's list: number 2, {shown}. " in description
    assert "OAUTH_ALLOWED_REDIRECT_URIS" in description
    assert ("owner can add it" in description) == can_be_added
    assert re.fullmatch(r"[\x20-\x21\x23-\x5B\x5D-\x7E]{1,500}", description)


def test_all_refused_redirect_uris_are_named(app: Flask) -> None:
    uris = ["http://localhost/cb", *(f"https://app.example/{n}" for n in range(2, 8))]
    description = Flow(InProcess(app), TOKEN).register(redirect_uris=uris).json["error_description"]
    for number in (2, 3, 4, 5):
        assert f"number {number}, https://app.example/{number}" in description
    assert "2 more" in description and "number 1" not in description and "/6" not in description


def test_registration_must_be_json(app: Flask) -> None:
    body = json.dumps({"redirect_uris": ["http://localhost/cb"]})
    for media in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = InProcess(app).send("POST", "/register", data=body, content_type=media)
        assert answer.status == 400 and answer.json["error"] == "invalid_client_metadata"


def test_expired_registrations_are_swept(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []
    sweep = SQLiteStore.sweep
    monkeypatch.setattr(SQLiteStore, "sweep", lambda store: swept.append(sweep(store)))
    Flow(InProcess(app), TOKEN).register()
    assert swept == [0], "the first use finds nothing to remove"
    clock.advance(7 * 86400)
    Flow(InProcess(app), TOKEN).register()
    assert len(swept) == 2 and swept[1] >= 3  # the client, and two counts


def test_oversized_registration_is_refused(app: Flask) -> None:
    body = json.dumps({"redirect_uris": ["http://localhost/cb"], "x": "y" * 20_000}).encode()
    answer = raw(app, body)
    assert answer.status == 400 and answer.json["error"] == "invalid_client_metadata"


def test_registration_token_is_required_if_set(make: Make) -> None:
    app = make(oauth_registration_token="r" * 40)
    body = json.dumps({"redirect_uris": ["http://localhost/cb"]}).encode()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer tök€n"}):
        sent = {k: v.encode().decode("latin-1") for k, v in headers.items()}
        answer = raw(app, body, **sent)
        assert answer.status == 401 and answer.json["error"] == "invalid_token"
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert raw(app, body, Authorization="Bearer " + "r" * 40).status == 201


def test_public_client_gets_no_secret_and_confidential_client_needs_its_own(app: Flask) -> None:
    """Authlib's default issues a secret to both."""
    public = Flow(InProcess(app), TOKEN)
    answer = public.register()
    assert "client_secret" not in answer.json
    assert (
        public.token(grant_type="refresh_token", refresh_token="x", client_secret="y").status == 401
    )
    confidential = Flow(InProcess(app), TOKEN)
    confidential.register(token_endpoint_auth_method="client_secret_post")
    code = confidential.approve()
    for secret in (None, "", "wrong", confidential.client["client_secret"][:-1]):
        answer = confidential.redeem(code, client_secret=secret)
        assert answer.status == 401 and answer.json["error"] == "invalid_client"
    assert confidential.redeem(code).status == 200


def test_only_the_registered_authentication_method_works(app: Flask) -> None:
    import base64

    flow = Flow(InProcess(app), TOKEN)
    flow.register(token_endpoint_auth_method=None)  # RFC 7591 §2: client_secret_basic
    code = flow.approve()
    assert flow.redeem(code).status == 401, "a secret in the body is the other method"
    pair = f"{flow.client['client_id']}:{flow.client['client_secret']}"
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": flow.redirect_uri,
        "code_verifier": flow.verifier,
    }
    for encoded in ("!", "\xff", base64.b64encode(b"\xff:\xff").decode(), "Og=="):
        headers = {"Authorization": f"Basic {encoded}"}
        answer = flow.http.send("POST", "/token", data=form, headers=headers)
        assert answer.status == 401 and answer.json["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    assert flow.http.send("POST", "/token", data=form, headers=headers).status == 200
