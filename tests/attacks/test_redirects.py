"""Attacks on redirect URIs: look-alikes and open redirects; and clients that must still work."""

import re

import pytest
from flask import Flask

from tests.flow import Flow, InProcess
from tests.web.conftest import TOKEN, Make

HOSTILE = [
    "javascript:alert(1)",
    "javascript://claude.ai/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "http://claude.ai/api/mcp/auth_callback",
    "https://evil.example/callback",
    "https://claude.ai.evil.example/api/mcp/auth_callback",
    "https://evil.example/https://claude.ai/api/mcp/auth_callback",
    "https://claude.ai@evil.example/api/mcp/auth_callback",
    "https://claude.ai:443@evil.example/api/mcp/auth_callback",
    "https://claude.ai\\@evil.example/api/mcp/auth_callback",
    "https://claude.ai/api/mcp/auth_callback/../../../evil",
    "https://claude.ai/api/mcp/auth_callback?x=1",
    "https://claude.ai/api/mcp/auth_callback#x",
    "https://claude.ai/api/mcp/auth_callback/",
    "https://CLAUDE.ai/api/mcp/auth_callback",
    "https://claude.ai./api/mcp/auth_callback",
    "https://xn--clude-2ve.ai/api/mcp/auth_callback",
    "https://clаude.ai/api/mcp/auth_callback",  # a Cyrillic a
    " https://claude.ai/api/mcp/auth_callback",
    "https://claude.ai/api/mcp/auth_callback\n",
    "https://chatgpt.com/connector/oauth/",
    "https://chatgpt.com/connector/oauth/a/../../evil",
    "https://chatgpt.com/connector/oauth/abc?next=https://evil.example",
    "https://chatgpt.com.evil.example/connector/oauth/abc",
    "https://127.0.0.1/callback",
    "http://127.0.0.1.evil.example/callback",
    "http://127.0.0.1@evil.example/callback",
    "http://127.0.0.1:80@evil.example/callback",
    "http://127.0.0.1\\.evil.example/callback",
    "http://127.0.0.1/a/../b",
    "http://127.0.0.1/a/%2e%2e/b",
    "http://127.0.0.1/callback#fragment",
    "http://127.0.0.1:99999/callback",
    "http://127.0.0.1/callback?code=mine",
    "http://127.0.0.1/callback?a=b&state=mine",
    "http://127.0.0.1/callback?iss=https://evil.example",
    "http://127.0.0.1/callback?error=access_denied",
    "http://127.0.0.1/callback?a=%FF",
    "http://127.0.0.1/callback?a",
    "http://127.0.0.1/callback?",
    "http://127.0.0.1:/callback",
    "http://127.1/callback",
    "http://2130706433/callback",
    "http://0.0.0.0/callback",
    "http://[::ffff:127.0.0.1]/callback",
    "http://localhost.evil.example/callback",
    "http://localhost\t/callback",
    "//evil.example",
    "/relative",
    "evil",
    "",
    "https://antigravity.google/oauth-callback/",
    "https://antigravity.google.evil.example/oauth-callback",
    "http://antigravity.google/oauth-callback",
    "https://oauth.n8n.cloud/oauth2/callback?x=1",
    "https://oauth.n8n.cloud/oauth2/callback/../evil",
    "https://n8n.cloud/oauth2/callback",
    "https://evil.app.n8n.cloud/rest/oauth2-credential/callback",
    "cursor://evil/oauth/callback",
    "vscode://evil",
]

CLIENTS = [
    "https://claude.ai/api/mcp/auth_callback",
    "https://claude.com/api/mcp/auth_callback",
    "https://chatgpt.com/connector_platform_oauth_redirect",
    "https://chatgpt.com/connector/oauth/Ab-3_x",
    "https://vscode.dev/redirect",
    "https://insiders.vscode.dev/redirect",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "https://oauth.n8n.cloud/oauth2/callback",
    "https://antigravity.google/oauth-callback",
    "http://localhost:54545/callback",
    "http://127.0.0.1:33418/",
    "http://127.0.0.1:33418",
    "http://localhost:6274/oauth/callback",
    "http://localhost:6274/oauth/callback/debug",
    "http://[::1]:8080/cb?a=b",
    "http://localhost/callback",
]


@pytest.mark.parametrize("uri", HOSTILE)
def test_hostile_redirect_uri_is_refused_at_registration(app: Flask, uri: str) -> None:
    answer = Flow(InProcess(app), TOKEN, uri).register()
    assert answer.status == 400 and answer.json["error"] == "invalid_redirect_uri"
    mixed = Flow(InProcess(app), TOKEN).register(redirect_uris=[CLIENTS[0], uri])
    assert mixed.status == 400, "one hostile URI among good ones"


@pytest.mark.parametrize("uri", HOSTILE)
def test_hostile_redirect_uri_is_refused_at_authorization(flow: Flow, uri: str) -> None:
    """Even if the response were an error: an open redirect needs no code."""
    for changes in ({}, {"scope": "nope"}, {"response_type": "token"}, {"code_challenge": None}):
        answer = flow.look(redirect_uri=uri, **changes)
        if uri == "" and answer.status == 303:  # treated as omitted: the registered one is used
            assert answer.headers["Location"].startswith(f"{flow.redirect_uri}?")
            continue
        assert answer.status == (200 if uri == "" else 400), answer.text
        assert "Location" not in answer.headers


@pytest.mark.parametrize("uri", CLIENTS)
def test_every_known_client_can_connect(app: Flask, uri: str) -> None:
    flow = Flow(InProcess(app), TOKEN, uri)
    assert flow.register().status == 201
    url = flow.request()
    answer = flow.decide(flow.http.send("GET", url), url)
    assert answer.status == 303 and answer.headers["Location"].startswith(uri)
    assert flow.redeem(answer.query["code"][0]).status == 200


def test_cursor_registers_several_at_once(app: Flask) -> None:
    uris = [uri for uri in CLIENTS if "cursor" in uri] + ["http://localhost:8787/callback"]
    assert Flow(InProcess(app), TOKEN).register(redirect_uris=uris).status == 201


def test_redirect_uri_that_the_client_did_not_register_is_refused(flow: Flow) -> None:
    """It is on the list of known clients."""
    answer = flow.look(redirect_uri=CLIENTS[0])
    assert answer.status == 400 and "Location" not in answer.headers


def test_only_the_port_of_a_loopback_uri_may_differ(app: Flask) -> None:
    """RFC 8252 §7.3."""
    flow = Flow(InProcess(app), TOKEN, "http://localhost/callback?a=1")
    flow.register()
    assert flow.look(redirect_uri="http://localhost:54321/callback?a=1").status == 200
    for other in (
        *("http://127.0.0.1:54321/callback?a=1", "http://localhost:1/callback?a=2"),
        *("http://localhost:1/callback", "http://localhost:1/callback/?a=1"),
        "https://localhost:1/callback?a=1",
    ):
        assert flow.look(redirect_uri=other).status == 400, other


def test_redirect_uri_removed_from_the_list_is_refused(make: Make) -> None:
    uri = "https://app.example.com/callback"
    flow = Flow(InProcess(make(oauth_allowed_redirect_uris=(uri,))), TOKEN, uri)
    assert flow.register().status == 201
    assert flow.look().status == 200
    strict = Flow(InProcess(make()), TOKEN, uri, flow.client)  # the same store
    answer = strict.look()
    assert answer.status == 400 and "OAUTH_ALLOWED_REDIRECT_URIS" in answer.text


def test_the_page_shows_the_address_to_add(flow: Flow) -> None:
    uri = "https://app.example.com/callback?a=1&b=2"
    answer = flow.look(redirect_uri=uri)
    assert answer.status == 400 and "Location" not in answer.headers
    assert '<code id="uri">https://app.example.com/callback?a=1&amp;b=2</code>' in answer.text
    assert 'data-copy="uri"' in answer.text and "OAUTH_ALLOWED_REDIRECT_URIS" in answer.text
    assert not re.search(r'(href|src|action)="[^"]*app\.example', answer.text), "never a link"


def test_an_unknown_client_cannot_put_an_address_on_the_page(flow: Flow) -> None:
    uri = "https://app.example.com/callback"
    for changes in ({"redirect_uri": uri}, {"redirect_uri": [uri, uri]}):
        answer = flow.look(client_id="client_0123456789abcdef", **changes)
        assert answer.status == 400 and "app.example" not in answer.text


@pytest.mark.parametrize(
    "uri, shown",
    [
        ("https://cl\u0430ude.ai/api/mcp/auth_callback", "https://cl%D0%B0ude.ai/"),
        ("https://app.example/\u202egpj", "https://app.example/%E2%80%AEgpj"),
        ("https://xn--clude-2ve.ai/cb", "https://xn--clude-2ve.ai/cb"),
        ("https://claude.ai@evil.example/cb", "https://claude.ai@evil.example/cb"),
        ("https://app.example/a,b", "https://app.example/a,b"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("https://app.example/" + "x" * 5000, "https://app.example/xxx"),
    ],
)
def test_the_page_shows_a_misleading_address_as_what_it_is(
    flow: Flow, uri: str, shown: str
) -> None:
    answer = flow.look(redirect_uri=uri)
    assert answer.status == 400 and shown in answer.text
    assert "\u0430" not in answer.text and "\u202e" not in answer.text
    assert len(answer.text) < 20_000
    can_be_added = "xn--" in uri
    assert ("Address to add" in answer.text) == ("<script>" in answer.text) == can_be_added


@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_redirects_name_the_issuer_and_do_not_repeat_the_form(flow: Flow, decision: str) -> None:
    """Against mix-up (RFC 9207 §2); a 307 would send the passphrase on (RFC 9700 §4.12)."""
    url = flow.request()
    answer = flow.decide(flow.http.send("GET", url), url, decision=decision)
    assert answer.status == 303
    assert answer.query["iss"] == ["http://127.0.0.1:5000"]
    assert answer.query["state"] == ["st4te"]
    assert ("code" in answer.query) == (decision == "approve")
    assert answer.query.get("error") == (None if decision == "approve" else ["access_denied"])
    assert TOKEN not in str(answer.headers) + answer.text
