"""Cached responses: a repeated question costs no call, and a write invalidates them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from strava_mcp.config import Config
from strava_mcp.errors import Unavailable
from strava_mcp.sources import Source
from strava_mcp.sources.api import cache
from strava_mcp.sources.api.cache import LIFETIMES_S, MAX_AGE_S, Cache
from strava_mcp.store import Store, open_store
from tests.clock import Clock
from tests.rig import Rig


@pytest.fixture
def store() -> Iterator[Store]:
    sqlite = open_store("sqlite://:memory:")
    yield sqlite
    sqlite.close()


@pytest.fixture
def rig(store: Store) -> Rig:
    new_rig = Rig(store, config=Config())
    new_rig.source.athlete_stats(new_rig.source.athlete()["id"])
    new_rig.number = new_rig.source.activities()[0]["id"]  # type: ignore[attr-defined]
    Cache(store, MAX_AGE_S).invalidate(new_rig.source._tokens.key)  # type: ignore[attr-defined]
    new_rig.forget_calls()
    return new_rig


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
def test_repeated_question_costs_no_call(rig: Rig, read: str) -> None:
    first = READS[read](rig.source, rig.number)  # type: ignore[attr-defined]
    assert len(rig.calls) == 1
    other = Rig(rig.store, config=Config())
    assert READS[read](other.source, rig.number) == first  # type: ignore[attr-defined]
    assert READS[read](rig.source, rig.number) == first  # type: ignore[attr-defined]
    assert len(rig.calls) == 1 and other.calls == [], "another process uses it too"


def test_different_question_costs_a_call(rig: Rig) -> None:
    rig.source.activities(per_page=5)
    rig.source.activities(per_page=5, page=2)
    rig.source.activities(per_page=5, before=1_700_000_000)
    number = rig.number  # type: ignore[attr-defined]
    rig.source.activity(number)
    rig.source.activity(number, include_all_efforts=True)
    assert len(rig.calls) == 5


def test_write_invalidates_the_cache(rig: Rig) -> None:
    number = rig.number  # type: ignore[attr-defined]
    assert rig.source.activity(number)["name"] != "New name"
    rig.source.update_activity(number, {"name": "New name"})
    assert rig.source.activity(number)["name"] == "New name"
    assert rig.source.activities()[0]["name"] == "New name"


def test_write_without_a_response_invalidates_the_cache(rig: Rig) -> None:
    """It may have been carried out."""
    number = rig.number  # type: ignore[attr-defined]
    rig.source.activity(number)
    rig.faults.add("/api/v3/", "truncated")
    with pytest.raises(Unavailable):
        rig.source.update_activity(number, {"name": "New name"})
    rig.forget_calls()
    rig.source.activity(number)
    assert len(rig.calls) == 1


def test_response_that_arrives_after_a_write_is_not_cached(
    store: Store,
) -> None:
    kept = Cache(store, MAX_AGE_S)
    now = kept.generation("me", "/athlete")
    kept.invalidate("me")
    kept.put(now, "/athlete", {}, {"name": "old"})
    assert kept.get(kept.generation("me", "/athlete"), "/athlete", {}) is None


@pytest.mark.parametrize("pattern, seconds", LIFETIMES_S)
def test_no_lifetime_exceeds_seven_days(pattern: Any, seconds: int) -> None:
    assert 0 < seconds <= 7 * 86400


def test_cached_responses_expire(rig: Rig, clock: Clock) -> None:
    rig.source.athlete_zones()
    clock.advance(86401)
    rig.source.athlete_zones()
    assert rig.calls.count("GET /api/v3/athlete/zones") == 2


def test_athletes_do_not_share_cached_responses(store: Store) -> None:
    kept = Cache(store, MAX_AGE_S)
    kept.put(kept.generation("one", "/athlete"), "/athlete", {}, {"id": 1})
    assert kept.get(kept.generation("two", "/athlete"), "/athlete", {}) is None
    kept.delete("two")
    assert kept.get(kept.generation("one", "/athlete"), "/athlete", {}) == {"id": 1}


def test_delete_removes_responses_of_every_generation(store: Store) -> None:
    kept = Cache(store, MAX_AGE_S)
    now = kept.generation("me", "/gear/b1")
    for number in range(120):
        kept.put(now, f"/gear/b{number}", {}, {"id": number})
    kept.invalidate("me")
    kept.put(kept.generation("me", "/athlete"), "/athlete", {}, {"id": 1})
    assert len(store.records("strava-cache:me")) == 121
    kept.delete("me")
    assert store.records("strava-cache:me") == []


def test_uploads_and_failures_are_not_cached(rig: Rig, no_backoff: Clock) -> None:
    kept = Cache(rig.store, MAX_AGE_S)
    assert (
        kept.generation("me", "/uploads/7") == ""
        and kept.generation("me", "/routes/7/export_gpx") == ""
    )
    rig.faults.add("/api/v3/athlete", "status", times=3, status=503)
    with pytest.raises(Unavailable):
        rig.source.athlete()
    assert rig.source.athlete()["id"]


def test_zero_turns_the_cache_off(store: Store) -> None:
    rig = Rig(store, config=Config(strava_cache_s=0)).authorize()
    rig.source.athlete()
    rig.source.athlete()
    assert len(rig.calls) == 2


def test_large_responses_are_not_cached(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 100)
    kept = Cache(store, MAX_AGE_S)
    now = kept.generation("me", "/athlete")
    kept.put(now, "/athlete", {}, {"bio": json.dumps(list(range(500)))})
    assert kept.get(now, "/athlete", {}) is None


def test_a_response_may_take_several_records(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 400)
    kept = Cache(store, MAX_AGE_S)
    now = kept.generation("me", "/athlete")
    response = {"bio": json.dumps(list(range(500)))}
    kept.put(now, "/athlete", {}, response)
    assert kept.get(now, "/athlete", {}) == response
    parts = store.records(f"{cache.NAMESPACE}:me")
    assert 1 < len(parts) <= cache.MAX_RECORDS
    store.delete(f"{cache.NAMESPACE}:me", next(part.key for part in parts if ":" in part.key))
    assert kept.get(now, "/athlete", {}) is None, "without a part there is no response"


@pytest.mark.parametrize("read", ["athlete", "athlete zones"])
def test_response_of_the_wrong_shape_is_not_cached(rig: Rig, read: str) -> None:
    rig.faults.add("/api/v3/", "empty")
    with pytest.raises(Unavailable):
        READS[read](rig.source, 0)
    assert READS[read](rig.source, 0)


def test_a_write_leaves_recordings_and_a_disconnection_none(rig: Rig) -> None:
    number = rig.number  # type: ignore[attr-defined]
    recording = rig.source.streams(number, ["time"])
    rig.source.update_activity(number, {"name": "New name"})
    rig.forget_calls()
    assert rig.source.streams(number, ["time"]) == recording and rig.calls == []
    kept = Cache(rig.store, MAX_AGE_S)
    path = f"/activities/{number}/streams"
    before = kept.generation("me", path)
    kept.delete("me")
    kept.put(before, path, {}, recording)
    assert kept.get(kept.generation("me", path), path, {}) is None, "it arrived too late"


def test_metrics_of_another_sport_are_computed_from_the_same_recording(rig: Rig) -> None:
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.source.measured = None  # type: ignore[attr-defined]
    run = rig.find(sport_type="Run", manual=False)
    assert rig.source.bests([run], 1).values[run["id"]].efforts
    rig.source.update_activity(run["id"], {"sport_type": "Ride"})
    rig.forget_calls()
    assert not rig.source.bests([run | {"sport_type": "Ride"}], 1).values[run["id"]].efforts
    assert rig.calls == []
