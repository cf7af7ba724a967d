"""The page of charts and its host: the handshake, missing data, themes, and the end."""

from typing import Any

import pytest

from tests.browser import pages
from tests.browser.strict_host import Server, StrictHost, result_of
from tests.browser.test_charts import height, shown
from tests.charts.sample_charts import CHARTS

WEEKS = {"view": "weeks", "date_range": "last 12 weeks"}


def heading(host: StrictHost) -> str:
    with host.view():
        text: str = host.run("return document.querySelector('h1')?.textContent || ''")
        return text


def body(host: StrictHost) -> str:
    with host.view():
        text: str = host.run("return document.body.innerText")
        return text


def test_the_handshake(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]))
    methods = [message.get("method") for message in host.messages]
    assert methods[:2] == ["ui/initialize", "ui/notifications/initialized"]
    (request,) = host.sent("ui/initialize")
    assert request["protocolVersion"] == "2026-01-26"
    assert methods.count("ui/notifications/initialized") == 1


def test_the_height_is_that_of_the_content(host: StrictHost) -> None:
    host.show(result_of(CHARTS["activity"]))
    own = "document.querySelector('main').getBoundingClientRect().height"
    with host.view():
        drawn, visible = host.run(f"return [{own}, innerHeight]")
    assert abs(height(host) - drawn) <= 1 and visible >= drawn - 1
    reports = len(host.sent("ui/notifications/size-changed"))
    host.run("view.style.height = '700px'")
    with host.view():
        host.wait(lambda: host.run("return innerHeight") == 700)
        pages.let_it_draw(host.browser)
    assert len(host.sent("ui/notifications/size-changed")) == reports, "no loop with the frame"


def test_a_host_that_never_answers_still_gets_its_chart(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]), is_silent=True)
    assert heading(host) == "Weeks"


@pytest.mark.parametrize("hint", ["structured", "input"])
def test_data_that_did_not_arrive_are_read(host: StrictHost, sandbox: Server, hint: str) -> None:
    result = shown(sandbox, **WEEKS)
    del result["_meta"]
    if hint == "input":
        del result["structuredContent"]
    host.show(result, arguments=WEEKS)
    assert heading(host) == "Weeks"
    (call,) = host.sent("tools/call")
    assert call["name"] == "read_chart" and call["arguments"]["view"] == "weeks"


def test_an_empty_result_that_is_repeated_changes_nothing(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]), arguments=WEEKS)
    host.send("ui/notifications/tool-result", {"content": []})
    host.send("ping", number=7)
    host.wait(lambda: any(message.get("id") == 7 for message in host.messages))
    assert heading(host) == "Weeks" and not host.sent("tools/call")


def test_errors_and_a_cancelled_call_are_said(host: StrictHost) -> None:
    words = "There is no such activity."
    host.show({"isError": True, "content": [{"type": "text", "text": words}]})
    assert words in body(host)
    host.send("ui/notifications/tool-cancelled", {"reason": "x"})
    host.wait(lambda: "cancelled" in body(host))
    host.call = lambda *_: {"isError": True, "content": [{"type": "text", "text": "Not now."}]}
    host.show({"content": [], "structuredContent": {"arguments": WEEKS}})
    assert "Not now." in body(host)


def test_requests_of_the_host(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]))
    answers: dict[str, Any] = {}
    for number, method in enumerate(("ping", "ui/resource-teardown", "tools/list"), 100):
        host.send(method, number=number)
        host.wait(lambda: any(one.get("id") == number for one in host.messages))
        answers[method] = next(one for one in host.messages if one.get("id") == number)
    assert answers["ping"]["result"] == answers["ui/resource-teardown"]["result"] == {}
    assert answers["tools/list"]["error"]["code"] == -32601


def test_the_frame_has_no_origin_and_no_storage(host: StrictHost) -> None:
    host.show(result_of(CHARTS["weeks"]))
    with host.view():
        assert host.run("return self.origin") == "null"
        stored = "try { return localStorage.length } catch (error) { return error.name }"
        assert host.run(stored) == "SecurityError"
        assert host.run("return performance.getEntriesByType('resource').length") == 0


def test_colors_and_theme_are_the_hosts(host: StrictHost) -> None:
    variables = {
        "--color-text-primary": "rgb(1, 2, 3)",
        "--color-text-secondary": None,
        "color": "x",
    }
    host.show(result_of(CHARTS["weeks"]), context={"styles": {"variables": variables}})
    title = "return getComputedStyle(document.querySelector('h1')).color"
    bar = "return getComputedStyle(document.querySelector('.bar')).fill"
    with host.view():
        assert host.run(title) == "rgb(1, 2, 3)"
        light = host.run(bar)
    host.send("ui/notifications/host-context-changed", {"theme": "dark"})
    with host.view():
        host.wait(lambda: host.run(bar) != light)
        assert host.run("return document.documentElement.style.colorScheme") == "dark"
        assert (
            host.run("return getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
        )
        assert host.run(title) == "rgb(1, 2, 3)", "a change names only what has changed"


def test_full_screen_and_links_as_far_as_the_host_can(host: StrictHost) -> None:
    from dataclasses import replace

    chart = replace(CHARTS["activity"], link="https://www.strava.com/activities/1")
    host.show(result_of(chart))
    fullscreen = {"mode": "fullscreen"}
    link = {"url": "https://www.strava.com/activities/1"}
    press(host, "Full screen")
    pages.check_becomes(host.browser, lambda: host.sent("ui/request-display-mode"), [fullscreen])
    press(host, "View on Strava")
    pages.check_becomes(host.browser, lambda: host.sent("ui/open-link"), [link])
    host.show(result_of(chart), capabilities={"logging": {}}, context={"availableDisplayModes": []})
    assert "Full screen" not in body(host) and "View on Strava" not in body(host)


def press(host: StrictHost, label: str) -> None:
    """Press the button with this label."""
    with host.view():
        pages.press(host.browser, label)
