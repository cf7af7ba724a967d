"""Request state: signed, bound to its secret and purpose, short-lived."""

from typing import Any

import pytest

from strava_mcp.protocol import request_state
from strava_mcp.protocol.jsonrpc import INVALID_PARAMS, RpcError
from tests.clock import Clock

SECRET = b"secret" * 4
CONTENT = {"step1": {"action": "accept", "content": {"name": "Zoë", "text": "x" * 5000}}}
#: Signed at 1,800,000,000 for "purpose" by the code before itsdangerous.
OLD = (
    "eyJ1bnRpbCI6MTgwMDAwMDkwMCwiY29udGVudCI6eyJuYW1lIjoiQWxpY2UifX0"
    ".WYELfPPxeelbxnlzBYxa6AX0JYHUq7lFJgvtk5O_CVU"
)


def refused(signed: object, secret: bytes = SECRET, purpose: str = "purpose") -> str:
    """Load a state that must be refused; returns the message."""
    with pytest.raises(RpcError) as caught:
        request_state.load(secret, purpose, signed)
    assert caught.value.code == INVALID_PARAMS
    return str(caught.value)


@pytest.mark.parametrize("content", [{}, CONTENT, {"a": {"b": [1, 2.5, None, True, "\u2028"]}}])
def test_state_returns_its_content(content: dict[str, Any]) -> None:
    signed = request_state.sign(SECRET, "purpose", content)
    assert signed.isascii() and request_state.load(SECRET, "purpose", signed) == content


def test_state_is_not_compressed() -> None:
    content = {"text": "x" * 100_000}
    assert len(request_state.sign(SECRET, "purpose", content)) > 100_000


def test_state_is_bound_to_its_secret_and_purpose() -> None:
    signed = request_state.sign(SECRET, "purpose", CONTENT)
    assert "not one that this server made" in refused(signed, secret=b"other" * 4)
    for purpose in ("", "purpos", "purpose ", "other"):
        refused(signed, purpose=purpose)


def test_state_expires(frozen_clock: Clock) -> None:
    signed = request_state.sign(SECRET, "purpose", CONTENT)
    frozen_clock.advance(request_state.LIFETIME_S - 1)
    assert request_state.load(SECRET, "purpose", signed) == CONTENT
    frozen_clock.advance(2)
    assert "expired" in refused(signed)


def test_state_of_a_server_whose_clock_is_ahead_is_accepted(frozen_clock: Clock) -> None:
    frozen_clock.advance(2)
    signed = request_state.sign(SECRET, "purpose", CONTENT)
    frozen_clock.advance(-2)
    assert request_state.load(SECRET, "purpose", signed) == CONTENT


@pytest.mark.parametrize("content", [{}, CONTENT])
def test_changed_state_is_refused(content: dict[str, Any]) -> None:
    signed = request_state.sign(SECRET, "purpose", content)
    payload, _, signature = signed.rpartition(".")
    for changed in (
        *(signed[:-1], signed + "xx", payload, payload + ".", f".{signature}", signature),
        *(f"{payload}A.{signature}", f"{payload[:-1]}.{signature}", f"{signature}.{payload}"),
        f".{signed}",
    ):
        refused(changed)


@pytest.mark.parametrize(
    "signed",
    [None, 7, True, [], {}, b"a.b", "", ".", "..", "a.b.c", "é.é", "\ud800.x", "." * 9999, OLD],
)
def test_malformed_and_old_states_are_refused(clock: Clock, signed: object) -> None:
    clock.freeze(1_800_000_000.0)
    refused(signed)
