"""Activities without a place: their local time, and nothing that would place them elsewhere."""

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.identity import READ, Principal
from strava_mcp.recordings.recording import Recording
from strava_mcp.services import services
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.home_zones import changed_summaries
from strava_mcp.sources.archive.library import FILE
from strava_mcp.tools import load_tools
from tests.cli.test_commands import TOKEN, run
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker import destination, encoded
from tests.sources.archive.maker_csv import activities_csv

ZURICH, TOKYO, BOULDER = (47.37, 8.54), (35.68, 139.77), (40.015, -105.27)
LOS_ANGELES, LONDON, WATOPIA = (34.05, -118.24), (51.5, -0.12), (-11.6357, 166.9722)
NEAREST = "nearest outdoor activity"
SUMMER = datetime(2024, 7, 1, 6, 30, tzinfo=UTC)

Activity = tuple[Entry, Recording | None]


def recorded(
    number: int,
    start: datetime,
    place: tuple[float, float] | None,
    sport: str = "Run",
    offset_s: int | None = None,
    **values: Any,
) -> Activity:
    """Make an activity of 200 s with a FIT file. ``values``: replaced in its recording."""
    times = list(range(0, 201, 10))
    streams: dict[str, list[Any]] = {
        "time": times,
        "moving": [False] + [True] * (len(times) - 1),
        "distance": [3.0 * s for s in times],
        "altitude": [10.0 + s / 10 for s in times],
    }
    if place:
        streams["latlng"] = [[round(place[0] + s * 27e-6, 6), place[1]] for s in times]
    totals = {"elapsed_time": 200, "moving_time": 200, "distance": 600.0}
    device = values.pop("device", "Zwift" if sport.startswith("Virtual") else "Watch")
    recording = Recording(
        start, streams, offset_s=offset_s, sport=sport, device=device, totals=totals
    )
    entry, _ = by_hand(number, start, sport)
    return replace(entry, file=f"activities/{number}.fit.gz"), replace(recording, **values)


def by_hand(number: int, start: datetime, sport: str = "Run", **fields: Any) -> Activity:
    """Make an activity without a recording."""
    facts = {
        **{"name": f"Activity {number}", "sport_type": sport, "commute": False},
        **{"start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "distance": 600.0},
        **{"elapsed_time": 200, "moving_time": 200, **fields},
    }
    return Entry(number, facts), None


def imported(folder: Path, activities: Sequence[Activity], jobs: int = 1) -> dict[int, Any]:
    """Import an export with these activities into ``folder``; return its rows by id."""
    path = folder / f"export {len(list(folder.glob('*.zip')))}.zip"
    with destination(path) as add:
        for entry, recording in activities:
            if entry.file and recording:
                add(entry.file, encoded(recording, entry.file))
        entries = [entry for entry, _ in activities]
        add("activities.csv", activities_csv(entries, "english", "kilometres"))
    import_into(folder / "home", path, jobs)
    rows = archive_of(folder / "home").activities(per_page=200)
    return {row["id"]: row for row in rows}


def local(row: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    return tuple(row.get(key) for key in ("start_date_local", "timezone", "timezone_from"))


def listed_on(home: Path, date_range: str) -> list[int]:
    """List the activities of a date range with the tool."""
    ctx = Context(Principal("test", frozenset({READ})), optional_source=archive_of(home))
    tool = load_tools()["get_activities"]
    reply: Any = tool.function(ctx, tool.load({"date_range": date_range}))
    return [row["id"] for row in getattr(reply, "structured", reply)["activities"]]


def days(count: float) -> timedelta:
    return timedelta(days=count)


def test_virtual_ride_of_another_day_in_its_world(tmp_path: Path, shared: Path) -> None:
    """At 14:55 UTC it is the next day in the Solomon Islands, where Zwift put Watopia."""
    file = shared / "data/imports_that_fail/02_virtual_ride_zone_of_virtual_world.fit"
    app = create_app(Config(home=tmp_path, auth_tokens=(TOKEN,), strava_source="archive"))
    run(app, "archive", "import", str(file))
    (row,) = archive_of(tmp_path).activities()
    services(app).close()
    assert row["start_date"] == "2025-04-01T14:55:45Z" and row["sport_type"] == "VirtualRide"
    assert listed_on(tmp_path, "2025-04-01") == [row["id"]] and not listed_on(
        tmp_path, "2025-04-02"
    )
    assert "start_date_local" not in row and "timezone" not in row and "start_latlng" not in row


def test_virtual_ride_has_no_place(tmp_path: Path) -> None:
    entry, recording = recorded(2, SUMMER, WATOPIA, "VirtualRide")
    weather = {"temperature": 30.0, "humidity": 0.9}
    entry = replace(entry, fields={**entry.fields, "weather": weather})
    rows = imported(tmp_path, [(entry, recording), recorded(1, SUMMER + days(2), ZURICH)])
    source = archive_of(tmp_path / "home")
    assert local(rows[2]) == ("2024-07-01T08:30:00Z", "(GMT+01:00) Europe/Zurich", NEAREST)
    activity = source.activity(2)
    assert {"start_latlng", "end_latlng", "map", "weather"}.isdisjoint(activity)
    assert activity["trainer"] is True and activity["distance"] == 600
    streams = source.streams(2, ["time", "distance", "altitude", "latlng"])
    assert set(streams) == {"time", "distance", "altitude"}
    assert streams["distance"]["data"][-1] == 600
    assert source.activity(1)["map"] and rows[1]["start_latlng"] and "trainer" not in rows[1]


@pytest.mark.parametrize(
    "row_sport, sport, device",
    [
        ("Ride", "VirtualRide", "Edge 530"),  # the row is wrong, the sub-sport is right
        ("Ride", "Ride", "Zwift"),
        ("VirtualRide", "Ride", "Edge 530"),  # the athlete changed the sport on Strava
        ("VirtualRun", "Run", "Watch"),
    ],
)
def test_any_sign_of_a_virtual_world_counts(
    tmp_path: Path, row_sport: str, sport: str, device: str
) -> None:
    entry, recording = recorded(1, SUMMER, WATOPIA, sport, device=device)
    fields = {**entry.fields, "sport_type": row_sport}
    rows = imported(tmp_path, [(replace(entry, fields=fields), recording)])
    assert rows[1]["sport_type"] == row_sport and local(rows[1]) == (None, None, None)
    assert "latlng" not in archive_of(tmp_path / "home").streams(1, ["latlng"])
    assert "start_latlng" not in rows[1]


@pytest.mark.parametrize(
    "sport, place, device", [("VirtualRide", WATOPIA, "Zwift"), ("Run", None, "Watch")]
)
def test_device_clock_takes_precedence_over_neighbours(
    tmp_path: Path, sport: str, place: tuple[float, float] | None, device: str
) -> None:
    indoors = recorded(2, SUMMER, place, sport, offset_s=-25_200, device=device)
    rows = imported(tmp_path, [recorded(1, SUMMER - days(1), ZURICH), indoors])
    assert local(rows[2]) == ("2024-06-30T23:30:00Z", "(GMT-07:00)", None)


def test_nearest_outdoor_activity_shows_the_zone(tmp_path: Path) -> None:
    """At home, on a journey, and at home again: by time, whatever the order in the export."""
    outdoors = [
        recorded(1, SUMMER, ZURICH),
        recorded(2, SUMMER + days(10), TOKYO),
        recorded(3, SUMMER + days(20), BOULDER),
    ]
    indoors = [
        by_hand(11, SUMMER + days(1), "WeightTraining"),
        recorded(12, SUMMER + days(9), None, "WeightTraining"),
        recorded(13, SUMMER + days(14), WATOPIA, "VirtualRide"),
        by_hand(14, SUMMER + days(19), "Workout"),
        by_hand(15, SUMMER - days(200), "Swim"),  # before the first one, in winter
        by_hand(16, SUMMER + days(5), "Yoga"),  # halfway: the earlier one counts
        by_hand(17, SUMMER + days(200), "Yoga"),  # after the last one, in winter
    ]
    rows = imported(tmp_path, [*indoors, *outdoors])
    zones = {number: row["timezone"].partition(" ")[2] for number, row in rows.items()}
    assert {number: zones[number] for number in range(11, 18)} == {
        **{11: "Europe/Zurich", 12: "Asia/Tokyo", 13: "Asia/Tokyo", 14: "America/Denver"},
        **{15: "Europe/Zurich", 16: "Europe/Zurich", 17: "America/Denver"},
    }
    assert rows[15]["utc_offset"] == 3600 and rows[11]["utc_offset"] == 7200
    assert rows[17]["utc_offset"] == -7 * 3600 and rows[14]["utc_offset"] == -6 * 3600
    assert all(rows[number]["timezone_from"] == NEAREST for number in range(11, 18))
    assert all("timezone_from" not in rows[number] for number in (1, 2, 3))


def test_local_time_is_unknown_without_a_near_outdoor_activity(tmp_path: Path) -> None:
    """Other activities without a place, and one of two years ago, show nothing."""
    rows = imported(
        tmp_path,
        [
            recorded(1, SUMMER, WATOPIA, "VirtualRide"),
            by_hand(2, SUMMER + days(1)),
            recorded(3, SUMMER - days(700), ZURICH),
            recorded(4, SUMMER, None, offset_s=3600),
        ],
    )
    assert local(rows[1]) == local(rows[2]) == (None, None, None)
    assert rows[4]["timezone"] == "(GMT+01:00)"


def test_result_depends_neither_on_order_nor_on_processes(tmp_path: Path) -> None:
    rng = random.Random(7)
    places = (ZURICH, TOKYO, None, BOULDER, None, None)
    activities = [
        recorded(n, SUMMER + days(n * 1.37), rng.choice(places), rng.choice(("Run", "VirtualRide")))
        for n in range(1, 41)
    ]
    results = []
    for number, jobs in enumerate((1, 2, 1, 1)):
        folder = tmp_path / str(number)
        folder.mkdir()
        order = rng.sample(activities, len(activities))
        for first in (12, 25) if number == 2 else ():  # older exports first
            imported(folder, order[:first])
        results.append(imported(folder, order, jobs))
        if number == 3:  # again, without any change
            results.append(imported(folder, order))
    assert all(result == results[0] for result in results)
    assert sum("timezone_from" in row for row in results[0].values()) > 10


def test_next_import_revises_estimates(tmp_path: Path) -> None:
    late = SUMMER.replace(hour=21)
    indoors = by_hand(1, late)
    earlier = imported(tmp_path, [indoors, recorded(2, SUMMER - days(30), ZURICH)])
    assert earlier[1]["utc_offset"] == 7200
    nearer = recorded(3, late + days(1), TOKYO)
    assert listed_on(tmp_path / "home", "2024-07-01") == [1]
    later = imported(tmp_path, [indoors, recorded(2, SUMMER - days(30), ZURICH), nearer])
    assert local(later[1]) == ("2024-07-02T06:30:00Z", "(GMT+09:00) Asia/Tokyo", NEAREST)
    assert listed_on(tmp_path / "home", "2024-07-01") == []  # lists count by the revised day
    assert sorted(listed_on(tmp_path / "home", "2024-07-02")) == [1]


@pytest.fixture
def app(tmp_path: Path) -> Any:
    archive_app = create_app(
        Config(home=tmp_path / "home", auth_tokens=(TOKEN,), strava_source="archive")
    )
    yield archive_app
    services(archive_app).close()


def test_single_files_show_zones_too(app: Flask, tmp_path: Path) -> None:
    for name, activity in (
        ("a virtual.fit", recorded(1, SUMMER, WATOPIA, "VirtualRide")),
        ("b outdoors.fit", recorded(2, SUMMER + days(3), TOKYO)),
    ):
        assert activity[1]
        (tmp_path / name).write_bytes(encoded(activity[1], name))
        run(app, "archive", "import", str(tmp_path / name))
    outdoors, virtual = archive_of(tmp_path / "home").activities()
    assert outdoors["start_latlng"] and "start_latlng" not in virtual
    assert local(virtual) == ("2024-07-01T15:30:00Z", "(GMT+09:00) Asia/Tokyo", NEAREST)


def test_added_recording_replaces_an_estimate(app: Flask, tmp_path: Path) -> None:
    """The export had only a row; the file has the position."""
    imported(tmp_path, [by_hand(1, SUMMER), recorded(2, SUMMER + days(1), TOKYO)])
    _, recording = recorded(1, SUMMER, ZURICH)
    assert recording
    (tmp_path / "run.fit").write_bytes(encoded(recording, "run.fit"))
    assert "added to, activity 1" in run(app, "archive", "import", str(tmp_path / "run.fit"))
    rows = {row["id"]: row for row in archive_of(tmp_path / "home").activities()}
    assert local(rows[1]) == ("2024-07-01T08:30:00Z", "(GMT+01:00) Europe/Zurich", None)


def test_virtual_rides_of_earlier_versions_show_no_zone() -> None:
    """Libraries of earlier versions have positions of virtual worlds until the next import."""
    virtual = {
        **{"id": 1, "sport_type": "VirtualRide", "start_date": "2024-07-01T06:30:00Z"},
        **{"start_date_local": "2024-07-01T17:30:00Z", "start_latlng": list(WATOPIA)},
        "timezone": "(GMT+11:00) Pacific/Guadalcanal",
    }
    by_hand_row = {"id": 2, "sport_type": "Run", "start_date": "2024-07-02T06:30:00Z"}
    assert changed_summaries([virtual, by_hand_row]) == []


def test_no_position_of_a_virtual_world_is_stored(tmp_path: Path) -> None:
    """So none can be published either."""
    imported(tmp_path, [recorded(1, SUMMER, WATOPIA, "VirtualRide")])
    connection = sqlite3.connect(tmp_path / "home" / FILE)
    texts = connection.execute("SELECT summary || detail FROM activities").fetchone()[0]
    block: bytes = connection.execute("SELECT block FROM recordings").fetchone()[0]
    connection.close()
    assert "166.97" not in texts and '"outline":[]' in texts
    assert b'"lat"' not in block and b'"distance"' in block


#: Start in UTC, place, local start.
LOCAL_DAYS = (
    # Tokyo: without DST.
    ("2024-06-30T14:50:00", TOKYO, "2024-06-30T23:50:00"),
    ("2024-06-30T15:10:00", TOKYO, "2024-07-01T00:10:00"),
    # Boulder.
    ("2024-07-02T05:50:00", BOULDER, "2024-07-01T23:50:00"),
    ("2024-07-02T06:10:00", BOULDER, "2024-07-02T00:10:00"),
    # DST gaps: 1:59 is followed by 3:00.
    ("2024-03-10T08:59:59", BOULDER, "2024-03-10T01:59:59"),
    ("2024-03-10T09:00:00", BOULDER, "2024-03-10T03:00:00"),
    ("2024-03-31T01:00:00", ZURICH, "2024-03-31T03:00:00"),
    # DST folds: 1:30 comes twice.
    ("2024-11-03T07:30:00", BOULDER, "2024-11-03T01:30:00"),
    ("2024-11-03T08:30:00", BOULDER, "2024-11-03T01:30:00"),
    ("2024-10-27T00:30:00", ZURICH, "2024-10-27T02:30:00"),
    ("2024-10-27T01:30:00", ZURICH, "2024-10-27T02:30:00"),
    # New Year.
    ("2024-12-31T22:50:00", ZURICH, "2024-12-31T23:50:00"),
    ("2024-12-31T23:10:00", ZURICH, "2025-01-01T00:10:00"),
    ("2025-01-01T07:50:00", LOS_ANGELES, "2024-12-31T23:50:00"),
    ("2025-01-01T08:10:00", LOS_ANGELES, "2025-01-01T00:10:00"),
    ("2025-01-01T00:10:00", LONDON, "2025-01-01T00:10:00"),
)


@pytest.mark.parametrize("is_outdoors", [True, False], ids=["outdoors", "indoors"])
def test_local_days(tmp_path: Path, is_outdoors: bool) -> None:
    """By position, and of activities without one that are minutes from an outdoor one."""
    activities, expected = [], {}
    for number, (utc, place, local_time) in enumerate(LOCAL_DAYS, 1):
        start = datetime.fromisoformat(utc).replace(tzinfo=UTC)
        activities.append(recorded(number, start, place if is_outdoors else None))
        if not is_outdoors:
            activities.append(recorded(100 + number, start + timedelta(minutes=5), place))
        expected[number] = f"{local_time}Z"
    rows = imported(tmp_path, activities)
    assert {number: rows[number]["start_date_local"] for number in expected} == expected
    assert all(("timezone_from" in rows[number]) != is_outdoors for number in expected)
