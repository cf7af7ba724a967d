"""The vault: what is in the store is of no use without the key."""

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


def test_what_goes_in_comes_out(store: Store) -> None:
    vault = Vault(store, "s" * 64)
    assert vault.get("strava", "k") is None
    assert vault.create("strava", "k", VALUE)
    found = vault.get("strava", "k")
    assert found and found.value == VALUE and found.version == 1
    assert vault.replace("strava", "k", {"access_token": "next"}, 1)
    assert not vault.replace("strava", "k", VALUE, 1)
    found = Vault(store, "s" * 64).get("strava", "k")
    assert found and found.value == {"access_token": "next"}


def test_without_the_key_nothing_is_to_be_read(store: Store) -> None:
    Vault(store, "s" * 64).create("strava", "k", VALUE)
    raw = store.get("strava", "k")
    assert raw and list(raw.value) == ["sealed"] and "token" not in str(raw.value)
    other = Vault(store, "x" * 64).get("strava", "k")
    assert other and other.value == {} and other.version == 1


def test_a_changed_byte_is_noticed(store: Store) -> None:
    vault = Vault(store, "s" * 64)
    vault.create("strava", "k", VALUE)
    raw = store.get("strava", "k")
    assert raw
    sealed = raw.value["sealed"]
    store.put("strava", "k", {"sealed": sealed[:40] + "AAAA" + sealed[44:]})
    found = vault.get("strava", "k")
    assert found and found.value == {}


def test_what_was_written_before_there_was_a_vault_is_read(store: Store) -> None:
    store.put("strava", "k", VALUE)
    found = Vault(store, "s" * 64).get("strava", "k")
    assert found and found.value == VALUE


def test_a_stolen_store_holds_no_token_of_strava(tmp_path: Path) -> None:
    path = tmp_path / "home" / "store.db"
    theirs, ours = open_store("sqlite://:memory:"), open_store(f"sqlite://{path}")
    rig = Rig(theirs)  # the sandbox keeps its own books, as Strava does
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


def test_with_a_new_key_the_settings_token_is_taken(store: Store) -> None:
    """Tokens that cannot be read any more are replaced, not stumbled over."""
    first = Rig(store)
    first.source.athlete()
    (record,) = store.records(tokens.NAMESPACE)
    store.replace(tokens.NAMESPACE, record.key, {"sealed": "gAAAAA-of-another-key"}, record.version)
    second = Rig(store)
    assert second.source.athlete()["id"]
    (after,) = store.records(tokens.NAMESPACE)
    assert after.version == record.version + 2


def test_a_key_is_rotated_without_losing_anything() -> None:
    store = open_store("sqlite://:memory:")
    Vault(store, "old" * 20).put("space", "key", {"token": "x"})
    both = Vault(store, "new" * 20 + "," + "old" * 20)
    found = both.get("space", "key")
    assert found and found.value == {"token": "x"}
    assert both.replace("space", "key", {"token": "y"}, found.version)
    after = Vault(store, "new" * 20).get("space", "key")
    assert after and after.value == {"token": "y"}, "what is written is encrypted with the first"
    gone = Vault(store, "old" * 20).get("space", "key")
    assert gone and gone.value == {}
    store.close()
