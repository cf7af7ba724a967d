"""Telling the eras apart, over HTTP and on a pipe."""

from typing import Any

import pytest

from strava_mcp.protocol import versions
from strava_mcp.protocol.jsonrpc import RpcError
from tests.wire import LEGACY, MODERN

VERSION, CAPABILITIES = versions.VERSION_KEY, versions.CAPABILITIES_KEY
FULL = {VERSION: MODERN, CAPABILITIES: {}}


def request(meta: dict[str, Any] | None = None, method: str = "ping", **params: Any) -> Any:
    if meta is not None:
        params["_meta"] = meta
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@pytest.mark.parametrize("version", LEGACY)
def test_a_legacy_header_decides_even_over_a_modern_body(version: str) -> None:
    assert versions.from_http(version, request()).name == version
    assert not versions.from_http(version, request(FULL)).modern


def test_without_a_header_a_plain_request_is_legacy() -> None:
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
def test_the_first_thing_wrong_decides_the_error(header: Any, meta: Any, code: int) -> None:
    with pytest.raises(RpcError) as caught:
        versions.from_http(header, request(meta))
    assert (caught.value.code, caught.value.status) == (code, 400)


def test_an_unknown_version_is_told_what_there_is() -> None:
    with pytest.raises(RpcError) as caught:
        versions.from_http("2027-01-01", request({VERSION: "2027-01-01", CAPABILITIES: {}}))
    assert caught.value.data == {"supported": [MODERN, *versions.LEGACY], "requested": "2027-01-01"}


def test_on_a_pipe_the_body_decides() -> None:
    assert versions.from_message(request(FULL), "2025-06-18").modern
    assert versions.from_message(request(), "2025-06-18").name == "2025-06-18"
    assert not versions.from_message(request(), None).modern


@pytest.mark.parametrize("asked, agreed", [*zip(LEGACY, LEGACY, strict=True), (MODERN, LEGACY[-1])])
def test_initialize_echoes_what_is_known_and_offers_the_newest_otherwise(
    asked: str, agreed: str
) -> None:
    assert versions.negotiate({"protocolVersion": asked}) == agreed


CALL = request(FULL, "tools/call", name="get_athlete", arguments={"region": "Zürich", "dry": True})
SCHEMA = {"properties": {"region": {"x-mcp-header": "Region"}, "dry": {"x-mcp-header": "Dry"}}}
GOOD = {
    "Mcp-Method": "tools/call",
    "Mcp-Name": " get_athlete\t",
    "Mcp-Param-Region": "=?base64?WsO8cmljaA==?=",
    "Mcp-Param-Dry": "true",
}


def test_headers_that_repeat_the_body_pass() -> None:
    versions.check_headers(GOOD, CALL, SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"Mcp-Method": None},
        {"Mcp-Method": "Tools/Call"},
        {"Mcp-Name": None},
        {"Mcp-Name": "other"},
        {"Mcp-Param-Region": None},
        {"Mcp-Param-Region": "=?base64?WsO8cmljaA=?="},
        {"Mcp-Param-Region": "=?base64?!!!?="},
        {"Mcp-Param-Region": "=?base64?/w==?="},
        {"Mcp-Param-Region": "WsO8cmljaA=="},
        {"Mcp-Param-Dry": "True"},
    ],
)
def test_headers_that_do_not_are_a_mismatch(change: dict[str, Any]) -> None:
    headers = {name: value for name, value in (GOOD | change).items() if value is not None}
    with pytest.raises(RpcError) as caught:
        versions.check_headers(headers, CALL, SCHEMA)
    assert (caught.value.code, caught.value.status) == (-32020, 400)
