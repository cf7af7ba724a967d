"""JSON-RPC 2.0 on the wire: bytes to messages, messages to bytes, and its errors.

A message is a plain dict. A result may be bytes: JSON that was encoded before.
"""

import json
from typing import Any

from strava_mcp.json_types import JSON

Id = str | int

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
RESOURCE_NOT_FOUND = -32002  # MCP up to 2025-11-25
HEADER_MISMATCH = -32020  # MCP 2026-07-28, as the two below
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

MAX_ID_LENGTH = 1024
MAX_DEPTH = 64


class RpcError(Exception):
    """An error with its JSON-RPC code; ``status`` is the HTTP status that carries it."""

    def __init__(self, code: int, message: str, data: Any = None, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.data = data
        self.status = status


def invalid_params(message: str) -> RpcError:
    """Parameters that do not fit the method."""
    return RpcError(INVALID_PARAMS, message)


def parse(body: bytes | str) -> Any:
    """Decode JSON strictly. Raises RpcError (-32700, HTTP 400) for what is not exactly one value.

    Refused beyond what Python refuses: NaN and infinities (RFC 8259 §6), a key given twice (two
    readers might choose differently), lone surrogates, and nesting that no MCP message needs.
    """
    try:
        content = body.decode("utf-8") if isinstance(body, bytes) else body
        value = json.loads(content, object_pairs_hook=_object, parse_constant=_constant)
        if content.find("\\u") >= 0:  # an escape may spell half a character
            content_of(value).encode("utf-8")
    except RecursionError:
        problem = "nested too deeply"
    except UnicodeError:
        problem = "not UTF-8"
    except ValueError as exc:
        problem = str(exc)
    else:
        if _deeper_than(value, MAX_DEPTH):
            raise RpcError(PARSE_ERROR, "Parse error: nested too deeply", status=400)
        return value
    raise RpcError(PARSE_ERROR, f"Parse error: {problem}", status=400)


def kind(message: Any) -> str:
    """``request``, ``notification`` or ``response``.

    Raises RpcError (-32600, HTTP 400) for anything else, a null or fractional id among it (MCP,
    Requests: the ID MUST be a string or integer and MUST NOT be null).
    """
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise _invalid('a message is an object with "jsonrpc": "2.0"')
    if "method" in message:
        if not isinstance(message["method"], str):
            raise _invalid("method must be text")
        if not isinstance(message.get("params", {}), dict):
            raise RpcError(INVALID_PARAMS, "Invalid params: params must be an object", status=400)
        if "id" not in message:
            return "notification"
        if not is_id(message["id"]):
            raise _invalid(f"id must be an integer or text of at most {MAX_ID_LENGTH} characters")
        return "request"
    if ("result" in message) != ("error" in message) and is_id(message.get("id")):
        return "response"
    raise _invalid("neither a request, nor a notification, nor a response")


def is_id(value: Any) -> bool:
    """Whether ``value`` may identify a request."""
    if isinstance(value, str):
        return len(value) <= MAX_ID_LENGTH
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64


def id_of(message: Any) -> Id | None:
    """The id to echo in an error; None where the message has no usable one."""
    found = message.get("id") if isinstance(message, dict) else None
    return found if is_id(found) else None


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON."""
    return content_of(value).encode("utf-8")


def content_of(value: Any) -> str:
    """Compact JSON as text."""
    return _ENCODER.encode(value)


def result(request_id: Id, value: JSON | bytes) -> bytes:
    """A response; bytes are spliced in as they are."""
    encoded = value if isinstance(value, bytes) else encode(value)
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (encode(request_id), encoded)


def failure(request_id: Id | None, error: RpcError) -> bytes:
    """An error response. An id that could not be read is null (JSON-RPC 2.0 §5)."""
    content: JSON = {"code": error.code, "message": str(error)}
    if error.data is not None:
        content["data"] = error.data
    return encode({"jsonrpc": "2.0", "id": request_id, "error": content})


def notification(method: str, params: JSON) -> JSON:
    """A message that expects no answer."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def _invalid(problem: str) -> RpcError:
    return RpcError(INVALID_REQUEST, f"Invalid request: {problem}", status=400)


def _object(pairs: list[tuple[str, Any]]) -> JSON:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _deeper_than(value: Any, depth: int) -> bool:
    """Whether containers nest more than ``depth`` levels; walks level by level, not recursively."""
    level = [value]
    for _ in range(depth + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
