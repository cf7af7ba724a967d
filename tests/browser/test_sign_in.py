"""Sign in with Strava in a browser: as the owner, as an allowed second athlete, as a stranger."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.athlete import ANOUK, JONAS, MIRA, Athlete
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET
from strava_mcp.store import open_store
from tests.app_server import serve
from tests.browser.conftest import PHONE, SIZES, Open, Program, picture
from tests.browser.pages import (
    check_accessible,
    check_layout,
    check_text,
    click,
    count,
    submit,
    text,
    wait_for,
)
from tests.clock import Clock
from tests.flow import Flow, Live
from tests.node import package
from tests.season_day import SEASON_APP
from tests.servers import flask_run, free_port, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, season_clock: Clock) -> Iterator[str]:
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
        with running(flask_run(port, SEASON_APP), port, folder / "server.log", env) as base:
            yield base
    store.close()


def at_strava(browser: Chrome, athlete: Athlete) -> None:
    """On Strava's page: choose the athlete and authorize."""
    check_text(browser, "The sandbox's Strava")
    click(browser, f"input[value='{athlete.id}']")
    submit(browser, "Authorize")


def begin(browser: Chrome, site: str, program: Program) -> Flow:
    """Open our page and continue to Strava's."""
    flow = Flow(Live(site), "", program.uri)
    flow.register(client_name="Training diary")
    browser.get(site + flow.request())
    check_text(browser, "Connect Training diary?", "sign in with next")
    assert not count(browser, "#passphrase")
    submit(browser, "Continue with Strava")
    return flow


@pytest.mark.parametrize("athlete", [MIRA, JONAS])
def test_an_allowed_athlete_reaches_their_own_data(
    open_browser: Open, site: str, program: Program, athlete: Athlete
) -> None:
    browser = open_browser(PHONE)
    flow = begin(browser, site, program)
    at_strava(browser, athlete)
    check_text(browser, "Back in the app")
    (arrived,) = program.arrived
    assert arrived["state"] == ["st4te"] and arrived["iss"] == [site]
    token = flow.redeem(arrived["code"][0]).json["access_token"]
    reply = flow.call(token, "tools/call", name="get_athlete", arguments={})
    assert reply.json["result"]["structuredContent"]["id"] == athlete.id

    browser.get(f"{site}/connections")
    submit(browser, "Sign in with Strava")
    at_strava(browser, athlete)
    check_text(browser, f"You are athlete {athlete.id}", "Training diary")
    assert ("Named tokens" in text(browser)) == (athlete is MIRA), "they reach the owner's data"
    check_layout(browser)
    picture(browser, f"connections-{athlete.seed}")
    submit(browser, "Disconnect from Strava")
    check_text(browser, "Sign in with Strava")
    assert flow.call(token).status == 401


def connect(browser: Chrome, site: str, program: Program, athlete: Athlete) -> int:
    """Connect an app; returns the athlete's newest activity."""
    flow = begin(browser, site, program)
    at_strava(browser, athlete)
    check_text(browser, "Back in the app")
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
    submit(browser, "Sign in with Strava")
    at_strava(browser, JONAS)
    wait_for(browser, "#chart .panels")
    data = browser.execute_script("return document.getElementById('data').textContent")
    assert str(of_jonas) in data and str(of_mira) not in data
    browser.get(f"{site}/training?view=activity&ids={of_mira}")
    check_text(browser, "nothing there, or it is not visible to this athlete")
    assert not count(browser, "#data")


def test_a_stranger_is_refused_with_advice(open_browser: Open, site: str, program: Program) -> None:
    browser = open_browser()
    begin(browser, site, program)
    at_strava(browser, ANOUK)
    check_text(browser, "Not for this account", str(ANOUK.id))
    assert not program.arrived
    picture(browser, "stranger")


def test_cancelling_at_strava_returns_an_error_to_the_app(
    open_browser: Open, site: str, program: Program
) -> None:
    browser = open_browser()
    begin(browser, site, program)
    submit(browser, "Cancel")
    check_text(browser, "Back in the app")
    assert program.arrived[0]["error"] == ["access_denied"]


def test_the_pages_are_accessible(open_browser: Open, site: str, program: Program) -> None:
    package("axe-core")
    browser = open_browser()
    flow = Flow(Live(site), "", program.uri)
    flow.register(client_name="Training diary")
    browser.get(site + flow.request())
    check_accessible(browser)
    picture(browser, "consent-strava")
    submit(browser, "Continue with Strava")
    at_strava(browser, JONAS)
    browser.get(f"{site}/connections")
    check_accessible(browser)
    submit(browser, "Sign in with Strava")
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
    check_text(browser, "these athletes and their data are invented")
    check_layout(browser)
    check_accessible(browser)
    picture(browser, f"sandbox-{name}-{'dark' if dark else 'light'}")
