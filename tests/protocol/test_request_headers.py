"""Headers of modern requests must repeat the body."""

from typing import Any

import pytest

from strava_mcp.protocol import request_headers
from strava_mcp.protocol.jsonrpc import Request, RpcError

ARGUMENTS = {"region": "Zürich", "dry": True}
CALL = Request(1, "tools/call", {"name": "get_athlete", "arguments": ARGUMENTS})
SCHEMA = {"properties": {"region": {"x-mcp-header": "Region"}, "dry": {"x-mcp-header": "Dry"}}}
GOOD = {
    "Mcp-Method": "tools/call",
    "Mcp-Name": " get_athlete\t",
    "Mcp-Param-Region": "=?base64?WsO8cmljaA==?=",
    "Mcp-Param-Dry": "true",
}


def test_headers_that_repeat_the_body_are_accepted() -> None:
    request_headers.check(GOOD, CALL, SCHEMA)


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
def test_other_headers_are_a_mismatch(change: dict[str, Any]) -> None:
    headers = {name: value for name, value in (GOOD | change).items() if value is not None}
    with pytest.raises(RpcError) as caught:
        request_headers.check(headers, CALL, SCHEMA)
    assert (caught.value.code, caught.value.status) == (-32020, 400)
