"""Around a drawing: figures in even rows, words for the device, names of two scripts."""

from dataclasses import replace

import pytest

from tests.browser import pages
from tests.browser.conftest import Open
from tests.browser.strict_host import StrictHost, result_of
from tests.browser.test_training import sign_in, wait_for_chart
from tests.charts.sample_charts import SIX_FACTS, activity_chart, map_chart

ROWS = """
const tops = [...document.querySelectorAll(".facts > div")].map((one) => one.offsetTop);
return [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
"""
ARABIC, HEBREW = "سباق الصباح", "ריצת בוקר"
#: The left edges of some letters of the title, in the order of the letters.
LEFTS = """
const text = document.querySelector("h1").firstChild;
return arguments[0].map((part) => {
  const range = document.createRange();
  const at = text.data.indexOf(part);
  range.setStart(text, at);
  range.setEnd(text, at + part.length);
  return range.getBoundingClientRect().left;
});
"""


@pytest.mark.parametrize("width", [375, 480, 520, 560, 600, 640, 728, 1280])
@pytest.mark.parametrize("count", [4, 5, 6])
def test_no_figure_stands_alone(host: StrictHost, width: int, count: int) -> None:
    host.show(result_of(replace(activity_chart(100), facts=SIX_FACTS[:count])))
    host.resize(width)
    with host.view():
        rows = host.run(ROWS)
        assert max(rows) - min(rows) <= 1 and sum(rows) == count
        pages.check_layout(host.browser)


def test_six_figures_of_a_ride_are_one_row_in_a_chat(host: StrictHost) -> None:
    host.show(result_of(replace(activity_chart(100), facts=[*SIX_FACTS[:4], SIX_FACTS[5]])))
    with host.view():
        assert host.run(ROWS) == [5]


@pytest.mark.parametrize("points, words", [(0, "Drag over the curves"), (2, "Spread two fingers")])
def test_fingers_are_spoken_of_where_there_is_touch(
    open_browser: Open, server: str, points: int, words: str
) -> None:
    browser = open_browser()
    sign_in(browser, server, "?view=weeks")
    touch = {"enabled": points > 0, "maxTouchPoints": max(1, points)}
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", touch)
    try:
        browser.get(f"{server}/training?view=weeks")
        wait_for_chart(browser)
        assert pages.texts(browser, ".use")[0].startswith(words)
    finally:
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


@pytest.mark.parametrize("name", [ARABIC, HEBREW])
def test_two_names_stand_in_their_order(host: StrictHost, name: str) -> None:
    title = f"\u2068{name}\u2069 · 24 h run"
    host.show(result_of(replace(activity_chart(100), view="compare", title=title)))
    with host.view():
        lefts = host.run(LEFTS, [name, "24", "run"])
        assert lefts == sorted(lefts)


@pytest.mark.parametrize("count, opacity", [(1, "1"), (12, "0.7"), (13, "0.35")])
def test_few_tracks_are_plain_to_see(host: StrictHost, count: int, opacity: str) -> None:
    host.show(result_of(map_chart(count)))
    with host.view():
        style = "return getComputedStyle(document.querySelector('.track')).strokeOpacity"
        assert host.run(style) == opacity
