"""Sign in with Strava in a browser: as the owner, as an allowed second athlete, as a stranger."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.athlete import ANOUK, JONAS, MIRA, Athlete
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET
from strava_mcp.store import open_store
from tests.app_server import serve
from tests.browser.conftest import PHONE, SIZES, Open, Program, picture
from tests.browser.test_oauth import check_accessible, check_layout, press, text, wait_until
from tests.flow import Flow, Live
from tests.node import package
from tests.servers import flask_run, free_port, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``flask run`` for Mira, who owns it, and Jonas, with the sandbox's Strava beside it."""
    folder, port = tmp_path_factory.mktemp("sign-in"), free_port()
    store = open_store("sqlite://:memory:")
    with serve(create_app(store, athlete=None)) as strava:
        env = {
            "STRAVA_MCP_HOME": str(folder / "home"),
            "STRAVA_SOURCE": "api",
            "STRAVA_CLIENT_ID": SANDBOX_CLIENT_ID,
            "STRAVA_CLIENT_SECRET": SANDBOX_CLIENT_SECRET,
            "STRAVA_API_URL": f"{strava.url}/api/v3",
            # Another site than ours, as Strava is: cookies that are SameSite=Strict stay behind.
            "STRAVA_OAUTH_URL": f"{strava.url.replace('127.0.0.1', 'localhost')}/oauth",
            "AUTHORIZE_WITH": "strava",
            "RATE_LIMIT": "100000",
            "ALLOWED_ATHLETES": f"{MIRA.id},{JONAS.id}",
        }
        with running(flask_run(port), port, folder / "server.log", env) as base:
            yield base
    store.close()


def at_strava(browser: Chrome, athlete: Athlete) -> None:
    """On Strava's page: choose the athlete and authorize."""
    assert "The sandbox's Strava" in text(browser)
    browser.find_element(By.CSS_SELECTOR, f"input[value='{athlete.id}']").click()
    press(browser, "Authorize")


def begin(browser: Chrome, site: str, program: Program) -> Flow:
    """Open our page and continue to Strava's."""
    flow = Flow(Live(site), "", program.uri)
    flow.register(client_name="Training diary")
    browser.get(site + flow.request())
    page = text(browser)
    assert "Connect Training diary?" in page and "sign in with next" in page
    assert not browser.find_elements(By.ID, "passphrase")
    press(browser, "Continue with Strava")
    return flow


@pytest.mark.parametrize("athlete", [MIRA, JONAS])
def test_an_allowed_athlete_reaches_their_own_data(
    open_browser: Open, site: str, program: Program, athlete: Athlete
) -> None:
    browser = open_browser(PHONE)
    flow = begin(browser, site, program)
    at_strava(browser, athlete)
    wait_until(browser, lambda b: "Back in the app" in text(b))
    (arrived,) = program.arrived
    assert arrived["state"] == ["st4te"] and arrived["iss"] == [site]
    token = flow.redeem(arrived["code"][0]).json["access_token"]
    reply = flow.call(token, "tools/call", name="get_athlete", arguments={})
    assert reply.json["result"]["structuredContent"]["id"] == athlete.id

    browser.get(f"{site}/connections")
    press(browser, "Sign in with Strava")
    at_strava(browser, athlete)
    wait_until(browser, lambda b: f"You are athlete {athlete.id}" in text(b))
    page = text(browser)
    assert "Training diary" in page
    assert ("Named tokens" in page) == (athlete is MIRA), "they reach the owner's data"
    check_layout(browser)
    picture(browser, f"connections-{athlete.seed}")
    press(browser, "Disconnect from Strava")
    assert "Sign in with Strava" in text(browser)
    assert flow.call(token).status == 401


def connect(browser: Chrome, site: str, program: Program, athlete: Athlete) -> int:
    """Connect an app; returns the athlete's newest activity."""
    flow = begin(browser, site, program)
    at_strava(browser, athlete)
    wait_until(browser, lambda b: "Back in the app" in text(b))
    token = flow.redeem(program.arrived.pop()["code"][0]).json["access_token"]
    arguments = {"per_page": 1}
    reply = flow.call(token, "tools/call", name="get_activities", arguments=arguments)
    number: int = reply.json["result"]["structuredContent"]["activities"][0]["id"]
    return number


def test_the_training_page_has_nobody_elses_data(
    open_browser: Open, site: str, program: Program
) -> None:
    browser = open_browser()
    of_mira = connect(browser, site, program, MIRA)
    of_jonas = connect(browser, site, program, JONAS)
    browser.get(f"{site}/training?view=activity")
    press(browser, "Sign in with Strava")
    at_strava(browser, JONAS)
    wait_until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "#chart .panels"))
    data = browser.find_element(By.ID, "data").get_attribute("textContent")
    assert str(of_jonas) in data and str(of_mira) not in data
    browser.get(f"{site}/training?view=activity&ids={of_mira}")
    assert "nothing there, or it is not visible to this athlete" in text(browser)
    assert not browser.find_elements(By.ID, "data")


def test_a_stranger_is_refused_with_advice(open_browser: Open, site: str, program: Program) -> None:
    browser = open_browser()
    begin(browser, site, program)
    at_strava(browser, ANOUK)
    page = text(browser)
    assert "Not for this account" in page and str(ANOUK.id) in page and not program.arrived
    picture(browser, "stranger")


def test_cancelling_at_strava_returns_an_error_to_the_app(
    open_browser: Open, site: str, program: Program
) -> None:
    browser = open_browser()
    begin(browser, site, program)
    press(browser, "Cancel")
    wait_until(browser, lambda b: "Back in the app" in text(b))
    assert program.arrived[0]["error"] == ["access_denied"]


def test_the_pages_are_accessible(open_browser: Open, site: str, program: Program) -> None:
    package("axe-core")
    browser = open_browser()
    flow = Flow(Live(site), "", program.uri)
    flow.register(client_name="Training diary")
    browser.get(site + flow.request())
    check_accessible(browser)
    picture(browser, "consent-strava")
    press(browser, "Continue with Strava")
    at_strava(browser, JONAS)
    browser.get(f"{site}/connections")
    check_accessible(browser)
    press(browser, "Sign in with Strava")
    at_strava(browser, JONAS)
    check_accessible(browser)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size, name", SIZES, ids=[name for _, name in SIZES])
def test_the_sandboxs_page_has_the_same_design(
    open_browser: Open, site: str, program: Program, size: tuple[int, int], name: str, dark: bool
) -> None:
    package("axe-core")
    browser = open_browser(size, dark)
    begin(browser, site, program)
    assert "these athletes and their data are invented" in text(browser)
    check_layout(browser)
    check_accessible(browser)
    picture(browser, f"sandbox-{name}-{'dark' if dark else 'light'}")
