"""Questions about periods, answered from memory, against those answered from the file."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.activity_query import ActivityQuery, AnyOf, Condition
from strava_mcp.sources.archive import parsed
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.source import open_archive
from strava_mcp.sources.metrics_parts import Part
from strava_mcp.store import open_store
from tests.season import season, stored
from tests.sources.archive.imported import archive_of

MIDDLE = int(datetime(2026, 2, 8, tzinfo=UTC).timestamp())
EVERYTHING = ActivityQuery((Condition("start", "<", 2**40),), limit=100_000)
RUNS_SINCE = (
    Condition("start", ">", MIDDLE),
    Condition("sport_type", "in", ("Run", "TrailRun")),
)
PERIODS = (
    EVERYTHING,
    ActivityQuery((), limit=100_000),
    ActivityQuery(RUNS_SINCE, limit=100_000),
    ActivityQuery((Condition("text", "matches", "loops"),), limit=100_000),
    ActivityQuery((AnyOf((Condition("commute", "=", True),), negated=True),), limit=5000),
    ActivityQuery((Condition("distance", ">=", 10_000),), limit=5000, wants_total=False),
    ActivityQuery((Condition("start", "<", 0),), limit=5000),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    library = Library(tmp_path / FILE, create=True)
    for activity in season():
        library.put(stored(activity))
    library.close()
    return tmp_path


@pytest.mark.parametrize("query", PERIODS)
def test_memory_answers_as_the_file_does(home: Path, query: ActivityQuery) -> None:
    archive = archive_of(home)
    archive.find_activities(EVERYTHING)
    answered = archive.find_activities(query)
    assert answered == Library(home / FILE).find(query)
    assert answered.facts == [facts_of(row) for row in answered.rows]


def test_a_new_activity_is_seen(home: Path) -> None:
    archive = archive_of(home)
    before = archive.find_activities(EVERYTHING).rows
    before[0]["name"] = "changed by its reader"
    newest: JSON = season(1)[0] | {"id": 7, "start_date": "2026-11-01T06:00:00Z"}
    library = Library(home / FILE)
    library.put(stored(newest))
    after = archive.find_activities(EVERYTHING).rows
    assert (len(after), after[0]["id"]) == (len(before) + 1, 7)
    assert after == library.find(EVERYTHING).rows


def test_more_activities_than_fit_are_read_from_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsed, "MAX_ACTIVITIES", 5)
    archive = archive_of(home)
    for _ in range(2):
        assert archive.find_activities(EVERYTHING) == Library(home / FILE).find(EVERYTHING)


def test_home_stays_hidden(home: Path) -> None:
    library = Library(home / FILE)
    at_home = season(1)[0] | {"id": 7, "start_latlng": [47.0, 8.0]}
    library.put(stored(at_home))
    config = Config(home=home, strava_source="archive", archive_hide_home=(47.0, 8.0, 500.0))
    archive = open_archive(config, open_store("sqlite://:memory:"))
    for _ in range(2):
        rows = archive.find_activities(EVERYTHING).rows
        assert [row["start_latlng"] for row in rows if row["id"] == 7] == [[]]


def test_metrics_that_do_not_exist_are_asked_for_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, requested = archive_of(home), list[Sequence[int]]()
    metrics = Library.metrics

    def count(library: Library, part: Part, ids: Sequence[int]) -> dict[int, str]:
        requested.append(ids)
        return metrics(library, part, ids)

    monkeypatch.setattr(Library, "metrics", count)
    rows = archive.find_activities(EVERYTHING).rows
    for _ in range(2):
        assert archive.intensities(rows, 30).values == {}
    assert [len(ids) for ids in requested] == [len(rows), 0]
