"""Answers that are kept: the same question twice is one call, and a write makes them old."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from strava_mcp.config import Config
from strava_mcp.errors import Unavailable
from strava_mcp.sources import Source
from strava_mcp.sources.api import cache
from strava_mcp.sources.api.cache import LIFETIMES_S, MAX_S, Cache
from strava_mcp.store import Store, open_store
from tests.clock import Clock
from tests.rig import Door


@pytest.fixture
def store() -> Iterator[Store]:
    made = open_store("sqlite://:memory:")
    yield made
    made.close()


@pytest.fixture
def door(store: Store) -> Door:
    found = Door(store, config=Config())
    found.source.athlete_stats(found.source.athlete()["id"])
    found.number = found.source.activities()[0]["id"]  # type: ignore[attr-defined]
    Cache(store, MAX_S).forget(found.source._tokens.key)  # type: ignore[attr-defined]
    found.forget()
    return found


READS: dict[str, Callable[[Source, int], Any]] = {
    "athlete": lambda source, number: source.athlete(),
    "activities": lambda source, number: source.activities(per_page=50, page=2),
    "activity": lambda source, number: source.activity(number),
    "streams": lambda source, number: source.streams(number, ["heartrate", "time"]),
    "zones": lambda source, number: source.activity_zones(number),
    "athlete zones": lambda source, number: source.athlete_zones(),
    "starred": lambda source, number: source.starred_segments(),
}


@pytest.mark.parametrize("read", READS)
def test_a_second_identical_question_costs_no_call(door: Door, read: str) -> None:
    first = READS[read](door.source, door.number)  # type: ignore[attr-defined]
    assert len(door.calls) == 1
    other = Door(door.store, config=Config())
    assert READS[read](other.source, door.number) == first  # type: ignore[attr-defined]
    assert READS[read](door.source, door.number) == first  # type: ignore[attr-defined]
    assert len(door.calls) == 1 and other.calls == [], "another process finds it, too"


def test_another_question_is_another_call(door: Door) -> None:
    door.source.activities(per_page=5)
    door.source.activities(per_page=5, page=2)
    door.source.activities(per_page=5, before=1_700_000_000)
    number = door.number  # type: ignore[attr-defined]
    door.source.activity(number)
    door.source.activity(number, include_all_efforts=True)
    assert len(door.calls) == 5


def test_our_own_write_makes_everything_old(door: Door) -> None:
    number = door.number  # type: ignore[attr-defined]
    assert door.source.activity(number)["name"] != "New name"
    door.source.update_activity(number, {"name": "New name"})
    assert door.source.activity(number)["name"] == "New name"
    assert door.source.activities()[0]["name"] == "New name"


def test_a_write_without_an_answer_does_so_too(door: Door) -> None:
    """It may have been carried out all the same."""
    number = door.number  # type: ignore[attr-defined]
    door.source.activity(number)
    door.faults.add("/api/v3/", "truncated")
    with pytest.raises(Unavailable):
        door.source.update_activity(number, {"name": "New name"})
    door.forget()
    door.source.activity(number)
    assert len(door.calls) == 1


def test_an_answer_that_was_on_its_way_while_something_was_written_is_not_kept(
    store: Store,
) -> None:
    kept = Cache(store, MAX_S)
    now = kept.generation("me", "/athlete")
    kept.forget("me")
    kept.put(now, "/athlete", {}, {"name": "old"})
    assert kept.get(kept.generation("me", "/athlete"), "/athlete", {}) is None


@pytest.mark.parametrize("pattern, seconds", LIFETIMES_S)
def test_nothing_is_kept_for_more_than_seven_days(pattern: Any, seconds: int) -> None:
    assert 0 < seconds <= 7 * 86400


def test_it_gets_old(door: Door, clock: Clock) -> None:
    door.source.athlete_zones()
    clock.advance(86401)
    door.source.athlete_zones()
    assert door.calls.count("GET /api/v3/athlete/zones") == 2


def test_no_athlete_finds_anothers(store: Store) -> None:
    kept = Cache(store, MAX_S)
    kept.put(kept.generation("one", "/athlete"), "/athlete", {}, {"id": 1})
    assert kept.get(kept.generation("two", "/athlete"), "/athlete", {}) is None
    kept.remove("two")
    assert kept.get(kept.generation("one", "/athlete"), "/athlete", {}) == {"id": 1}


def test_removed_is_gone_from_the_store(store: Store) -> None:
    kept = Cache(store, MAX_S)
    now = kept.generation("me", "/gear/b1")
    for number in range(120):
        kept.put(now, f"/gear/b{number}", {}, {"id": number})
    kept.forget("me")
    kept.put(kept.generation("me", "/athlete"), "/athlete", {}, {"id": 1})
    assert len(store.records("strava-cache:me")) == 121
    kept.remove("me")
    assert store.records("strava-cache:me") == []


def test_uploads_and_failures_are_not_kept(door: Door) -> None:
    kept = Cache(door.store, MAX_S)
    assert (
        kept.generation("me", "/uploads/7") == ""
        and kept.generation("me", "/routes/7/export_gpx") == ""
    )
    door.faults.add("/api/v3/athlete", "status", times=3, status=503)
    with pytest.raises(Unavailable):
        door.source.athlete()
    assert door.source.athlete()["id"]


def test_zero_keeps_nothing(store: Store) -> None:
    door = Door(store, config=Config(strava_cache_s=0)).warm()
    door.source.athlete()
    door.source.athlete()
    assert len(door.calls) == 2


def test_what_is_too_large_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 100)
    kept = Cache(store, MAX_S)
    now = kept.generation("me", "/athlete")
    kept.put(now, "/athlete", {}, {"bio": json.dumps(list(range(500)))})
    assert kept.get(now, "/athlete", {}) is None


@pytest.mark.parametrize("read", ["athlete", "athlete zones"])
def test_an_answer_of_the_wrong_shape_is_not_kept(door: Door, read: str) -> None:
    door.faults.add("/api/v3/", "empty")
    with pytest.raises(Unavailable):
        READS[read](door.source, 0)
    assert READS[read](door.source, 0)
