"""Charts in the MCP Inspector's host of apps: every view, real events, both ways of the data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from strava_mcp.tools.chart_page import CHART_KEY
from tests.browser import hair, pages
from tests.browser.conftest import Open
from tests.browser.inspector import Inspector, inspector
from tests.browser.strict_host import Server
from tests.clients.front import front

#: The Inspector's own page asks for a font, which this machine does not let it have.
NOT_OURS = "fonts.googleapis.com"


class Filter:
    """What the Inspector gets: results as they are, or without the data of a chart in ``_meta``."""

    has_data = True

    def __call__(self, body: bytes) -> bytes:
        return body if self.has_data else body.replace(CHART_KEY.encode(), b"strava_mcp/dropped")


@pytest.fixture
def results() -> Filter:
    return Filter()


@pytest.fixture
def host(
    open_browser: Open, sandbox: Server, results: Filter, tmp_path: Path
) -> Iterator[Inspector]:
    """The Inspector, in a wide window; the page of charts may not write to the console.

    Each test has its own: an Inspector that was left keeps its connection to the server.
    """
    browser = open_browser((1600, 1000))
    browser.get_log("browser")
    with front(sandbox.base, sandbox.base, rewrite=results, token=sandbox.token) as base:
        with inspector(browser, f"{base}/mcp", tmp_path) as opened:
            yield opened
            browser.switch_to.default_content()
            browser.get("about:blank")
    severe = [one for one in browser.get_log("browser") if one["level"] == "SEVERE"]
    messages = [one["message"] for one in severe if NOT_OURS not in one["message"]]
    assert messages == []


def newest(sandbox: Server, sport: str) -> int:
    rows = sandbox.call("get_activities", {"sport_type": sport, "per_page": 1})
    number: int = rows["structuredContent"]["activities"][0]["id"]
    return number


@pytest.mark.parametrize(
    "view, has_data",
    [
        ("form", True),
        ("curve", False),
        ("weeks", True),
        ("calendar", False),
        ("map", True),
        ("compare", False),
    ],
)
def test_views(
    host: Inspector, sandbox: Server, results: Filter, view: str, has_data: bool
) -> None:
    results.has_data = has_data
    host.open(view=view, **({"ids": [newest(sandbox, "Run")]} if view == "compare" else {}))
    host.enter_view()
    browser = host.browser
    assert pages.count(browser, ".panels, .grid, .map") and not pages.count(browser, ".problem")


@pytest.mark.parametrize(
    "sport, has_data", [("Run", True), ("Ride", False)], ids=["run-meta", "ride-read_chart"]
)
def test_an_activity(
    host: Inspector, sandbox: Server, results: Filter, sport: str, has_data: bool
) -> None:
    results.has_data = has_data
    number = newest(sandbox, sport)
    chart = sandbox.call("show_chart", {"view": "activity", "ids": number})["_meta"][CHART_KEY]
    host.open(view="activity", ids=[number])
    host.enter_view()
    browser = host.browser
    drawn = hair.points(browser, chart)
    last = len(drawn.groups) - 1

    for index in (0, last // 3, last):
        hair.hover(browser, drawn.plot, drawn.x(index))
        hair.check_shown(browser, drawn.values(index))
    for index in (last // 2, 1):
        hair.tap(browser, drawn.plot, drawn.x(index))
        hair.check_shown(browser, drawn.values(index))
    browser.execute_script("document.querySelector('.plot').focus()")
    for keys, index in ([Keys.HOME], 0), ([Keys.ARROW_RIGHT], 1), ([Keys.END], last):
        pages.press_keys(browser, *keys)
        hair.check_shown(browser, drawn.values(index))

    hair.drag(browser, drawn.plot, drawn.plot.at(0.3), drawn.plot.at(0.5))
    pages.wait_until(browser, lambda: "Whole chart" in pages.texts(browser, "button"))
    check_theme(host)


def check_theme(host: Inspector) -> None:
    """Check that the page follows the theme of its host."""
    theme = "return document.documentElement.dataset.theme"
    before = host.browser.execute_script(theme)
    host.browser.switch_to.default_content()
    pages.click(host.browser, "[aria-label='Toggle color scheme']")
    host.enter_view()
    pages.wait_until(host.browser, lambda: host.browser.execute_script(theme) != before)
