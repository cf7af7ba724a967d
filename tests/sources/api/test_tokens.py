"""Tokens: refreshed before they expire, by one caller at a time, and not lost when rotated."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.errors import MissingScope, NotConnected, StoreError, Unavailable
from strava_mcp.sandbox.grants import NAMESPACE as GRANTS
from strava_mcp.sandbox.grants import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_REFRESH_TOKEN,
)
from strava_mcp.sources.api import tokens
from strava_mcp.sources.api.connections import Connections
from strava_mcp.sources.api.vault import Vault
from strava_mcp.store import Record, Store, lease, open_store
from tests.clock import Clock
from tests.rig import Rig
from tests.sources.api.processes import CONTEXT

#: A limit for what never ends.
TIMEOUT_S = 120
CREDENTIALS = tokens.Credentials(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN)
TOKEN = "POST /oauth/token"
ATHLETE = "GET /api/v3/athlete"


def kept(store: Store) -> dict[str, Any]:
    """The stored tokens."""
    return opened(store).value


def opened(store: Store) -> Record:
    """The record of the tokens, decrypted."""
    (record,) = store.records(tokens.NAMESPACE)
    decrypted = vault(store).get(tokens.NAMESPACE, record.key)
    assert decrypted
    return decrypted


def vault(store: Store) -> Vault:
    return Vault(store, SANDBOX_CLIENT_SECRET)


def end_access(store: Store) -> None:
    """Invalidate every access token at Strava."""
    for record in store.records(GRANTS):
        if record.key.startswith("access:"):
            store.delete(GRANTS, record.key)


def test_token_is_fetched_once_and_stored(tmp_path: Path) -> None:
    path = tmp_path / "home" / "store.db"
    store = open_store(f"sqlite://{path}")
    rig = Rig(store)
    rig.source.athlete()
    rig.source.athlete()
    assert rig.calls == [TOKEN, ATHLETE, ATHLETE]
    again = Rig(store)
    again.source.athlete()
    assert again.calls == [ATHLETE], "another process reads it from the store"
    assert os.stat(path).st_mode & 0o077 == 0
    store.close()


def test_token_is_refreshed_before_it_expires(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REFRESH_AHEAD_S", 7 * 3600)
    before = kept(rig.store)
    rig.source.athlete()
    assert rig.calls == [TOKEN, ATHLETE]
    after = kept(rig.store)
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]


def test_401_causes_one_refresh_and_one_retry(rig: Rig) -> None:
    end_access(rig.store)
    assert rig.source.athlete()["id"]
    assert rig.calls == [ATHLETE, TOKEN, ATHLETE]


def test_second_401_raises_not_connected(rig: Rig) -> None:
    rig.faults.add("/api/v3/athlete", "status", times=5, status=401)
    with pytest.raises(NotConnected, match="connect Strava again"):
        rig.source.athlete()
    assert rig.calls == [ATHLETE, TOKEN, ATHLETE]


def test_create_is_resent_once_after_401(rig: Rig) -> None:
    end_access(rig.store)
    fields = {
        "name": "Core",
        "sport_type": "Workout",
        "start_date_local": "2026-03-01T18:30:00Z",
        "elapsed_time": 60,
    }
    created = rig.source.create_activity(fields)
    named = [a for a in rig.all_activities() if a["name"] == "Core"]
    assert [a["id"] for a in named] == [created["id"]]


def test_missing_scope_causes_no_refresh(rig: Rig) -> None:
    for record in rig.store.records(GRANTS):
        if record.key.startswith("access:"):
            value = {**record.value, "scopes": ["read"]}
            rig.store.put(GRANTS, record.key, value, record.expires_at)
    with pytest.raises(MissingScope, match="activity:read"):
        rig.source.activities()
    assert rig.calls == ["GET /api/v3/athlete/activities"]


def in_threads(work: Callable[[], Any], count: int = 12) -> None:
    """Do ``work`` in threads that start together; a failure in one fails the test."""
    failed: list[BaseException] = []
    ready = threading.Barrier(count)

    def run() -> None:
        try:
            ready.wait(TIMEOUT_S)
            work()
        except BaseException as exc:
            failed.append(exc)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_S)
        assert not thread.is_alive()
    assert not failed


def test_threads_refresh_once() -> None:
    store = open_store("sqlite://:memory:")
    rig = Rig(store)
    for _ in ("without a token", "with an invalid token"):
        rig.faults.add("/oauth/token", "slow", times=12, seconds=0.05)
        in_threads(rig.source.athlete)
        assert rig.calls.count(TOKEN) == 1
        rig.forget_calls()
        end_access(store)
    store.close()


def tokens_for(store: Store, credentials: tokens.Credentials, refresh: Any) -> tokens.Tokens:
    connections = Connections(store, vault(store), credentials.client_id)
    return tokens.Tokens(connections, store, vault(store), credentials, refresh)


def test_refresh_whose_lease_expired_uses_the_newer_tokens(rig: Rig) -> None:
    """Another process refreshed in the meantime, so Strava rejects this one's refresh token."""
    record = opened(rig.store)
    theirs = {**record.value, "access_token": "theirs", "expires_at": time.time() + 9999}
    sent: list[str] = []

    def refresh(token: str) -> dict[str, Any]:
        sent.append(token)
        assert vault(rig.store).replace(tokens.NAMESPACE, record.key, theirs, record.version)
        raise NotConnected("refused")

    late = tokens_for(rig.store, CREDENTIALS, refresh)
    assert late.replace(late.key, record.value["access_token"]) == "theirs"
    assert sent == [record.value["refresh_token"]]


def test_refresh_that_loses_the_swap_uses_the_stored_tokens(rig: Rig) -> None:
    """Another process writes between our read of the record and our swap."""
    theirs: dict[str, Any] = {}

    def refresh(token: str) -> dict[str, Any]:
        record = opened(rig.store)
        theirs.update(record.value, access_token="theirs", expires_at=time.time() + 9999)
        assert vault(rig.store).replace(tokens.NAMESPACE, record.key, theirs, record.version)
        return {**theirs, "access_token": "ours", "refresh_token": "ours"}

    ours = tokens_for(rig.store, CREDENTIALS, refresh)
    assert ours.access(ours.key) == kept(rig.store)["access_token"]
    assert ours.replace(ours.key, ours.access(ours.key)) == "theirs"
    assert kept(rig.store) == theirs, "nothing was overwritten"


def test_the_end_of_a_lease_is_not_slept_through(
    rig: Rig, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine that stood still while it waited for the lease of a process that was killed."""
    end_access(rig.store)
    clock.freeze(time.time())
    key = rig.source._tokens.key  # type: ignore[attr-defined]
    lease_until = clock.time() + tokens.LEASE_S
    assert rig.store.create(lease.NAMESPACE, f"strava:{key}", {}, lease_until)
    monkeypatch.setattr(clock, "sleep", lambda _: clock.advance(10 * tokens.LEASE_S))
    assert rig.source.athlete()["id"]
    assert rig.calls.count(TOKEN) == 1


def test_a_lease_that_does_not_end_is_not_waited_for(rig: Rig, clock: Clock) -> None:
    end_access(rig.store)
    clock.freeze(time.time())
    key = rig.source._tokens.key  # type: ignore[attr-defined]
    assert rig.store.create(lease.NAMESPACE, f"strava:{key}", {}, clock.time() + 86_400)
    with pytest.raises(Unavailable, match="renewed by another process"):
        rig.source.athlete()
    assert TOKEN not in rig.calls


def test_no_request_is_sent_without_credentials() -> None:
    store = open_store("sqlite://:memory:")
    sent: list[Any] = []
    missing = tokens_for(store, tokens.Credentials("", "", ""), lambda token: sent.append(token))
    with pytest.raises(NotConnected, match="STRAVA_REFRESH_TOKEN"):
        missing.access(missing.key)
    assert not sent
    store.close()


@pytest.mark.parametrize("answer", [{}, {"access_token": "x"}, {"expires_at": "soon"}])
def test_token_response_without_tokens_is_unavailable(answer: dict[str, Any]) -> None:
    store = open_store("sqlite://:memory:")
    odd = tokens_for(store, tokens.Credentials("1", "2", "3"), lambda token: answer)
    with pytest.raises(Unavailable, match="no token"):
        odd.access(odd.key)
    assert store.records(tokens.NAMESPACE) == []
    store.close()


def refresh_often(path: str, rounds: int, ready: Any, results: Any) -> None:
    """Run a process that meets invalid tokens in every round."""
    store = open_store(f"sqlite://{path}")
    try:
        rig = Rig(store)
        for _ in range(rounds):
            ready.wait(TIMEOUT_S)
            rig.source.athlete()
            ready.wait(TIMEOUT_S)
            end_access(store)
        results.put("ok")
    except BaseException as exc:
        results.put(repr(exc))
        ready.abort()
    finally:
        store.close()


def test_processes_lose_no_rotated_token(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    ready, results = CONTEXT.Barrier(3), CONTEXT.Queue()
    workers = [
        CONTEXT.Process(target=refresh_often, args=(path, 4, ready, results)) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    outcomes = [results.get(timeout=3 * TIMEOUT_S) for _ in workers]
    for worker in workers:
        worker.join(TIMEOUT_S)
    assert outcomes == ["ok"] * 3
    store = open_store(f"sqlite://{path}")
    refreshing = {r.key for r in store.records(GRANTS) if r.key.startswith("refresh:")}
    assert f"refresh:{kept(store)['refresh_token']}" in refreshing, "the stored one is valid"
    assert kept(store)["expires_at"] > time.time()
    store.close()


def test_tokens_that_could_not_be_stored_are_stored_by_the_next_call(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strava has invalidated the old one already: the new ones must not be lost."""
    before = kept(rig.store)
    end_access(rig.store)
    real = rig.store.replace

    def down(namespace: str, *args: Any, **kw: Any) -> bool:
        if namespace == tokens.NAMESPACE:
            raise StoreError("down")
        return real(namespace, *args, **kw)

    monkeypatch.setattr(rig.store, "replace", down)
    assert rig.source.athlete()["id"], "the call is served"
    assert kept(rig.store) == before
    monkeypatch.undo()
    assert rig.source.athlete()["id"]
    after = kept(rig.store)
    assert after["refresh_token"] != before["refresh_token"]
    rig.forget_calls()
    assert Rig(rig.store).source.athlete()["id"] and rig.calls == []
