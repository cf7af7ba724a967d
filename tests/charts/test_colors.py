"""Colors that stand side by side can be distinguished, with and without colour blindness."""

from itertools import combinations

import pytest

from strava_mcp.charts.chart import Chart
from strava_mcp.charts.rules import RULES
from tests.charts.color_vision import VISIONS, distance
from tests.charts.sample_charts import CHARTS

MIN_DISTANCE = 8.0
#: View → the colors that may stand in one of its charts, beside text and ground.
COLORS = {
    "activity": {"pace", "heart", "power", "altitude"},
    "form": {"pace", "power", "form", "altitude", "earlier", "ever"},
    "curve of power": {"power", "earlier", "ever", "ink"},
    "curve of pace": {"pace", "earlier", "ever", "ink"},
    "weeks": {"easy", "moderate", "hard", "unzoned", "ink"},
    "compare": {"form", "pace", "heart", "power", "earlier"},
    "map": {"pace", "heart", "form"},
}
GROUNDS = ("ink", "soft", "line", "fill", "ground")


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colors_of_a_chart_are_apart(theme: str, vision: str) -> None:
    palette = RULES["colors"][theme]
    pairs = {pair for names in COLORS.values() for pair in combinations(sorted(names), 2)}
    near = {
        pair: round(apart, 1)
        for pair in pairs
        if (apart := distance(palette[pair[0]], palette[pair[1]], vision)) < MIN_DISTANCE
    }
    assert near == {}


def test_every_color_is_in_a_chart() -> None:
    used = {name for names in COLORS.values() for name in names}
    assert used | set(GROUNDS) == set(RULES["colors"]["light"])
    assert set(RULES["colors"]["light"]) == set(RULES["colors"]["dark"])


@pytest.mark.parametrize("name", CHARTS)
def test_charts_use_the_colors_of_their_view(name: str) -> None:
    chart: Chart = CHARTS[name]
    marks = {mark.color for tab in chart.tabs for panel in tab.panels for mark in panel.marks}
    allowed = {
        one for view, names in COLORS.items() if view.startswith(chart.view) for one in names
    }
    assert marks <= allowed


def test_blindness_is_simulated() -> None:
    assert distance("#000000", "#ffffff", "all cones") == pytest.approx(100, abs=0.1)
    assert distance("#c22f3d", "#0f5c3f", "all cones") > 25
    assert distance("#c22f3d", "#0f5c3f", "protanopia") < 1, "red and green of the same lightness"
