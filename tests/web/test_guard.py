"""The guard: which routes are closed, who is let in, and how others are refused."""

import ast
import inspect
import textwrap
from typing import Any

import pytest
from flask import Flask

from strava_mcp.services import services
from strava_mcp.web import guard
from tests.flow import Flow, InProcess
from tests.web.conftest import PING, TOKEN, Make, bearer

OPEN = {
    *("GET /health", "GET /favicon.ico", "GET /robots.txt"),
    *("POST /register", "POST /token", "POST /revoke"),
    *("GET /download/token", "GET /upload/token", "POST /upload/token"),
    *("GET /authorize", "POST /authorize", "GET /connections", "POST /connections"),
    *("GET /training", "POST /training", "GET /training/data", "GET /training/picture.kind"),
    *("GET /training/chart.js", "GET /training/chart.css"),
    *("GET /strava/callback", "GET /strava/webhook", "POST /strava/webhook"),
    "GET /.well-known/oauth-authorization-server",
    "GET /.well-known/openid-configuration",
    "GET /.well-known/oauth-protected-resource",
    *(f"GET /.well-known/oauth-protected-resource{path}" for path in ("/mcp", "/mcp/")),
    *(f"GET /.well-known/oauth-protected-resource{path}" for path in ("/sse", "/sse/")),
}


def test_only_these_routes_answer_without_a_token(make: Make) -> None:
    app = make(
        strava_source="api",
        strava_client_id="1",
        strava_client_secret="s",
        strava_api_url="http://127.0.0.1:9",
        strava_oauth_url="http://127.0.0.1:9",
        authorize_with="strava",
    )
    answered, closed = set(), set()
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<", "").replace(">", "")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            status = app.test_client().open(path, method=method).status_code
            assert status not in (404, 500), (rule, method)
            (closed if status == 401 else answered).add(f"{method} {path}")
    assert answered == OPEN
    for route in closed - answered:
        path = route.partition(" ")[2]
        if not any(one.endswith(f" {path}") for one in OPEN):
            for method in ("HEAD", "OPTIONS"):
                assert app.test_client().open(path, method=method).status_code == 401
    assert "POST /mcp" in closed and "GET /sse" in closed


def test_without_oauth_only_health_links_and_two_fixed_files_are_public(make: Make) -> None:
    app = make(oauth_enabled=False)
    public = {"health.health", "home.favicon", "home.robots"}
    public |= {"links.download", "links.show", "links.receive"}
    assert guard.PUBLIC_ENDPOINTS & set(app.view_functions) == public
    client = app.test_client()
    for path in ("/.well-known/oauth-protected-resource", "/authorize", "/connections"):
        assert client.get(path).status_code == 401
    for path in ("/register", "/token", "/revoke", "/connections"):
        assert client.post(path).status_code == 401
    challenge = client.post("/mcp", json=PING).headers["WWW-Authenticate"]
    assert challenge == 'Bearer scope="strava:read"'


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", ["/nope", "/admin", "/.env", "/sse/x", "/register/x"])
def test_unknown_paths_need_a_token_too(app: Flask, method: str, path: str) -> None:
    client = app.test_client()
    assert client.open(path, method=method).status_code == 401
    assert client.open(path, method=method, headers=bearer()).status_code == 404


def test_a_token_opens_every_spelling_of_the_endpoint(app: Flask) -> None:
    for path in ("/mcp", "/mcp/", "/"):
        reply = app.test_client().post(path, json=PING, headers=bearer())
        assert reply.get_json()["result"] == {}


def test_both_tokens_of_a_rotation_are_accepted(make: Make) -> None:
    old, new = "o" * 40, "n" * 40
    client = make(auth_tokens=(new, old)).test_client()
    for token, status in ((old, 200), (new, 200), ("x" * 40, 401), (f"{new},{old}", 401)):
        assert client.post("/mcp", json=PING, headers=bearer(token)).status_code == status


def test_without_any_token_only_health_answers(make: Make) -> None:
    # On Lambda no token is generated: a missing setting must not open anything.
    client = make(auth_tokens=(), lambda_function="strava").test_client()
    assert client.get("/health").status_code == 200
    for headers in ({}, bearer(""), bearer("x" * 64), {"Authorization": "Bearer"}):
        assert client.post("/mcp", json=PING, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "header, hint",
    [
        (None, "no Authorization header"),
        (TOKEN, "must read"),
        (f"Token {TOKEN}", "must read"),
        (f"Bearer{TOKEN}", "must read"),
        ("Bearer", "no token after Bearer"),
        ("Bearer ", "no token after Bearer"),
        (f'Bearer "{TOKEN}"', "spaces or quotes"),
        (f"Bearer '{TOKEN}'", "spaces or quotes"),
        (f"Bearer {TOKEN[:8]} {TOKEN[8:]}", "spaces or quotes"),
        (f"Bearer <{TOKEN}>", "spaces or quotes"),
        (f"Bearer {'x' * 64}", "not valid"),
    ],
)
def test_the_hint_fits_what_was_sent(app: Flask, header: str | None, hint: str) -> None:
    headers = {"Authorization": header} if header is not None else {}
    reply = app.test_client().post("/mcp", json=PING, headers=headers)
    assert reply.status_code == 401
    assert hint in reply.get_json()["error"]["message"]
    assert TOKEN not in reply.text


def test_the_challenge_is_exact(app: Flask) -> None:
    client = app.test_client()
    missing = client.post("/mcp", json=PING)
    metadata_url = "http://localhost/.well-known/oauth-protected-resource/mcp"
    expected = f'Bearer resource_metadata="{metadata_url}", scope="strava:read"'
    assert missing.headers["WWW-Authenticate"] == expected
    wrong = client.post("/mcp", json=PING, headers=bearer("x" * 64))
    expected = (
        f'Bearer error="invalid_token", resource_metadata="{metadata_url}", scope="strava:read"'
    )
    assert wrong.headers["WWW-Authenticate"] == expected


@pytest.mark.parametrize(
    "path, suffix",
    [("/mcp", "/mcp"), ("/mcp/", "/mcp/"), ("/sse/", "/sse/"), ("/", ""), ("/nope", "")],
)
def test_the_challenge_names_the_metadata_of_its_path(make: Make, path: str, suffix: str) -> None:
    client = make(public_url="https://strava.example.com").test_client()
    headers = {"Host": "strava.example.com"}
    reply = client.post(path, json=PING, headers=headers)
    url = f"https://strava.example.com/.well-known/oauth-protected-resource{suffix}"
    expected = f'Bearer resource_metadata="{url}", scope="strava:read"'
    assert reply.headers["WWW-Authenticate"] == expected
    metadata = client.get(url.removeprefix("https://strava.example.com"), headers=headers)
    assert metadata.get_json()["resource"] == f"https://strava.example.com{suffix}"


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream, application/json"])
@pytest.mark.parametrize(
    "name, arguments",
    [
        ("update_activity", {"id": 1, "name": "x"}),
        ("create_upload", {"file": "AA==", "data_type": "gpx"}),
        ("create_upload", {}),
    ],
)
def test_a_read_token_may_not_write(
    app: Flask, accept: str, name: str, arguments: dict[str, Any]
) -> None:
    """It cannot ask for more, and a 403 would end the session of many clients: words instead."""
    _, secret = services(app).tokens.create("reader", "read", None)
    call = {"name": name, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = bearer(secret) | {"Accept": accept}
    reply = app.test_client().post("/mcp", json=message, headers=headers)
    assert reply.status_code == 200 and "WWW-Authenticate" not in reply.headers
    result = reply.get_json()["result"]
    assert result["isError"] is True and secret not in reply.text
    assert "'reader' may only read" in result["content"][0]["text"]
    assert "--scope write" in result["content"][0]["text"]


def test_a_write_token_may_list_the_tools(app: Flask) -> None:
    _, secret = services(app).tokens.create("writer", "write", None)
    listed = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert app.test_client().post("/mcp", json=listed, headers=bearer(secret)).status_code == 200


def test_tokens_are_compared_in_constant_time() -> None:
    """Check the code, because timing cannot be measured reliably: ``==``, ``in`` and stopping at a
    match all take a time that depends on the token."""
    source = ast.parse(textwrap.dedent(inspect.getsource(guard.Guard.authenticate)))
    nodes = list(ast.walk(source))
    operators = [op for node in nodes if isinstance(node, ast.Compare) for op in node.ops]
    assert all(isinstance(operator, (ast.Is, ast.IsNot)) for operator in operators)
    assert not any(isinstance(node, ast.GeneratorExp) for node in nodes)
    assert "hmac.compare_digest" in [ast.unparse(n.func) for n in nodes if isinstance(n, ast.Call)]


@pytest.mark.parametrize(
    "host, status",
    [
        ("localhost:5000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.nip.io", 421),
        ("localhost@evil.example", 421),
        ("[::1", 421),
    ],
)
def test_other_hosts_are_refused(app: Flask, host: str, status: int) -> None:
    reply = app.test_client().get("/health", headers={"Host": host})
    assert reply.status_code == status


def test_configured_hosts_are_accepted(make: Make) -> None:
    app = make(
        public_url="https://strava.example.com", allowed_hosts=("internal", "Intranet.Example")
    )
    names = ("strava.example.com", "STRAVA.example.com", "internal:80", "intranet.example")
    for host in names:
        assert app.test_client().get("/health", headers={"Host": host}).status_code == 200
    refused = app.test_client().get("/health", headers={"Host": "other"})
    assert refused.status_code == 421 and "ALLOWED_HOSTS" in refused.get_json()["message"]


def test_lambda_accepts_any_host_unless_public_url_is_set(make: Make) -> None:
    headers = {"Host": "abc.lambda-url.eu-central-1.on.aws"}
    for name, status in (("", 200), ("https://strava.example.com", 421)):
        app = make(lambda_function="strava", public_url=name)
        assert app.test_client().get("/health", headers=headers).status_code == status


@pytest.mark.parametrize(
    "origin, status",
    [
        ("http://localhost:6274", 200),
        ("http://127.0.0.1:5000", 200),
        ("https://app.example.com", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("", 403),
        ("file://localhost", 403),
        ("http://[::1", 403),
    ],
)
def test_other_origins_are_refused(make: Make, origin: str, status: int) -> None:
    client = make(allowed_origins=("https://app.example.com",)).test_client()
    reply = client.post("/mcp", json=PING, headers=bearer() | {"Origin": origin})
    assert reply.status_code == status
    allowed = reply.headers.get("Access-Control-Allow-Origin")
    assert allowed == (origin if status == 200 else None)
    if status == 200:
        assert "Origin" in reply.headers["Vary"]
        assert "WWW-Authenticate" in reply.headers["Access-Control-Expose-Headers"]


def test_a_public_server_refuses_local_origins(make: Make) -> None:
    client = make(public_url="https://strava.example.com").test_client()
    headers = bearer() | {"Host": "strava.example.com", "Origin": "http://localhost:3000"}
    assert client.post("/mcp", json=PING, headers=headers).status_code == 403
    headers["Origin"] = "https://strava.example.com"
    assert client.post("/mcp", json=PING, headers=headers).status_code == 200


def test_a_cross_origin_page_can_read_the_missing_scope(app: Flask) -> None:
    secret = Flow(InProcess(app), TOKEN).connect()["access_token"]
    call = {"name": "update_activity", "arguments": {"id": 1, "name": "x"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = bearer(secret) | {"Origin": "http://localhost:6274"}
    reply = app.test_client().post("/mcp", json=message, headers=headers)
    assert reply.status_code == 403
    assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:6274"


def test_preflight_requests_are_answered(app: Flask) -> None:
    preflight = {
        "Origin": "http://localhost:6274",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, mcp-param-region, x-evil",
    }
    reply = app.test_client().options("/mcp", headers=preflight)
    assert (reply.status_code, reply.data) == (204, b"")
    allowed = reply.headers["Access-Control-Allow-Headers"]
    assert "Authorization" in allowed and "mcp-param-region" in allowed and "evil" not in allowed
    assert app.test_client().options("/mcp").status_code == 401
    foreign = preflight | {"Origin": "https://evil.example"}
    assert app.test_client().options("/mcp", headers=foreign).status_code == 403


def test_allowed_ips_refuses_other_addresses(make: Make) -> None:
    from ipaddress import ip_network

    app = make(allowed_ips=(ip_network("203.0.113.0/24"), ip_network("2001:db8::/32")))
    for address, status in (
        ("203.0.113.9", 200),
        ("::ffff:203.0.113.9", 200),
        ("2001:db8::1", 200),
        ("198.51.100.1", 403),
        ("", 403),
    ):
        environ = {"REMOTE_ADDR": address}
        reply = app.test_client().get("/health", environ_overrides=environ)
        assert reply.status_code == status, address


def test_the_address_cannot_be_forged(make: Make) -> None:
    from ipaddress import ip_network

    app = make(allowed_ips=(ip_network("203.0.113.0/24"),))
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    assert app.test_client().get("/health", headers=forged).status_code == 403
    seen = {"requestContext": {"http": {"sourceIp": "198.51.100.1"}}}
    environ = {"REMOTE_ADDR": "203.0.113.9", "lambda.event": seen}
    assert app.test_client().get("/health", environ_overrides=environ).status_code == 403
    seen["requestContext"]["http"]["sourceIp"] = "203.0.113.9"
    environ["REMOTE_ADDR"] = "198.51.100.1"
    assert app.test_client().get("/health", environ_overrides=environ).status_code == 200
    # An event without an address: REMOTE_ADDR is then what the client wrote.
    environ = {"REMOTE_ADDR": "203.0.113.9", "lambda.event": {"requestContext": {"elb": {}}}}
    assert app.test_client().get("/health", environ_overrides=environ).status_code == 403


def test_behind_a_trusted_proxy_its_client_address_counts(make: Make) -> None:
    from ipaddress import ip_network

    app = make(allowed_ips=(ip_network("203.0.113.0/24"),), proxy_hops=1)
    for chain, status in (("203.0.113.9", 200), ("203.0.113.9, 198.51.100.1", 403)):
        reply = app.test_client().get("/health", headers={"X-Forwarded-For": chain})
        assert reply.status_code == status


def test_responses_have_security_headers(app: Flask) -> None:
    for path in ("/health", "/mcp"):
        headers = app.test_client().get(path, headers=bearer()).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "public_url", ["", "http://localhost:8000", "https://strava.example.com", "https://localhost"]
)
def test_every_response_of_an_https_server_has_hsts(make: Make, public_url: str) -> None:
    client = make(public_url=public_url, max_body_bytes=2000).test_client()
    expected = "max-age=31536000" if public_url.startswith("https:") else None
    page, foreign = {"Accept": "text/html"}, {"Host": "evil.example"}
    replies = [
        *(client.get(path) for path in ("/health", "/favicon.ico", "/nope", "/ws", "/authorize")),
        *(client.get(path, headers=page) for path in ("/", "/nope", "/connections")),
        *(client.get(path, headers=foreign) for path in ("/health", "/mcp")),
        client.get("/.well-known/oauth-protected-resource"),
        client.post("/mcp", json=PING, headers=bearer()),
        client.post("/mcp", data=b" " * 3000, headers=bearer(), content_type="application/json"),
        client.get("/sse", headers=bearer()),
        client.get("//mcp", headers=bearer()),
    ]
    for reply in replies:
        assert reply.headers.get("Strict-Transport-Security") == expected, reply.request.path
        reply.close()


def test_get_and_delete_are_405_on_a_server_without_sessions(app: Flask) -> None:
    for method in ("GET", "DELETE"):
        reply = app.test_client().open("/mcp", method=method, headers=bearer())
        assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
