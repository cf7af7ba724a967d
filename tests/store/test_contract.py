"""What every store keeps. A new store adds its line to ``MAKERS`` and nothing else."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from strava_mcp.store import Store, open_store

MAKERS: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: open_store(f"sqlite://{folder / 'data' / 'store.db'}"),
    "memory": lambda folder: open_store("sqlite://:memory:"),
}


@pytest.fixture(params=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MAKERS[request.param](tmp_path)
    yield made
    made.close()


def past() -> float:
    return time.time() - 1


def future() -> float:
    return time.time() + 3600


def test_what_is_put_is_there_and_counts_its_versions(store: Store) -> None:
    assert store.get("a", "k") is None
    store.put("a", "k", {"n": 1, "text": "Zoë 走る", "none": None})
    found = store.get("a", "k")
    assert found and found.value == {"n": 1, "text": "Zoë 走る", "none": None}
    assert (found.key, found.version, found.expires_at) == ("k", 1, None)
    expiry = future()
    store.put("a", "k", {"n": 2}, expiry)
    again = store.get("a", "k")
    assert again and (again.value, again.version) == ({"n": 2}, 2)
    assert again.expires_at == pytest.approx(expiry)


def test_spaces_are_apart(store: Store) -> None:
    store.put("a", "k", {"in": "a"})
    store.put("b", "k", {"in": "b"})
    store.delete("a", "k")
    assert store.get("a", "k") is None
    assert store.get("b", "k")


def test_an_expired_record_is_absent_to_every_operation(store: Store) -> None:
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


def test_create_is_only_for_what_is_not_there(store: Store) -> None:
    assert store.create("a", "k", {"first": True})
    assert not store.create("a", "k", {"first": False})
    found = store.get("a", "k")
    assert found and found.value == {"first": True}


def test_replace_needs_the_version_that_was_read(store: Store) -> None:
    assert not store.replace("a", "k", {"n": 0}, 1)
    store.put("a", "k", {"n": 1})
    assert store.replace("a", "k", {"n": 2}, 1, future())
    assert not store.replace("a", "k", {"n": 3}, 1)
    found = store.get("a", "k")
    assert found and (found.value, found.version) == ({"n": 2}, 2)
    assert found.expires_at


def test_take_gives_the_value_once(store: Store) -> None:
    store.put("a", "k", {"n": 1})
    assert store.take("a", "k") == {"n": 1}
    assert store.take("a", "k") is None


def test_records_are_listed_by_key_up_to_a_limit(store: Store) -> None:
    for key in ("b", "c", "a"):
        store.put("s", key, {"key": key}, future())
    store.put("s", "0", {}, past())
    assert [record.key for record in store.records("s")] == ["a", "b", "c"]
    assert [record.value for record in store.records("s", limit=1)] == [{"key": "a"}]


def test_a_counter_begins_anew_after_it_expired(store: Store) -> None:
    assert store.increment("n", "k", 2, future()) == 2
    assert store.increment("n", "k", 3, past()) == 5  # keeps the expiry it began with
    assert store.increment("n", "k", 1, future()) == 6
    assert store.increment("n", "old", 5, past()) == 5
    assert store.increment("n", "old", 1, future()) == 1


def test_sweep_removes_what_has_expired_and_nothing_else(store: Store) -> None:
    store.put("a", "old", {}, past())
    store.put("a", "new", {}, future())
    store.put("a", "ever", {})
    assert store.sweep() == 1
    assert store.sweep() == 0
    assert len(store.records("a")) == 2


def test_of_many_that_take_one_gets_it(store: Store) -> None:
    for round_ in range(20):
        store.put("a", str(round_), {"n": round_})
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: store.take("a", str(round_)), range(8)))
        assert [value for value in taken if value] == [{"n": round_}]


def test_of_many_that_swap_one_succeeds(store: Store) -> None:
    store.put("a", "k", {"n": 0})
    for version in range(1, 20):
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda n: store.replace("a", "k", {"n": n}, version), range(8)))
        assert won.count(True) == 1
