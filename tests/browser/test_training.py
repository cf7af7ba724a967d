"""``/training`` in a browser: sign-in, every view, the policy, a phone, paper."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser import drawn_text
from tests.browser.conftest import DESKTOP, PASSPHRASE, PHONE, Open, picture
from tests.browser.strict_host import GROUNDS
from tests.browser.test_oauth import (
    check_accessible,
    check_layout,
    press,
    text,
    type_in,
    wait_until,
)
from tests.node import package

VIEWS = ("activity", "form", "curve", "weeks", "calendar", "map")
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
    type_in(browser, PASSPHRASE)
    press(browser, "Sign in")


def drawn(browser: Chrome) -> Any:
    """The chart, once the script has drawn it."""
    selector = "#chart .panels, #chart svg.grid, #chart .plot > .map"
    wait_until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, selector))
    return browser.find_element(By.ID, "chart")


def test_signing_in_leads_to_the_chart(browser: Chrome, server: str) -> None:
    package("axe-core")
    browser.get(f"{server}/training?view=weeks")
    assert browser.find_elements(By.ID, "passphrase") and not browser.find_elements(By.ID, "chart")
    check_accessible(browser)
    type_in(browser, PASSPHRASE)
    press(browser, "Sign in")
    assert browser.current_url == f"{server}/training?view=weeks"
    assert "Weeks" in drawn(browser).text


@pytest.mark.parametrize("size, name", [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_every_view(
    browser: Chrome, open_browser: Open, server: str, size: tuple[int, int], name: str
) -> None:
    package("axe-core")
    open_browser(size, name == "phone")
    sign_in(browser, server)
    for view in VIEWS:
        browser.get(f"{server}/training?view={view}")
        drawn(browser)
        check_layout(browser)
        check_accessible(browser)
        faults = drawn_text.faults(browser, GROUNDS["dark" if name == "phone" else "light"])
        assert faults == []
        assert browser.execute_script("return violations") == []
        picture(browser, f"training-{view}-{name}")


def test_zoom_reads_more_detail_and_a_record_opens(browser: Chrome, server: str) -> None:
    sign_in(browser, server, "?view=activity")
    chart = drawn(browser)
    before = chart.find_element(By.CSS_SELECTOR, ".facts dd").text
    plot = browser.find_element(By.CLASS_NAME, "plot")
    chain = ActionChains(browser).move_to_element_with_offset(plot, -200, 0).click_and_hold()
    chain.move_by_offset(50, 0).move_by_offset(50, 0).release().perform()
    requests = "return performance.getEntriesByType('resource').map((one) => one.name)"
    wait_until(browser, lambda b: any("zoom_from=" in u for u in b.execute_script(requests)))
    assert chart.find_element(By.CSS_SELECTOR, ".facts dd").text != before
    browser.get(f"{server}/training?view=curve")
    drawn(browser)
    browser.execute_script("document.querySelector('.plot').focus()")
    ActionChains(browser).send_keys(Keys.END, Keys.ENTER).perform()
    wait_until(browser, lambda b: "view=activity" in b.current_url)
    drawn(browser)


def test_what_cannot_be_drawn_is_said(browser: Chrome, server: str) -> None:
    sign_in(browser, server)
    browser.get(f"{server}/training?view=activity&ids=1")
    assert "not found" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
    (message,) = errors(browser)
    assert "404" in message, "the page has the status of the error"


def test_on_paper(browser: Chrome, server: str) -> None:
    sign_in(browser, server, "?view=weeks")
    drawn(browser)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    data = base64.b64decode(printed["data"])
    assert data.startswith(b"%PDF") and len(data) > 10_000, "not empty"
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") == 1
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    visible = [one for one in browser.find_elements(By.TAG_NAME, "button") if one.is_displayed()]
    assert visible == [], "nothing to press on paper"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_signed_out_again(browser: Chrome, server: str) -> None:
    sign_in(browser, server)
    drawn(browser)
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.get(f"{server}/training?view=weeks")
    assert "Your passphrase" in text(browser) and not browser.find_elements(By.ID, "data")
