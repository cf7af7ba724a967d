"""Charts in the MCP Inspector's host of apps: every view, real events, both ways of the data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from strava_mcp.charts.chart import Quantity
from strava_mcp.charts.quantity_words import write
from strava_mcp.tools.chart_page import CHART_KEY
from tests.browser.conftest import Open
from tests.browser.inspector import Inspector, inspector
from tests.browser.strict_host import Server
from tests.clients.front import front

#: The Inspector's own page asks for a font, which this machine does not let it have.
NOT_OURS = "fonts.googleapis.com"
#: What a value beside the hair says where the recording has a gap.
GAP = "–"


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


def compared(sandbox: Server) -> int:
    newest = sandbox.call("get_activities", {"sport_type": "Run", "per_page": 1})
    number: int = newest["structuredContent"]["activities"][0]["id"]
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
    host.open(view=view, **({"ids": [compared(sandbox)]} if view == "compare" else {}))
    host.enter_view()
    browser = host.browser
    own = "return document.querySelector('main').getBoundingClientRect().height"
    visible = "return innerHeight"  # as the page has reported
    host.wait(lambda: abs(browser.execute_script(own) - browser.execute_script(visible)) <= 2)
    assert browser.find_elements(By.CSS_SELECTOR, ".panels, .grid, .map")
    assert not browser.find_elements(By.CSS_SELECTOR, ".problem")


@pytest.mark.parametrize("has_data", [True, False], ids=["meta", "read_chart"])
def test_an_activity(host: Inspector, sandbox: Server, results: Filter, has_data: bool) -> None:
    results.has_data = has_data
    chart = sandbox.call("show_chart", {"view": "activity"})["_meta"][CHART_KEY]
    host.open(view="activity")
    host.enter_view()
    browser = host.browser
    plot = host.find(".plot")

    ActionChains(browser).move_to_element_with_offset(plot, 40, 0).perform()
    by_mouse = values_at_hair(browser)
    check_recorded(by_mouse, chart)
    finger = ActionBuilder(browser, mouse=PointerInput("touch", "finger"))
    finger.pointer_action.move_to(plot, -60, 0).pointer_down().pointer_up()
    finger.perform()
    by_touch = values_at_hair(browser)
    assert by_touch["at"] != by_mouse["at"]
    check_recorded(by_touch, chart)
    browser.execute_script("document.querySelector('.plot').focus()")
    ActionChains(browser).send_keys(Keys.HOME, Keys.ARROW_RIGHT).perform()
    check_recorded(values_at_hair(browser), chart)

    chain = ActionChains(browser).move_to_element_with_offset(plot, -100, 0).click_and_hold()
    chain.move_by_offset(60, 0).move_by_offset(60, 0).release().perform()
    host.find("svg.panels")
    assert any(one.text == "Whole chart" for one in browser.find_elements(By.TAG_NAME, "button"))
    check_theme(host)


def check_theme(host: Inspector) -> None:
    """Check that the page follows the theme of its host."""
    theme = "return document.documentElement.dataset.theme"
    before = host.browser.execute_script(theme)
    host.browser.switch_to.default_content()
    host.find("[aria-label='Toggle color scheme']").click()
    host.enter_view()
    host.wait(lambda: host.browser.execute_script(theme) != before)


def values_at_hair(browser: Chrome) -> dict[str, str]:
    values: dict[str, str] = browser.execute_script(
        "const values = [...document.querySelectorAll('.hair .value')];"
        "const pairs = values.map((one) => [one.dataset.panel, one.textContent]);"
        "return Object.fromEntries([...pairs, ['at', document.querySelector('.tag').textContent]])"
    )
    return values


def check_recorded(values: dict[str, str], chart: Any) -> None:
    """Check values beside the hair against the steps of the recording that are drawn there."""
    tag = values["at"].split(" · ")[0]
    quantity = Quantity(**chart["axis"]["quantity"])
    at = [i for i, one in enumerate(chart["axis"]["values"]) if write(quantity, one) == tag]
    assert at, "the hair stands on a step"
    for panel in chart["tabs"][0]["panels"]:
        near = panel["marks"][0]["values"][max(0, at[0] - 4) : at[-1] + 5]
        recorded = [one for one in near if one is not None]
        if panel.get("key") == "heart" and recorded:
            text = values[panel["name"]]
            assert (
                text == GAP
                or min(recorded) - 1 <= float(text.split("\u00a0")[0]) <= max(recorded) + 1
            )
