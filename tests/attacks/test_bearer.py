"""Forged Bearer tokens: none is accepted, none causes a 500, no response reveals anything."""

import pytest
from flask import Flask

from tests.web.conftest import PING, TOKEN, bearer


@pytest.mark.parametrize(
    "header",
    [
        "Bearer " + "a" * 1_000_000,
        "Bearer tök€n" + "ü" * 40,
        "Bearer \x00" + TOKEN,
        f"Bearer {TOKEN},{TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        f"Basic {TOKEN}",
        f"Bearer Bearer {TOKEN}",
        f"Bearer: {TOKEN}",
        "Bearer null",
        "Bearer undefined",
        "Bearer smcp_pat_aaaaaaaa_" + "a" * 43,
        "Bearer smcp_pat_%00%00%00_" + "a" * 43,
        "Bearer ' OR 1=1 --",
    ],
)
def test_wrong_token_is_refused(app: Flask, header: str) -> None:
    raw = header.encode("utf-8").decode("latin-1")
    environ = {"HTTP_AUTHORIZATION": raw}
    reply = app.test_client().post("/mcp", json=PING, environ_overrides=environ)
    assert reply.status_code == 401
    assert len(reply.data) < 300 and TOKEN not in reply.text


@pytest.mark.parametrize("header", [f"bearer {TOKEN}", f"BEARER {TOKEN}", f"Bearer  {TOKEN}"])
def test_scheme_is_case_insensitive(app: Flask, header: str) -> None:
    """RFC 9110 §11.1."""
    reply = app.test_client().post("/mcp", json=PING, headers={"Authorization": header})
    assert reply.status_code == 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PROPFIND", "NONSENSE"])
def test_every_method_is_guarded_and_none_echoes_the_token(app: Flask, method: str) -> None:
    for path in ("/mcp", "/", "/nope"):
        reply = app.test_client().open(path, method=method)
        assert reply.status_code == 401
        reply = app.test_client().open(path, method=method, headers=bearer())
        assert reply.status_code in (200, 404, 405) and TOKEN not in reply.text
        assert method == "OPTIONS" or reply.status_code != 200


def test_repeated_authorization_header_is_refused(app: Flask) -> None:
    """Servers join the two values with a comma (RFC 9110 §5.3)."""
    for pair in ((TOKEN, "x" * 64), ("x" * 64, TOKEN)):
        headers = [("Authorization", f"Bearer {token}") for token in pair]
        reply = app.test_client().post("/mcp", json=PING, headers=headers)
        assert reply.status_code == 401


@pytest.mark.parametrize("name", ["token", "access_token", "auth_token", "api_key", "key"])
def test_token_in_the_url_is_ignored_and_the_error_says_so(app: Flask, name: str) -> None:
    client = app.test_client()
    reply = client.post(f"/mcp?{name}={TOKEN}", json=PING)
    assert reply.status_code == 401 and TOKEN not in reply.text
    if name != "key":
        assert "URL are ignored" in reply.get_json()["error"]["message"]
    form = client.post("/mcp", data={name: TOKEN})
    cookie = client.post("/mcp", json=PING, headers={"Cookie": f"{name}={TOKEN}"})
    assert form.status_code == cookie.status_code == 401


def test_unknown_expired_and_revoked_tokens_get_the_same_response(app: Flask) -> None:
    from strava_mcp.services import services

    tokens = services(app).tokens
    _, expired = tokens.create("a", "read", -1)
    token, revoked = tokens.create("b", "read", None)
    tokens.revoke(token.id)
    client = app.test_client()
    responses = {
        (reply.status_code, reply.text, reply.headers["WWW-Authenticate"])
        for token in (expired, revoked, "smcp_pat_aaaaaaaa_" + "a" * 43, "x" * 64)
        for reply in [client.post("/mcp", json=PING, headers=bearer(token))]
    }
    assert len(responses) == 1
