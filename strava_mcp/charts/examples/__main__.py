"""Draw the pictures of the README again."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from strava_mcp.analysis.subject import Subject
from strava_mcp.charts.chart import Chart, Kind
from strava_mcp.charts.picture import png
from strava_mcp.charts.question import Question
from strava_mcp.charts.views import draw
from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.sources import open_source
from strava_mcp.store import open_store
from strava_mcp.training.local_days import home_time_zone, today_in

FOLDER = Path(__file__).parent
VIEWS: tuple[Kind, ...] = ("activity", "form", "weeks")
PERIOD = timedelta(weeks=26)


def charts() -> Iterator[Chart]:
    """A chart of each view, of the sandbox athlete today."""
    store = open_store("sqlite://:memory:")
    source = open_source(Config(strava_source="sandbox", strava_cache_s=3600), store)
    try:
        latest = source.activities(per_page=100)
        subject = Subject(source, today_in(home_time_zone(latest), time.time()))
        session = next(activity for activity in latest if _is_session(activity))
        for view in VIEWS:
            ids = [session["id"]] if view == "activity" else []
            first = subject.today - PERIOD
            yield draw(subject, Question(view, ids, first, subject.today))
    finally:
        source.close()
        store.close()


def _is_session(activity: JSON) -> bool:
    """Whether it is a run with intervals, long enough to show some."""
    return activity["sport_type"] == "Run" and activity.get("workout_type") == 3


def write(folder: Path = FOLDER) -> None:
    """Write a PNG of each chart, named after its view."""
    for chart in charts():
        (folder / f"{chart.view}.png").write_bytes(png(chart))


if __name__ == "__main__":
    write()
