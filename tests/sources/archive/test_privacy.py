"""ARCHIVE_HIDE_HOME: no answer contains a position within the privacy zone, in any form."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.errors import ConfigError
from strava_mcp.identity import READ, Principal
from strava_mcp.polyline import encode
from strava_mcp.sources.archive.privacy import PrivacyZone, parts_of
from strava_mcp.sources.archive.source import Archive
from strava_mcp.tools import load_tools
from tests.sources.archive.imported import archive_of

RADIUS_M = 700.0


@pytest.fixture(scope="module")
def home_of_archive(season_home: Path) -> tuple[Path, PrivacyZone]:
    source = archive_of(season_home)
    point = next(a["start_latlng"] for a in source.activities() if a.get("start_latlng"))
    return season_home, PrivacyZone(point[0], point[1], RADIUS_M)


@pytest.fixture(scope="module")
def plain(home_of_archive: tuple[Path, PrivacyZone]) -> Archive:
    return archive_of(home_of_archive[0])


@pytest.fixture(scope="module")
def hiding(home_of_archive: tuple[Path, PrivacyZone]) -> Archive:
    folder, home = home_of_archive
    circle = (home.latitude, home.longitude, home.radius_m)
    return archive_of(folder, archive_hide_home=circle)


def positions(value: Any) -> list[list[float]]:
    """Return every pair of numbers in an answer."""
    if isinstance(value, dict):
        return [p for item in value.values() for p in positions(item)]
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(number, float) for number in value):
            return [value]
        return [p for item in value for p in positions(item)]
    return []


def everything(source: Archive) -> list[Any]:
    rows = source.activities(per_page=200)
    answers: list[Any] = [rows]
    for row in rows:
        answers.append(source.activity(row["id"]))
        if not row["manual"]:
            answers.append(source.streams(row["id"], ["latlng"]))
    for route in source.routes(0):
        gpx = ElementTree.fromstring(source.route_file(route["id"], "gpx").encode())
        points = [element for element in gpx.iter() if element.tag.endswith("}trkpt")]
        answers.append([[float(one.attrib["lat"]), float(one.attrib["lon"])] for one in points])
    return answers


def test_no_answer_contains_a_position_in_the_zone(
    plain: Archive, hiding: Archive, home_of_archive: tuple[Path, PrivacyZone]
) -> None:
    home = home_of_archive[1]
    assert any(home.contains(point) for point in positions(everything(plain)))
    points = positions(everything(hiding))
    assert len(points) > 1000 and not any(home.contains(point) for point in points)


def test_no_polyline_starts_in_the_zone(
    plain: Archive, hiding: Archive, home_of_archive: tuple[Path, PrivacyZone]
) -> None:
    home = home_of_archive[1]
    start = encode([(home.latitude, home.longitude)])
    number = next(a["id"] for a in plain.activities() if home.contains(a.get("start_latlng")))
    assert plain.activity(number)["map"]["summary_polyline"].startswith(start)
    assert not hiding.activity(number).get("map", {}).get("summary_polyline", "").startswith(start)
    for route in plain.routes(0):
        for kind in ("gpx", "tcx"):
            whole = plain.route_file(route["id"], kind)  # type: ignore[arg-type]
            cut = hiding.route_file(route["id"], kind)  # type: ignore[arg-type]
            assert len(cut) <= len(whole)


def test_positions_outside_the_zone_are_unchanged(plain: Archive, hiding: Archive) -> None:
    number = next(a["id"] for a in plain.activities() if a.get("start_latlng"))
    keys = ("time", "distance", "altitude", "heartrate")
    assert hiding.streams(number, keys) == plain.streams(number, keys)
    track = zip(
        plain.streams(number, ["latlng"])["latlng"]["data"],
        hiding.streams(number, ["latlng"])["latlng"]["data"],
        strict=True,
    )
    pairs = list(track)
    assert all(there in (here, None) for here, there in pairs)
    assert any(there is None for _, there in pairs) and any(here == there for here, there in pairs)


def test_positions_are_returned_only_on_request(plain: Archive) -> None:
    ctx = Context(Principal("test", frozenset({READ})), optional_source=plain)
    number = next(a["id"] for a in plain.activities() if a.get("start_latlng"))

    def reply(name: str, **arguments: Any) -> str:
        tool = load_tools()[name]
        return str(tool.function(ctx, tool.load(arguments)))

    latitude = str(plain.activity(number)["start_latlng"][0])[:5]
    silent = [
        reply("get_activities"),
        reply("get_activity_by_id", id=number),
        reply("get_activity_streams", id=number),
        reply("fetch", id=str(number)),
    ]
    assert not any(latitude in text or "polyline" in text for text in silent)
    assert latitude in reply("get_activity_streams", id=number, include_gps=True)


@pytest.mark.parametrize(
    "value", ["47.4", "47.4,8.5", "91,8.5,500", "47,8,10", "47,8,x", "nan,8,500"]
)
def test_invalid_zone_is_a_config_error(value: str) -> None:
    with pytest.raises(ConfigError, match="ARCHIVE_HIDE_HOME must be latitude"):
        Config.load({"ARCHIVE_HIDE_HOME": value})


def test_no_line_leads_through_the_zone_between_two_positions() -> None:
    """A kilometre north of the middle, a kilometre south, and on; then far to the east."""
    zone = PrivacyZone(47.0, 8.0, 500.0)
    line = [(47.01, 8.0), (46.99, 8.0), (46.98, 8.0), (46.98, 8.1), (47.02, 8.1)]
    assert zone.cut(line) == [line[0], None, *line[1:]]
    assert parts_of(zone.cut(line)) == [[line[0]], line[1:]]
    assert zone.mask(line) == [line[0], None, *line[2:]]


def test_cut_lines_have_single_gaps_and_no_loose_ends() -> None:
    zone = PrivacyZone(47.0, 8.0, 500.0)
    inside, north, south = (47.001, 8.001), (47.01, 8.0), (46.99, 8.0)
    assert zone.cut([inside, inside, north, inside, None, inside, south, inside]) == [
        *(north, None, south),
    ]
    assert zone.cut([inside]) == zone.cut([]) == [] and parts_of([None, None]) == []


def test_a_route_that_passes_the_zone_is_written_in_parts(season_home: Path) -> None:
    plain = archive_of(season_home)
    route = plain.routes(0)[0]["id"]
    gpx = ElementTree.fromstring(plain.route_file(route, "gpx").encode())
    points = [one for one in gpx.iter() if one.tag.endswith("}trkpt")]
    middle = points[len(points) // 2].attrib
    circle = (float(middle["lat"]), float(middle["lon"]), 300.0)
    hiding = archive_of(season_home, archive_hide_home=circle)
    for kind, part in (("gpx", "<trkseg>"), ("tcx", "<Track>")):
        assert plain.route_file(route, kind).count(part) == 1  # type: ignore[arg-type]
        assert hiding.route_file(route, kind).count(part) >= 2  # type: ignore[arg-type]


def test_the_polyline_of_a_cut_track_says_so(plain: Archive, season_home: Path) -> None:
    row = next(a for a in plain.activities() if a["sport_type"] == "Run" and not a["manual"])
    track = plain.streams(row["id"], ["latlng"])["latlng"]["data"]
    circle = (*track[len(track) // 3], 200.0)
    hiding = archive_of(season_home, archive_hide_home=circle)
    tool = load_tools()["get_activity_by_id"]

    def reply(source: Archive) -> Any:
        ctx = Context(Principal("test", frozenset({READ})), optional_source=source)
        return tool.function(ctx, tool.load({"id": row["id"], "detail": "full"}))

    assert "hidden" in reply(hiding)["note"] and "hidden" not in str(reply(plain).get("note"))
    assert len(reply(hiding)["polyline"]) < len(reply(plain)["polyline"])
