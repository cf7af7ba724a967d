"""The protocol version of a message, over HTTP and on a connection without headers."""

from typing import Any

import pytest

from strava_mcp.protocol import versions
from strava_mcp.protocol.jsonrpc import ClientResponse, Notification, Request, RpcError
from tests.wire import LEGACY, MODERN

VERSION, CAPABILITIES = versions.VERSION_KEY, versions.CAPABILITIES_KEY
FULL = {VERSION: MODERN, CAPABILITIES: {}}


def request(meta: dict[str, Any] | None = None, method: str = "ping", **params: Any) -> Request:
    if meta is not None:
        params["_meta"] = meta
    return Request(1, method, params)


@pytest.mark.parametrize("version", LEGACY)
def test_a_legacy_header_wins_over_a_modern_body(version: str) -> None:
    assert versions.from_http(version, request()).name == version
    assert not versions.from_http(version, request(FULL)).modern


def test_a_request_without_header_and_meta_is_legacy() -> None:
    assert versions.from_http(None, request()).name == "2025-03-26"


@pytest.mark.parametrize(
    "header, meta, code",
    [
        (None, FULL, -32020),
        (MODERN, None, -32602),
        (MODERN, {CAPABILITIES: {}}, -32602),
        (MODERN, {VERSION: MODERN}, -32602),
        (MODERN, {VERSION: MODERN, CAPABILITIES: []}, -32602),
        (MODERN, {VERSION: 7, CAPABILITIES: {}}, -32602),
        ("2027-01-01", FULL, -32020),
        ("2027-01-01", {VERSION: "2027-01-01", CAPABILITIES: {}}, -32022),
        ("nonsense", None, -32602),
    ],
)
def test_invalid_versions_are_rejected_with_their_code(header: Any, meta: Any, code: int) -> None:
    with pytest.raises(RpcError) as caught:
        versions.from_http(header, request(meta))
    assert (caught.value.code, caught.value.status) == (code, 400)


def test_the_error_for_an_unknown_version_lists_the_supported_ones() -> None:
    with pytest.raises(RpcError) as caught:
        versions.from_http("2027-01-01", request({VERSION: "2027-01-01", CAPABILITIES: {}}))
    assert caught.value.data == {"supported": [MODERN, *versions.LEGACY], "requested": "2027-01-01"}


def test_without_headers_meta_decides() -> None:
    assert versions.from_message(request(FULL), "2025-06-18").modern
    assert versions.from_message(request(), "2025-06-18").name == "2025-06-18"
    assert not versions.from_message(request(), None).modern


@pytest.mark.parametrize(
    "requested, agreed", [*zip(LEGACY, LEGACY, strict=True), (MODERN, LEGACY[-1])]
)
def test_initialize_agrees_to_a_known_version_and_offers_the_newest_otherwise(
    requested: str, agreed: str
) -> None:
    assert versions.negotiate({"protocolVersion": requested}) == agreed


@pytest.mark.parametrize("message", [Notification("x", {}), ClientResponse(1, {"result": {}})])
def test_only_requests_repeat_their_version_in_meta(message: Any) -> None:
    assert versions.from_http(MODERN, message).modern
    with pytest.raises(RpcError) as caught:
        versions.from_http("2027-01-01", message)
    assert caught.value.code == -32022
