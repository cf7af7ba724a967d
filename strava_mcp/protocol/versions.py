"""Which revision of MCP a message speaks, told from that message alone.

Legacy revisions agree on one at ``initialize`` and then name it in a header; the modern one is
stateless and names itself in every request. Clients of both kinds share one endpoint.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Protocol

from strava_mcp.json_types import JSON
from strava_mcp.protocol.jsonrpc import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_VERSION,
    RpcError,
)

#: Newest first; the first is what a client of an unknown revision is offered.
LEGACY = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
MODERN = ("2026-07-28",)

#: What a request without the header speaks (2025-11-25, Transports, Protocol Version Header), and
#: the one revision that has batches.
ASSUMED = "2025-03-26"

PREFIX = "io.modelcontextprotocol/"
VERSION_KEY = PREFIX + "protocolVersion"
CAPABILITIES_KEY = PREFIX + "clientCapabilities"
LOG_LEVEL_KEY = PREFIX + "logLevel"

#: Methods whose target is repeated in ``Mcp-Name``, and the parameter that holds it.
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


@dataclass(frozen=True)
class ProtocolVersion:
    """A revision, and whether it is of the modern, stateless kind."""

    name: str

    @property
    def modern(self) -> bool:
        """Stateless, with its metadata in each request."""
        return self.name in MODERN


def meta_of(message: JSON) -> JSON:
    """The ``_meta`` of a request; empty where there is none."""
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta if isinstance(meta, dict) else {}


def from_http(header: str | None, message: JSON) -> ProtocolVersion:
    """The era of a message that came over HTTP. ``header``: ``MCP-Protocol-Version``.

    A legacy header wins even over a modern body: clients were seen to send just that, and the
    strict answer would break every one of their calls.
    """
    if header in LEGACY:
        return ProtocolVersion(header)
    if header is None:
        if VERSION_KEY in meta_of(message):
            raise RpcError(HEADER_MISMATCH, "MCP-Protocol-Version header is missing", status=400)
        return ProtocolVersion(ASSUMED)
    if "id" not in message:  # a notification carries no version of its own
        return _supported(header)
    _require_meta(message)
    if meta_of(message)[VERSION_KEY] != header:
        raise RpcError(
            HEADER_MISMATCH,
            "MCP-Protocol-Version header and the protocolVersion in _meta differ",
            status=400,
        )
    return _supported(header)


def from_message(message: JSON, agreed: str | None) -> ProtocolVersion:
    """The era of a message on a pipe, which has no headers.

    ``agreed``: the revision settled by ``initialize`` on this pipe, if there was one.
    """
    if VERSION_KEY in meta_of(message):
        _require_meta(message)
        return _supported(meta_of(message)[VERSION_KEY])
    return ProtocolVersion(agreed or LEGACY[0])


def negotiate(params: JSON) -> str:
    """The revision to answer ``initialize`` with: the one asked for, or our newest legacy one."""
    requested = params.get("protocolVersion")
    if not isinstance(requested, str):
        raise RpcError(INVALID_PARAMS, "Invalid params: protocolVersion must be text")
    return requested if requested in LEGACY else LEGACY[0]


class Headers(Protocol):
    """Headers of a request, looked up whatever the case of their names."""

    def get(self, name: str, /) -> str | None:
        """The value, or None."""


def check_headers(headers: Headers, message: JSON, schema: JSON | None) -> None:
    """That the headers of a modern request repeat its body (2026-07-28, Transports).

    ``schema``: the input schema of the tool that is called; its properties marked ``x-mcp-header``
    are repeated too. Raises RpcError (-32020, HTTP 400).
    """
    method = message["method"]
    params = message.get("params", {})
    _repeats(headers, "Mcp-Method", method)
    if method in NAMED:
        _repeats(headers, "Mcp-Name", params.get(NAMED[method]))
    for name, item in ((schema or {}).get("properties") or {}).items():
        if "x-mcp-header" in item:
            value = (params.get("arguments") or {}).get(name)
            _repeats(headers, f"Mcp-Param-{item['x-mcp-header']}", value)


def _require_meta(message: JSON) -> None:
    meta = meta_of(message)
    if not isinstance(meta.get(VERSION_KEY), str):
        raise _missing(VERSION_KEY)
    if not isinstance(meta.get(CAPABILITIES_KEY), dict):
        raise _missing(CAPABILITIES_KEY)


def _missing(key: str) -> RpcError:
    return RpcError(INVALID_PARAMS, f"Invalid params: _meta must hold {key}", status=400)


def _supported(version: str) -> ProtocolVersion:
    if version in MODERN:
        return ProtocolVersion(version)
    data = {"supported": [*MODERN, *LEGACY], "requested": version}
    raise RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version", data, 400)


def _repeats(headers: Headers, name: str, value: Any) -> None:
    """A header must hold the value of the body, and be absent where the body has none."""
    header = headers.get(name)
    expected = None if value is None else _as_text(value)
    if header is None and expected is None:
        return
    if header is None:
        raise RpcError(HEADER_MISMATCH, f"{name} header is missing", status=400)
    if _decoded(name, header.strip(" \t")) != expected:
        raise RpcError(HEADER_MISMATCH, f"{name} header and the body differ", status=400)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decoded(name: str, value: str) -> str:
    """A value that a header cannot hold is sent as ``=?base64?…?=`` (UTF-8 beneath)."""
    if not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError):
        raise RpcError(HEADER_MISMATCH, f"{name} header is not valid base64", status=400) from None
