"""The contract of ``Source``: the API client on the sandbox, and an archive of its athlete."""

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from strava_mcp.errors import NotFound, NotSupported
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source

NOBODY = 1
KEYS = ("time", "distance", "heartrate", "latlng", "altitude", "moving")


@pytest.fixture(scope="module")
def listed(source: Source) -> list[JSON]:
    """The thirty newest activities."""
    return source.activities()


def recorded(source: Source, listed: list[JSON]) -> int:
    return next(a["id"] for a in listed if not a["manual"] and a.get("start_latlng"))


def test_activities_come_newest_first_by_pages(source: Source, listed: list[JSON]) -> None:
    starts = [activity["start_date"] for activity in listed]
    assert len(listed) == 30 and starts == sorted(starts, reverse=True)
    halves = [source.activities(page=page, per_page=15) for page in (1, 2)]
    assert [a["id"] for half in halves for a in half] == [a["id"] for a in listed]
    assert source.activities(page=100_000, per_page=200) == []


def test_bounds_are_exclusive_and_after_reverses_the_order(
    source: Source, listed: list[JSON]
) -> None:
    moments = [int(datetime.fromisoformat(a["start_date"]).timestamp()) for a in listed]
    older = source.activities(before=moments[5], per_page=3)
    assert [a["id"] for a in older] == [a["id"] for a in listed[6:9]]
    newer = source.activities(after=moments[5], before=moments[1], per_page=30)
    assert [a["id"] for a in newer] == [a["id"] for a in listed[4:1:-1]]


def test_activity_has_laps(source: Source, listed: list[JSON]) -> None:
    laps = source.activity(recorded(source, listed))["laps"]
    assert all(lap["distance"] >= 0 and lap["elapsed_time"] > 0 for lap in laps)


def test_activity_agrees_with_its_row_in_the_list(source: Source, listed: list[JSON]) -> None:
    for row in listed[::3]:  # the sandbox generates each activity when it is first read
        activity = source.activity(row["id"])
        for key in ("id", "name", "sport_type", "start_date", "start_date_local", "gear_id"):
            assert activity.get(key) == row.get(key)
        for key in ("distance", "total_elevation_gain"):
            assert isinstance(activity[key], float) and activity[key] == row[key]
        for key in ("moving_time", "elapsed_time"):
            assert isinstance(activity[key], int) and activity[key] == row[key]
        assert isinstance(activity["manual"], bool)


def test_requested_streams_have_equal_lengths(source: Source, listed: list[JSON]) -> None:
    streams = source.streams(recorded(source, listed), KEYS)
    assert {"time", "distance", "latlng"} <= streams.keys() <= set(KEYS)
    assert len({len(stream["data"]) for stream in streams.values()}) == 1
    for stream in streams.values():
        assert stream["original_size"] == len(stream["data"]) > 10
    time = streams["time"]["data"]
    assert time[0] == 0 and time == sorted(set(time))
    assert all(type(moves) is bool for moves in streams["moving"]["data"])
    alone = source.streams(recorded(source, listed), ["heartrate"])
    assert "latlng" not in alone and "altitude" not in alone


def test_a_manual_activity_has_no_recording(source: Source) -> None:
    manual = next(a["id"] for a in source.activities(per_page=200) if a["manual"])
    with pytest.raises(NotFound):
        source.streams(manual, KEYS)


def test_the_athlete_and_their_totals(source: Source) -> None:
    athlete = source.athlete()
    assert isinstance(athlete["id"], int) and athlete["firstname"]
    stats = source.athlete_stats(athlete["id"])
    for sport in ("ride", "run", "swim"):
        counts = [stats[f"{span}_{sport}_totals"]["count"] for span in ("recent", "ytd", "all")]
        assert counts[0] <= counts[2] and counts[1] <= counts[2]
    assert stats["all_run_totals"]["distance"] > stats["recent_run_totals"]["distance"] >= 0


def test_gear_of_an_activity(source: Source, listed: list[JSON]) -> None:
    gear_id = next(a["gear_id"] for a in listed if a.get("gear_id"))
    gear = source.gear(gear_id)
    assert gear["id"] == gear_id and gear["name"] and gear["distance"] > 0


def test_routes_as_rows_and_files(source: Source) -> None:
    routes = source.routes(source.athlete()["id"])
    assert routes and source.routes(source.athlete()["id"], page=2, per_page=len(routes)) == []
    for row in routes:
        assert row["id"] == int(row["id_str"]) and row["distance"] > 0
        for kind, root in (("gpx", "gpx"), ("tcx", "TrainingCenterDatabase")):
            file = source.route_file(row["id"], kind)  # type: ignore[arg-type]
            assert ElementTree.fromstring(file.encode()).tag.rpartition("}")[2] == root


def test_clubs_and_starred_segments(source: Source) -> None:
    assert all(club["id"] and club["name"] for club in source.clubs())
    starred = source.starred_segments()
    assert starred and starred == source.starred_segments(page=1, per_page=len(starred))
    assert source.starred_segments(page=2, per_page=len(starred)) == []
    for row in starred:
        assert source.segment(row["id"])["name"] == row["name"]


#: What there is not: the question, for a number that nothing has.
ABSENT: dict[str, Callable[[Source], Any]] = {
    "activity": lambda source: source.activity(NOBODY),
    "streams": lambda source: source.streams(NOBODY, KEYS),
    "gear": lambda source: source.gear("b1"),
    "segment": lambda source: source.segment(NOBODY),
    "route": lambda source: source.route(NOBODY),
    "route file": lambda source: source.route_file(NOBODY, "gpx"),
    "upload": lambda source: source.upload(NOBODY),
}


@pytest.mark.parametrize("what", ABSENT)
def test_missing_items_are_not_found(source: Source, what: str) -> None:
    with pytest.raises(NotFound):
        ABSENT[what](source)


#: What a source may be unable to know or do; no other error, and nothing invented.
OPTIONAL: dict[str, Callable[[Source, int], Any]] = {
    "activity_zones": lambda source, number: source.activity_zones(number),
    "activity_comments": lambda source, number: source.activity_comments(number),
    "activity_kudoers": lambda source, number: source.activity_kudoers(number),
    "athlete_zones": lambda source, _: source.athlete_zones(),
    "segment_efforts": lambda source, _: source.segment_efforts(7011001, per_page=2),
    "star_segment": lambda source, _: source.star_segment(7011001, True),
    "update_activity": lambda source, number: source.update_activity(number, {"commute": False}),
}


@pytest.mark.parametrize("what", OPTIONAL)
def test_unsupported_methods_raise_not_supported(
    source: Source, listed: list[JSON], what: str
) -> None:
    try:
        assert OPTIONAL[what](source, recorded(source, listed)) is not None
    except NotSupported as exc:
        assert "export" in str(exc)


def test_status(source: Source) -> None:
    status = source.status()
    assert status["source"] == source.name and status["connected"] is True
    assert status["freshness"]


def test_every_source_implements_the_interface() -> None:
    """Fails if a new source lacks a method."""
    from importlib import import_module

    from strava_mcp.sources import SOURCES

    assert set(SOURCES) == {"sandbox", "archive", "api"}
    for place in SOURCES.values():
        module = import_module(place.partition(":")[0])
        rigs = [c for _, c in inspect.getmembers(module, inspect.isclass) if issubclass(c, Source)]
        assert any(not inspect.isabstract(rig) and rig is not Source for rig in rigs)
