"""``/mcp/`` is ``/mcp``: people type either, and clients compare what was typed."""

from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask

from strava_mcp.web import guard
from tests.web.conftest import PING, Clock, Make, bearer

METHODS = ["POST", "GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH"]


def answer(app: Flask, method: str, path: str, **options: Any) -> dict[str, Any]:
    """What a client sees, apart from the number of the request."""
    reply = app.test_client().open(path, method=method, **options)
    headers = {name: value for name, value in reply.headers.items() if name != "X-Request-Id"}
    return {"status": reply.status_code, "headers": headers, "body": reply.data}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "options, status",
    [
        ({"headers": bearer(), "json": PING}, {"POST": 200, "OPTIONS": 200}),
        ({"headers": bearer(), "data": b"{", "content_type": "application/json"}, {"POST": 400}),
        ({"headers": bearer() | {"Host": "evil.example"}}, dict.fromkeys(METHODS, 421)),
        ({"headers": bearer() | {"Origin": "https://evil.example"}}, dict.fromkeys(METHODS, 403)),
    ],
)
def test_every_method_is_the_same(
    app: Flask, method: str, options: dict[str, Any], status: dict[str, int]
) -> None:
    reply = answer(app, method, "/mcp/", **options)
    assert reply == answer(app, method, "/mcp", **options)
    assert reply["status"] == status.get(method, reply["status"])
    assert reply["status"] not in (301, 302, 307, 308, 404)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/sse", "/message", "/ws"])
@pytest.mark.parametrize("headers", [bearer(), bearer("x" * 64), {}])
def test_so_are_the_other_transports(
    make: Make, method: str, path: str, headers: dict[str, str]
) -> None:
    app = make(max_streams=0)  # GET /sse is refused, and does not stream
    reply, plain = (answer(app, method, f"{path}{end}", headers=headers) for end in ("/", ""))
    challenge = reply["headers"].pop("WWW-Authenticate", "")
    assert challenge.replace('/"', '"') == plain["headers"].pop("WWW-Authenticate", "")
    assert reply == plain
    assert "requested URL was not found" not in reply["body"].decode()


@pytest.mark.parametrize("headers", [bearer(), {}])
def test_a_message_can_be_posted_with_a_slash(make: Make, headers: dict[str, str]) -> None:
    client = make(allow_authless=True).test_client()
    with client.get("/sse/", headers=headers) as stream:
        events = stream.iter_encoded()
        session = (next(events) + next(events)).decode().partition("session_id=")[2].split()[0]
        query = {"session_id": session}
        reply = client.post("/message/", json=PING, headers=headers, query_string=query)
        assert reply.status_code == 202
        assert any(b'"result":{}' in event for event in events)


def test_preflights_are_answered(app: Flask) -> None:
    preflight = {"Origin": "http://localhost:6274", "Access-Control-Request-Method": "POST"}
    reply = answer(app, "OPTIONS", "/mcp/", headers=preflight)
    assert reply["status"] == 204 and reply == answer(app, "OPTIONS", "/mcp", headers=preflight)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("headers", [{}, bearer("x" * 64), {"Accept": "text/html"}])
def test_without_a_token_each_names_its_own_metadata(
    make: Make, method: str, headers: dict[str, str]
) -> None:
    app = make(allow_authless=True)  # which never opens /mcp
    reply, plain = (answer(app, method, path, headers=headers) for path in ("/mcp/", "/mcp"))
    assert reply["status"] == plain["status"] == 401
    challenge = reply["headers"].pop("WWW-Authenticate")
    assert "/.well-known/oauth-protected-resource/mcp/" in challenge
    assert challenge.replace("/mcp/", "/mcp") == plain["headers"].pop("WWW-Authenticate")
    assert reply == plain


def test_addresses_and_limits_hold(make: Make, limit_clock: Clock) -> None:
    elsewhere = make(allowed_ips=(ip_network("203.0.113.0/24"),))
    assert answer(elsewhere, "POST", "/mcp/", headers=bearer())["status"] == 403
    app = make()
    statuses = [
        answer(app, "POST", path, headers=bearer("x" * 64))["status"]
        for path in ("/mcp", "/mcp/") * (guard.MAX_FAILURES // 2 + 1)
    ]
    assert statuses[-1] == 429


def test_a_body_too_large_is_a_json_rpc_error(make: Make) -> None:
    app = make(max_body_bytes=2000)
    body = {"data": b" " * 3000, "headers": bearer(), "content_type": "application/json"}
    reply = answer(app, "POST", "/mcp/", **body)
    assert reply["status"] == 413 and reply == answer(app, "POST", "/mcp", **body)


@pytest.mark.parametrize("path", ["/mcp", "/mcp/", "/sse", "/sse/"])
def test_the_metadata_names_what_was_typed(app: Flask, path: str) -> None:
    reply = app.test_client().get(f"/.well-known/oauth-protected-resource{path}")
    assert reply.get_json()["resource"] == f"http://localhost{path}"
    assert reply.get_json()["authorization_servers"] == ["http://localhost"]
