"""Discovery, registration and tokens: the exact responses."""

import base64
from typing import Any

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from flask import Flask

from strava_mcp.errors import StoreError
from strava_mcp.services import services
from tests.flow import BOTH, Flow, InProcess
from tests.web.conftest import PING, TOKEN, Make, bearer

BASE = "https://strava.example.com"
HOST = {"Host": "strava.example.com"}
#: Scopes that clients ask every server for, and some that are nearly ours.
UNKNOWN_SCOPES = [
    "offline_access",
    "openid email profile",
    "strava:READ",
    "strava:read,strava:write",
    "read write",
    "mcp:tools",
]


@pytest.fixture
def flow(app: Flask) -> Flow:
    client = Flow(InProcess(app), TOKEN)
    assert client.register().status == 201
    return client


@pytest.mark.parametrize("path", ["oauth-authorization-server", "openid-configuration"])
def test_the_server_metadata(make: Make, path: str) -> None:
    client = make(public_url=BASE).test_client()
    reply = client.get(f"/.well-known/{path}", headers=HOST)
    assert reply.status_code == 200 and reply.content_type == "application/json"
    metadata = reply.get_json()
    AuthorizationServerMetadata(metadata).validate()
    assert metadata["issuer"] == BASE
    assert metadata["authorization_endpoint"] == f"{BASE}/authorize"
    assert metadata["token_endpoint"] == f"{BASE}/token"
    assert metadata["registration_endpoint"] == f"{BASE}/register"
    assert metadata["revocation_endpoint"] == f"{BASE}/revoke"
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert "none" in metadata["token_endpoint_auth_methods_supported"]
    assert metadata["client_id_metadata_document_supported"] is True
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["scopes_supported"] == ["strava:read", "strava:write"]


@pytest.mark.parametrize("path", ["", "/mcp"])
def test_the_resource_metadata(make: Make, path: str) -> None:
    client = make(public_url=BASE).test_client()
    metadata = client.get(f"/.well-known/oauth-protected-resource{path}", headers=HOST).get_json()
    assert metadata["resource"] == BASE + path
    assert metadata["authorization_servers"] == [BASE]
    assert metadata["bearer_methods_supported"] == ["header"]


def test_pages_of_an_allowed_origin_can_discover(make: Make) -> None:
    client = make(allowed_origins=("https://app.example",)).test_client()
    for path in (
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-authorization-server",
    ):
        reply = client.get(path, headers={"Origin": "https://app.example"})
        assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert client.get(path, headers={"Origin": "https://other.example"}).status_code == 403


def test_a_registration_returns_what_was_stored(app: Flask) -> None:
    flow = Flow(InProcess(app), TOKEN)
    answer = flow.register(
        client_uri="https://app.example.com",
        logo_uri=None,
        scope="strava:write openid",
        application_type="native",
        grant_types=["authorization_code", "refresh_token", "urn:ietf:params:oauth:x"],
        contacts=["a@example.com"],
    )
    assert answer.status == 201 and answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "client_id": answer.json["client_id"],
        "client_id_issued_at": answer.json["client_id_issued_at"],
        "client_name": "Test client",
        "client_uri": "https://app.example.com",
        "redirect_uris": [flow.redirect_uri],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "native",
        "scope": BOTH,
    }


def test_a_registration_without_a_method_is_confidential(app: Flask) -> None:
    """The official Python client leaves the member out (RFC 7591 §2: client_secret_basic)."""
    flow = Flow(InProcess(app), TOKEN)
    answer = flow.register(token_endpoint_auth_method=None)
    assert answer.json["token_endpoint_auth_method"] == "client_secret_basic"
    assert answer.json["client_secret_expires_at"] == 0
    pair = base64.b64encode(f"{answer.json['client_id']}:{answer.json['client_secret']}".encode())
    form = {
        "grant_type": "authorization_code",
        "code": flow.approve(),
        "redirect_uri": flow.redirect_uri,
        "code_verifier": flow.verifier,
    }
    headers = {"Authorization": f"Basic {pair.decode()}"}
    given = flow.http.send("POST", "/token", data=form, headers=headers)
    assert given.status == 200
    revoked = {"token": given.json["access_token"]}
    assert flow.http.send("POST", "/revoke", data=revoked, headers=headers).status == 200
    assert flow.call(given.json["access_token"]).status == 401


def test_a_token_response(flow: Flow) -> None:
    answer = flow.redeem(flow.approve("write", scope=BOTH))
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json) == {
        *("access_token", "token_type", "expires_in", "refresh_token", "scope")
    }
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 3600
    assert answer.json["scope"] == BOTH


def test_access_token_lifetime_is_configurable(make: Make) -> None:
    flow = Flow(InProcess(make(oauth_access_token_s=60)), TOKEN)
    assert flow.connect()["expires_in"] == 60


@pytest.mark.parametrize(
    "requested, choice, granted",
    [
        ("strava", "read", "strava:read"),
        ("strava:write", "write", BOTH),
        (BOTH, "read", "strava:read"),
        (None, "read", "strava:read"),
        (None, "write", BOTH),
        ("", "write", BOTH),  # Gemini CLI
        ("strava:read offline_access openid", "read", "strava:read"),
        ("strava:write offline_access", "write", BOTH),
        ("strava email strava:write", "read", "strava:read"),
        *((scope, "read", "strava:read") for scope in UNKNOWN_SCOPES),
    ],
)
def test_granted_scope(flow: Flow, requested: str | None, choice: str, granted: str) -> None:
    tokens = flow.connect(choice, scope=requested)
    assert tokens["scope"] == granted
    assert flow.refresh(tokens["refresh_token"]).json["scope"] == granted


@pytest.mark.parametrize("scope", UNKNOWN_SCOPES)
def test_unknown_scopes_are_ignored_everywhere(flow: Flow, scope: str) -> None:
    """None left means read (RFC 6749 §3.3); each reply names what it stands for (§5.1)."""
    assert flow.register(scope=scope).json["scope"] == "strava:read"
    tokens = flow.connect("write", scope=f"{BOTH} {scope}")
    assert tokens["scope"] == BOTH
    kept = flow.refresh(tokens["refresh_token"], scope=f"{scope} {BOTH}").json
    assert kept["scope"] == BOTH
    narrowed = flow.refresh(kept["refresh_token"], scope=scope).json
    assert narrowed["scope"] == "strava:read"
    assert flow.refresh(narrowed["refresh_token"]).json["scope"] == BOTH


@pytest.mark.parametrize("scope", ["strava:write", BOTH, "strava:write offline_access"])
def test_a_refresh_never_widens_the_scope(flow: Flow, scope: str) -> None:
    tokens = flow.connect("read", scope="offline_access")
    answer = flow.refresh(tokens["refresh_token"], scope=scope)
    assert (answer.status, answer.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ["code", "code"]}, "invalid_request"),
        ({"scope": ["strava:read", "strava:write"]}, "invalid_request"),
        ({"scope": "x" * 3000}, "invalid_request"),
        ({"state": ["a", "b"]}, "invalid_request"),
        ({"state": "a\x00b"}, "invalid_request"),
        ({"code_challenge": ["A" * 43, "A" * 43]}, "invalid_request"),
        ({"code_challenge_method": ["S256", "S256"]}, "invalid_request"),
        ({"resource": "x"}, "invalid_target"),
    ],
)
def test_authorization_errors_are_redirected_with_their_code(
    flow: Flow, changes: dict[str, Any], error: str
) -> None:
    answer = flow.look(**changes)
    assert answer.status == 303
    assert answer.headers["Location"].startswith(f"{flow.redirect_uri}?")
    assert answer.query["error"] == [error] and answer.query["iss"] == ["http://127.0.0.1:5000"]
    assert answer.query.get("state") == (None if "state" in changes else ["st4te"])


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "unknown"},
        {"client_id": ["a", "b"]},
        {"client_id": "é"},
        {"redirect_uri": ["http://127.0.0.1:33418/callback"] * 2},
        {"redirect_uri": "https://evil.example"},
    ],
)
def test_errors_of_client_or_redirect_uri_are_not_redirected(
    flow: Flow, changes: dict[str, Any]
) -> None:
    answer = flow.look(**changes)
    assert answer.status == 400 and "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "form, status, error",
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"grant_type": 'a"b'}, 400, "invalid_request"),
        ({"grant_type": ["refresh_token", "refresh_token"]}, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, 400, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": ["x", "y"]}, 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "client_id": "unknown"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "client_id": None}, 401, "invalid_client"),
    ],
)
def test_token_errors_have_their_code(
    flow: Flow, form: dict[str, Any], status: int, error: str
) -> None:
    answer = flow.token(**form)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/token", "/revoke"])
@pytest.mark.parametrize(
    "options",
    [
        {"json": {"grant_type": "refresh_token"}},
        {"data": "grant_type=refresh_token", "content_type": "text/plain"},
        {"data": {"x": "y" * 20_000}},
        {"data": b"\xff\xfe=%ff%fe", "content_type": "application/x-www-form-urlencoded"},
        {},
    ],
)
def test_a_body_that_is_not_a_form_is_rejected(
    flow: Flow, path: str, options: dict[str, Any]
) -> None:
    answer = flow.http.send("POST", path, **options)
    assert answer.status in (400, 401)
    assert answer.json["error"] in ("invalid_request", "invalid_client")


def test_revocation_of_an_access_token_alone(flow: Flow) -> None:
    tokens = flow.connect()
    form = {"token": tokens["access_token"], "client_id": flow.client["client_id"]}
    assert flow.http.send("POST", "/revoke", data=form).status == 200
    assert flow.call(tokens["access_token"]).status == 401
    assert flow.refresh(tokens["refresh_token"]).status == 200


def test_revoking_a_refresh_token_revokes_the_grant(flow: Flow) -> None:
    tokens = flow.connect()
    form = {
        "token": tokens["refresh_token"],
        "token_type_hint": "access_token",  # wrong, and only a hint
        "client_id": flow.client["client_id"],
    }
    assert flow.http.send("POST", "/revoke", data=form).status == 200
    assert flow.call(tokens["access_token"]).status == 401
    assert flow.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert flow.http.send("POST", "/revoke", data=form).status == 200  # again is as good


def test_revocation_by_another_client_is_refused(flow: Flow) -> None:
    tokens = flow.connect()
    other = Flow(InProcess(flow.http.client.application), TOKEN)
    other.register()
    for kind in ("access_token", "refresh_token"):
        form = {"token": tokens[kind], "client_id": other.client["client_id"]}
        answer = flow.http.send("POST", "/revoke", data=form)
        assert answer.status == 400 and answer.json["error"] == "invalid_grant"
    assert flow.call(tokens["access_token"]).status == 200


@pytest.mark.parametrize(
    "form, status, error",
    [
        ({}, 400, "invalid_request"),
        ({"token": "x", "client_id": "unknown"}, 401, "invalid_client"),
        ({"token": "x", "client_id": None}, 401, "invalid_client"),
        ({"token": ["x", "y"]}, 400, "invalid_request"),
        ({"token": "x", "token_type_hint": "nonsense"}, 200, None),
        ({"token": "unknown"}, 200, None),
    ],
)
def test_revocation_errors_have_their_code(
    flow: Flow, form: dict[str, Any], status: int, error: str | None
) -> None:
    sent = {"client_id": flow.client["client_id"], **form}
    kept = {name: value for name, value in sent.items() if value is not None}
    answer = flow.http.send("POST", "/revoke", data=kept)
    assert (answer.status, answer.json.get("error")) == (status, error)


def test_step_up_to_a_wider_scope(flow: Flow) -> None:
    """403 names every scope that is needed; the same client requests them and may then write."""
    tokens = flow.connect()
    arguments = {"id": 1, "name": "x"}
    refused = flow.call(
        tokens["access_token"], "tools/call", name="update_activity", arguments=arguments
    )
    assert refused.status == 403
    challenge = refused.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge and f'scope="{BOTH}"' in challenge
    assert 'resource_metadata="http://127.0.0.1:5000/.well-known/' in challenge
    more = flow.connect("write", scope=BOTH)
    allowed = flow.call(
        more["access_token"], "tools/call", name="update_activity", arguments=arguments
    )
    assert allowed.status == 200


def test_the_limit_of_a_token_is_that_of_its_grant(make: Make, limit_clock: Any) -> None:
    flow = Flow(InProcess(make(rate_limit=12)), TOKEN)
    tokens = flow.connect()
    again = flow.refresh(tokens["refresh_token"]).json
    for _ in range(6):
        assert flow.call(tokens["access_token"]).status == 200
        assert flow.call(again["access_token"]).status == 200
    assert flow.call(again["access_token"]).status == 429
    assert flow.http.client.post("/mcp", json=PING, headers=bearer()).status_code == 200


def test_requests_without_a_token_are_limited(make: Make, limit_clock: Any) -> None:
    http = InProcess(make(rate_limit=10))
    path = "/.well-known/oauth-authorization-server"
    assert [http.send("GET", path).status for _ in range(12)] == [200] * 10 + [429] * 2
    assert http.send("GET", "/health").status == 200


def test_a_hundred_calls_read_the_store_once(
    flow: Flow, app: Flask, monkeypatch: pytest.MonkeyPatch, frozen_clock: Any
) -> None:
    token = flow.connect()["access_token"]
    store, read = services(app).store, []
    real = store.get
    monkeypatch.setattr(store, "get", lambda *key: read.append(key) or real(*key))
    for _ in range(100):
        assert flow.call(token).status == 200
    assert [space for space, _ in read] == ["grant"]


@pytest.mark.parametrize("operation", ["get", "replace"])
def test_a_store_that_fails_loses_no_grant(
    flow: Flow, app: Flask, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    tokens = flow.connect()

    def down(*args: object) -> None:
        raise StoreError("The store did not answer: throttled")

    with monkeypatch.context() as patch:
        patch.setattr(services(app).store, operation, down)
        answer = flow.refresh(tokens["refresh_token"])
        assert answer.status == 503 and answer.headers["Retry-After"]
    assert flow.refresh(tokens["refresh_token"]).status == 200
