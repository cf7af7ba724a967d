"""The form of sixteen years: as light a picture as any, and the newest races are marked."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from strava_mcp.analysis.subject import Subject
from strava_mcp.charts.chart import Chart
from strava_mcp.charts.form import MAX_RACES
from strava_mcp.charts.picture import png
from strava_mcp.charts.question import Question
from strava_mcp.charts.views import draw
from strava_mcp.sources.archive.library import FILE, Library
from tests.charts.test_picture import MAX_BYTES
from tests.season import season, stored
from tests.sources.archive.imported import archive_of

TODAY = date(2026, 11, 26)
COUNT, RACES = 4000, 42


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chart]:
    """The chart of a library with an activity on most days of sixteen years."""
    folder, noise = tmp_path_factory.mktemp("long"), Random(1)
    library = Library(folder / FILE, create=True)
    for number in range(COUNT):
        day = TODAY - timedelta(days=int(number * 365.25 * 16 / COUNT))
        changes = {
            "id": 1000 + number,
            "start_date": f"{day}T06:00:00Z",
            "start_date_local": f"{day}T06:00:00Z",
            "sport_type": "Run",
            "moving_time": noise.choice((1800, 3600, 5400, 9000)),
            "perceived_exertion": noise.randint(2, 9),
            "workout_type": int(number % 97 == 0),
        }
        library.put(stored(season(1)[0] | changes))
    library.close()
    source = archive_of(folder)
    yield draw(Subject(source, TODAY), Question("form", [], None, TODAY))
    source.close()


def test_the_newest_races_are_marked(chart: Chart) -> None:
    assert len(chart.markers) == MAX_RACES
    assert f"The last {MAX_RACES} of {RACES} races are marked." in chart.notes
    opened = [marker.opens["ids"] for marker in chart.markers if marker.opens]
    assert opened == [1000 + 97 * number for number in reversed(range(MAX_RACES))]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_picture_is_light(chart: Chart, theme: str) -> None:
    assert len(png(chart, theme)) <= MAX_BYTES  # type: ignore[arg-type]
