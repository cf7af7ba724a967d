"""The page and the picture write the same numbers: the page's own code, run by Node."""

import json
import subprocess
from dataclasses import asdict
from functools import cache
from typing import Any

import pytest

from strava_mcp.charts.chart import Chart, Quantity
from strava_mcp.charts.quantity_words import NBSP, write
from strava_mcp.charts.thinning import thinned
from tests.charts.sample_charts import activity_chart
from tests.conftest import ROOT
from tests.node import node

PAGE = ROOT / "strava_mcp" / "charts" / "page"
QUANTITIES = [
    Quantity("number", "m"),
    Quantity("number", "km", 0.001, 2),
    Quantity("number", "km/h", 3.6, 1),
    Quantity("number", "ft", 1 / 0.3048),
    Quantity("signed", "", 1, 1),
    Quantity("signed", "s"),
    Quantity("pace", "/km", 1000),
    Quantity("pace", "/100 m", 100),
    Quantity("clock"),
    Quantity("hours", "h"),
    Quantity("span"),
]
VALUES = [
    *(0, 0.04, 0.05, 0.25, 0.5, 0.994, 1, 1.005, 1.5, 2.5, 2.675, 3.69, 4.166666, 12.25, 59.4),
    *(59.5, 60, 61, 90, 119.5, 120, 300, 599.99, 999.5, 1200, 3599.4, 3599.6, 3600, 5400, 5445),
    *(7200, 21_097.5, 42_195, 86_400, 99_999.5, 1_234_567, 360_000),
]
NEGATIVE = [-0.04, -0.5, -1.5, -12.25, -999.5, -1234.5]


@cache
def in_page(files: str, expression: str, argument: str) -> Any:
    """What an expression of the page's script is, for ``input``."""
    source = "".join((PAGE / name).read_text("utf-8") for name in files.split())
    script = (
        f"{source}\nconst input = {argument};\nprocess.stdout.write(JSON.stringify({expression}))"
    )
    done = subprocess.run([node(), "-e", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda one: f"{one.kind} {one.unit}")
def test_values_are_written_alike(quantity: Quantity) -> None:
    numbers = [*VALUES, *NEGATIVE] if quantity.kind in ("number", "signed") else VALUES
    by_page = in_page(
        "format.js",
        "input.values.map((value) => withUnit(input.quantity, value))",
        json.dumps({"quantity": asdict(quantity), "values": numbers}),
    )
    assert [text.replace(" ", NBSP) for text in by_page] == [
        write(quantity, number).replace(" ", NBSP) for number in numbers
    ]


def test_days_are_written_alike() -> None:
    days = [-719_162, -1, 0, 59, 789, 11_016, 20_783, 29_219]
    by_page = in_page("format.js", "input.map(longDay)", json.dumps(days))
    assert by_page == [write(Quantity("day"), day) for day in days]


@pytest.mark.parametrize("count", [300, 1000])
def test_series_are_thinned_alike(count: int) -> None:
    chart: Chart = activity_chart(count)
    assert chart.axis
    by_page = in_page(
        "steps.js",
        "thinned(input, input.tabs[0].panels, input.axis.domain, 560)",
        json.dumps(chart.to_json()),
    )
    axis, panels = thinned(chart.axis, chart.tabs[0].panels, chart.steps, 560)
    assert by_page["values"] == pytest.approx(list(axis.values), rel=1e-5)
    for drawn, panel in zip(by_page["panels"], panels):
        ours, theirs = panel.marks[0].values, drawn["marks"][0]["values"]
        assert [one is None for one in theirs] == [one is None for one in ours]
        assert [one or 0 for one in theirs] == pytest.approx([one or 0 for one in ours], rel=1e-4)
