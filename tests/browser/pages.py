"""Read and use a page that may redraw itself at any moment.

Scripts of a page redraw it, data arrive late, and events of the mouse are handled with the next
frame. So no element is kept from one command to the next: texts are read in one script, what
arrives late is waited for, and an element that was replaced before it could be used is found again.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.node import package

#: Longer than anything takes while other tests keep the machine busy.
WAIT_S = 60
POLL_S = 0.02
#: How long a script may run, such as axe's.
SCRIPT_S = 120
MIN_TARGET_PX = 44
#: Text as it is rendered; elements of SVG have no ``innerText``.
TEXTS = """
return [...document.querySelectorAll(arguments[0])]
  .map((one) => (one.innerText ?? one.textContent).trim());
"""
BUTTON = "//button[normalize-space()='{label}']"
TWO_FRAMES = """
const [done] = arguments;
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
"""

#: An element that is gone, or not to be used yet: nothing has been done with it.
UNUSED = (
    NoSuchElementException,
    StaleElementReferenceException,
    ElementNotInteractableException,
    ElementClickInterceptedException,
)

Value = TypeVar("Value")


def wait_until(
    browser: Chrome,
    condition: Callable[[], Value],
    ignored: Sequence[type[WebDriverException]] = (WebDriverException,),
) -> Value:
    """Wait until ``condition`` holds, and return what it is.

    ``ignored``: errors that count as not yet, since pages and elements are replaced meanwhile.
    """
    wait = WebDriverWait(browser, WAIT_S, POLL_S, ignored_exceptions=ignored)
    return wait.until(lambda _: condition())


def check_becomes(browser: Chrome, read: Callable[[], Value], expected: Value) -> None:
    """Check that what is read becomes ``expected`` in time."""
    last: list[Value] = []

    def is_expected() -> bool:
        last[:] = [read()]
        return last == [expected]

    try:
        wait_until(browser, is_expected)
    except TimeoutException:
        raise AssertionError(f"{last} did not become [{expected!r}]") from None


def hold_timers(browser: Chrome) -> None:
    """Let no timer of the page fire, until ``fire_timers``.

    What it shows for seconds would be gone before a machine that stands still has looked.
    """
    browser.execute_script("window.held = []; window.setTimeout = (act) => held.push(act)")


def fire_timers(browser: Chrome) -> None:
    """Do what the timers that are held would have done."""
    browser.execute_script("held.splice(0).forEach((act) => act())")


def let_it_draw(browser: Chrome) -> None:
    """Wait until the events so far have been handled and their effect is drawn."""
    browser.execute_async_script(TWO_FRAMES)


def text(browser: Chrome) -> str:
    """The text of the current page; empty while it loads."""
    content: str = browser.execute_script("return document.body ? document.body.innerText : ''")
    return content


def texts(browser: Chrome, selector: str) -> list[str]:
    """The text of each element of a CSS selector."""
    rendered: list[str] = browser.execute_script(TEXTS, selector)
    return rendered


def count(browser: Chrome, selector: str) -> int:
    """The number of elements of a CSS selector."""
    number: int = browser.execute_script(
        "return document.querySelectorAll(arguments[0]).length", selector
    )
    return number


def check_text(browser: Chrome, *words: str) -> None:
    """Check that the page says all of this in time."""
    check_becomes(browser, lambda: [one for one in words if one not in text(browser)], [])


def wait_for(browser: Chrome, selector: str) -> None:
    """Wait until there is an element of a CSS selector."""
    wait_until(browser, lambda: count(browser, selector))


def use(browser: Chrome, selector: str, action: Callable[[WebElement], object]) -> None:
    """Do something once with the first element of a CSS selector or XPath, when it is there."""
    by = By.XPATH if selector.startswith("//") else By.CSS_SELECTOR

    def is_done() -> bool:
        action(browser.find_element(by, selector))
        return True

    wait_until(browser, is_done, UNUSED)


def click(browser: Chrome, selector: str) -> None:
    """Click on the first element of a CSS selector or XPath."""
    use(browser, selector, lambda one: one.click())


def press(browser: Chrome, label: str) -> None:
    """Press the button with this label."""
    click(browser, BUTTON.format(label=label))


def submit(browser: Chrome, label: str) -> None:
    """Press the button with this label, and wait until the next page is complete."""
    script = "return document.readyState === 'complete' ? performance.timeOrigin : 0"
    before = wait_until(browser, lambda: browser.execute_script(script))
    press(browser, label)
    wait_until(browser, lambda: browser.execute_script(script) not in (0, before))


def type_in(browser: Chrome, selector: str, words: str) -> None:
    """Type into the first element of a CSS selector."""
    use(browser, selector, lambda one: one.send_keys(words))


def press_keys(browser: Chrome, *keys: str) -> None:
    """Press keys where the focus is."""
    ActionChains(browser).send_keys(*keys).perform()


def check_accessible(browser: Chrome) -> None:
    """Check that axe finds no violation of WCAG 2.2 AA."""
    script = (package("axe-core") / "axe.min.js").read_text("utf-8")
    browser.execute_script(script)
    violations = browser.execute_async_script(
        "axe.run().then(r => arguments[0](JSON.stringify(r.violations)))"
    )
    assert json.loads(violations) == []


def check_layout(browser: Chrome, buttons: str = "button") -> None:
    """Check that the page is not wider than the window, and that buttons are large enough."""
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(wide) <= 0
    heights: list[Any] = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])]"
        ".map((one) => [one.getBoundingClientRect().height, one.textContent])",
        buttons,
    )
    small = [one for one in heights if round(one[0]) < MIN_TARGET_PX]
    assert small == [], f"too small to be touched: {small}"
