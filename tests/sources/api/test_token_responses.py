"""Responses of Strava's OAuth endpoints that are not as documented: each costs an error at most."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from strava_mcp.errors import Unavailable
from strava_mcp.sources.api.connections import (
    DEFAULT_LIFETIME_S,
    Connections,
    parse_athlete_id,
    parse_tokens,
)
from strava_mcp.sources.api.tokens import Credentials, Tokens
from strava_mcp.sources.api.vault import Vault
from strava_mcp.store import Store, open_store
from tests.rig import Rig

GOOD = {"access_token": "a1", "refresh_token": "r1", "expires_at": 1}
#: As they stand in JSON: Python's parser accepts NaN, Infinity and integers of any length.
NO_NUMBERS = (
    "null",
    '"soon"',
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "1" + 400 * "0",
    "[]",
    "{}",
)
MILLISECONDS = pytest.param(str(int(1000 * time.time())), id="milliseconds")
NO_TIMES = (*NO_NUMBERS, "0", "-1", "true", "1500000000", "1e300", MILLISECONDS)


@pytest.fixture
def store() -> Iterator[Store]:
    store = open_store("sqlite://:memory:")
    yield store
    store.close()


def tokens_of(store: Store, responses: list[Any]) -> Tokens:
    """The owner's tokens; each refresh takes the first of ``responses``."""
    vault = Vault(store, "secret")
    credentials = Credentials("1", "2", "r0")
    connections = Connections(store, vault, "1")
    return Tokens(connections, store, vault, credentials, lambda token: responses.pop(0))


@pytest.mark.parametrize("text", [*NO_TIMES, ""])
def test_an_unreadable_expiry_costs_no_refresh_per_call(store: Store, text: str) -> None:
    """The new refresh token is the only valid one by now, and must be stored."""
    response = dict(GOOD)
    del response["expires_at"]
    if text:
        response = json.loads(json.dumps(response)[:-1] + f', "expires_at": {text}}}')
    tokens = tokens_of(store, [response])
    assert [tokens.access(tokens.key) for _ in range(3)] == ["a1"] * 3
    assert tokens.all() == ["r1", "a1"]
    remaining_s = parse_tokens(response)["expires_at"] - time.time()
    assert 0 < remaining_s <= DEFAULT_LIFETIME_S


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
@pytest.mark.parametrize("value", [None, "", 7, ["a"], {"a": 1}, True, "a\r\nX-Header: 1", "ü"])
def test_what_is_no_token_is_not_stored_as_one(store: Store, name: str, value: object) -> None:
    tokens = tokens_of(store, [GOOD | {name: value}])
    with pytest.raises(Unavailable, match="no token.*later"):
        tokens.access(tokens.key)
    assert tokens.all() == ["r0"], "the connection is kept"


@pytest.mark.parametrize("text", [*NO_NUMBERS, "0", "-1", str(2**63)])
def test_an_athlete_without_an_id_is_nobody(text: str) -> None:
    with pytest.raises(Unavailable, match="who connected"):
        parse_athlete_id({"athlete": {"id": json.loads(text)}})


@pytest.mark.parametrize("athlete", [None, [], "Mira", 7])
def test_without_an_athlete_nobody_is_connected(athlete: object) -> None:
    with pytest.raises(Unavailable, match="who connected"):
        parse_athlete_id({"athlete": athlete})
    with pytest.raises(Unavailable, match="who connected"):
        parse_athlete_id({})


@pytest.mark.parametrize("status", [302, 307, 500])
def test_a_revocation_counts_only_if_strava_confirms_it(store: Store, status: int) -> None:
    rig = Rig(store).authorize()
    rig.faults.add("/oauth/revoke", "status", status=status, times=2)
    assert "later" in rig.source.disconnect()  # type: ignore[attr-defined]
