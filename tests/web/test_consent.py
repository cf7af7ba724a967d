"""The consent page: what it shows, what it offers, and who may approve."""

from typing import Any

import pytest
from flask import Flask

from strava_mcp import data_folder
from strava_mcp.errors import StoreError, Unavailable
from strava_mcp.oauth import owner
from strava_mcp.services import services
from tests.flow import BOTH, Flow, InProcess
from tests.web.conftest import TOKEN, Make

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def flow(app: Flask) -> Flow:
    client = Flow(InProcess(app), TOKEN, "https://claude.ai/api/mcp/auth_callback")
    assert client.register(client_name="Claude").status == 201
    return client


def test_the_page_shows_client_scope_and_redirect(flow: Flow) -> None:
    text = flow.look().text
    assert "Connect <strong>Claude</strong>?" in text and "not verified" in text
    assert "the website" in text and '<b class="address">claude.ai</b>' in text
    assert "Mira S. (sandbox, invented)" in text
    assert "Your AUTH_TOKEN" in text and "/connections" in text
    assert '<html lang="en">' in text and '<label for="passphrase">' in text


@pytest.mark.parametrize(
    "uri, description",
    [
        ("http://localhost:6274/oauth/callback", "a program on this device"),
        ("cursor://anysphere.cursor-mcp/oauth/callback", "the cursor app on this device"),
    ],
)
def test_the_page_describes_local_redirects(app: Flask, uri: str, description: str) -> None:
    flow = Flow(InProcess(app), TOKEN, uri)
    flow.register()
    assert description in flow.look().text


def test_a_client_without_a_name(app: Flask) -> None:
    flow = Flow(InProcess(app), TOKEN)
    flow.register(client_name=None)
    assert "An app without a name" in flow.look().text
    assert flow.connect()["access_token"]


@pytest.mark.parametrize(
    "requested, offered, chosen",
    [
        ("strava:read", ["read"], "read"),
        (BOTH, ["read", "write"], "read"),
        (None, ["read", "write"], "read"),
    ],
)
def test_the_page_offers_only_the_requested_scope(
    flow: Flow, requested: str | None, offered: list[str], chosen: str
) -> None:
    text = flow.look(scope=requested).text
    for choice in ("read", "write"):
        assert (f'name="scope" value="{choice}"' in text) == (choice in offered)
    assert len(offered) == 1 or f'value="{chosen}" checked' in text


def test_a_wrong_passphrase_is_reported_and_the_choice_kept(flow: Flow) -> None:
    url = flow.request(scope=BOTH)
    page = flow.http.send("GET", url)
    again = flow.decide(page, url, "read", passphrase="wrong")
    assert again.status == 403 and "Try again" in again.text
    assert 'value="read" checked' in again.text and 'aria-describedby="problem"' in again.text
    assert "wrong" not in again.text
    assert flow.decide(again, url, "read").status == 303  # with the ticket of the new page


def test_cancelling_redirects_with_access_denied(flow: Flow) -> None:
    url = flow.request()
    page = flow.http.send("GET", url)
    answer = flow.decide(page, url, decision="deny", passphrase="")
    assert answer.status == 303 and answer.query["error"] == ["access_denied"]
    assert answer.headers["Location"].startswith("https://claude.ai/api/mcp/auth_callback?")


@pytest.mark.parametrize("form", [{"decision": None}, {"decision": "maybe"}, {"scope": "x"}])
def test_an_incomplete_form_is_rejected(flow: Flow, form: dict[str, Any]) -> None:
    answer = flow.decide(flow.look(), flow.request(), **form)
    assert answer.status == 400 and "Nothing was allowed" in answer.text


@pytest.mark.parametrize("where", ["setting", "data folder"])
def test_a_passphrase_replaces_the_token(make: Make, where: str, tmp_path: Any) -> None:
    hashed = owner.scrypt(PASSPHRASE)
    app = make(owner_passphrase_hash=hashed) if where == "setting" else make()
    flow = Flow(InProcess(app), PASSPHRASE)
    flow.register()
    if where == "data folder":  # counts from the moment it is set
        assert "Your AUTH_TOKEN" in flow.look().text
        data_folder.replace(tmp_path / "home", owner.FILE, hashed)
    assert "Your passphrase" in flow.look().text
    assert flow.decide(flow.look(), flow.request(), passphrase=TOKEN).status == 403
    assert flow.decide(flow.look(), flow.request(), passphrase=f" {PASSPHRASE}\n").status == 303


def test_lambda_ignores_the_data_folder(make: Make, tmp_path: Any) -> None:
    data_folder.replace(tmp_path / "home", owner.FILE, owner.scrypt(PASSPHRASE))
    app = make(auth_tokens=(), lambda_function="strava", home=tmp_path / "home")
    assert services(app).owner.asks_for() == ""


@pytest.mark.parametrize("passphrase", ["", "short", " " * 20, "x" * 2000])
def test_passphrase_length_is_limited(passphrase: str) -> None:
    with pytest.raises(ValueError, match="12 to 1024"):
        owner.scrypt(passphrase)


def test_either_token_of_a_rotation_approves(make: Make) -> None:
    other = "f" * 64
    flow = Flow(InProcess(make(auth_tokens=(TOKEN, other))), other)
    assert flow.connect()["access_token"]


def test_the_page_works_without_the_athletes_name(
    flow: Flow, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> None:
        raise Unavailable("Strava is down.")

    monkeypatch.setattr(services(app).source, "athlete", down)
    page = flow.look()
    assert page.status == 200 and "the athlete of this server" in page.text


def test_a_store_failure_is_reported_as_a_page(
    flow: Flow, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object) -> None:
        raise StoreError("The store did not answer: disk full")

    monkeypatch.setattr(services(app).store, "get", down)
    page = flow.look()
    assert page.status == 503 and page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Retry-After"] and "disk" not in page.text


@pytest.mark.parametrize("public_url", ["", "https://strava.example.com"])
def test_cookies_are_host_only(make: Make, public_url: str) -> None:
    http = InProcess(make(public_url=public_url))
    headers = {"Host": "strava.example.com"} if public_url else {}
    cookie = http.send("GET", "/connections", headers=headers).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "Path=/" in cookie and "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    assert cookie.startswith("__Host-") == ("Secure" in cookie) == bool(public_url)


def test_decisions_are_logged_without_secrets(flow: Flow, caplog: Any) -> None:
    import logging

    with caplog.at_level(logging.INFO):
        url = flow.request()
        flow.decide(flow.http.send("GET", url), url, passphrase="wrong guess")
        tokens = flow.connect()
    messages = [record.message for record in caplog.records]
    assert "Not the owner" in messages and "Consent given" in messages
    everything = str([vars(record) for record in caplog.records])
    for secret in ("wrong guess", TOKEN, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in everything
    assert "smcp_ac_" not in everything


def test_correct_passphrases_do_not_count_as_attempts(flow: Flow) -> None:
    """Somebody who connects ten clients in a row is not a guesser."""
    for _ in range(10):
        assert flow.decide(flow.look(), flow.request()).status == 303


PAGES = ["/", "/connections", "/authorize", "/authorize?client_id=x", "/nope", "/mcp", "/register"]


@pytest.mark.parametrize("public_url", ["", "https://strava.example.com"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_its_server_and_has_a_link(make: Make, path: str, public_url: str) -> None:
    http = InProcess(make(public_url=public_url))
    headers = {"Accept": "text/html", "Host": "strava.example.com" if public_url else "[::1]:8000"}
    page = http.send("GET", path, headers=headers)
    assert page.headers["Content-Type"].startswith("text/html")
    assert (public_url or "http://[::1]:8000") in page.text.partition("<main>")[0]
    assert page.status == 200 or '<a href="/">' in page.text, "a next step"


def test_the_error_page_of_a_foreign_name_links_to_the_right_one(make: Make) -> None:
    http = InProcess(make(public_url="https://strava.example.com"))
    page = http.send("GET", "/", headers={"Accept": "text/html", "Host": "evil.example"})
    assert page.status == 421 and '<a href="https://strava.example.com/">' in page.text
