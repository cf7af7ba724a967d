"""Every view of charts in a strict host: its pictures, and how its words are laid out."""

from dataclasses import replace
from typing import Any

import pytest

from tests.browser import drawn_text, pages
from tests.browser.conftest import picture_of
from tests.browser.strict_host import GROUNDS, Server, StrictHost, result_of
from tests.charts.sample_charts import CHARTS, NAME, activity_chart, calendar_chart
from tests.node import package

VIEWS = ("activity", "form", "curve", "weeks", "calendar", "map", "compare")
PHONE, CHAT, WIDE = WIDTHS = (375, 728, 1280)
#: Taller pages are cut, or scroll inside the conversation.
MAX_HEIGHT = 510


#: The left edge, top and bottom of each bar, by series.
BARS = """
return [...document.querySelectorAll('.bar')].map((path) => (
  path.getAttribute('d').match(/M[^Z]*Z/g).map((bar) => {
    const [x, top, , height] = bar.match(/-?[0-9.]+/g).map(Number);
    return [x, top, top + height];
  })));
"""


def shown(sandbox: Server, view: str, **arguments: Any) -> Any:
    """The result of show_chart; without ``ids`` the newest run is compared."""
    if view == "compare" and not arguments:
        newest = sandbox.call("get_activities", {"sport_type": "Run", "per_page": 1})
        arguments["ids"] = newest["structuredContent"]["activities"][0]["id"]
    result = sandbox.call("show_chart", {"view": view, **arguments})
    assert not result.get("isError"), result["content"]
    return result


def check_looks(host: StrictHost, theme: str) -> None:
    """Check the layout of all words, and that buttons are large enough to be touched."""
    with host.view():
        drawn = drawn_text.pieces(host.browser)
        assert len(drawn) > 3
        assert drawn_text.faults(host.browser, GROUNDS[theme]) == []
        pages.check_layout(host.browser, "button, summary")


def height(host: StrictHost) -> float:
    """The height that the page has reported last."""
    reported: float = host.sent("ui/notifications/size-changed")[-1]["height"]
    return reported


@pytest.mark.parametrize("view", VIEWS)
def test_views_of_the_sandbox(host: StrictHost, sandbox: Server, view: str) -> None:
    package("axe-core")
    host.show(shown(sandbox, view))
    for theme, ground in GROUNDS.items():
        host.use_theme(theme)
        for width in WIDTHS:
            host.resize(width)
            check_looks(host, theme)
            picture_of(host.browser, "iframe", f"{view}-{width}-{theme}")
            if width == CHAT:
                assert height(host) <= MAX_HEIGHT
        with host.view():
            host.run(f"document.documentElement.style.background = '{ground}'")
            pages.check_accessible(host.browser)
            host.run("document.documentElement.style.background = ''")


@pytest.mark.parametrize("name", CHARTS)
def test_layouts(host: StrictHost, name: str) -> None:
    host.show(result_of(CHARTS[name]))
    for width in (PHONE, CHAT):
        host.resize(width)
        check_looks(host, "light")


@pytest.mark.parametrize("days", [528, 535])
def test_a_name_above_the_last_columns_is_within_the_frame(host: StrictHost, days: int) -> None:
    host.show(result_of(calendar_chart(days)))
    for width in range(PHONE, PHONE + 11):  # a column of the calendar is 11 px wide
        host.resize(width)
        check_looks(host, "light")


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_numbers_of_steps(host: StrictHost, count: int) -> None:
    host.show(result_of(activity_chart(count)))
    check_looks(host, "light")
    with host.view():
        path = host.run("return document.querySelector('.curve').getAttribute('d')")
        assert "NaN" not in path
        assert 1 <= path.count("L") + path.count("M") <= 400


@pytest.mark.parametrize("name, per_day", [("form", 0), ("calendar", 2)])
def test_a_year_is_few_elements(host: StrictHost, name: str, per_day: int) -> None:
    """Each element costs time: a series is one path, and a day of the calendar has its square."""
    host.show(result_of(CHARTS[name]))
    with host.view():
        count = host.run("return document.querySelectorAll('.plot *').length")
    assert count <= 100 + 365 * per_day


def test_bars_are_stacked_and_the_running_week_is_hatched(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]))
    with host.view():
        boxes = host.run(BARS)
        assert len(boxes) == 3 and all(len(bars) == 26 for bars in boxes)
        for lower, upper in zip(boxes, boxes[1:]):
            for (x, top, _), (other_x, _, bottom) in zip(lower, upper):
                assert x == other_x and abs(top - bottom) <= 0.2
        hatched = host.run("return document.querySelectorAll('[fill=\"url(#unfinished)\"]').length")
        assert hatched == 3


def test_the_legend_of_the_calendar_is_that_of_the_picture(host: StrictHost) -> None:
    chart = CHARTS["calendar"]
    assert chart.grid and chart.grid.streak
    words = [name for _, name in chart.grid.legend] + ["Longest streak", chart.grid.scale]
    host.show(result_of(chart))
    with host.view():
        assert pages.texts(host.browser, ".legend") == words
        assert host.run("return getComputedStyle(document.querySelector('.frame')).fill") == "none"


def test_nothing_is_seen_before_the_data(host: StrictHost) -> None:
    host.show()
    with host.view():
        main = "return document.querySelector('main')"
        assert host.run(f"{main}.textContent") == "Drawing \u2026"
        assert host.run(f"{main}.children.length") == 1
        assert host.run(f"{main}.ariaBusy") == "true"


def test_a_gap_is_left_open(host: StrictHost) -> None:
    host.show(result_of(activity_chart(300)))
    with host.view():
        pace, heart = host.run(
            "return [...document.querySelectorAll('.panel .curve')].slice(0, 2)"
            ".map((path) => path.getAttribute('d').split('M').length - 1)"
        )
    assert (pace, heart) == (1, 2)


@pytest.mark.parametrize(
    "name",
    [
        NAME,
        "</script><img src=x onerror=alert(1)>",
        "ריצת \u202e בוקר",
        "A" * 300,
        "&lt;b&gt; ${1}",
    ],
)
def test_a_name_is_text(host: StrictHost, name: str) -> None:
    chart = replace(activity_chart(100), title=name, subtitle=name, notes=[name])
    host.show(result_of(chart))
    host.resize(PHONE)
    check_looks(host, "light")
    with host.view():
        assert host.run("return document.querySelector('h1').textContent") == name
        assert host.run("return document.querySelector('h1').dir") == "auto"
        assert host.run("return document.querySelectorAll('img, b, body script + *').length") == 0


def test_what_cannot_be_drawn_is_said(host: StrictHost) -> None:
    host.show(result_of(CHARTS["state"]))
    with host.view():
        assert "entered by hand" in host.run("return document.body.innerText")
        assert host.run("return document.querySelectorAll('svg').length") == 0
