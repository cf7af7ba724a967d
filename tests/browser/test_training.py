"""``/training`` in a browser: sign-in, every view, the policy, a phone, paper."""

import base64
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from tests.browser import drawn_text, hair
from tests.browser.conftest import DESKTOP, PASSPHRASE, PHONE, Open, picture
from tests.browser.pages import (
    check_accessible,
    check_becomes,
    check_layout,
    check_text,
    count,
    press_keys,
    submit,
    texts,
    type_in,
    wait_for,
    wait_until,
)
from tests.browser.strict_host import GROUNDS
from tests.node import package

VIEWS = ("activity", "form", "curve", "weeks", "calendar", "map")
#: Addresses that the page has read.
READ = "return performance.getEntriesByType('resource').map((one) => one.name)"
VISIBLE_BUTTONS = """
return [...document.querySelectorAll("button")].filter((one) => one.checkVisibility())
  .map((one) => one.textContent);
"""
#: Notes whether what the figures rest on is printed.
NOTES_ON_PAPER = """
addEventListener("beforeprint", () => {
  window.hasNotes = document.querySelector("#chart details").open;
});
"""
ARE_NOTES_OPEN = "return document.querySelector('#chart details').open"
#: Collects what the policy forbids, before any script of the page runs.
LISTENER = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""


@pytest.fixture
def browser(open_browser: Open) -> Iterator[Chrome]:
    """A signed-out browser; no policy may be violated, and nothing may reach the console."""
    opened = open_browser()
    opened.get_log("browser")
    added = opened.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LISTENER})
    yield opened
    assert opened.execute_script("return window.violations") == []
    assert errors(opened) == []
    opened.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def errors(browser: Chrome) -> list[str]:
    """What has reached the console since the last time, without advice."""
    entries = browser.get_log("browser")
    return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]


def sign_in(browser: Chrome, server: str, query: str = "") -> None:
    browser.get(f"{server}/training{query}")
    type_in(browser, "#passphrase", PASSPHRASE)
    submit(browser, "Sign in")


def wait_for_chart(browser: Chrome) -> None:
    """Wait until the script has drawn the chart."""
    wait_for(browser, "#chart .panels, #chart svg.grid, #chart .plot > .map")


def test_signing_in_leads_to_the_chart(browser: Chrome, server: str) -> None:
    package("axe-core")
    browser.get(f"{server}/training?view=weeks")
    assert count(browser, "#passphrase") and not count(browser, "#chart")
    check_accessible(browser)
    type_in(browser, "#passphrase", PASSPHRASE)
    submit(browser, "Sign in")
    assert browser.current_url == f"{server}/training?view=weeks"
    wait_for_chart(browser)
    assert texts(browser, "#chart h1") == ["Weeks"]


@pytest.mark.parametrize("size, name", [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_every_view(
    browser: Chrome, open_browser: Open, server: str, size: tuple[int, int], name: str
) -> None:
    package("axe-core")
    open_browser(size, name == "phone")
    sign_in(browser, server)
    for view in VIEWS:
        browser.get(f"{server}/training?view={view}")
        wait_for_chart(browser)
        check_layout(browser)
        check_accessible(browser)
        faults = drawn_text.faults(browser, GROUNDS["dark" if name == "phone" else "light"])
        assert faults == []
        assert browser.execute_script("return violations") == []
        picture(browser, f"training-{view}-{name}")


def test_zoom_reads_more_detail_and_a_record_opens(browser: Chrome, server: str) -> None:
    sign_in(browser, server, "?view=activity")
    wait_for_chart(browser)
    before = texts(browser, ".facts dd")
    plot = hair.plot(browser)
    hair.drag(browser, plot, plot.at(0.3), plot.at(0.5))
    wait_until(browser, lambda: any("zoom_from=" in one for one in browser.execute_script(READ)))
    wait_until(browser, lambda: texts(browser, ".facts dd")[0] != before[0])
    browser.get(f"{server}/training?view=curve")
    wait_for_chart(browser)
    browser.execute_script("document.querySelector('.plot').focus()")
    press_keys(browser, Keys.END, Keys.ENTER)
    wait_until(browser, lambda: "view=activity" in browser.current_url)
    wait_for_chart(browser)


def test_what_cannot_be_drawn_is_said(browser: Chrome, server: str) -> None:
    sign_in(browser, server)
    browser.get(f"{server}/training?view=activity&ids=1")
    assert "not found" in texts(browser, "[role=alert]")[0]
    (message,) = wait_until(browser, lambda: errors(browser))
    assert "404" in message, "the page has the status of the error"


def test_on_paper(browser: Chrome, server: str) -> None:
    sign_in(browser, server, "?view=weeks")
    wait_for_chart(browser)
    browser.execute_script(NOTES_ON_PAPER)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    assert browser.execute_script("return window.hasNotes")
    check_becomes(browser, lambda: browser.execute_script(ARE_NOTES_OPEN), False)
    data = base64.b64decode(printed["data"])
    assert data.startswith(b"%PDF") and len(data) > 10_000, "not empty"
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") == 1
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    check_becomes(browser, lambda: browser.execute_script(VISIBLE_BUTTONS), [])  # on paper
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_signed_out_again(browser: Chrome, server: str) -> None:
    sign_in(browser, server)
    wait_for_chart(browser)
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.get(f"{server}/training?view=weeks")
    check_text(browser, "Your passphrase")
    assert not count(browser, "#data")
