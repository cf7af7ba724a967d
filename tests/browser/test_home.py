"""The start page and error pages in Chromium: three widths, both themes, the copy buttons."""

import threading
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from strava_mcp.cli.callback import Callback
from tests.browser.conftest import SIZES, Open, picture
from tests.browser.pages import (
    check_accessible,
    check_becomes,
    check_layout,
    check_text,
    click,
    fire_timers,
    hold_timers,
    press_keys,
    texts,
    wait_until,
)
from tests.node import package

COPY = "button[data-copy]"
STATUS = f"{COPY} ~ [role=status]"
CODES = "return [...document.querySelectorAll('pre code')].map((one) => one.textContent)"
#: Longer than the checks of a page take, on any machine.
CALLBACK_S = 600
VISIBLE = ".checkVisibility({visibilityProperty: true})"


@pytest.fixture
def clipboard(chromium: Chrome, server: str) -> Iterator[None]:
    """Let pages of the server use the clipboard, as a person in front of the browser may."""
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    grant = {"origin": server, "permissions": permissions}
    chromium.execute_cdp_cmd("Browser.grantPermissions", grant)
    yield
    chromium.execute_cdp_cmd("Browser.resetPermissions", {})


def errors(browser: Chrome) -> list[str]:
    """What the browser's console complains about, such as breaches of the policy."""
    return [entry["message"] for entry in browser.get_log("browser")]


def clipboard_text(browser: Chrome) -> str:
    script = "navigator.clipboard.readText().then(arguments[0], e => arguments[0](`${e}`))"
    content: str = browser.execute_async_script(script)
    return content


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size, name", SIZES, ids=[name for _, name in SIZES])
def test_pages_fit_and_are_accessible(
    open_browser: Open, server: str, size: tuple[int, int], name: str, dark: bool
) -> None:
    package("axe-core")
    browser = open_browser(size, dark)
    shade = "dark" if dark else "light"
    errors(browser)
    browser.get(server)
    assert errors(browser) == []
    check_text(browser, "invented sandbox athlete", "Running, version", "Claude Code", "ChatGPT")
    check_layout(browser)
    check_accessible(browser)
    picture(browser, f"home-{name}-{shade}")
    click(browser, "summary")
    check_layout(browser)
    check_accessible(browser)
    browser.get(f"{server}/nope")
    check_text(browser, "There is no page here")
    check_layout(browser)
    check_accessible(browser)
    picture(browser, f"no-page-{name}-{shade}")
    click(browser, "//a[.='About this server, and how to connect an app']")
    check_text(browser, "Connect an app")


def test_each_button_copies_its_text(open_browser: Open, server: str, clipboard: None) -> None:
    browser = open_browser()
    browser.get(server)
    hold_timers(browser)
    click(browser, "summary")
    codes = browser.execute_script(CODES)
    assert len(codes) >= 8
    copied = []
    for index in range(len(codes)):
        browser.execute_script(f"document.querySelectorAll('{COPY}')[{index}].focus()")
        press_keys(browser, Keys.ENTER)
        check_becomes(browser, lambda: texts(browser, STATUS).count("Copied"), index + 1)
        copied.append(clipboard_text(browser))
    picture(browser, "home-copied")
    assert copied == codes
    assert copied[0] == server and len(set(copied)) == len(copied)
    fire_timers(browser)
    assert set(texts(browser, STATUS)) == {""}, "said for a moment"


def test_where_the_clipboard_is_closed_the_text_is_selected(
    open_browser: Open, server: str
) -> None:
    """On plain HTTP beyond this machine, browsers have no ``navigator.clipboard``."""
    browser = open_browser()
    browser.get(server)
    browser.execute_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    hold_timers(browser)
    click(browser, COPY)
    wait_until(browser, lambda: texts(browser, STATUS)[0])
    assert browser.execute_script("return getSelection().toString()") == server


def test_without_script_there_is_no_button_that_does_nothing(
    open_browser: Open, server: str
) -> None:
    browser = open_browser()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(server)
        assert not browser.execute_script(f"return document.querySelector('{COPY}')" + VISIBLE)
        assert texts(browser, "pre code")[0] == server
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size, name", SIZES, ids=[name for _, name in SIZES])
def test_the_terminals_page_has_the_same_design(
    open_browser: Open, size: tuple[int, int], name: str, dark: bool
) -> None:
    package("axe-core")
    browser = open_browser(size, dark)
    callback = Callback(0, "st4te")
    waiting = threading.Thread(target=callback.wait, args=(CALLBACK_S,))
    waiting.start()
    for state, words in (("other", "Not found"), ("st4te", "Go back to the terminal")):
        browser.get(f"{callback.redirect_uri}?state={state}&code=c")
        check_text(browser, words)
        check_layout(browser)
        check_accessible(browser)
        picture(browser, f"terminal-{state}-{name}-{'dark' if dark else 'light'}")
    waiting.join(CALLBACK_S)
