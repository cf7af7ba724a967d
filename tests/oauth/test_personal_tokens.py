"""Named tokens: made, used, rotated, revoked; only hashes are kept."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.identity import READ, WRITE
from strava_mcp.oauth import personal_tokens, token_cache
from strava_mcp.oauth.personal_tokens import PersonalTokens, UnknownToken
from strava_mcp.store import Store, open_store
from tests.clock import Clock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(f"sqlite://{tmp_path / 'store.db'}")
    yield made
    made.close()


@pytest.fixture
def tokens(store: Store) -> PersonalTokens:
    return PersonalTokens(store)


def test_a_token_has_its_form_and_opens_with_its_scope(tokens: PersonalTokens) -> None:
    made, secret = tokens.create("VS Code", "read", None)
    assert re.fullmatch(rf"smcp_pat_{made.id}_[A-Za-z0-9_-]{{43}}", secret)
    principal = tokens.authenticate(secret)
    assert principal and (principal.id, principal.name) == (made.id, "VS Code")
    assert principal.may(READ) and not principal.may(WRITE)
    _, writer = tokens.create("w", "write", None)
    found = tokens.authenticate(writer)
    assert found and found.may(READ) and found.may(WRITE)


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
def test_anything_else_opens_nothing(tokens: PersonalTokens, change: Any) -> None:
    _, secret = tokens.create("x", "read", None)
    assert tokens.authenticate(change(secret)) is None


def test_only_a_hash_is_stored(tokens: PersonalTokens, store: Store, tmp_path: Path) -> None:
    _, secret = tokens.create("x", "read", None)
    tokens.authenticate(secret)
    kept = json.dumps([record.value for record in store.records("pat")])
    assert secret not in kept and secret.rpartition("_")[2] not in kept
    bare = secret[18:].encode()
    for file in tmp_path.iterdir():
        assert bare not in file.read_bytes()


def test_it_expires(tokens: PersonalTokens, clock: Clock) -> None:
    made, secret = tokens.create("x", "read", 3600)
    assert tokens.authenticate(secret)
    clock.ahead_s = 3601
    assert tokens.authenticate(secret) is None
    assert [token.state for token in tokens.all()] == ["expired"]
    assert made.state == "expired"
    with pytest.raises(UnknownToken, match="expired"):
        tokens.rotate(made.id, 60)


def test_the_cache_ends_with_the_token(tokens: PersonalTokens, clock: Clock) -> None:
    _, short = tokens.create("x", "read", token_cache.CACHE_S / 2)
    made, old = tokens.create("y", "read", None)
    tokens.rotate(made.id, token_cache.CACHE_S / 2)
    assert tokens.authenticate(short) and tokens.authenticate(old)
    clock.ahead_s = token_cache.CACHE_S * 3 / 4
    assert tokens.authenticate(short) is None and tokens.authenticate(old) is None


def test_the_cache_stays_small(tokens: PersonalTokens, monkeypatch: Any) -> None:
    monkeypatch.setattr(token_cache, "MAX_CACHED", 3)
    for _ in range(10):
        assert tokens.authenticate(tokens.create("x", "read", None)[1])
        assert len(tokens._cache._valid) <= 3


def test_hashes_are_compared_in_constant_time(tokens: PersonalTokens, monkeypatch: Any) -> None:
    made, old = tokens.create("x", "read", None)
    new = tokens.rotate(made.id, 3600)
    compared = []

    def compare(a: str, b: str) -> bool:
        compared.append(a)
        return a == b

    monkeypatch.setattr(personal_tokens.hmac, "compare_digest", compare)
    assert tokens.authenticate(new) and len(compared) == 2
    assert tokens.authenticate(old) and len(compared) == 4


def test_the_old_secret_works_for_the_grace_time(tokens: PersonalTokens, clock: Clock) -> None:
    made, old = tokens.create("x", "read", None)
    new = tokens.rotate(made.id, 3600)
    assert new != old and tokens.authenticate(new) and tokens.authenticate(old)
    clock.ahead_s = 3601
    assert tokens.authenticate(new) and tokens.authenticate(old) is None
    third = tokens.rotate(made.id, 0)
    assert tokens.authenticate(third) and tokens.authenticate(new) is None


def test_revoked_is_revoked_at_once_here_and_soon_elsewhere(
    tokens: PersonalTokens, store: Store, clock: Clock
) -> None:
    other = PersonalTokens(store)
    made, secret = tokens.create("x", "read", None)
    assert tokens.authenticate(secret) and other.authenticate(secret)
    tokens.revoke(made.id)
    assert tokens.authenticate(secret) is None
    clock.ahead_s = token_cache.CACHE_S + 1
    assert other.authenticate(secret) is None
    assert [token.state for token in tokens.all()] == ["revoked"]
    with pytest.raises(UnknownToken, match="revoked"):
        tokens.rotate(made.id, 60)


def test_a_good_token_is_read_once_within_the_cache(tokens: PersonalTokens, store: Store) -> None:
    _, secret = tokens.create("x", "read", None)
    assert tokens.authenticate(secret)
    store.delete("pat", secret[9:17])
    assert tokens.authenticate(secret)


def test_a_wrong_token_is_not_remembered(tokens: PersonalTokens) -> None:
    for n in range(50):
        tokens.authenticate(f"smcp_pat_aaaaaaaa_{n:043}")
    assert not tokens._cache._valid


def test_use_is_noted_at_most_hourly(tokens: PersonalTokens, clock: Clock) -> None:
    _, secret = tokens.create("x", "read", None)
    assert tokens.all()[0].last_used is None
    tokens.authenticate(secret)
    first = tokens.all()[0].last_used
    clock.ahead_s = 600
    tokens.authenticate(secret)
    assert tokens.all()[0].last_used == first
    clock.ahead_s = 4000
    tokens.authenticate(secret)
    assert (tokens.all()[0].last_used or 0) > (first or 0) + 3600


def test_what_is_not_there_says_so(tokens: PersonalTokens) -> None:
    for act in (lambda: tokens.revoke("nosuchid"), lambda: tokens.rotate("nosuchid", 1)):
        with pytest.raises(UnknownToken, match="flask tokens list"):
            act()


def test_revoked_while_it_was_being_checked(store: Store) -> None:
    class Slow:
        """A store in which a token is revoked right after it was read."""

        def get(self, space: str, key: str) -> Any:
            found = store.get(space, key)
            if revoking:
                revoking.pop()
                tokens.revoke(key)
            return found

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    revoking: list[bool] = []
    tokens = PersonalTokens(Slow())  # type: ignore[arg-type]
    _, secret = tokens.create("x", "read", None)
    revoking.append(True)
    tokens.authenticate(secret)
    assert tokens.authenticate(secret) is None
