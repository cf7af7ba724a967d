"""Queries over an archive: what only an export knows, and libraries of earlier versions."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import Facts, facts_of
from strava_mcp.sources.activity_query import ActivityQuery, AnyOf, Condition
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.library_schema import MIGRATIONS
from strava_mcp.sources.archive.stored_activity import StoredActivity

RACE = Condition("workout", "=", "race")


def stored(number: int, detail: JSON | None = None, **summary: Any) -> StoredActivity:
    start = f"2026-03-{number:02d}T06:00:00Z"
    whole = {"id": number, "start_date": start, "sport_type": "Run", "manual": False, **summary}
    return StoredActivity(number, 1_772_000_000 + number, 60, whole, detail or {}, "x", "export")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "library.db", create=True)
    for activity in (
        stored(1, {"description": "Windy on the Lindenhof"}, name="Dauerlauf"),
        stored(2, {"private_note": "Knee talks again"}, name="Races are hard", gear_id="g1"),
        stored(3, {"weather": {"condition": "Light rain"}, "workout_type": 1}, name="10 km"),
        stored(4, name="Bahnhof", start_latlng=[47.0, 8.0]),
        stored(5, name="By hand", manual=True),
    ):
        library.put(activity)
    return library


def found(library: Library, *conditions: Condition | AnyOf) -> list[int]:
    return [row["id"] for row in library.find(ActivityQuery(conditions)).rows]


@pytest.mark.parametrize(
    "condition, expected",
    [
        (Condition("text", "matches", "lindenhof"), [1]),
        (Condition("text", "matches", "knees"), [2]),
        (Condition("text", "matches", "race"), [2]),
        (Condition("text", "matches", "windy dauerlauf"), [1]),
        (Condition("weather", "matches", "rain"), [3]),
        (Condition("workout", "=", "race"), [3]),
        (Condition("gear", "in", ("g1", "b2")), [2]),
        (Condition("indoor", "=", True), [3, 2, 1]),  # recorded without a position
        (Condition("indoor", "=", False), [5, 4]),
        (Condition("distance", ">=", 0), []),  # unknown everywhere
        (Condition("weekday", "in", ("0", "1")), [2, 1]),  # Sunday and Monday
        (AnyOf((RACE, Condition("text", "matches", "race"))), [3, 2]),
        (AnyOf((RACE,), negated=True), [5, 4, 2, 1]),  # unknown is not a race
        (AnyOf((AnyOf((RACE,), negated=True), Condition("id", "=", 3))), [5, 4, 3, 2, 1]),
        (AnyOf((Condition("distance", ">=", 0),), negated=True), [5, 4, 3, 2, 1]),
        (AnyOf(()), []),
    ],
)
def test_what_an_export_knows_can_be_queried(
    library: Library, condition: Condition | AnyOf, expected: list[int]
) -> None:
    assert found(library, condition) == expected
    facts = library.newest_facts(100)
    assert [one.id for one in facts if condition.holds(one)] == expected


def test_distances_of_gear_are_added_up(library: Library) -> None:
    library.put(stored(6, gear_id="b1", distance=1_000.5))
    library.put(stored(7, gear_id="b1", distance=2_000.0))
    assert library.gear_distances() == {"b1": 3_000.5, "g1": 0.0}


def test_replaced_and_changed_activities_leave_the_list(library: Library) -> None:
    library.put(stored(6, name="Merged"), instead_of=[1, 2])
    library.put(stored(4, name="Renamed"))
    assert found(library) == [6, 5, 4, 3]
    assert found(library, Condition("text", "matches", "bahnhof")) == []
    assert found(library, Condition("text", "matches", "renamed")) == [4]


def test_a_published_catalog_answers_the_same(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "catalog.db"
    hide = lambda value: {k: v for k, v in value.items() if "latlng" not in k}  # noqa: E731
    library.copy_catalog(target, hide, lambda route: route, lambda name: f"{name}-x")
    copy = Library(target)
    for condition in (Condition("indoor", "=", False), Condition("text", "matches", "knee")):
        assert found(copy, condition) == found(library, condition)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_library_of_an_earlier_version_gets_its_facts(library: Library, version: int) -> None:
    expected = library.find(ActivityQuery())
    library.close()
    with sqlite3.connect(library.path) as connection:
        connection.executescript("DROP TABLE facts; DROP TABLE metrics")
        connection.executescript(";".join(MIGRATIONS[1:version]))
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    migrated = Library(library.path, create=True)
    assert migrated.find(ActivityQuery()) == expected
    assert found(migrated, Condition("text", "matches", "knee")) == [2]


def test_the_columns_are_those_of_the_facts(library: Library) -> None:
    with sqlite3.connect(library.path) as connection:
        columns = tuple(row[1] for row in connection.execute("PRAGMA table_info(facts)"))
        rows = connection.execute("SELECT * FROM facts WHERE id = 4").fetchall()
    connection.close()
    assert columns == Facts._fields and len(MIGRATIONS) >= 2
    assert rows == [tuple(facts_of(stored(4, name="Bahnhof", start_latlng=[1.0, 2.0]).summary))]
