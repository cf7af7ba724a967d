"""Attacks on the consent page: CSRF, clickjacking, XSS, passphrase guessing, confused deputy."""

import html
import re
import threading
import time
from typing import Any

import pytest
from flask import Flask

from strava_mcp.oauth import csrf, owner
from strava_mcp.services import services
from tests.clock import Clock
from tests.flow import BOTH, Answer, Flow, InProcess, ticket
from tests.web.conftest import TOKEN, Make


def no_code(answer: Answer) -> None:
    """Nothing was approved, and the browser is not redirected."""
    assert answer.status in (400, 403, 429), answer.text
    assert "Location" not in answer.headers


def count_grants(flow: Flow) -> int:
    return len(services(flow.http.client.application).grants.all())


# CSRF and changed parameters


def test_form_of_another_site_is_refused(flow: Flow) -> None:
    """It has the right parameters and even the passphrase, but no CSRF token of this server."""
    for forged in (None, "", "x", "a.b.c", f"{'0' * 32}.9999999999.{'0' * 64}"):
        url = flow.request()
        no_code(flow.decide(flow.look(), url, ticket=forged))


def test_csrf_token_of_another_browser_is_refused(flow: Flow, stranger: Flow) -> None:
    """The attacker opens the page and puts its CSRF token into a form of their own."""
    url = stranger.request()
    theirs = ticket(stranger.http.send("GET", url).text)
    flow.look()  # the owner's browser has a cookie as well
    no_code(flow.decide(flow.look(), url, ticket=theirs))
    no_code(Flow(InProcess(flow.http.client.application), TOKEN).decide(stranger.look(), url))


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": BOTH},
        {"state": "another"},
        {"redirect_uri": "http://127.0.0.1:1/callback"},
        {"code_challenge": "A" * 43},
        {"resource": "http://127.0.0.1:5000/mcp"},
        {"extra": "1"},
    ],
)
def test_changed_parameters_are_refused(flow: Flow, changes: dict[str, str]) -> None:
    page = flow.look()
    no_code(flow.decide(page, flow.request(**changes)))


def test_page_for_one_client_does_not_approve_another(flow: Flow, stranger: Flow) -> None:
    page = flow.look()
    changed = flow.request(
        client_id=stranger.client["client_id"], redirect_uri="http://localhost/cb"
    )
    no_code(flow.decide(page, changed))


def test_page_approves_once(flow: Flow) -> None:
    url, page = flow.request(), flow.look()
    assert flow.decide(page, url).status == 303
    no_code(flow.decide(page, url))


def test_page_expires(flow: Flow, clock: Clock) -> None:
    url, page = flow.request(), flow.look()
    clock.advance(csrf.LIFETIME_S + 1)
    no_code(flow.decide(page, url))


def test_scope_that_was_not_requested_cannot_be_chosen(flow: Flow) -> None:
    url = flow.request(scope="strava:read")
    page = flow.http.send("GET", url)
    assert 'value="write"' not in page.text
    no_code(flow.decide(page, url, "write"))


def test_form_post_from_another_origin_is_refused(flow: Flow) -> None:
    """Browsers say where a form comes from (Fetch §3.1)."""
    url = flow.request()
    page = flow.http.send("GET", url)
    for origin in ("https://evil.example", "null"):
        form = {"ticket": ticket(page.text), "scope": "read", "passphrase": TOKEN}
        answer = flow.http.send("POST", url, data=form, headers={"Origin": origin})
        assert answer.status == 403 and "Location" not in answer.headers


# Clickjacking


@pytest.mark.parametrize("path", ["/authorize", "/connections", None])
def test_pages_cannot_be_framed_or_scripted(flow: Flow, path: str | None) -> None:
    answer = flow.http.send("GET", path or flow.request())
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
    assert "script-src" not in policy and "unsafe" not in policy and "form-action" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r"<script|\son\w+=|javascript:", answer.text, re.I)


# XSS through client name, state, scope

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</title><svg/onload=alert(1)>",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_client_name_is_escaped(app: Flask, text: str) -> None:
    flow = Flow(InProcess(app), TOKEN)
    assert flow.register(client_name=text).status == 201
    page = flow.look().text
    assert text not in page.replace(html.escape(text, quote=True), "")
    assert text in html.unescape(page)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["state", "scope", "client_id", "redirect_uri", "resource", "x"])
def test_parameters_are_escaped(flow: Flow, name: str, text: str) -> None:
    answer = flow.look(**{name: text})
    assert text not in answer.text
    if answer.status == 303:
        assert "<" not in answer.headers["Location"] and '"' not in answer.headers["Location"]


@pytest.mark.parametrize("name", ["\u202egnp.exe", "a\nb", "a\x00b", "x" * 101, 7, ["a"], {}])
def test_misleading_client_name_is_refused(app: Flask, name: Any) -> None:
    answer = Flow(InProcess(app), TOKEN).register(client_name=name)
    assert answer.status == 400 and answer.json["error"] == "invalid_client_metadata"


# Guessing the passphrase


def test_guesses_are_limited_to_five(flow: Flow) -> None:
    url = flow.request()
    statuses = [flow.decide(flow.look(), url, passphrase="wrong").status for _ in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    answer = flow.decide(flow.look(), url)
    assert answer.status == 429, "not even the correct one is accepted now"
    assert owner.WINDOW_S < int(answer.headers["Retry-After"]) <= 2 * owner.WINDOW_S
    assert count_grants(flow) == 0


def test_guesses_from_another_network_do_not_lock_the_owner_out(flow: Flow, stranger: Flow) -> None:
    url = stranger.request()
    for _ in range(8):
        stranger.decide(stranger.http.send("GET", url), url)
    assert flow.decide(flow.look(), flow.request()).status == 303


def test_guesses_from_all_networks_are_limited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services(app).owner._attempts, "_overall", 8)
    statuses = []
    for number in range(10):
        flow = Flow(InProcess(app, f"198.51.100.{number}"), "guess")
        flow.register()
        statuses.append(flow.decide(flow.look(), flow.request()).status)
    assert statuses == [403] * 8 + [429] * 2


def test_waiting_for_the_next_window_gives_no_extra_guesses(flow: Flow, clock: Clock) -> None:
    url, start = flow.request(), (time.time() // owner.WINDOW_S + 1) * owner.WINDOW_S
    statuses = []
    for seconds in (owner.WINDOW_S - 1, owner.WINDOW_S + 1, 2 * owner.WINDOW_S + 1):
        clock.freeze(start + seconds)
        statuses += [flow.decide(flow.look(), url, passphrase="wrong").status for _ in range(6)]
    assert statuses == [403] * 5 + [429] * 7 + [403] * 5 + [429]


def test_addresses_of_one_ipv6_network_share_a_limit(app: Flask) -> None:
    """One customer may have a whole /48 (RFC 6177)."""
    statuses = []
    for number in range(7):
        flow = Flow(InProcess(app, f"2001:db8:1:{number:x}::1"), "guess")
        flow.register()
        statuses.append(flow.decide(flow.look(), flow.request()).status)
    assert statuses == [403] * 5 + [429] * 2


def test_known_browser_has_its_own_guesses(
    flow: Flow, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert flow.decide(flow.look(), flow.request()).status == 303
    monkeypatch.setattr(services(app).owner._attempts, "_overall", 3)
    for number in range(4):
        guesser = Flow(InProcess(app, f"198.51.100.{number}"), "guess")
        guesser.register()
        refused = guesser.decide(guesser.look(), guesser.request())
    assert refused.status == 429, "the overall limit is used up"
    assert flow.decide(flow.look(), flow.request()).status == 303
    # Such a browser has only five guesses as well.
    statuses = [flow.decide(flow.look(), flow.request(), passphrase="x").status for _ in range(6)]
    assert statuses == [403] * 5 + [429]


def test_forged_cookie_of_a_known_browser_gives_no_extra_guesses(flow: Flow) -> None:
    for number in range(7):
        flow.http.client.set_cookie("strava_mcp_known", f"{number:043}")
        answer = flow.decide(flow.look(), flow.request(), passphrase="wrong")
    assert answer.status == 429


def test_forged_x_forwarded_for_gives_no_extra_guesses(flow: Flow) -> None:
    statuses = []
    for number in range(7):
        url, page = flow.request(), flow.look()
        form = {"ticket": ticket(page.text), "scope": "read", "passphrase": "x"}
        form["decision"] = "approve"
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=1.1.1.{number}"}
        statuses.append(flow.http.send("POST", url, data=form, headers=headers).status)
    assert statuses == [403] * 5 + [429] * 2


def test_parallel_guesses_are_limited_to_five(app: Flask) -> None:
    statuses: list[int] = []
    flows = []
    for _ in range(20):
        flow = Flow(InProcess(app), "wrong")
        flow.register()
        flows.append((flow, flow.look()))
    threads = [
        threading.Thread(
            target=lambda f=f, p=p: statuses.append(f.decide(p, f.request()).status)  # type: ignore
        )
        for f, p in flows
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [403] * 5 + [429] * 15


def test_connections_page_shares_the_limit_of_guesses(flow: Flow) -> None:
    for _ in range(5):
        flow.decide(flow.look(), flow.request(), passphrase="wrong")
    page = flow.http.send("GET", "/connections")
    form = {"ticket": ticket(page.text), "action": "sign-in", "passphrase": TOKEN}
    assert flow.http.send("POST", "/connections", data=form).status == 429


@pytest.mark.parametrize("guess", ["", " ", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "x" * 100_000])
def test_only_the_exact_passphrase_is_accepted(flow: Flow, guess: str) -> None:
    answer = flow.decide(flow.look(), flow.request(), passphrase=guess)
    assert answer.status in (403, 413)
    assert TOKEN not in answer.text


def test_nobody_can_approve_while_there_is_no_owner(make: Make) -> None:
    """Knowing the URL is not enough: 503, and which setting is missing."""
    app = make(auth_tokens=(), lambda_function="strava")
    flow = Flow(InProcess(app), "")
    flow.register()
    for answer in (
        flow.look(),
        flow.http.send("POST", flow.request(), data={"passphrase": "", "decision": "approve"}),
    ):
        assert answer.status == 503 and "OWNER_PASSPHRASE_HASH" in answer.text


# Confused deputy


def test_consent_is_always_asked_for(flow: Flow) -> None:
    """Not for a client that was approved before, nor for a browser that is signed in."""
    flow.connect()
    page = flow.http.send("GET", "/connections")
    form = {"ticket": ticket(page.text), "action": "sign-in", "passphrase": TOKEN}
    assert flow.http.send("POST", "/connections", data=form).status == 303
    assert flow.look().status == 200, "the page, not a code"
    assert flow.look(prompt="none").status == 200
    assert flow.decide(flow.look(), flow.request(), passphrase="").status == 403


def test_forged_strava_callback_does_not_approve(flow: Flow) -> None:
    """A forged ``state`` or code of Strava is not taken for an approval."""
    for path in ("/strava/callback", "/callback", "/authorize/callback", "/exchange_token"):
        answer = flow.http.send("GET", f"{path}?state=forged&code=forged&scope=read")
        assert answer.status == 401
    answer = flow.look(code="forged", athlete="1")
    assert answer.status == 200 and "Location" not in answer.headers
    assert count_grants(flow) == 0
