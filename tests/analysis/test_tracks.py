"""Tracks of a period from a library: bounded, true to their shape, and never near home."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import hypot
from pathlib import Path

import pytest

from strava_mcp.analysis import tracks
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.track_thinning import Metres
from strava_mcp.analysis.tracks import HOME_RADIUS_M, Tracks, tracks_of
from strava_mcp.charts import map as view
from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.library import FILE, Library
from tests.season import season, stored
from tests.sources.archive.imported import archive_of

#: One metre in degrees, at the equator.
METRE = 1 / 111_195
TODAY = date(2026, 11, 26)

Line = Sequence[tuple[float, float]]


def answer(folder: Path, lines: Sequence[Line]) -> Tracks:
    """The answer about activities with these tracks, in metres east and north, oldest first."""
    library = Library(folder / FILE, create=True)
    for number, line in enumerate(lines):
        outline = [[0.5 + north * METRE, 8 + east * METRE] for east, north in line]
        library.put(replace(stored(_on_day(number)), detail={"outline": outline}))
    library.close()
    source = archive_of(folder)
    try:
        return tracks_of(Subject(source, TODAY), None, TODAY)
    finally:
        source.close()


def _on_day(number: int) -> JSON:
    day = f"{date(2020, 1, 1) + timedelta(days=number)}T06:00:00Z"
    return season(1)[0] | {"id": 1000 + number, "start_date": day, "start_date_local": day}


def nearest(answer: Tracks) -> float:
    """How near the drawn lines come to home, in metres."""
    lines = [pairwise(track.points) for track in answer.tracks]
    return min(_distance(a, b) for line in lines for a, b in line if a and b)


def _distance(a: Metres, b: Metres) -> float:
    return min(
        hypot(a[0] + i / 500 * (b[0] - a[0]), a[1] + i / 500 * (b[1] - a[1])) for i in range(501)
    )


@pytest.mark.parametrize("count", [1, 2, 5])
def test_home_is_hidden_however_few_begin_there(tmp_path: Path, count: int) -> None:
    drawn = answer(tmp_path, [[(0, 0), (200, 50), (900, 400), (3000, 3000)]] * count)
    assert len(drawn.tracks) == count and nearest(drawn) >= HOME_RADIUS_M


def test_a_line_that_passes_home_is_interrupted(tmp_path: Path) -> None:
    through = [(-2000, 0), (-1000, 40), (1000, -40), (2000, 0)]
    drawn = answer(tmp_path, [[(0, 0), (0, 1000), (0, 4000)]] * 3 + [through])
    assert len(drawn.tracks) == 4 and nearest(drawn) >= HOME_RADIUS_M


def test_a_straight_way_from_home_is_drawn_beyond(tmp_path: Path) -> None:
    straight = [(100.0 * i, 0.0) for i in range(50)]
    (track,) = answer(tmp_path, [straight]).tracks
    ends = [round(hypot(*point)) for point in track.points if point]
    assert min(ends) in (300, 301, 400, 401) and max(ends) == pytest.approx(4900, abs=2)


def test_training_near_home_is_not_said_to_be_missing(tmp_path: Path) -> None:
    drawn = answer(tmp_path, [[(0, 0), (80, 0), (80, 40), (0, 40), (0, 0)]] * 4)
    chart = view.draw(drawn, "2026", "metric")
    assert drawn.hidden == 4 and not drawn.tracks
    assert "no track leaves the 300 m" in chart.state


def test_the_map_is_not_measured_from_home(tmp_path: Path) -> None:
    ways = [[(0, 0), (3000, 4000)], [(0, 0), (-6000, -8000)], [(0, 0), (-800, 900)]]
    chart = view.draw(
        answer(tmp_path, [[a, (b[0] / 2, b[1] / 2), b] for a, b in ways]), "2026", "metric"
    )
    assert chart.map
    points = [point for track in chart.map.tracks for point in track.points if point]
    assert min(x for x, _ in points) == min(y for _, y in points) == 0
    assert "reach about 10 km from the usual start" in chart.reading


def test_of_many_activities_the_newest_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "MAX_TRACKS", 4)
    monkeypatch.setattr(tracks, "MAX_READ", 6)
    drawn = answer(tmp_path, [[(0, 0), (1000, 0), (2000, 0)]] * 10)
    assert (len(drawn.tracks), drawn.without, drawn.left_out) == (4, 0, 6)
    assert {track.activity.id for track in drawn.tracks} == {1006, 1007, 1008, 1009}
    (tmp_path / FILE).unlink()
    drawn = answer(tmp_path, [[(0, 0), (1000, 0), (2000, 0)]] * 4 + [[]] * 6)
    assert (len(drawn.tracks), drawn.without, drawn.left_out) == (0, 6, 4)
    assert "none of the last 6 activities" in view.draw(drawn, "2026", "metric").state
