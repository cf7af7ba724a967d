"""What clients read when a posted message is refused: a JSON-RPC error with a hint and a code."""

from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from strava_mcp.errors import StoreError
from strava_mcp.services import services
from tests.flow import Flow, InProcess
from tests.web.conftest import PING, TOKEN, Clock, Make, bearer
from tests.wire import MODERN, validator

PATHS = ("/mcp", "/", "/mcp/", "/message", "/sse")
JSON_RPC = {"content_type": "application/json"}


def refusal(reply: TestResponse, status: int) -> dict[str, Any]:
    """Check that a reply is a JSON-RPC error with that HTTP status; return the error."""
    assert (reply.status_code, reply.content_type) == (status, "application/json"), reply.text
    body = reply.get_json()
    assert set(body) == {"jsonrpc", "id", "error"} and body["jsonrpc"] == "2.0"
    assert body["id"] is None
    validator(MODERN, "Error").validate(body["error"])
    error: dict[str, Any] = body["error"]
    return error


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers, status, code, reason, hint",
    [
        ({}, 401, -32010, "unauthorized", "send `Authorization: Bearer <token>`"),
        (bearer("x" * 64), 401, -32010, "unauthorized", "is not valid"),
        (
            bearer() | {"Origin": "https://evil.example"},
            403,
            -32011,
            "origin_not_allowed",
            "Origin",
        ),
        (bearer() | {"Host": "evil.example"}, 421, -32012, "host_not_allowed", "ALLOWED_HOSTS"),
    ],
)
def test_refusals_of_the_guard(
    app: Flask,
    path: str,
    headers: dict[str, str],
    status: int,
    code: int,
    reason: str,
    hint: str,
) -> None:
    for body in (b"", b"{", b"[]", b'{"jsonrpc": "2.0", "id": 7, "method": "ping"}'):
        reply = app.test_client().post(path, data=body, headers=headers, **JSON_RPC)
        error = refusal(reply, status)
        assert (error["code"], error["data"]) == (code, {"reason": reason})
        assert hint in error["message"]
        assert ("WWW-Authenticate" in reply.headers) == (status == 401)


def test_a_refused_address(make: Make) -> None:
    app = make(allowed_ips=(ip_network("10.0.0.0/8"),))
    error = refusal(app.test_client().post("/mcp", json=PING, headers=bearer()), 403)
    assert "ALLOWED_IPS" in error["message"]
    assert error["data"] == {"reason": "address_not_allowed"}


def test_too_many_requests(make: Make, limit_clock: Clock) -> None:
    client = make(rate_limit=1).test_client()
    assert client.post("/mcp", json=PING, headers=bearer()).status_code == 200
    for path in PATHS:
        reply = client.post(path, json=PING, headers=bearer())
        error = refusal(reply, 429)
        assert error["code"] == -32013 and error["data"] == {"reason": "rate_limited"}
        assert f"Try again in {reply.headers['Retry-After']} s." in error["message"]


def test_too_many_messages_in_a_batch(make: Make, limit_clock: Clock) -> None:
    client = make(rate_limit=10).test_client()
    headers = bearer() | {"MCP-Protocol-Version": "2025-03-26"}
    reply = client.post("/mcp", json=[PING] * 20, headers=headers)
    assert refusal(reply, 429)["code"] == -32013 and "Retry-After" in reply.headers


def test_too_many_wrong_tokens(app: Flask, limit_clock: Clock) -> None:
    client = app.test_client()
    for _ in range(20):
        client.post("/mcp", json=PING, headers=bearer("x" * 64))
    error = refusal(client.post("/mcp", json=PING, headers=bearer("x" * 64)), 429)
    assert "wrong tokens" in error["message"]


@pytest.mark.parametrize(
    "status, sent, hint",
    [
        (413, {"data": b" " * 3000, **JSON_RPC}, "at most 2,000 bytes (MAX_BODY_BYTES)"),
        (415, {"data": b"{}", "content_type": "text/plain"}, "Content-Type must be"),
        (406, {"json": PING, "headers": {"Accept": "text/html"}}, "Accept must allow"),
        (400, {"data": b"{", **JSON_RPC}, "Parse error"),
        (400, {"data": b"[]", **JSON_RPC}, ""),
        (400, {"data": b'{"jsonrpc": "1.0"}', **JSON_RPC}, "Invalid request"),
    ],
)
@pytest.mark.parametrize("path", ["/mcp", "/"])
def test_refusals_of_the_endpoint(
    make: Make, path: str, status: int, sent: dict[str, Any], hint: str
) -> None:
    client = make(max_body_bytes=2000).test_client()
    sent = sent | {"headers": bearer() | sent.get("headers", {})}
    error = refusal(client.post(path, **sent), status)
    assert hint in error["message"] and error["code"] in (-32600, -32700)


def test_a_message_to_an_unknown_session(app: Flask) -> None:
    reply = app.test_client().post("/message?session_id=nope", json=PING, headers=bearer())
    error = refusal(reply, 404)
    assert "open a stream on /sse first" in error["message"] and error["code"] == -32600


def test_messages_to_sse(app: Flask) -> None:
    """Newer clients post there first; the status has them fall back, the words help the others."""
    reply = app.test_client().post("/sse", json=PING, headers=bearer())
    assert "POST to /mcp" in refusal(reply, 405)["message"] and reply.headers["Allow"] == "GET"


def test_a_store_that_is_down(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(token: str, address: str) -> None:
        raise StoreError("The store did not answer: disk full")

    monkeypatch.setattr(services(app).tokens, "authenticate", down)
    reply = app.test_client().post("/mcp", json=PING, headers=bearer("x" * 64))
    error = refusal(reply, 503)
    assert error["code"] == -32014 and "try again" in error["message"]
    assert "disk" not in reply.text


def test_an_internal_error(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(token: str, address: str) -> None:
        raise RuntimeError("a detail for the log")

    monkeypatch.setattr(services(app).tokens, "authenticate", broken)
    reply = app.test_client().post("/mcp", json=PING, headers=bearer("x" * 64))
    error = refusal(reply, 500)
    assert error["code"] == -32603 and reply.headers["X-Request-Id"] in error["message"]
    assert "a detail" not in reply.text


def test_an_oauth_grant_that_may_only_read(make: Make) -> None:
    """It can ask for more: 403 with a challenge, and words in the body."""
    flow = Flow(InProcess(make()), TOKEN)
    tokens = flow.connect()
    arguments = {"id": 1, "name": "x"}
    reply = flow.call(
        tokens["access_token"], "tools/call", name="update_activity", arguments=arguments
    )
    assert reply.status == 403
    assert 'error="insufficient_scope"' in reply.headers["WWW-Authenticate"]
    assert reply.json["id"] is None and reply.json["error"]["code"] == -32011
    assert "strava:write" in reply.json["error"]["message"]
    assert reply.json["error"]["data"] == {"reason": "insufficient_scope"}


def test_everything_else_is_answered_as_before(app: Flask) -> None:
    client = app.test_client()
    for method, path in (("GET", "/mcp"), ("DELETE", "/mcp"), ("POST", "/nope"), ("GET", "/sse")):
        reply = client.open(path, method=method)
        assert reply.status_code == 401
        assert reply.get_json()["error"] == "unauthorized"
    page = client.get("/mcp", headers={"Accept": "text/html"})
    assert page.status_code == 401 and page.mimetype == "text/html"
