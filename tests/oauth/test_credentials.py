"""Secrets: their form, and the signatures by which they are recognized."""

import re

import pytest

from strava_mcp.oauth.credentials import (
    SECRET,
    digest,
    has_valid_signature,
    new_secret,
    signed_secret,
)

#: Made by an earlier release, before itsdangerous computed the signatures.
OLD_KEY = "Zk3vYt0uXb9QmN2rLw8sEaHf5JdGc7oPi1KxVyTn6Uq"
OLD_SECRET = "AbCdEfGhIjKlMnOpQrStUvREzohrV5TcMLBQWSG9hCy"


def test_secrets_have_one_form() -> None:
    for secret in (new_secret(), signed_secret("key")):
        assert re.fullmatch(SECRET, secret)
    assert len({signed_secret("key") for _ in range(50)}) == 50


def test_signature_is_valid_for_its_key_only() -> None:
    secret = signed_secret("key")
    assert has_valid_signature("key", secret)
    assert not has_valid_signature("other", secret)
    assert not has_valid_signature("", signed_secret(""))


@pytest.mark.parametrize("position", [0, 21, 22, 42])
def test_changed_secret_has_no_valid_signature(position: int) -> None:
    secret = signed_secret("key")
    replacement = "A" if secret[position] != "A" else "B"
    assert not has_valid_signature("key", secret[:position] + replacement + secret[position + 1 :])


@pytest.mark.parametrize("secret", ["", "A" * 21, "A" * 22, "A" * 43, "é" * 43])
def test_unsigned_secret_has_no_valid_signature(secret: str) -> None:
    assert not has_valid_signature("key", secret)


def test_secret_signed_by_an_earlier_release_is_recognized() -> None:
    assert has_valid_signature(OLD_KEY, OLD_SECRET)
    assert not has_valid_signature(OLD_KEY, OLD_SECRET[:-1] + "z")
    assert digest(OLD_SECRET) == "50114a1b16f81a14cba33f399e767793ae82ec95e18247262d4bce870ffe20f2"
