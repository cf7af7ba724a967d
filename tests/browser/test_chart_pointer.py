"""Hover, zoom and choice in charts by mouse, finger and keyboard, as the browser delivers them."""

from math import ceil
from typing import Any

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from strava_mcp.charts.chart import Chart, Quantity
from strava_mcp.charts.quantity_words import write, write_clock
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


def values_at_hair(host: StrictHost) -> dict[str, str]:
    """Panel → the value beside the hair, and ``at`` → where it is; empty without a hair."""
    with host.view():
        shown_values: dict[str, str] = host.run(
            "const hair = document.querySelector('.hair');"
            "if (hair.getAttribute('visibility') === 'hidden') return {};"
            "const values = [...hair.querySelectorAll('.value')];"
            "const pairs = values.map((one) => [one.dataset.panel, one.textContent]);"
            "return Object.fromEntries([...pairs,"
            "['at', hair.querySelector('.tag').textContent]])"
        )
    return shown_values


def expected(chart: Chart, index: int) -> dict[str, str]:
    """The values of the recording at a step."""
    assert chart.axis
    texts = {"at": write(chart.axis.quantity, chart.axis.values[index])}
    for panel in chart.tabs[0].panels:
        value = panel.marks[0].values[index]
        texts[panel.name] = "–" if value is None else write(panel.quantity, value)
    return texts


def plot_x(host: StrictHost, share: float) -> float:
    """A position in the plot, in px of the frame: 0 is its left edge, 1 its right."""
    with host.view():
        left, right = host.run(
            "const box = document.querySelector('.panels .hairline').getBoundingClientRect();"
            "return [box.left, box.right]"
        )
    return float(left + (right - left) * share)


def plot_y(host: StrictHost) -> float:
    with host.view():
        box = host.run("return document.querySelector('.panels').getBoundingClientRect().toJSON()")
    return float(box["top"] + box["height"] / 2)


def mouse(host: StrictHost, kind: str, share: float, **more: Any) -> None:
    """A real event of the mouse, at a share of the plot's width."""
    event = {"type": kind, "x": plot_x(host, share), "y": plot_y(host), **more}
    host.browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)


def drag(host: StrictHost, start: float, end: float) -> None:
    mouse(host, "mouseMoved", start)
    mouse(host, "mousePressed", start, button="left", buttons=1, clickCount=1)
    mouse(host, "mouseMoved", (start + end) / 2, button="left", buttons=1)
    mouse(host, "mouseMoved", end, button="left", buttons=1)
    mouse(host, "mouseReleased", end, button="left", clickCount=1)


def touch(host: StrictHost, kind: str, *shares: float) -> None:
    y = plot_y(host)
    points = [{"x": plot_x(host, share), "y": y, "id": i} for i, share in enumerate(shares)]
    event = {"type": kind, "touchPoints": points}
    host.browser.execute_cdp_cmd("Input.dispatchTouchEvent", event)


def keys(host: StrictHost, *names: str) -> None:
    with host.view():
        host.run("document.querySelector('.plot').focus()")
        ActionChains(host.browser).send_keys(*names).perform()


def facts(host: StrictHost) -> dict[str, str]:
    """The figures of the header by their labels."""
    with host.view():
        rows: dict[str, str] = host.run(
            "return Object.fromEntries([...document.querySelectorAll('.facts div')].map((one) =>"
            "[one.querySelector('dt').textContent, one.querySelector('dd').textContent]))"
        )
    return rows


def buttons(host: StrictHost) -> list[str]:
    with host.view():
        return [one.text for one in host.browser.find_elements(By.TAG_NAME, "button")]


@pytest.mark.parametrize("index", [0, 7, 70, 121, COUNT - 1])
def test_the_mouse_shows_what_was_recorded(host: StrictHost, run: Chart, index: int) -> None:
    mouse(host, "mouseMoved", (index + 0.5) / COUNT)
    values = values_at_hair(host)
    assert values == expected(run, index)
    assert (values["Heart rate"] == "–") == (index == 70), "a gap is no value"
    with host.view():
        dots = host.run("return document.querySelectorAll('.hair circle').length")
        label = host.browser.find_element(By.CLASS_NAME, "plot").get_attribute("aria-valuetext")
    assert dots == (2 if index == 70 else 3)
    assert values["at"] in label and values["Pace"] in label


def test_words_make_room_for_the_values(host: StrictHost, run: Chart) -> None:
    from tests.browser import drawn_text

    for index in (0, 5, 60, 150, 195, COUNT - 1):
        mouse(host, "mouseMoved", (index + 0.5) / COUNT)
        with host.view():
            drawn = [one for one in drawn_text.pieces(host.browser) if one["name"] != "tick"]
            assert drawn_text.faults_of(drawn, "#ffffff") == []
    mouse(host, "mouseMoved", 0.5)
    host.browser.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 5, "y": 5})
    assert values_at_hair(host) == {}, "gone with the pointer"
    with host.view():
        assert host.run("return document.querySelectorAll('.covered').length") == 0


def test_dragging_zooms_and_asks_for_more_detail(host: StrictHost, sandbox: Server) -> None:
    newest = sandbox.call("get_activities", {"sport_type": "Run", "per_page": 1})
    number = newest["structuredContent"]["activities"][0]["id"]
    host.show(shown(sandbox, "activity", ids=number))
    whole = facts(host)
    drag(host, 0.25, 0.5)
    host.wait(lambda: host.sent("tools/call"))
    (call,) = host.sent("tools/call")
    zoomed = call["arguments"]
    assert call["name"] == "read_chart" and zoomed["zoom_from"] < zoomed["zoom_to"]
    ((context,),) = [one["content"] for one in host.sent("ui/update-model-context")]
    assert "zoomed to" in context["text"] and "km" in context["text"]
    fine = sandbox.call("read_chart", zoomed)["structuredContent"]["chart"]
    host.wait(lambda: facts(host)["Distance"] == written(fine, "Distance"))
    assert facts(host)["Distance"] != whole["Distance"] and facts(host)["Pace"] == written(
        fine, "Pace"
    )
    for share in (0.2, 0.6):
        mouse(host, "mouseMoved", share)
        assert values_at_hair(host)["Pace"] in paces_near(host, fine)
    press(host, "Whole chart")
    assert facts(host) == whole


def paces_near(host: StrictHost, chart: Any) -> list[str]:
    """Paces of the steps that are drawn as one point at the hair: their metres by their seconds."""
    steps, values = chart["steps"], chart["axis"]["values"]
    size = ceil(len(values) / ((plot_x(host, 1) - plot_x(host, 0)) / 2))
    tag = values_at_hair(host)["at"].split(" · ")[0]
    paces = []
    for first in range(0, len(values), size):
        group = range(first, min(first + size, len(values)))
        if write(Quantity(**chart["axis"]["quantity"]), values[group[len(group) // 2]]) == tag:
            metres, seconds = (sum(steps[name][i] for i in group) for name in ("metres", "seconds"))
            paces.append(f"{write_clock(seconds / metres * 1000)}\u00a0/km")
    return paces


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
    zoomed = facts(host)
    assert zoomed["Distance"] == f"{metres / 1000:.2f} km"
    assert zoomed["Moving time"] == write_clock(seconds)
    assert zoomed["Pace"] == f"{write_clock(seconds / metres * 1000)} /km"
    assert "Climb" not in zoomed, "what the steps cannot say is left out"
    keys(host, Keys.ESCAPE)
    assert facts(host)["Distance"] == "21.19 km"


def test_a_lap_can_be_chosen(host: StrictHost, run: Chart) -> None:
    with host.view():
        host.browser.find_element(By.CSS_SELECTOR, "[data-lap='3']").click()
    host.wait(lambda: host.sent("tools/call"))
    (call,) = host.sent("tools/call")
    lap = run.strip[3]
    assert (call["arguments"]["zoom_from"], call["arguments"]["zoom_to"]) == (lap.low, lap.high)
    assert "Whole chart" in buttons(host)


def test_fingers_show_values_and_spread_to_zoom(host: StrictHost, run: Chart) -> None:
    host.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    touch(host, "touchStart", 0.3025)
    touch(host, "touchEnd")
    assert values_at_hair(host) == expected(run, 60)
    assert "Whole chart" not in buttons(host)
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
        ActionChains(host.browser).send_keys(Keys.TAB).perform()
        assert host.run("return document.activeElement.className") == "plot"
    for pressed, index in (
        ((Keys.ARROW_RIGHT,), 0),
        ((Keys.ARROW_RIGHT, Keys.ARROW_RIGHT), 2),
        ((Keys.PAGE_UP,), 22),
        ((Keys.ARROW_LEFT,), 21),
        ((Keys.END,), COUNT - 1),
        ((Keys.HOME,), 0),
    ):
        keys(host, *pressed)
        assert values_at_hair(host) == expected(run, index)
    keys(host, Keys.ESCAPE)
    assert values_at_hair(host) == {}
    keys(host, "+")
    assert "Whole chart" in buttons(host)
    with host.view():
        assert host.run("return document.activeElement.className") == "plot", "focus is kept"
    keys(host, "-")
    assert "Whole chart" not in buttons(host)


def test_tabs(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]))
    press(host, "Distance")
    with host.view():
        pressed = host.browser.find_elements(By.CSS_SELECTOR, "button[aria-pressed=true]")
        assert [one.text for one in pressed] == ["Distance"]
        assert host.run("return document.activeElement.textContent") == "Distance"
        assert host.run("return document.querySelector('.name').textContent") == "Distance"


def test_a_day_opens_its_activity_and_leads_back(host: StrictHost, sandbox: Server) -> None:
    result = shown(sandbox, "calendar")
    cells = result["_meta"]["strava_mcp/chart"]["grid"]["cells"]
    index = max(i for i, cell in enumerate(cells) if "opens" in cell)
    host.show(result)
    with host.view():
        host.browser.find_element(By.CSS_SELECTOR, f"[data-cell='{index}']").click()
        host.wait(lambda: host.browser.find_elements(By.CLASS_NAME, "panels"))
    (call,) = host.sent("tools/call")
    assert call["arguments"] == cells[index]["opens"]
    press(host, "Back")
    with host.view():
        assert host.browser.find_elements(By.CLASS_NAME, "grid")
    assert "Back" not in buttons(host)


def test_the_calendar_and_the_map_by_keyboard(host: StrictHost) -> None:
    status = "return document.querySelector('.status').textContent"
    host.show(result_of(CHARTS["calendar"]))
    keys(host, Keys.ARROW_UP, Keys.ARROW_UP)
    with host.view():
        assert host.run(status).startswith("Wed 25 Nov 2026")
    host.show(result_of(CHARTS["map"]))
    keys(host, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    with host.view():
        assert host.run(status) == "Run 1"


def test_a_record_opens_its_activity(host: StrictHost, sandbox: Server) -> None:
    host.show(shown(sandbox, "curve"))
    mouse(host, "mouseMoved", 0.5)
    mouse(host, "mousePressed", 0.5, button="left", buttons=1, clickCount=1)
    mouse(host, "mouseReleased", 0.5, button="left", clickCount=1)
    host.wait(lambda: host.sent("tools/call"))
    assert host.sent("tools/call")[0]["arguments"]["view"] == "activity"
