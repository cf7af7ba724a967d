"""Check that the headers of a modern request repeat its body (2026-07-28, Transports).

Proxies route by these headers, so a mismatch would let a request be treated as another one.
"""

import base64
import binascii
from typing import Protocol

from strava_mcp.json_types import JSON
from strava_mcp.protocol.jsonrpc import HEADER_MISMATCH, Request, RpcError

#: Methods whose target is repeated in ``Mcp-Name``, and the parameter that holds it.
NAME_PARAMETERS = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


class Headers(Protocol):
    """The headers of a request; names are case-insensitive."""

    def get(self, name: str, /) -> str | None:
        """The value, or None."""


def check(headers: Headers, request: Request, schema: JSON | None) -> None:
    """Raise RpcError (-32020, HTTP 400) unless the headers repeat the request.

    ``schema``: the input schema of the tool that is called, or None. Arguments that it marks with
    ``x-mcp-header`` are repeated in ``Mcp-Param-…`` headers.
    """
    _check_header(headers, "Mcp-Method", request.method)
    if request.method in NAME_PARAMETERS:
        _check_header(headers, "Mcp-Name", request.params.get(NAME_PARAMETERS[request.method]))
    for name, item in ((schema or {}).get("properties") or {}).items():
        if "x-mcp-header" in item:
            value = (request.params.get("arguments") or {}).get(name)
            _check_header(headers, f"Mcp-Param-{item['x-mcp-header']}", value)


def _check_header(headers: Headers, name: str, value: object) -> None:
    """Require the header to hold ``value``, and to be absent if that is None."""
    header = headers.get(name)
    expected = None if value is None else _as_text(value)
    if header is None and expected is None:
        return
    if header is None:
        raise RpcError(HEADER_MISMATCH, f"{name} header is missing", status=400)
    if _decoded(name, header.strip(" \t")) != expected:
        raise RpcError(HEADER_MISMATCH, f"{name} header and the body differ", status=400)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decoded(name: str, value: str) -> str:
    """Decode ``=?base64?…?=``, the form for values that do not fit in a header."""
    if not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError):
        raise RpcError(HEADER_MISMATCH, f"{name} header is not valid base64", status=400) from None
