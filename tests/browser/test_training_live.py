"""``/training`` over the API, where a chart may take long: a sign at once, then the chart."""

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from strava_mcp.sandbox.grants import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_REFRESH_TOKEN,
)
from strava_mcp.sources.api import transport
from tests.app_server import app_maker, serve
from tests.browser.conftest import PHONE, Open, picture
from tests.browser.pages import (
    check_accessible,
    check_becomes,
    check_layout,
    check_text,
    click,
    count,
    submit,
    text,
    texts,
    type_in,
    wait_for,
)
from tests.browser.test_training import LISTENER, errors, wait_for_chart
from tests.clock import Clock
from tests.node import package
from tests.sandbox_server import serve_sandbox
from tests.web.conftest import TOKEN

READING = "Reading your activities from Strava."
STREAMS = "/streams"
#: Longer than a test keeps a gate closed, on any machine.
GATE_S = 600
REFUSAL = b"<!doctype html><title>504 Gateway Timeout</title>"
Middleware = Callable[[Any, Any], Iterable[bytes]]


class Live:
    """A server over the API, and the simulated Strava behind it.

    ``gate``: recordings are answered only while it is open; ``page_gate``: the same of pages that
    a script requests. ``refusals``: how many of these a gateway in front of the server still
    refuses; ``pages``: how many there were.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.gate = threading.Event()
        self.page_gate = threading.Event()
        self.refusals = self.pages = 0
        self.open()

    def open(self) -> None:
        self.gate.set()
        self.page_gate.set()

    def hold_recordings(self, inner: Middleware) -> Middleware:
        def middleware(environ: Any, start_response: Any) -> Iterable[bytes]:
            if environ["PATH_INFO"].endswith(STREAMS):
                self.gate.wait(GATE_S)
            return inner(environ, start_response)

        return middleware

    def refuse_scripts(self, inner: Middleware) -> Middleware:
        def middleware(environ: Any, start_response: Any) -> Iterable[bytes]:
            is_page = environ["PATH_INFO"] == "/training" and environ["REQUEST_METHOD"] == "GET"
            if is_page and environ.get("HTTP_SEC_FETCH_MODE") == "cors":
                self.pages += 1
                self.page_gate.wait(GATE_S)
                if self.refusals:
                    self.refusals -= 1
                    start_response("504 Gateway Timeout", [("Content-Length", str(len(REFUSAL)))])
                    return [REFUSAL]
            return inner(environ, start_response)

        return middleware


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, season_clock: Clock) -> Iterator[Live]:
    home = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport, "READ_S", GATE_S)  # what a test holds up has not failed
        yield from _serve(home)


def _serve(home: Path) -> Iterator[Live]:
    with serve_sandbox() as strava, app_maker(home, TOKEN) as make:
        app = make(
            strava_source="api",
            strava_client_id=SANDBOX_CLIENT_ID,
            strava_client_secret=SANDBOX_CLIENT_SECRET,
            strava_refresh_token=SANDBOX_REFRESH_TOKEN,
            strava_api_url=f"{strava.url}/api/v3",
            strava_oauth_url=f"{strava.url}/oauth",
            rate_limit=1_000_000,
        )
        with serve(app) as served:
            live = Live(served.url)
            strava.wsgi_app = live.hold_recordings(strava.wsgi_app)
            app.wsgi_app = live.refuse_scripts(app.wsgi_app)  # type: ignore[method-assign]
            yield live
            live.open()


@pytest.fixture
def browser(open_browser: Open, live: Live) -> Iterator[Chrome]:
    """A browser that is signed in; no policy may be violated."""
    opened = open_browser(PHONE)
    opened.get_log("browser")
    added = opened.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LISTENER})
    opened.get(f"{live.url}/connections")
    type_in(opened, "#passphrase", TOKEN)
    submit(opened, "Sign in")
    yield opened
    live.open()
    assert opened.execute_script("return window.violations") == []
    opened.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_the_page_says_at_once_that_strava_is_being_read(browser: Chrome, live: Live) -> None:
    package("axe-core")
    live.gate.clear()
    browser.get(f"{live.url}/training?view=weeks&date_range=last+7+days")
    check_text(browser, READING, "half a minute", "Weeks")
    assert count(browser, "#data") == 0 and count(browser, "#chart[aria-busy=true]") == 1
    check_accessible(browser)
    check_layout(browser)
    picture(browser, "training-waiting-phone")
    live.gate.set()
    wait_for_chart(browser)
    assert READING not in text(browser)
    check_text(browser, "Link to this chart", "PNG, light", "Sign out")
    assert texts(browser, "#chart h1") == ["Weeks"]
    assert browser.current_url.endswith("/training?view=weeks&date_range=last+7+days")
    check_layout(browser)
    assert errors(browser) == []


def test_a_gateway_that_gives_up_is_asked_again(browser: Chrome, live: Live) -> None:
    live.refusals = 2
    browser.get(f"{live.url}/training?view=calendar")
    wait_for_chart(browser)
    assert live.refusals == 0 and texts(browser, "#chart h1") == ["Calendar"]


def test_a_gateway_that_never_answers_leaves_a_link(browser: Chrome, live: Live) -> None:
    live.refusals, live.pages = 1000, 0
    script = {"source": "const later = setTimeout; window.setTimeout = (act) => later(act, 0);"}
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    browser.get(f"{live.url}/training?view=map")
    check_text(browser, "Strava did not answer in time.", "go on reading")
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    live.refusals = 0
    assert live.pages == 5
    click(browser, "#chart [role=alert] a")
    wait_for_chart(browser)


def test_an_activity_brings_its_links_along(browser: Chrome, live: Live) -> None:
    browser.get(f"{live.url}/training?view=activity&sport=runs")
    wait_for_chart(browser)
    assert count(browser, "#drawn .steps a[rel=prev]") == 1
    assert count(browser, "#drawn .choose li a") == 20


def test_what_cannot_be_drawn_is_said(browser: Chrome, live: Live) -> None:
    browser.get(f"{live.url}/training?view=activity&ids=1")
    wait_for(browser, "#drawn [role=alert]")
    check_text(browser, "not found", "Your newest activity")
    browser.get(f"{live.url}/training?view=weeks&date_range=whenever")
    assert count(browser, "#drawn [role=alert]") == 1, "known without asking Strava"


def test_whoever_is_signed_out_meanwhile_signs_in_again(browser: Chrome, live: Live) -> None:
    live.page_gate.clear()
    browser.get(f"{live.url}/training?view=calendar")
    check_text(browser, READING)
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    live.refusals = 1  # what was requested before
    live.page_gate.set()
    check_becomes(browser, lambda: count(browser, "#passphrase"), 1)


def test_without_scripts_the_page_goes_on_by_itself(browser: Chrome, live: Live) -> None:
    live.gate.clear()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{live.url}/training?view=activity")
        assert READING in browser.page_source
        live.gate.set()
        check_becomes(browser, lambda: "picture.svg" in browser.page_source, True)
        assert browser.current_url.endswith("&wait=1")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
