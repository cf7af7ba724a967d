"""The page at ``/``, and what a browser or a crawler gets at other addresses."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from strava_mcp import connection_guide, page_design
from strava_mcp.config import Config
from tests.web.conftest import PING, TOKEN, Clock, Make, bearer

#: What Chromium sends when somebody opens an address.
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
#: Requests that want no page: programs, MCP clients, and whoever sends a token.
OTHERS = [
    {},
    {"Accept": "*/*"},
    {"Accept": "application/json"},
    {"Accept": "application/json, text/event-stream"},
    {"Accept": "text/html, application/json"},
    {"Accept": "text/event-stream, text/html"},
    {"Accept": "text/html;q=0.8, */*"},
    {"Accept": "text/html;q=0"},
    {"Accept": "text/html;q=nan"},
    {"Accept": "<script>" + "," * 5000},
    {**BROWSER, **bearer("x" * 64)},
    {**BROWSER, "Authorization": ""},
]


def copied_texts(page: str) -> list[str]:
    """What the copy buttons copy."""
    return [unescape(text) for text in re.findall(r"<code id=[^>]*>(.*?)</code>", page, re.S)]


def test_a_browser_gets_a_page_with_the_guide(make: Make) -> None:
    app = make(public_url="https://strava.example.com", lambda_function="strava")
    reply = app.test_client().get("/", headers={**BROWSER, "Host": "strava.example.com"})
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    assert 'href="/connections"' in reply.text and 'href="/health"' in reply.text
    texts = copied_texts(reply.text)
    base = "https://strava.example.com"
    entries = connection_guide.oauth_entries(base) + connection_guide.header_entries(base)
    assert texts == [entry.text for entry in entries]
    assert texts[0] == base and f"{base}/mcp" in texts[1]
    assert "PUBLIC_URL" not in reply.text
    guide = connection_guide.render(Config(lambda_function="strava"), base, show_token=False)
    assert all(text in guide for text in texts), "the terminal prints the same"


def test_no_secret_and_no_path_is_on_the_page(make: Make, tmp_path: Path) -> None:
    page = make().test_client().get("/", headers=BROWSER).text
    assert TOKEN not in page and str(tmp_path) not in page and "PYTHONPATH" not in page
    assert "flask connect claude-desktop" in copied_texts(page)
    assert "flask tunnel" in page, "Claude Web cannot reach 127.0.0.1"


@pytest.mark.parametrize("headers", OTHERS)
def test_others_get_what_they_always_got(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    for path in ("/", "/nope", "/mcp"):
        reply = client.get(path, headers=headers)
        assert (reply.status_code, reply.mimetype) == (401, "application/json"), path
        assert reply.get_json()["error"] == "unauthorized"


def test_a_browser_may_only_read(app: Flask) -> None:
    client = app.test_client()
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        reply = client.open("/", method=method, headers=BROWSER, json=PING)
        assert (reply.status_code, reply.mimetype) == (401, "application/json"), method
    assert client.head("/", headers=BROWSER).status_code == 200
    refused = client.get("/", headers=bearer())
    assert (refused.status_code, refused.headers["Allow"]) == (405, "OPTIONS, POST")


@pytest.mark.parametrize(
    "settings, words",
    [
        ({}, "invented sandbox athlete"),
        ({"strava_source": "archive"}, "own Strava export"),
        (
            {"strava_source": "api", "strava_client_id": "1", "strava_client_secret": "s"},
            "through Strava&#39;s API",
        ),
        ({"allow_authless": True}, "anyone who knows the address can read"),
        ({"allow_authless": True, "authless_secret": "u" * 40}, "whoever has AUTHLESS_SECRET"),
    ],
)
def test_the_page_says_whose_data_it_is(
    make: Make, settings: dict[str, object], words: str
) -> None:
    page = make(**settings).test_client().get("/", headers=BROWSER).text
    assert words in page
    assert ("invented" in page) == (settings.get("strava_source", "sandbox") == "sandbox")


def test_the_page_leads_to_the_charts(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/", headers=BROWSER).text
    assert '<a href="/training">Your training</a>' in page
    assert "Sign in" in client.get("/training", headers=BROWSER).text


def test_without_oauth_the_page_offers_none(make: Make) -> None:
    page = make(oauth_enabled=False).test_client().get("/", headers=BROWSER).text
    assert "/training" not in page
    assert "/connections" not in page and "OAuth" not in page and "Claude Web" not in page
    assert any("Authorization: Bearer" in text for text in copied_texts(page))


def test_with_strava_as_the_sign_in_no_passphrase_is_mentioned(make: Make) -> None:
    app = make(
        strava_source="api",
        strava_client_id="1",
        strava_client_secret="s",
        authorize_with="strava",
    )
    page = app.test_client().get("/", headers=BROWSER).text
    assert "sign in with Strava" in page and "passphrase" not in page


@pytest.mark.parametrize("path", ["/nope", "/mcp", "/sse", "/.env", "/token", "/<b>x</b>"])
def test_closed_addresses_look_the_same_in_a_browser(app: Flask, path: str) -> None:
    reply = app.test_client().get(path, headers=BROWSER)
    assert (reply.status_code, reply.mimetype) == (401, "text/html")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer ")
    assert reply.data == app.test_client().get("/other", headers=BROWSER).data


@pytest.mark.parametrize(
    "headers, status, words",
    [
        ({"Host": '"><script>alert(1)</script>'}, 421, "PUBLIC_URL"),
        ({"Host": "evil.example"}, 421, "PUBLIC_URL"),
        ({"Origin": "https://evil.example"}, 403, "ALLOWED_ORIGINS"),
    ],
)
def test_the_guard_comes_first(
    app: Flask, headers: dict[str, str], status: int, words: str
) -> None:
    reply = app.test_client().get("/", headers={**BROWSER, **headers})
    assert (reply.status_code, reply.mimetype) == (status, "text/html")
    assert words in reply.text and "evil" not in reply.text and "alert(1)" not in reply.text


def test_the_host_of_a_request_is_not_on_the_page(make: Make) -> None:
    app = make(allowed_hosts=("intranet.example",))
    reply = app.test_client().get("/", headers={**BROWSER, "Host": "intranet.example"})
    assert reply.status_code == 200 and "intranet.example" not in reply.text


def test_strangers_are_limited(make: Make, limit_clock: Clock) -> None:
    client = make(rate_limit=2).test_client()
    for path, status in (("/", 200), ("/robots.txt", 200), ("/favicon.ico", 429), ("/", 429)):
        reply = client.get(path, headers=BROWSER)
        assert reply.status_code == status
    assert reply.mimetype == "text/html" and "Retry-After" in reply.headers


@pytest.mark.parametrize("path", ["/", "/nope", "/connections"])
def test_pages_allow_only_their_own_style_and_script(app: Flask, path: str) -> None:
    reply = app.test_client().get(path, headers=BROWSER)
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert ("script-src 'sha256-" in policy) == ("<script" in reply.text) == (path == "/")
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", reply.text)
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert page_design.style() in reply.text


def test_favicon_and_robots(app: Flask) -> None:
    client = app.test_client()
    icon = client.get("/favicon.ico")
    assert icon.data[:6] == b"\0\0\1\0\3\0" and icon.mimetype == "image/vnd.microsoft.icon"
    robots = client.get("/robots.txt")
    assert robots.mimetype == "text/plain" and robots.text == "User-agent: *\nDisallow: /\n"
