"""ARCHIVE_HIDE_HOME: no drawn line leads through the zone, also where a track passes it midway."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.subject import Subject
from strava_mcp.charts.chart import Chart
from strava_mcp.charts.question import Question
from strava_mcp.charts.svg import draw as svg
from strava_mcp.charts.views import draw
from strava_mcp.geo import Plane, Point, distance_to_line_m, haversine_m
from strava_mcp.polyline import decode
from strava_mcp.sources.archive.privacy import PrivacyZone
from strava_mcp.sources.archive.source import Archive
from strava_mcp.tools.local_time import today
from tests.charts.picture_geometry import elements, parsed, subpaths
from tests.sources.archive.imported import archive_of

RADIUS_M = 150.0


@pytest.fixture(scope="module")
def passing(season_home: Path) -> tuple[Any, list[Point], PrivacyZone]:
    """A run, its track, and a zone around its middle that neither end lies in."""
    source = archive_of(season_home)
    for row in source.activities(per_page=100):
        if row["sport_type"] != "Run" or row["manual"] or not row.get("start_latlng"):
            continue
        positions = source.streams(row["id"], ["latlng"])["latlng"]["data"]
        track = [(point[0], point[1]) for point in positions if point]
        middle = track[len(track) // 2]
        if min(haversine_m(middle, end) for end in (track[0], track[-1])) > 1500:
            return row, track, PrivacyZone(*middle, RADIUS_M)
    pytest.fail("no run leads away from its start")


@pytest.fixture(scope="module")
def hiding(season_home: Path, passing: tuple[Any, list[Point], PrivacyZone]) -> Iterator[Archive]:
    zone = passing[2]
    source = archive_of(
        season_home, archive_hide_home=(zone.latitude, zone.longitude, zone.radius_m)
    )
    yield source
    source.close()


def nearest(zone: PrivacyZone, parts: Sequence[Sequence[Point]]) -> float:
    """How near to the middle of the zone a line comes, in metres."""
    plane = Plane((zone.latitude, zone.longitude))
    lines = [pairwise([plane.at(point) for point in part]) for part in parts]
    return min(distance_to_line_m((0, 0), *pair) for line in lines for pair in line)


def drawn_parts(chart: Chart) -> list[list[Point]]:
    """The parts of the first track of a map, in metres from its own origin."""
    assert chart.map
    parts: list[list[Point]] = [[]]
    for point in chart.map.tracks[0].points:
        if point is None:
            parts.append([])
        else:
            parts[-1].append(point)
    return [part for part in parts if part]


def test_the_outline_is_cut(passing: tuple[Any, list[Point], PrivacyZone], hiding: Archive) -> None:
    row, track, zone = passing
    parts = hiding.outline(row)
    assert len(parts) >= 2 and nearest(zone, parts) >= RADIUS_M
    assert nearest(zone, [track]) == 0
    drawn = hiding.activity(row["id"])["map"]
    encoded = [decode(line) for line in drawn["summary_polylines"]]
    assert nearest(zone, encoded) >= RADIUS_M - 1, "to five decimals"
    assert decode(drawn["summary_polyline"]) == max(encoded, key=len)


def test_a_gpx_reader_gets_gaps_of_the_recording(
    passing: tuple[Any, list[Point], PrivacyZone], hiding: Archive
) -> None:
    row, _, zone = passing
    track = hiding.streams(row["id"], ["latlng"])["latlng"]["data"]
    seen = [(a, b) for a, b in pairwise(track) if a and b]
    assert nearest(zone, seen) >= RADIUS_M


@pytest.mark.parametrize("view", ["activity", "compare"])
def test_the_track_of_an_activity_is_cut(
    passing: tuple[Any, list[Point], PrivacyZone], hiding: Archive, view: Any
) -> None:
    row, track, zone = passing
    others = [one["id"] for one in hiding.activities(per_page=50) if one["sport_type"] == "Run"]
    ids = [row["id"], next(one for one in others if one != row["id"])]
    subject = Subject(hiding, today(hiding))
    chart = draw(subject, Question(view, ids[: 1 + (view == "compare")], None, subject.today))
    parts = drawn_parts(chart)
    assert len(parts) >= 2
    middle = Plane(track[0]).at((zone.latitude, zone.longitude))
    lines = [pair for part in parts for pair in pairwise(part)]
    assert min(distance_to_line_m(middle, *pair) for pair in lines) > RADIUS_M - 10
    (path,) = [
        one for one in elements(parsed(svg(chart)), "path") if one.get("stroke-width") == "2.2"
    ]
    assert len(subpaths(path.attrib["d"])) == len(parts)


def test_the_map_of_a_period_is_cut(
    passing: tuple[Any, list[Point], PrivacyZone], hiding: Archive, season_home: Path
) -> None:
    row, _, _ = passing

    def gaps(source: Archive) -> int:
        subject = Subject(source, today(source))
        chart = draw(subject, Question("map", [], None, subject.today))
        assert chart.map
        (track,) = [t for t in chart.map.tracks if (t.opens or {})["ids"] == row["id"]]
        markup = svg(chart)
        count = len([p for p in elements(parsed(markup), "path") if p.get("stroke-opacity")])
        assert count == len(chart.map.tracks)
        return list(track.points).count(None)

    assert gaps(hiding) > gaps(archive_of(season_home))
