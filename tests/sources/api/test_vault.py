"""The vault: stored values are useless without the key."""

from pathlib import Path

import pytest

from strava_mcp.sandbox.grants import SANDBOX_REFRESH_TOKEN
from strava_mcp.sources.api import tokens
from strava_mcp.sources.api.vault import Vault
from strava_mcp.store import Store, open_store
from tests.rig import Rig

VALUE = {"access_token": "an access token", "expires_at": 1.5}


@pytest.fixture
def store() -> Store:
    return open_store("sqlite://:memory:")


def test_values_round_trip(store: Store) -> None:
    vault = Vault(store, "s" * 64)
    assert vault.get("strava", "k") is None
    assert vault.create("strava", "k", VALUE)
    record = vault.get("strava", "k")
    assert record and record.value == VALUE and record.version == 1
    assert vault.replace("strava", "k", {"access_token": "next"}, 1)
    assert not vault.replace("strava", "k", VALUE, 1)
    record = Vault(store, "s" * 64).get("strava", "k")
    assert record and record.value == {"access_token": "next"}


def test_values_are_unreadable_without_the_key(store: Store) -> None:
    Vault(store, "s" * 64).create("strava", "k", VALUE)
    raw = store.get("strava", "k")
    assert raw and list(raw.value) == ["sealed"] and "token" not in str(raw.value)
    other = Vault(store, "x" * 64).get("strava", "k")
    assert other and other.value == {} and other.version == 1


def test_tampering_is_detected(store: Store) -> None:
    vault = Vault(store, "s" * 64)
    vault.create("strava", "k", VALUE)
    raw = store.get("strava", "k")
    assert raw
    sealed = raw.value["sealed"]
    store.put("strava", "k", {"sealed": sealed[:40] + "AAAA" + sealed[44:]})
    record = vault.get("strava", "k")
    assert record and record.value == {}


def test_unencrypted_records_of_older_versions_are_read(store: Store) -> None:
    store.put("strava", "k", VALUE)
    record = Vault(store, "s" * 64).get("strava", "k")
    assert record and record.value == VALUE


def test_store_file_contains_no_strava_token(tmp_path: Path) -> None:
    path = tmp_path / "home" / "store.db"
    theirs, ours = open_store("sqlite://:memory:"), open_store(f"sqlite://{path}")
    rig = Rig(theirs)  # the sandbox keeps its tokens in a store of its own, as Strava does
    used = rig.source._tokens  # type: ignore[attr-defined]
    used._vault._store = ours
    rig.source.athlete()
    secrets = [used._cached.value["access_token"], used._cached.value["refresh_token"]]
    (record,) = ours.records(tokens.NAMESPACE)
    ours.close()
    stolen = b"".join(file.read_bytes() for file in path.parent.glob("store.db*"))
    assert record.key.encode() in stolen
    for secret in (*secrets, SANDBOX_REFRESH_TOKEN):
        assert secret.encode() not in stolen


def test_setting_is_used_if_stored_tokens_are_unreadable(store: Store) -> None:
    """Unreadable tokens are replaced."""
    first = Rig(store)
    first.source.athlete()
    (record,) = store.records(tokens.NAMESPACE)
    store.replace(tokens.NAMESPACE, record.key, {"sealed": "gAAAAA-of-another-key"}, record.version)
    second = Rig(store)
    assert second.source.athlete()["id"]
    (after,) = store.records(tokens.NAMESPACE)
    assert after.version == record.version + 2


def test_key_rotation_keeps_values() -> None:
    store = open_store("sqlite://:memory:")
    Vault(store, "old" * 20).put("space", "key", {"token": "x"})
    both = Vault(store, "new" * 20 + "," + "old" * 20)
    record = both.get("space", "key")
    assert record and record.value == {"token": "x"}
    assert both.replace("space", "key", {"token": "y"}, record.version)
    after = Vault(store, "new" * 20).get("space", "key")
    assert after and after.value == {"token": "y"}, "the first key encrypts"
    unreadable = Vault(store, "old" * 20).get("space", "key")
    assert unreadable and unreadable.value == {}
    store.close()
