"""Determine the MCP protocol version of a message.

Legacy versions (up to 2025-11-25) are agreed on by ``initialize``, and later requests repeat them
in a header. Modern ones (from 2026-07-28) are stateless: every request names its version. Clients
of both kinds share one endpoint.
"""

from typing import NamedTuple

from strava_mcp.json_types import JSON
from strava_mcp.protocol.jsonrpc import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    UNSUPPORTED_VERSION,
    Message,
    Request,
    RpcError,
)

#: Newest first; the first is offered to a client that asks for an unknown version.
LEGACY = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
MODERN = ("2026-07-28",)

#: The version of a request without the header (2025-11-25, Transports, Protocol Version Header).
#: It is also the only version with batches.
ASSUMED = "2025-03-26"
MAX_BATCH_SIZE = 50

PREFIX = "io.modelcontextprotocol/"
VERSION_KEY = PREFIX + "protocolVersion"
CAPABILITIES_KEY = PREFIX + "clientCapabilities"
LOG_LEVEL_KEY = PREFIX + "logLevel"


class ProtocolVersion(NamedTuple):
    """A version of MCP, by its date."""

    name: str

    @property
    def modern(self) -> bool:
        """Whether it is stateless, with the client's metadata in every request."""
        return self.name in MODERN


def meta_of(params: JSON) -> JSON:
    """The ``_meta`` of a request's parameters; empty if there is none."""
    meta = params.get("_meta")
    return meta if isinstance(meta, dict) else {}


def from_http(header: str | None, message: Message) -> ProtocolVersion:
    """The version of a message received over HTTP. Raises RpcError (HTTP 400).

    ``header``: ``MCP-Protocol-Version``. A legacy header wins over a modern body: real clients send
    this combination, and the strict answer would break all their calls.
    """
    if header in LEGACY:
        return ProtocolVersion(header)
    is_request = isinstance(message, Request)
    meta = meta_of(message.params) if isinstance(message, Request) else {}
    if header is None:
        if VERSION_KEY in meta:
            raise RpcError(HEADER_MISMATCH, "MCP-Protocol-Version header is missing", status=400)
        return ProtocolVersion(ASSUMED)
    if is_request and _required_version(meta) != header:
        raise RpcError(
            HEADER_MISMATCH,
            "MCP-Protocol-Version header and the protocolVersion in _meta differ",
            status=400,
        )
    return _supported(header)


def from_message(request: Request, agreed: str | None) -> ProtocolVersion:
    """The version of a request on a transport without headers. Raises RpcError.

    ``agreed``: the version settled by ``initialize`` on this connection, if there was one.
    """
    meta = meta_of(request.params)
    if VERSION_KEY in meta:
        return _supported(_required_version(meta))
    return ProtocolVersion(agreed or LEGACY[0])


def negotiate(params: JSON) -> str:
    """The version to answer ``initialize`` with: the requested one, or our newest legacy one."""
    requested = params.get("protocolVersion")
    if not isinstance(requested, str):
        raise RpcError(INVALID_PARAMS, "Invalid params: protocolVersion must be text")
    return requested if requested in LEGACY else LEGACY[0]


def invalid_batch() -> RpcError:
    """The error for a batch of another version, or of a wrong size (HTTP 400)."""
    problem = f"Batches are of MCP {ASSUMED} only, and hold 1 to {MAX_BATCH_SIZE} messages"
    return RpcError(INVALID_REQUEST, problem, status=400)


def _required_version(meta: JSON) -> str:
    """The version named in ``_meta``, which must also hold the client's capabilities."""
    version = meta.get(VERSION_KEY)
    if not isinstance(version, str):
        raise _missing(VERSION_KEY)
    if not isinstance(meta.get(CAPABILITIES_KEY), dict):
        raise _missing(CAPABILITIES_KEY)
    return version


def _missing(key: str) -> RpcError:
    return RpcError(INVALID_PARAMS, f"Invalid params: _meta must hold {key}", status=400)


def _supported(version: str) -> ProtocolVersion:
    if version in MODERN:
        return ProtocolVersion(version)
    data = {"supported": [*MODERN, *LEGACY], "requested": version}
    raise RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version", data, 400)
