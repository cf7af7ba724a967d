"""What every store guarantees. A new store adds a line to ``MAKERS`` and nothing else."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from strava_mcp.store import Store, open_store
from strava_mcp.store.dynamodb import DynamoDBStore
from tests import dynamo

MAKERS: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite://{folder / 'data' / 'store.db'}",
    "memory": lambda folder: "sqlite://:memory:",
    "moto": lambda folder: f"dynamodb://{dynamo.make_table(os.environ['AWS_ENDPOINT_URL'])}",
    "dynalite": lambda folder: f"dynamodb://{dynamo.make_table(os.environ['AWS_ENDPOINT_URL'])}",
}


@pytest.fixture(scope="module", params=MAKERS)
def kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """A kind of store, with its engine running."""
    if request.param not in dynamo.ENGINES:
        yield request.param
        return
    with dynamo.ENGINES[request.param]() as url, dynamo.environment(url):
        yield request.param


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(MAKERS[kind](tmp_path))
    yield opened
    opened.close()


def past() -> float:
    return time.time() - 1


def future() -> float:
    return time.time() + 3600


@pytest.mark.parametrize("key", ["", "x" * 1025, "é" * 600, "\ud800"])
def test_a_key_that_no_record_can_have_is_absent(store: Store, key: str) -> None:
    assert store.get("a", key) is None
    assert store.take("a", key) is None
    assert not store.delete("a", key)
    assert not store.replace("a", key, {"n": 1}, version=1)


def test_a_key_of_the_largest_size_is_stored(store: Store) -> None:
    key = "\x01" + "x" * 1023
    store.put("a", key, {"n": 1})
    record = store.get("a", key)
    assert record and record.value == {"n": 1}


def test_put_stores_the_value_and_increments_the_version(store: Store) -> None:
    assert store.get("a", "k") is None
    store.put("a", "k", {"n": 1, "text": "Zoë 走る", "none": None})
    record = store.get("a", "k")
    assert record and record.value == {"n": 1, "text": "Zoë 走る", "none": None}
    assert (record.key, record.version, record.expires_at) == ("k", 1, None)
    expiry = future()
    store.put("a", "k", {"n": 2}, expiry)
    again = store.get("a", "k")
    assert again and (again.value, again.version) == ({"n": 2}, 2)
    assert again.expires_at == pytest.approx(expiry)


def test_namespaces_are_separate(store: Store) -> None:
    store.put("a", "k", {"in": "a"})
    store.put("b", "k", {"in": "b"})
    store.delete("a", "k")
    assert store.get("a", "k") is None
    assert store.get("b", "k")


def test_expired_record_is_absent_for_every_operation(store: Store) -> None:
    for key in ("get", "take", "replace", "create", "delete"):
        store.put("a", key, {"old": True}, past())
    assert store.get("a", "get") is None
    assert store.take("a", "take") is None
    assert not store.replace("a", "replace", {"new": True}, 1)
    assert not store.delete("a", "delete")
    assert store.records("a") == []
    assert store.create("a", "create", {"new": True})
    created = store.get("a", "create")
    assert created and created.value == {"new": True}


def test_create_does_not_overwrite(store: Store) -> None:
    assert store.create("a", "k", {"first": True})
    assert not store.create("a", "k", {"first": False})
    record = store.get("a", "k")
    assert record and record.value == {"first": True}


def test_replace_requires_the_current_version(store: Store) -> None:
    assert not store.replace("a", "k", {"n": 0}, 1)
    store.put("a", "k", {"n": 1})
    assert store.replace("a", "k", {"n": 2}, 1, future())
    assert not store.replace("a", "k", {"n": 3}, 1)
    record = store.get("a", "k")
    assert record and (record.value, record.version) == ({"n": 2}, 2)
    assert record.expires_at


def test_take_returns_the_value_once(store: Store) -> None:
    store.put("a", "k", {"n": 1})
    assert store.take("a", "k") == {"n": 1}
    assert store.take("a", "k") is None


def test_records_are_listed_by_key_up_to_a_limit(store: Store) -> None:
    for key in ("b", "c", "a"):
        store.put("s", key, {"key": key}, future())
    store.put("s", "0", {}, past())
    assert [record.key for record in store.records("s")] == ["a", "b", "c"]
    assert [record.value for record in store.records("s", limit=1)] == [{"key": "a"}]


def test_expired_counter_restarts(store: Store) -> None:
    assert store.increment("n", "k", 2, future()) == 2
    assert store.increment("n", "k", 3, past()) == 5  # keeps its first expiry
    assert store.increment("n", "k", 1, future()) == 6
    assert store.increment("n", "old", 5, past()) == 5
    assert store.increment("n", "old", 1, future()) == 1


def test_incrementing_by_zero_returns_the_count(store: Store) -> None:
    assert store.increment("n", "none", 0, future()) == 0
    assert store.increment("n", "none", 2, future()) == 2
    assert store.increment("n", "none", 0, future()) == 2
    assert store.increment("n", "none", -2, future()) == 0


def test_sweep_deletes_only_expired_records(store: Store) -> None:
    store.put("a", "old", {}, past())
    store.put("a", "new", {}, future())
    store.put("a", "ever", {})
    swept = store.sweep()
    assert swept == 1 or (
        swept == 0 and isinstance(store, DynamoDBStore)
    )  # which deletes them by itself
    assert store.sweep() == 0
    assert len(store.records("a")) == 2


def test_concurrent_take_returns_the_value_once(store: Store) -> None:
    for round_ in range(20):
        store.put("a", str(round_), {"n": round_})
        with ThreadPoolExecutor(8) as pool:
            values = list(pool.map(lambda _: store.take("a", str(round_)), range(8)))
        assert [value for value in values if value] == [{"n": round_}]


def test_concurrent_replace_succeeds_once(store: Store) -> None:
    store.put("a", "k", {"n": 0})
    for version in range(1, 20):
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda n: store.replace("a", "k", {"n": n}, version), range(8)))
        assert won.count(True) == 1


def test_increment_accepts_negative_steps(store: Store) -> None:
    assert store.increment("n", "k", 3, future()) == 3
    assert store.increment("n", "k", -1, future()) == 2


def test_concurrent_create_succeeds_once(store: Store) -> None:
    for round_ in range(10):
        with ThreadPoolExecutor(8) as pool:
            created = list(pool.map(lambda n: store.create("c", str(round_), {"n": n}), range(8)))
        assert created.count(True) == 1


def test_concurrent_increments_are_not_lost(store: Store) -> None:
    expiry = future()
    with ThreadPoolExecutor(8) as pool:
        totals = list(pool.map(lambda _: store.increment("n", "k", 1, expiry), range(80)))
    assert sorted(totals) == list(range(1, 81))


def test_records_span_several_dynamodb_pages(store: Store) -> None:
    long = "x" * 150_000
    for number in range(12):  # a page of DynamoDB ends at 1 MB
        store.put("long", f"{number:02d}", {"text": long})
    assert [record.key for record in store.records("long")] == [f"{n:02d}" for n in range(12)]
    assert len(store.records("long", limit=10)) == 10
