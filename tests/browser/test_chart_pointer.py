"""Hover, zoom and choice in charts by mouse, finger and keyboard, as the browser delivers them."""

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from strava_mcp.charts.chart import Chart
from strava_mcp.charts.quantity_words import write, write_clock
from strava_mcp.tools.chart_page import CHART_KEY
from tests.browser import drawn_text, hair, pages
from tests.browser.strict_host import Server, StrictHost, result_of
from tests.browser.test_chart_host import press
from tests.browser.test_charts import shown
from tests.charts.sample_charts import CHARTS, activity_chart

#: Few enough steps for each to be a point of its own at 728 px.
COUNT = 200


@pytest.fixture
def run(host: StrictHost) -> Chart:
    """An invented run, drawn."""
    chart = activity_chart(COUNT)
    host.show(result_of(chart))
    return chart


def expected(chart: Chart, index: int) -> dict[str, str]:
    """The values of the recording at a step."""
    assert chart.axis
    texts = {"at": write(chart.axis.quantity, chart.axis.values[index])}
    for panel in chart.tabs[0].panels:
        value = panel.marks[0].values[index]
        texts[panel.name] = "–" if value is None else write(panel.quantity, value)
    return texts


def check_values(host: StrictHost, values: dict[str, str]) -> None:
    """Check that the hair shows these values in time; none: that it is hidden."""
    with host.view():
        hair.check_shown(host.browser, values)


def has_hair(host: StrictHost) -> bool:
    with host.view():
        return bool(hair.shown(host.browser))


def plot(host: StrictHost) -> hair.Plot:
    with host.view():
        return hair.plot(host.browser)


def mouse(host: StrictHost, kind: str, share: float, **more: Any) -> None:
    """A real event of the mouse, at a share of the plot's width."""
    drawn = plot(host)
    event = {"type": kind, "x": drawn.pixel(share), "y": drawn.y, **more}
    host.browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)


def drag(host: StrictHost, start: float, end: float) -> None:
    mouse(host, "mouseMoved", start)
    mouse(host, "mousePressed", start, button="left", buttons=1, clickCount=1)
    mouse(host, "mouseMoved", (start + end) / 2, button="left", buttons=1)
    mouse(host, "mouseMoved", end, button="left", buttons=1)
    mouse(host, "mouseReleased", end, button="left", clickCount=1)


def touch(host: StrictHost, kind: str, *shares: float) -> None:
    drawn = plot(host)
    points = [{"x": drawn.pixel(one), "y": drawn.y, "id": i} for i, one in enumerate(shares)]
    event = {"type": kind, "touchPoints": points}
    host.browser.execute_cdp_cmd("Input.dispatchTouchEvent", event)


def keys(host: StrictHost, *names: str) -> None:
    with host.view():
        host.run("document.querySelector('.plot').focus()")
        pages.press_keys(host.browser, *names)


def facts(host: StrictHost) -> dict[str, str]:
    """The figures of the header by their labels."""
    with host.view():
        rows: dict[str, str] = host.run(
            "return Object.fromEntries([...document.querySelectorAll('.facts div')].map((one) =>"
            "[one.querySelector('dt').textContent, one.querySelector('dd').textContent]))"
        )
    return rows


def is_zoomed(host: StrictHost) -> bool:
    """Whether the page offers to show the whole chart again."""
    with host.view():
        return "Whole chart" in pages.texts(host.browser, "button")


def check_facts(host: StrictHost, **rows: str) -> None:
    """Check that the header has these figures in time."""
    pages.check_becomes(host.browser, lambda: rows.items() - facts(host).items(), set())


@pytest.mark.parametrize("index", [0, 7, 70, 121, COUNT - 1])
def test_the_mouse_shows_what_was_recorded(host: StrictHost, run: Chart, index: int) -> None:
    mouse(host, "mouseMoved", (index + 0.5) / COUNT)
    values = expected(run, index)
    check_values(host, values)
    assert (values["Heart rate"] == "–") == (index == 70), "a gap is no value"
    with host.view():
        label = host.run("return document.querySelector('.plot').getAttribute('aria-valuetext')")
        dots = pages.count(host.browser, ".hair circle")
    assert dots == (2 if index == 70 else 3)
    assert values["at"] in label and values["Pace"] in label


@pytest.mark.parametrize("name", ["weeks", "curve", "form", "activity"])
def test_values_of_many_series_stay_within_a_phone(host: StrictHost, name: str) -> None:
    host.show(result_of(CHARTS[name]))
    host.resize(375)
    for share in (0.0, 0.3, 0.6, 1.0):
        mouse(host, "mouseMoved", share)
        host.wait(lambda: has_hair(host))
        with host.view():
            drawn = [one for one in drawn_text.pieces(host.browser) if one["name"] != "tick"]
            assert drawn_text.faults_of(drawn, "#ffffff") == []


def test_words_make_room_for_the_values(host: StrictHost, run: Chart) -> None:
    for index in (0, 5, 60, 150, 195, COUNT - 1):
        mouse(host, "mouseMoved", (index + 0.5) / COUNT)
        check_values(host, expected(run, index))
        with host.view():
            drawn = [one for one in drawn_text.pieces(host.browser) if one["name"] != "tick"]
            assert drawn_text.faults_of(drawn, "#ffffff") == []
    mouse(host, "mouseMoved", 0.5)
    host.wait(lambda: has_hair(host))
    host.browser.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 5, "y": 5})
    check_values(host, {})  # gone with the pointer
    with host.view():
        assert pages.count(host.browser, ".covered") == 0


def test_dragging_zooms_and_asks_for_more_detail(host: StrictHost, sandbox: Server) -> None:
    newest = sandbox.call("get_activities", {"sport_type": "Run", "per_page": 1})
    number = newest["structuredContent"]["activities"][0]["id"]
    result = shown(sandbox, "activity", ids=number)
    host.show(result)
    whole = facts(host)
    low, high = result["_meta"][CHART_KEY]["axis"]["domain"]
    drawn = plot(host)
    stretch = [low + drawn.share(drawn.pixel(one)) * (high - low) for one in (0.25, 0.5)]
    drag(host, 0.25, 0.5)
    host.wait(lambda: host.sent("tools/call"))
    (call,) = host.sent("tools/call")
    zoomed = call["arguments"]
    assert call["name"] == "read_chart" and zoomed["zoom_from"] < zoomed["zoom_to"]
    host.wait(lambda: host.sent("ui/update-model-context"))
    ((context,),) = [one["content"] for one in host.sent("ui/update-model-context")]
    assert "zoomed to" in context["text"] and "km" in context["text"]
    fine = sandbox.call("read_chart", zoomed)["structuredContent"]["chart"]
    figures = {label: written(fine, label) for label in ("Distance", "Pace")}
    check_facts(host, **figures)
    assert figures["Distance"] != whole["Distance"]
    with host.view():
        points = hair.points(host.browser, fine, stretch)
        # The figures may be the same before the finer data is drawn.
        pages.wait_for(host.browser, f".plot[aria-valuemax='{len(points.groups) - 1}']")
    for index in (0, len(points.groups) // 2, len(points.groups) - 1):
        mouse(host, "mouseMoved", points.plot.share(points.x(index)))
        check_values(host, points.values(index))
    press(host, "Whole chart")
    pages.check_becomes(host.browser, lambda: facts(host), whole)


def written(chart: Any, label: str) -> str:
    (fact,) = (one for one in chart["facts"] if one["label"] == label)
    return f"{fact['value']} {fact['unit']}".strip() if "unit" in fact else str(fact["value"])


def test_a_stretch_adds_up_from_its_steps(host: StrictHost, run: Chart) -> None:
    host.call = lambda *_: {"isError": True, "content": []}
    drag(host, 0.2, 0.4)
    assert run.steps
    inside = range(COUNT // 5, COUNT * 2 // 5)
    metres = sum(run.steps.metres[i] for i in inside)
    seconds = sum(run.steps.seconds[i] for i in inside)
    stretch = {
        "Distance": f"{metres / 1000:.2f} km",
        "Moving time": write_clock(seconds),
        "Pace": f"{write_clock(seconds / metres * 1000)} /km",
    }
    check_facts(host, **stretch)
    assert "Climb" not in facts(host), "what the steps cannot say is left out"
    keys(host, Keys.ESCAPE)
    check_facts(host, Distance="21.19 km")


def test_a_lap_can_be_chosen(host: StrictHost, run: Chart) -> None:
    with host.view():
        pages.click(host.browser, "[data-lap='3']")
    host.wait(lambda: host.sent("tools/call"))
    (call,) = host.sent("tools/call")
    lap = run.strip[3]
    assert (call["arguments"]["zoom_from"], call["arguments"]["zoom_to"]) == (lap.low, lap.high)
    host.wait(lambda: is_zoomed(host))


def test_fingers_show_values_and_spread_to_zoom(host: StrictHost, run: Chart) -> None:
    host.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    touch(host, "touchStart", 0.3025)
    touch(host, "touchEnd")
    check_values(host, expected(run, 60))
    assert not is_zoomed(host)
    touch(host, "touchStart", 0.45, 0.55)
    touch(host, "touchMove", 0.4, 0.6)
    touch(host, "touchMove", 0.3, 0.7)
    touch(host, "touchEnd")
    host.wait(lambda: host.sent("tools/call"))
    arguments = host.sent("tools/call")[0]["arguments"]
    assert run.axis
    low, high = (arguments[name] / run.axis.domain[1] for name in ("zoom_from", "zoom_to"))
    assert (round(low, 1), round(high, 1)) == (0.3, 0.7)


def test_the_keyboard_alone_suffices(host: StrictHost, run: Chart) -> None:
    with host.view():
        pages.press_keys(host.browser, Keys.TAB)
        host.wait(lambda: host.run("return document.activeElement.className") == "plot")
    for pressed, index in (
        ((Keys.ARROW_RIGHT,), 0),
        ((Keys.ARROW_RIGHT, Keys.ARROW_RIGHT), 2),
        ((Keys.PAGE_UP,), 22),
        ((Keys.ARROW_LEFT,), 21),
        ((Keys.END,), COUNT - 1),
        ((Keys.HOME,), 0),
    ):
        keys(host, *pressed)
        check_values(host, expected(run, index))
    keys(host, Keys.ESCAPE)
    check_values(host, {})
    keys(host, "+")
    host.wait(lambda: is_zoomed(host))
    with host.view():
        assert host.run("return document.activeElement.className") == "plot", "focus is kept"
    keys(host, "-")
    host.wait(lambda: not is_zoomed(host))


def test_tabs(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]))
    press(host, "Distance")
    with host.view():
        pressed = "button[aria-pressed=true]"
        pages.check_becomes(host.browser, lambda: pages.texts(host.browser, pressed), ["Distance"])
        assert host.run("return document.activeElement.textContent") == "Distance"
        assert host.run("return document.querySelector('.name').textContent") == "Distance"


def test_a_day_opens_its_activity_and_leads_back(host: StrictHost, sandbox: Server) -> None:
    result = shown(sandbox, "calendar")
    cells = result["_meta"]["strava_mcp/chart"]["grid"]["cells"]
    index = max(i for i, cell in enumerate(cells) if "opens" in cell)
    host.show(result)
    with host.view():
        pages.click(host.browser, f"[data-cell='{index}']")
        pages.wait_for(host.browser, ".panels")
    (call,) = host.sent("tools/call")
    assert call["arguments"] == cells[index]["opens"]
    press(host, "Back")
    with host.view():
        pages.wait_for(host.browser, ".grid")
        assert "Back" not in pages.texts(host.browser, "button")


def test_the_calendar_and_the_map_by_keyboard(host: StrictHost) -> None:
    status = "return document.querySelector('.status').textContent"
    host.show(result_of(CHARTS["calendar"]))
    keys(host, Keys.ARROW_UP, Keys.ARROW_UP)
    with host.view():
        host.wait(lambda: host.run(status).startswith("Wed 25 Nov 2026"))
    host.show(result_of(CHARTS["map"]))
    keys(host, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    with host.view():
        pages.check_becomes(host.browser, lambda: host.run(status), "Run 1")


def test_a_record_opens_its_activity(host: StrictHost, sandbox: Server) -> None:
    host.show(shown(sandbox, "curve"))
    mouse(host, "mouseMoved", 0.5)
    host.wait(lambda: has_hair(host))
    mouse(host, "mousePressed", 0.5, button="left", buttons=1, clickCount=1)
    mouse(host, "mouseReleased", 0.5, button="left", clickCount=1)
    host.wait(lambda: host.sent("tools/call"))
    assert host.sent("tools/call")[0]["arguments"]["view"] == "activity"
