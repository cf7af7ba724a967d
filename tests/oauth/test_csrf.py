"""CSRF tokens: bound to a browser and a subject, short-lived, used once."""

import pytest

from strava_mcp.oauth.csrf import LIFETIME_S, FormTokens
from strava_mcp.store import Store
from tests.clock import Clock

KEY = b"key" * 8
#: Issued at 1,800,000,000 for ("browser", "subject") by the code before itsdangerous.
OLD = (
    "9a4439f2a3f444e635c9d09b7c3ecb4f.1800000600."
    "073470f5d67adf114931da04ccb482d928c0874d47df260304a4357a28a30290"
)


@pytest.fixture
def tokens(store: Store) -> FormTokens:
    return FormTokens(KEY, store)


def test_token_is_redeemed_once(tokens: FormTokens, store: Store) -> None:
    token = tokens.issue("browser", "subject")
    assert store.records("ticket") == [], "issuing stores nothing"
    assert tokens.redeem(token, "browser", "subject")
    assert not tokens.redeem(token, "browser", "subject")
    assert not FormTokens(KEY, store).redeem(token, "browser", "subject")


@pytest.mark.parametrize(
    "browser, subject",
    [("", "subject"), ("other", "subject"), ("browser", "other"), ("browsers", "ubject")],
)
def test_token_is_bound_to_browser_and_subject(
    tokens: FormTokens, browser: str, subject: str
) -> None:
    token = tokens.issue("browser", "subject")
    assert not tokens.redeem(token, browser, subject)
    assert tokens.redeem(token, "browser", "subject"), "the attempt did not use it up"


def test_token_without_a_browser_is_refused(tokens: FormTokens) -> None:
    assert not tokens.redeem(tokens.issue("", "subject"), "", "subject")


def test_token_of_another_key_is_refused(tokens: FormTokens, store: Store) -> None:
    token = FormTokens(b"other" * 8, store).issue("browser", "subject")
    assert not tokens.redeem(token, "browser", "subject")


def test_token_expires(tokens: FormTokens, clock: Clock) -> None:
    early, late = (tokens.issue("browser", "subject") for _ in range(2))
    clock.advance(LIFETIME_S - 1)
    assert tokens.redeem(early, "browser", "subject")
    clock.advance(1)
    assert not tokens.redeem(late, "browser", "subject")


def test_expiry_cannot_be_extended(tokens: FormTokens) -> None:
    number, expires, signature = tokens.issue("browser", "subject").split(".")
    later = f"{number}.{int(expires) + 1}.{signature}"
    assert not tokens.redeem(later, "browser", "subject")


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "x" * 10_000, "é.é.é", "1.2.\x00", OLD])
def test_malformed_and_old_tokens_are_refused(tokens: FormTokens, clock: Clock, text: str) -> None:
    clock.freeze(1_800_000_000.0)
    assert not tokens.redeem(text, "browser", "subject")


def test_respelled_signature_does_not_make_a_second_token(tokens: FormTokens) -> None:
    """Base64 has several spellings of the same bytes."""
    token = tokens.issue("browser", "subject")
    assert tokens.redeem(token, "browser", "subject")
    for respelled in (token + "=", token + "!", token[:-1] + "!" + token[-1]):
        assert not tokens.redeem(respelled, "browser", "subject")
