"""Benchmark of charts: ``python -m tests.benchmarks.charts`` prints two tables.

The page is measured in headless Chromium, with layout: its first drawing on fresh pages, the next
ones, and each move of the pointer; medians.
Data and pictures are measured in process, on the sandbox: medians of CPU time.
"""

import gzip
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from strava_mcp.charts import page, picture
from strava_mcp.charts.chart import Chart
from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.identity import READ, Principal
from strava_mcp.sources import open_source
from strava_mcp.store import open_store
from strava_mcp.tools.chart_request import ARGUMENTS, ReadArguments, chart_for
from tests.browser.conftest import start_chromium
from tests.browser.strict_host import StrictHost, result_of, strict_host
from tests.charts.sample_charts import CHARTS, activity_chart

STEPS = 1000
FRESH_PAGES, ROUNDS = 15, 5
#: Sample charts of the other views.
OTHER_CHARTS = ("form", "curve", "calendar", "map", "weeks")
#: Draw a result as when it arrives, and lay it out; the time in ms.
DRAWING = """
const [result] = arguments;
const data = {jsonrpc: "2.0", method: "ui/notifications/tool-result", params: result};
const event = new MessageEvent("message", {data, source: window.parent});
const began = performance.now();
window.dispatchEvent(event);
document.body.getBoundingClientRect();
return performance.now() - began;
"""
#: Move the pointer through the plot; the median time of a move in ms.
MOVES = """
const plot = document.querySelector(".plot");
const box = plot.getBoundingClientRect();
const times = [];
for (let i = 0; i < 300; i++) {
  const clientX = box.left + 60 + (box.width - 100) * ((i * 7) % 300) / 300;
  const place = {clientX, clientY: box.top + 50, pointerType: "mouse", bubbles: true};
  const event = new PointerEvent("pointermove", place);
  const began = performance.now();
  plot.dispatchEvent(event);
  plot.getBoundingClientRect();
  times.push(performance.now() - began);
}
return times.sort((a, b) => a - b)[150];
"""


def main() -> None:
    """Measure and print."""
    with ExitStack() as stack:
        browser = start_chromium()
        stack.callback(browser.quit)
        print_page(stack.enter_context(strict_host(browser, page.page())))
    with TemporaryDirectory() as folder:
        print_views(_context(Path(folder)))


def print_page(host: StrictHost) -> None:
    """Print the size of the page, and how long it draws and follows the pointer."""
    result = result_of(activity_chart(STEPS))
    first, later, moves = [], [], []
    for _ in range(FRESH_PAGES):
        first.append(_first_drawing(host, result))
        with host.view():
            later += [float(host.run(DRAWING, result)) for _ in range(ROUNDS)]
            moves.append(float(host.run(MOVES)))
    size = len(gzip.compress(page.page().encode(), 9))
    print("| The page | Measured | Goal |\n|---|---|---|")
    print(f"| Size, gzipped | {size / 1024:.1f} KB | 40 KB |")
    print(f"| First drawing: activity of {STEPS:,} steps | {median(first):.1f} ms | 20 ms |")
    for name in OTHER_CHARTS:
        drawn = result_of(CHARTS[name])
        times = [_first_drawing(host, drawn) for _ in range(FRESH_PAGES)]
        print(f"| First drawing: {name} | {median(times):.1f} ms | 20 ms |")
    print(f"| Later drawings | {median(later):.1f} ms | |")
    print(f"| A move of the pointer | {median(moves):.1f} ms | 4 ms |\n")


def _first_drawing(host: StrictHost, result: dict[str, Any]) -> float:
    """The time of a drawing on a fresh page, in ms; the page is left open."""
    host.show()
    with host.view():
        return float(host.run(DRAWING, result))


def print_views(ctx: Context) -> None:
    """Print what each view takes beyond its answer, and its picture."""
    print(
        "| View | Data, beyond the answer | Data, gzipped | PNG | PNG size |\n|---|---|---|---|---|"
    )
    for view in ARGUMENTS:
        arguments: dict[str, Any] = {"view": view}
        if view == "compare":
            arguments["ids"] = str(ctx.source.activities(per_page=1)[0]["id"])
        chart, data_ms = _drawn(ctx, arguments)
        png_ms = _median_ms(lambda: picture.png(chart))
        sizes = len(gzip.compress(str(chart.to_json()).encode())), len(picture.png(chart))
        data_kb, png_kb = (f"{size / 1024:.0f} KB" for size in sizes)
        print(f"| {view} | {data_ms:.1f} ms | {data_kb} | {png_ms:.0f} ms | {png_kb} |")


def _drawn(ctx: Context, arguments: dict[str, Any]) -> tuple[Chart, float]:
    """A chart, and how long its drawing and its JSON take once the answer is there, in ms."""
    module: Any = import_module(f"strava_mcp.charts.{arguments['view']}")
    original, times = module.draw, []

    def draw(*answer: Any) -> Chart:
        times.append(_median_ms(lambda: original(*answer).to_json()))
        drawn: Chart = original(*answer)
        return drawn

    module.draw = draw
    try:
        chart = chart_for(ctx, ReadArguments().read(arguments))
    finally:
        module.draw = original
    return chart, times[0]


def _median_ms(work: Callable[[], Any]) -> float:
    """The median CPU time of some rounds, in ms."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return median(times) * 1000


def _context(folder: Path) -> Context:
    config = Config(strava_source="sandbox", home=folder)
    source = open_source(config, open_store(config.store_address))
    principal = Principal("benchmark", frozenset({READ}), "benchmark")
    return Context(principal, optional_source=source, units="metric")


if __name__ == "__main__":
    main()
