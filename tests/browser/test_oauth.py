"""A person connects an app, mistypes, approves, sees the connection, and revokes it."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import DESKTOP, PASSPHRASE, PHONE, Open, Program, picture
from tests.browser.pages import (
    check_accessible,
    check_becomes,
    check_layout,
    check_text,
    click,
    count,
    press,
    submit,
    text,
    texts,
    type_in,
    wait_until,
)
from tests.flow import BOTH, Flow, Live
from tests.node import package

PASSPHRASE_FIELD = "#passphrase"
FOCUSED = "return document.activeElement.id"


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
        check_text(browser, server)  # the page names its server
        picture(browser, f"{page}-{look}")

    browser.get(server + flow.request(scope=BOTH))
    check_text(browser, f"Connect {app}?", "not verified", "Mira S.", "program on this device")
    check_text(browser, "Any program on this computer can claim this address.")
    assert count(browser, "input[value=read]:checked") == 1
    check("consent")

    type_in(browser, PASSPHRASE_FIELD, "correct horse")
    submit(browser, "Connect")
    check_text(browser, "Try again")
    check_becomes(browser, lambda: browser.execute_script(FOCUSED), "passphrase")
    check("mistyped")

    type_in(browser, PASSPHRASE_FIELD, PASSPHRASE + Keys.ENTER)
    check_text(browser, "Back in the app")
    (arrived,) = program.arrived
    assert arrived["state"] == ["st4te"] and arrived["iss"] == [server]
    tokens = flow.redeem(arrived["code"][0]).json
    assert tokens["scope"] == "strava:read"
    assert flow.call(tokens["access_token"]).status == 200

    browser.get(f"{server}/connections")
    check("sign-in")
    type_in(browser, PASSPHRASE_FIELD, PASSPHRASE)
    submit(browser, "Sign in")
    check_text(browser, app, "last used", "GMT+5:45")
    assert "UTC" not in text(browser), "in the reader's own zone"
    check("connections")

    grant_id = tokens["access_token"].split("_")[2]
    click(browser, f"details:has(#label-{grant_id})")
    type_in(browser, f"#label-{grant_id}", "Phone of Mira" + Keys.ENTER)
    check_text(browser, "The label is saved.")
    check("labelled")

    button = "button[aria-label='Revoke Phone of Mira']"
    click(browser, button)
    ended = f"Ended: Phone of Mira ({app}). 1 access token and 1 refresh token no longer work."
    check_text(browser, ended)
    assert not count(browser, button)
    assert flow.call(tokens["access_token"]).status == 401
    check("revoked")
    browser.refresh()
    check_text(browser, "Sign out")
    assert "Ended" not in text(browser), "said once"
    submit(browser, "Sign out")
    check_text(browser, "You are signed out.", "Sign in")
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
    click(browser, "button[data-copy]")
    selected = "return getSelection().toString()"
    check_becomes(browser, lambda: browser.execute_script(selected), uri)
    assert not count(browser, f"a[href='{uri}']")
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
        type_in(browser, PASSPHRASE_FIELD, PASSPHRASE)
        press(browser, "Sign in")
        times = wait_until(browser, lambda: texts(browser, "time"))
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
    check_text(browser, "Back in the app")
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
    check_text(browser, "cannot be connected")
    check_accessible(browser)
    picture(browser, f"failure-{shade}")
    browser.get(f"{server}/connections")
    check_accessible(browser)
    type_in(browser, PASSPHRASE_FIELD, PASSPHRASE)
    submit(browser, "Sign in")
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
    assert not count(browser, PASSPHRASE_FIELD)
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
    wait_until(browser, lambda: "/authorize" in browser.current_url)
    refusals = ("Start again", "origin_not_allowed")
    wait_until(browser, lambda: any(one in text(browser) for one in refusals))
    assert program.arrived == []
