"""Every view of the sandbox athlete as a picture: readable, complete and light."""

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from strava_mcp.analysis.subject import Subject
from strava_mcp.charts.chart import Chart, Kind
from strava_mcp.charts.lettering import drawable
from strava_mcp.charts.picture import png
from strava_mcp.charts.question import Question
from strava_mcp.charts.svg import draw
from strava_mcp.charts.views import draw as view
from strava_mcp.tools.local_time import today
from tests.charts.picture_geometry import frame, parsed, shapes, texts
from tests.charts.test_picture import MAX_BYTES
from tests.rig import Rig

VIEWS: tuple[Kind, ...] = ("activity", "form", "curve", "weeks", "calendar", "compare", "map")


def chart_of(rig: Rig, kind: Kind) -> Chart:
    subject = Subject(rig.source, today(rig.source))
    runs: list[Any] = [row for row in rig.all_activities() if row["sport_type"] == "Run"]
    recorded = next(row["id"] for row in runs if row["has_heartrate"])
    sports = ["Run"] if kind == "curve" else None
    first = subject.today - timedelta(days=180)
    ids = [recorded] if kind in ("activity", "compare") else []
    return view(subject, Question(kind, ids, first, subject.today, sports))


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_is_a_readable_picture(rig: Rig, kind: Kind) -> None:
    chart = chart_of(rig, kind)
    assert not chart.state
    root = parsed(draw(chart))
    boxes, inside = texts(root), frame(root)
    assert all(one.is_within(inside) for one in (*boxes, *shapes(root)))
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []
    written = [box.text for box in boxes]
    for text in (chart.heading, *(fact.value for fact in chart.facts)):
        assert drawable(text) == text, "the fonts have every character"
        assert text in written
    assert len(png(chart)) <= MAX_BYTES
