"""A person connects an app, mistypes, approves, sees the connection, and revokes it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import DESKTOP, PASSPHRASE, PHONE, Open, Program, picture
from tests.flow import BOTH, Flow, Live
from tests.node import package

WAIT_S = 20


def text(browser: Chrome) -> str:
    """The text of the current page; empty while it loads."""
    content: str = browser.execute_script("return document.body ? document.body.innerText : ''")
    return content


def wait_until(browser: Chrome, condition: Callable[[Chrome], object]) -> None:
    WebDriverWait(browser, WAIT_S, poll_frequency=0.05).until(condition)


def press(browser: Chrome, label: str) -> None:
    """Press the button with this label, and wait until the next page is complete."""
    page = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.XPATH, f"//button[normalize-space()='{label}']").click()
    wait_until(browser, lambda _: is_gone(page))
    wait_until(browser, lambda b: b.execute_script("return document.readyState") == "complete")


def is_gone(element: Any) -> bool:
    from selenium.common.exceptions import StaleElementReferenceException, WebDriverException

    try:
        return not element.is_enabled()
    except (StaleElementReferenceException, WebDriverException):
        return True


def type_in(browser: Chrome, words: str) -> None:
    browser.find_element(By.ID, "passphrase").send_keys(words)


def check_accessible(browser: Chrome) -> None:
    """Check that axe finds no violation of WCAG 2.2 AA."""
    script = (package("axe-core") / "axe.min.js").read_text("utf-8")
    browser.execute_script(script)
    violations = browser.execute_async_script(
        "axe.run().then(r => arguments[0](JSON.stringify(r.violations)))"
    )
    assert json.loads(violations) == []


def check_layout(browser: Chrome) -> None:
    """Check that the page is not wider than the window, and that buttons are large enough."""
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(wide) <= 0
    for button in browser.find_elements(By.TAG_NAME, "button"):
        assert button.size["height"] >= 44


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size, name", [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_connecting_an_app_and_revoking_it(
    open_browser: Open,
    server: str,
    program: Program,
    size: tuple[int, int],
    name: str,
    dark: bool,
) -> None:
    package("axe-core")
    browser = open_browser(size, dark, "Asia/Kathmandu")
    flow = Flow(Live(server), PASSPHRASE, program.uri)
    look = f"{name}-{'dark' if dark else 'light'}"
    app = f"Training diary ({look})"
    flow.register(client_name=app)

    def check(page: str) -> None:
        check_layout(browser)
        check_accessible(browser)
        assert server in text(browser), "the page names its server"
        picture(browser, f"{page}-{look}")

    browser.get(server + flow.request(scope=BOTH))
    page = text(browser)
    for words in (f"Connect {app}?", "not verified", "Mira S.", "program on this device"):
        assert words in page
    assert "Any program on this computer can claim this address." in page
    assert browser.find_element(By.CSS_SELECTOR, "input[value=read]").is_selected()
    check("consent")

    type_in(browser, "correct horse")
    press(browser, "Connect")
    assert "Try again" in text(browser)
    focused = browser.switch_to.active_element
    assert focused.get_attribute("id") == "passphrase"
    check("mistyped")

    type_in(browser, PASSPHRASE + Keys.ENTER)
    wait_until(browser, lambda b: "Back in the app" in text(b))
    (arrived,) = program.arrived
    assert arrived["state"] == ["st4te"] and arrived["iss"] == [server]
    tokens = flow.redeem(arrived["code"][0]).json
    assert tokens["scope"] == "strava:read"
    assert flow.call(tokens["access_token"]).status == 200

    browser.get(f"{server}/connections")
    check("sign-in")
    type_in(browser, PASSPHRASE)
    press(browser, "Sign in")
    assert app in text(browser) and "last used" in text(browser)
    assert "GMT+5:45" in text(browser) and "UTC" not in text(browser), "in the reader's own zone"
    check("connections")

    grant_id = tokens["access_token"].split("_")[2]
    field = browser.find_element(By.ID, f"label-{grant_id}")
    browser.find_element(
        By.XPATH, f"//details[.//input[@id='{field.get_attribute('id')}']]"
    ).click()
    field.send_keys("Phone of Mira" + Keys.ENTER)
    wait_until(browser, lambda b: "The label is saved." in text(b))
    check("labelled")

    button = "//button[@aria-label='Revoke Phone of Mira']"
    browser.find_element(By.XPATH, button).click()
    ended = f"Ended: Phone of Mira ({app}). 1 access token and 1 refresh token no longer work."
    wait_until(browser, lambda b: ended in text(b))
    assert not browser.find_elements(By.XPATH, button)
    assert flow.call(tokens["access_token"]).status == 401
    check("revoked")
    browser.refresh()
    assert "Ended" not in text(browser), "said once"
    press(browser, "Sign out")
    assert "You are signed out." in text(browser) and "Sign in" in text(browser)
    check("signed-out")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size, name", [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_a_refused_address_can_be_copied(
    open_browser: Open,
    server: str,
    program: Program,
    size: tuple[int, int],
    name: str,
    dark: bool,
) -> None:
    package("axe-core")
    browser = open_browser(size, dark)
    flow = Flow(Live(server), PASSPHRASE, program.uri)
    flow.register()
    uri = "https://app.example.com/callbacks/" + "0123456789" * 8
    browser.get_log("browser")
    browser.get(server + flow.request(redirect_uri=uri))
    # 400 is what the page is; nothing else may be complained about, such as a blocked script.
    assert all("400" in entry["message"] for entry in browser.get_log("browser"))
    browser.execute_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    browser.find_element(By.CSS_SELECTOR, "button[data-copy]").click()
    wait_until(browser, lambda b: b.execute_script("return getSelection().toString()") == uri)
    assert uri not in [a.get_attribute("href") for a in browser.find_elements(By.TAG_NAME, "a")]
    check_layout(browser)
    check_accessible(browser)
    picture(browser, f"refused-address-{name}-{'dark' if dark else 'light'}")


def test_without_script_times_are_in_utc(open_browser: Open, server: str, program: Program) -> None:
    flow = Flow(Live(server), PASSPHRASE, program.uri)
    flow.connect()
    browser = open_browser(zone="Asia/Kathmandu")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{server}/connections")
        type_in(browser, PASSPHRASE)
        browser.find_element(By.XPATH, "//button[normalize-space()='Sign in']").click()
        WebDriverWait(browser, WAIT_S).until(lambda b: b.find_elements(By.TAG_NAME, "time"))
        times = [element.text for element in browser.find_elements(By.TAG_NAME, "time")]
        assert times and all(one.endswith(" UTC") for one in times)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_cancelling_returns_an_error_to_the_app(
    open_browser: Open, server: str, program: Program
) -> None:
    browser = open_browser()
    flow = Flow(Live(server), PASSPHRASE, program.uri)
    flow.register()
    browser.get(server + flow.request())
    press(browser, "Cancel")  # without a passphrase
    wait_until(browser, lambda b: "Back in the app" in text(b))
    assert program.arrived[0]["error"] == ["access_denied"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_is_accessible(
    open_browser: Open, server: str, program: Program, dark: bool
) -> None:
    package("axe-core")
    browser = open_browser(dark=dark)
    flow = Flow(Live(server), PASSPHRASE, program.uri)
    flow.register(client_name="Training diary")
    tokens = flow.connect()
    flow.call(tokens["access_token"])
    shade = "dark" if dark else "light"

    browser.get(server + flow.request(scope=BOTH))
    check_accessible(browser)
    picture(browser, f"consent-{shade}")
    browser.get(f"{server}/authorize?client_id=unknown")
    assert "cannot be connected" in text(browser)
    check_accessible(browser)
    picture(browser, f"failure-{shade}")
    browser.get(f"{server}/connections")
    check_accessible(browser)
    type_in(browser, PASSPHRASE)
    press(browser, "Sign in")
    check_accessible(browser)
    picture(browser, f"connections-{shade}")


def test_another_site_can_neither_frame_nor_post(
    open_browser: Open, server: str, program: Program
) -> None:
    """In a real browser, from a real foreign origin (another port is one)."""
    flow = Flow(Live(server), PASSPHRASE, program.uri)
    flow.register()
    browser = open_browser()
    browser.get(program.uri.replace("/callback", "/evil").replace("127.0.0.1", "localhost"))
    url = server + flow.request()
    browser.execute_script(
        "const f = document.createElement('iframe'); f.src = arguments[0];"
        "document.body.append(f); return new Promise(r => f.onload = f.onerror = r)",
        url,
    )
    browser.switch_to.frame(0)
    assert not browser.find_elements(By.ID, "passphrase")
    browser.switch_to.default_content()
    browser.execute_script(
        "const f = document.createElement('form'); f.method = 'post'; f.action = arguments[0];"
        "for (const [n, v] of [['decision', 'approve'], ['scope', 'read'],"
        " ['passphrase', arguments[1]]]) {"
        "  const i = document.createElement('input'); i.name = n; i.value = v; f.append(i); }"
        "document.body.append(f); f.submit()",
        url,
        PASSPHRASE,
    )
    wait_until(browser, lambda b: "/authorize" in b.current_url)
    assert "Start again" in text(browser) or "origin_not_allowed" in text(browser)
    assert program.arrived == []
