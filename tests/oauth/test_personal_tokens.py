"""Personal tokens: created, used, rotated and revoked; only hashes are stored."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.identity import READ, WRITE
from strava_mcp.oauth import token_cache
from strava_mcp.oauth.credentials import digest
from strava_mcp.oauth.personal_tokens import PersonalTokens, UnknownToken
from strava_mcp.store import Store
from tests.clock import Clock


@pytest.fixture
def tokens(store: Store) -> PersonalTokens:
    return PersonalTokens(store)


def test_token_has_its_form_and_its_scope(tokens: PersonalTokens) -> None:
    token, text = tokens.create("VS Code", "read", None)
    assert re.fullmatch(rf"smcp_pat_{token.id}_[A-Za-z0-9_-]{{43}}", text)
    reader = tokens.authenticate(text)
    assert reader and (reader.id, reader.name) == (token.id, "VS Code")
    assert reader.may(READ) and not reader.may(WRITE)
    _, text = tokens.create("w", "write", None)
    writer = tokens.authenticate(text)
    assert writer and writer.may(READ) and writer.may(WRITE)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: "",
        lambda s: s[:-1],
        lambda s: s + "A",
        lambda s: s[:-1] + ("A" if s[-1] != "A" else "B"),
        lambda s: s.upper(),
        lambda s: " " + s,
        lambda s: s.replace("pat", "at"),
        lambda s: s[:9] + "aaaaaaaa" + s[17:],
        lambda s: s[:17] + "_" + "é" * 43,
        lambda s: "smcp_pat_" + "a" * 100_000,
    ],
)
def test_any_other_text_is_refused(tokens: PersonalTokens, change: Callable[[str], str]) -> None:
    _, text = tokens.create("x", "read", None)
    assert tokens.authenticate(change(text)) is None


def test_only_a_hash_is_stored(tokens: PersonalTokens, store: Store, tmp_path: Path) -> None:
    token, text = tokens.create("x", "read", None)
    tokens.authenticate(text)
    stored = json.dumps([record.value for record in store.records("pat")])
    secret = text[18:]
    assert secret not in stored and digest(secret) in stored
    assert digest(secret) not in repr(token)
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes()


def test_expired_token_is_refused(tokens: PersonalTokens, clock: Clock) -> None:
    token, text = tokens.create("x", "read", 3600)
    assert tokens.authenticate(text)
    clock.ahead_s = 3601
    assert tokens.authenticate(text) is None
    assert [listed.state for listed in tokens.all()] == ["expired"]
    assert token.state == "expired"
    with pytest.raises(UnknownToken, match="expired"):
        tokens.rotate(token.id, 60)


def test_cached_token_expires_in_time(tokens: PersonalTokens, clock: Clock) -> None:
    _, short = tokens.create("x", "read", token_cache.CACHE_S / 2)
    token, old = tokens.create("y", "read", None)
    tokens.rotate(token.id, token_cache.CACHE_S / 2)
    assert tokens.authenticate(short) and tokens.authenticate(old)
    clock.ahead_s = token_cache.CACHE_S * 3 / 4
    assert tokens.authenticate(short) is None and tokens.authenticate(old) is None


def test_old_secret_works_during_the_grace_period(tokens: PersonalTokens, clock: Clock) -> None:
    token, old = tokens.create("x", "read", None)
    new = tokens.rotate(token.id, 3600)
    assert new != old and tokens.authenticate(new) and tokens.authenticate(old)
    clock.ahead_s = 3601
    assert tokens.authenticate(new) and tokens.authenticate(old) is None
    third = tokens.rotate(token.id, 0)
    assert tokens.authenticate(third) and tokens.authenticate(new) is None


def test_grace_period_does_not_outlast_the_token(tokens: PersonalTokens, clock: Clock) -> None:
    token, old = tokens.create("x", "read", 1800)
    new = tokens.rotate(token.id, 3600)
    assert tokens.authenticate(old) and tokens.authenticate(new)
    clock.ahead_s = 1801
    assert tokens.authenticate(old) is None and tokens.authenticate(new) is None


def test_revocation_is_immediate_here_and_within_the_cache_time_elsewhere(
    tokens: PersonalTokens, store: Store, clock: Clock
) -> None:
    other = PersonalTokens(store)
    token, text = tokens.create("x", "read", None)
    assert tokens.authenticate(text) and other.authenticate(text)
    tokens.revoke(token.id)
    assert tokens.authenticate(text) is None
    clock.ahead_s = token_cache.CACHE_S + 1
    assert other.authenticate(text) is None
    assert [listed.state for listed in tokens.all()] == ["revoked"]
    with pytest.raises(UnknownToken, match="revoked"):
        tokens.rotate(token.id, 60)


def test_second_revocation_keeps_the_time_of_the_first(
    tokens: PersonalTokens, clock: Clock
) -> None:
    token, _ = tokens.create("x", "read", None)
    tokens.revoke(token.id)
    first = tokens.all()[0].revoked
    clock.ahead_s = 60
    tokens.revoke(token.id)
    assert tokens.all()[0].revoked == first


def test_valid_token_is_read_once_within_the_cache_time(
    tokens: PersonalTokens, store: Store
) -> None:
    _, text = tokens.create("x", "read", None)
    assert tokens.authenticate(text)
    store.delete("pat", text[9:17])
    assert tokens.authenticate(text)


def test_last_use_is_written_at_most_hourly(tokens: PersonalTokens, clock: Clock) -> None:
    _, text = tokens.create("x", "read", None)
    assert tokens.all()[0].last_used is None
    tokens.authenticate(text, "192.0.2.7")
    first = tokens.all()[0].last_used
    assert tokens.all()[0].last_from == "192.0.2.7"
    clock.ahead_s = 600
    tokens.authenticate(text)
    assert tokens.all()[0].last_used == first
    clock.ahead_s = 4000
    tokens.authenticate(text)
    assert (tokens.all()[0].last_used or 0) > (first or 0) + 3600


def test_unknown_id_is_an_error(tokens: PersonalTokens) -> None:
    for act in (lambda: tokens.revoke("nosuchid"), lambda: tokens.rotate("nosuchid", 1)):
        with pytest.raises(UnknownToken, match="flask tokens list"):
            act()


def test_token_revoked_during_its_check_stays_revoked(store: Store) -> None:
    class Slow:
        """A store in which a token is revoked right after it was read."""

        def get(self, namespace: str, key: str) -> Any:
            record = store.get(namespace, key)
            if revoking:
                revoking.pop()
                tokens.revoke(key)
            return record

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    revoking: list[bool] = []
    tokens = PersonalTokens(Slow())  # type: ignore[arg-type]
    _, text = tokens.create("x", "read", None)
    revoking.append(True)
    tokens.authenticate(text)
    assert tokens.authenticate(text) is None


def test_change_is_repeated_after_a_concurrent_write(store: Store, clock: Clock) -> None:
    class Contended:
        """A store in which the token is used in another process right after it was read."""

        def get(self, namespace: str, key: str) -> Any:
            record = store.get(namespace, key)
            if interfering:
                interfering.pop()
                assert PersonalTokens(store).authenticate(text, "192.0.2.7")
            return record

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    interfering: list[bool] = []
    tokens = PersonalTokens(Contended())  # type: ignore[arg-type]
    token, text = tokens.create("x", "read", None)
    interfering.append(True)
    tokens.revoke(token.id)
    (stored,) = tokens.all()
    assert stored.state == "revoked" and stored.last_from == "192.0.2.7"
    assert tokens.authenticate(text) is None


def test_token_stored_by_an_earlier_release_works(tokens: PersonalTokens, store: Store) -> None:
    secret = "A" * 43
    value = {
        "name": "laptop",
        "scope": "write",
        "created": 1_780_000_000.0,
        "expires": None,
        "last_used": None,
        "revoked": None,
        "hashes": [[digest(secret), None]],
    }
    store.put("pat", "abcdefgh", value)
    caller = tokens.authenticate(f"smcp_pat_abcdefgh_{secret}")
    assert caller and caller.may(WRITE) and caller.name == "laptop"
    record = store.get("pat", "abcdefgh")
    assert record and record.value.keys() == value.keys() | {"last_from"}
