"""OAuth: consent, tokens, rotation, revocation."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET
from strava_mcp.store import Store
from tests.sandbox.conftest import CLIENT, NOW, REFRESH, Clock

ASK = {
    "client_id": SANDBOX_CLIENT_ID,
    "redirect_uri": "http://localhost:8765/back",
    "response_type": "code",
    "scope": "read,activity:read_all",
    "state": "s=1&2",
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def consent(client: FlaskClient, **changes: str) -> dict[str, list[str]]:
    """Query parameters of the redirect to the application."""
    reply = client.get("/oauth/authorize", query_string=ASK | changes)
    assert reply.status_code == 302
    assert reply.location.startswith("http://localhost:8765/back?")
    return parse_qs(urlsplit(reply.location).query)


@pytest.mark.parametrize("path", ["/oauth/token", "/api/v3/oauth/token"])
def test_code_is_exchanged_once(client: FlaskClient, path: str) -> None:
    query = consent(client)
    assert query["state"] == ["s=1&2"] and query["scope"] == ["read,activity:read_all"]
    form = CLIENT | {"grant_type": "authorization_code", "code": query["code"][0]}
    tokens = client.post(path, data=form).json
    assert (
        tokens and tokens["expires_in"] == 6 * 3600 and tokens["expires_at"] == int(NOW) + 6 * 3600
    )
    assert tokens["athlete"]["firstname"] == "Mira" and tokens["token_type"] == "Bearer"
    headers = bearer(tokens["access_token"])
    assert client.get("/api/v3/athlete/activities", headers=headers).status_code == 200
    assert client.get("/api/v3/athlete/zones", headers=headers).status_code == 401
    assert client.post(path, data=form).status_code == 400


def test_code_expires_after_ten_minutes(client: FlaskClient, clock: Clock) -> None:
    form = CLIENT | {"grant_type": "authorization_code", "code": consent(client)["code"][0]}
    clock.now += 600
    assert client.post("/oauth/token", data=form).status_code == 400


def test_unticked_scopes_are_not_granted(app: Flask, client: FlaskClient) -> None:
    app.extensions["sandbox"].unticked.add("activity:read_all")
    query = consent(client)
    assert query["scope"] == ["read"]
    form = CLIENT | {"grant_type": "authorization_code", "code": query["code"][0]}
    token = (client.post("/oauth/token", data=form).json or {})["access_token"]
    reply = client.get("/api/v3/athlete/activities", headers=bearer(token))
    assert reply.status_code == 401 and reply.json
    assert reply.json["errors"][0]["field"] == "activity:read_permission"


def test_athlete_can_deny_access(store: Store) -> None:
    client = create_app(store, approves=False).test_client()
    query = consent(client)
    assert query["error"] == ["access_denied"] and "code" not in query


def test_authorize_rejects_unknown_clients_and_redirects(client: FlaskClient) -> None:
    for changes in ({"client_id": "7"}, {"redirect_uri": "https://elsewhere.example/back"}):
        assert client.get("/oauth/authorize", query_string=ASK | changes).status_code == 400
    reply = client.get(
        "/oauth/authorize", query_string=ASK | {"redirect_uri": "http://127.0.0.1:1/b?a=1"}
    )
    assert "?a=1&state=" in reply.location


def test_refresh_tokens_rotate(client: FlaskClient) -> None:
    first = client.post("/oauth/token", data=REFRESH).json or {}
    assert client.post("/oauth/token", data=REFRESH).status_code == 400
    form = REFRESH | {"refresh_token": first["refresh_token"]}
    second = client.post("/oauth/token", data=form).json or {}
    assert second["refresh_token"] != first["refresh_token"]
    assert client.post("/oauth/token", data=form).status_code == 400
    for token in (first["access_token"], second["access_token"]):
        assert client.get("/api/v3/athlete", headers=bearer(token)).status_code == 200


def test_access_tokens_expire_after_six_hours(client: FlaskClient, clock: Clock) -> None:
    tokens = client.post("/oauth/token", data=REFRESH).json or {}
    headers = bearer(tokens["access_token"])
    clock.now = NOW + 6 * 3600 - 1
    assert client.get("/api/v3/athlete", headers=headers).status_code == 200
    clock.now = NOW + 6 * 3600
    reply = client.get("/api/v3/athlete", headers=headers)
    assert reply.status_code == 401
    error = {"resource": "Athlete", "field": "access_token", "code": "invalid"}
    assert reply.json == {"message": "Authorization Error", "errors": [error]}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"client_id": "7"},
        {"client_secret": "wrong"},
        {"client_secret": "geheimnis-ü"},
        {"grant_type": "password"},
        {"refresh_token": "wrong"},
    ],
)
def test_token_endpoint_rejects_invalid_requests(client: FlaskClient, form: dict[str, str]) -> None:
    reply = client.post("/oauth/token", data=(REFRESH | form) if form else {})
    assert reply.status_code in (400, 401) and reply.json and reply.json["errors"]


@pytest.mark.parametrize("headers", [{}, bearer("wrong"), {"Authorization": "Basic eA=="}])
def test_api_requires_a_token_in_the_header(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/api/v3/athlete", headers=headers).status_code == 401
    assert client.get("/api/v3/athlete?access_token=x", headers=headers).status_code == 401


def basic(secret: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{SANDBOX_CLIENT_ID}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def test_revoke_requires_the_client_and_revokes(client: FlaskClient) -> None:
    tokens = client.post("/oauth/token", data=REFRESH).json or {}
    token = {"token": tokens["access_token"]}
    for wrong in ({}, basic("wrong"), {"Authorization": "Basic !"}):
        assert client.post("/oauth/revoke", data=token, headers=wrong).status_code == 401
    headers = bearer(tokens["access_token"])
    assert client.get("/api/v3/athlete", headers=headers).status_code == 200
    right = basic(SANDBOX_CLIENT_SECRET)
    assert client.post("/oauth/revoke", data=token, headers=right).status_code == 200
    assert client.get("/api/v3/athlete", headers=headers).status_code == 401
    again = {"token": tokens["refresh_token"]}
    assert client.post("/oauth/revoke", data=again, headers=right).status_code == 200
    form = REFRESH | {"refresh_token": tokens["refresh_token"]}
    assert client.post("/oauth/token", data=form).status_code == 400


def test_deauthorize_revokes_its_own_token(client: FlaskClient) -> None:
    tokens = client.post("/oauth/token", data=REFRESH).json or {}
    headers = bearer(tokens["access_token"])
    assert client.post("/oauth/deauthorize", headers=headers).status_code == 200
    assert client.get("/api/v3/athlete", headers=headers).status_code == 401
    assert client.post("/oauth/deauthorize", headers=headers).status_code == 401
