"""The hair of a chart: where its steps are drawn, and the values that it must show for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.remote.webelement import WebElement

from strava_mcp.charts.chart import Quantity
from strava_mcp.charts.quantity_words import write
from tests.browser import pages

#: What a value says where the recording has a gap, and where the athlete stood still.
GAP = "–"
#: Steps that are closer are drawn as one (charts/page/steps.js).
MIN_PX_PER_POINT = 2
VALUES = """
const hair = document.querySelector('.hair');
if (hair.getAttribute('visibility') === 'hidden') return {};
const values = [...hair.querySelectorAll('.value')];
const pairs = values.map((one) => [one.dataset.panel, one.textContent]);
return Object.fromEntries([...pairs, ['at', hair.querySelector('.tag').textContent]]);
"""
PLOT = """
const line = document.querySelector('.panels .hairline').getBoundingClientRect();
const box = document.querySelector('.plot').getBoundingClientRect();
return [line.left, line.right, box.left + box.width / 2, box.top + box.height / 2];
"""


@dataclass(frozen=True)
class Plot:
    """Where curves are drawn, in px of the frame: left and right edge, and the drawing's center."""

    left: float
    right: float
    x: float
    y: float

    def at(self, share: float) -> float:
        """A position: 0 is the left edge, 1 the right one."""
        return self.left + (self.right - self.left) * share

    def pixel(self, share: float) -> int:
        """The whole pixel nearest to a position."""
        return round(self.at(share))

    def share(self, x: float) -> float:
        """What share of the plot lies left of a pixel."""
        return (x - self.left) / (self.right - self.left)


def plot(browser: Chrome) -> Plot:
    """The plot that is drawn now."""
    return Plot(*browser.execute_script(PLOT))


def hover(browser: Chrome, drawn: Plot, x: float) -> None:
    """Move the mouse to a position in the plot, in px of the frame."""
    _point(browser, "mouse", [round(x - drawn.x)])


def tap(browser: Chrome, drawn: Plot, x: float) -> None:
    """Touch a position in the plot with a finger, in px of the frame."""
    _point(browser, "touch", [round(x - drawn.x)] * 2)


def drag(browser: Chrome, drawn: Plot, start: float, end: float) -> None:
    """Drag with the mouse from one position in the plot to another, in px of the frame."""
    xs = (start, (start + end) / 2, end)
    _point(browser, "mouse", [round(x - drawn.x) for x in xs])


def _point(browser: Chrome, kind: str, offsets: list[int]) -> None:
    """Move to offsets from the drawing's center: pressed from the first one on, if there are more.

    Selenium knows where the frame is by an element in it only.
    """

    def perform(box: WebElement) -> None:
        builder = ActionBuilder(browser, mouse=PointerInput(kind, kind))
        pointer = builder.pointer_action.move_to(box, offsets[0])
        for i, offset in enumerate(offsets[1:]):
            pointer = (pointer if i else pointer.pointer_down()).move_to(box, offset)
        if offsets[1:]:
            pointer.pointer_up()
        builder.perform()

    pages.use(browser, ".plot", perform)


def shown(browser: Chrome) -> dict[str, str]:
    """Panel → the value beside the hair, and ``at`` → where it is; empty without a hair."""
    values: dict[str, str] = browser.execute_script(VALUES)
    return values


def check_shown(browser: Chrome, values: dict[str, str]) -> None:
    """Check that the hair shows these values in time; none: that it is hidden."""
    pages.check_becomes(browser, lambda: shown(browser), values)


@dataclass(frozen=True)
class Points:
    """The points that a recording is drawn as: one for each step, or for each few of them.

    ``chart``: its JSON. ``stretch``: the part of the axis in view.
    """

    chart: Any
    plot: Plot
    stretch: tuple[float, float]

    @property
    def groups(self) -> list[list[int]]:
        """The steps of each point."""
        low, high = self.stretch
        axis = self.chart["axis"]["values"]
        inside = [i for i, value in enumerate(axis) if low <= value <= high]
        most = (self.plot.right - self.plot.left) / MIN_PX_PER_POINT
        size = max(1, ceil(len(inside) / most))
        return [inside[i : i + size] for i in range(0, len(inside), size)]

    def x(self, index: int) -> float:
        """Where a point is drawn, in px of the frame."""
        low, high = self.stretch
        return self.plot.at((self._middle("values", index) - low) / (high - low))

    def values(self, index: int) -> dict[str, str]:
        """What the hair must show at a point: the recording's values, rounded once."""
        axis = self.chart["axis"]
        texts = {"at": write(Quantity(**axis["quantity"]), self._middle("values", index))}
        if axis.get("tags"):
            clock = Quantity("clock", "")
            texts["at"] += f" · {write(clock, self._middle('tags', index))}"
        for panel in self.chart["tabs"][0]["panels"]:
            value = self._value(panel, self.groups[index])
            quantity = Quantity(**panel["quantity"])
            texts[panel["name"]] = GAP if value is None else write(quantity, value)
        return texts

    def _middle(self, name: str, index: int) -> float:
        group = self.groups[index]
        value: float = self.chart["axis"][name][group[len(group) // 2]]
        return value

    def _value(self, panel: Any, group: Sequence[int]) -> float | None:
        values = panel["marks"][0]["values"]
        if len(group) == 1:
            alone: float | None = values[group[0]]
            return alone
        seconds, metres = (self.chart["steps"][name] for name in ("seconds", "metres"))
        if panel["key"] == "rate":
            moving_s = sum(seconds[i] for i in group)
            return sum(metres[i] for i in group) / moving_s if moving_s else None
        present = [i for i in group if values[i] is not None]
        weights = [seconds[i] for i in present]
        if not any(weights):  # stood still throughout
            weights = [1.0] * len(present)
        total = sum(values[i] * weight for i, weight in zip(present, weights))
        return total / sum(weights) if present else None


def points(browser: Chrome, chart: Any, stretch: Sequence[float] | None = None) -> Points:
    """The points of a chart as it is drawn now; ``stretch``: what is in view, else all of it."""
    low, high = stretch or chart["axis"]["domain"]
    return Points(chart, plot(browser), (low, high))
