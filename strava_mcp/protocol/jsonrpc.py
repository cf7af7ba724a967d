"""JSON-RPC 2.0: decoding and encoding of messages, and its errors (https://www.jsonrpc.org)."""

import json
import math
from typing import NamedTuple, TypeGuard

from strava_mcp.json_types import JSON

Id = str | int

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
RESOURCE_NOT_FOUND = -32002  # MCP up to 2025-11-25
HEADER_MISMATCH = -32020  # MCP 2026-07-28, like the next two
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

MAX_ID_LENGTH = 1024
MAX_DEPTH = 64
#: Maximum number of commas and opening brackets: each may stand for a value, which takes up to 40
#: times its text in memory. Files are sent as one long string.
MAX_VALUES = 200_000
#: Characters of an integer. A longer one is larger than any float (RFC 8259 §6).
MAX_DIGITS = 308


class Request(NamedTuple):
    """A message that expects a response. ``params`` is empty if the message has none."""

    id: Id
    method: str
    params: JSON


class Notification(NamedTuple):
    """A message that expects no response."""

    method: str
    params: JSON


class ClientResponse(NamedTuple):
    """A client's response to a request of the server; ``message`` is the whole JSON object."""

    id: Id
    message: JSON


Message = Request | Notification | ClientResponse


class RpcError(Exception):
    """An error with its JSON-RPC code; ``status`` is the HTTP status of the reply."""

    def __init__(self, code: int, message: str, data: object = None, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.data = data
        self.status = status


def invalid_params(message: str) -> RpcError:
    """An error for parameters that do not fit the method (-32602)."""
    return RpcError(INVALID_PARAMS, message)


def parse(body: bytes | str) -> object:
    """Decode one JSON value. Raises RpcError (-32700, HTTP 400).

    Stricter than ``json.loads``: rejects NaN, infinities and what rounds to one (RFC 8259 §6),
    duplicate keys, lone surrogates, nesting deeper than MAX_DEPTH and more than MAX_VALUES.
    """
    try:
        content = body.decode("utf-8") if isinstance(body, bytes) else body
        containers = content.count("[") + content.count("{")
        if containers + content.count(",") > MAX_VALUES:
            raise ValueError(f"more than {MAX_VALUES:,} values")
        value = _DECODER.decode(content)
        if content.find("\\u") >= 0:  # only an escape can spell a lone surrogate
            content_of(value).encode("utf-8")
    except RecursionError:
        problem = "nested too deeply"
    except UnicodeError:
        problem = "not UTF-8"
    except ValueError as exc:
        problem = str(exc)
    else:
        if containers > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
            raise RpcError(PARSE_ERROR, "Parse error: nested too deeply", status=400)
        return value
    raise RpcError(PARSE_ERROR, f"Parse error: {problem}", status=400)


def read_message(value: object) -> Message:
    """Validate a decoded JSON value as a message.

    Raises RpcError (-32600 or -32602, HTTP 400). An id must be a string or an integer; null and
    fractions are rejected (MCP, Requests).
    """
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0":
        raise _invalid('a message is an object with "jsonrpc": "2.0"')
    if "method" in value:
        return _read_call(value)
    if ("result" in value) != ("error" in value) and is_id(value.get("id")):
        return ClientResponse(value["id"], value)
    raise _invalid("neither a request, nor a notification, nor a response")


def is_id(value: object) -> TypeGuard[Id]:
    """Whether ``value`` may identify a request."""
    if isinstance(value, str):
        return len(value) <= MAX_ID_LENGTH
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64


def id_of(value: object) -> Id | None:
    """The id to repeat in an error response; None if the decoded value has no valid one."""
    request_id = value.get("id") if isinstance(value, dict) else None
    return request_id if is_id(request_id) else None


def encode(value: object) -> bytes:
    """Encode as compact UTF-8 JSON."""
    return content_of(value).encode("utf-8")


def content_of(value: object) -> str:
    """Encode as compact JSON text."""
    return _ENCODER.encode(value)


def result(request_id: Id, value: JSON | bytes) -> bytes:
    """Encode a successful response. ``value`` may be JSON that is already encoded."""
    encoded = value if isinstance(value, bytes) else encode(value)
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (encode(request_id), encoded)


def failure(request_id: Id | None, error: RpcError) -> bytes:
    """Encode an error response. The id is null if the request's could not be read (§5)."""
    content: JSON = {"code": error.code, "message": str(error)}
    if error.data is not None:
        content["data"] = error.data
    return encode({"jsonrpc": "2.0", "id": request_id, "error": content})


def notification(method: str, params: JSON) -> JSON:
    """Make a notification to the client."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def _read_call(value: JSON) -> Request | Notification:
    method, params = value["method"], value.get("params", {})
    if not isinstance(method, str):
        raise _invalid("method must be text")
    if not isinstance(params, dict):
        raise RpcError(INVALID_PARAMS, "Invalid params: params must be an object", status=400)
    if "id" not in value:
        return Notification(method, params)
    if not is_id(value["id"]):
        raise _invalid(f"id must be an integer or text of at most {MAX_ID_LENGTH} characters")
    return Request(value["id"], method, params)


def _invalid(problem: str) -> RpcError:
    return RpcError(INVALID_REQUEST, f"Invalid request: {problem}", status=400)


def _object(pairs: list[tuple[str, object]]) -> JSON:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object has the same key twice")
    return value


def _constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _too_large(text)
    return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _too_large(text)
    return int(text)


def _too_large(text: str) -> ValueError:
    return ValueError(f"{text[:20]}{'...' * (len(text) > 20)} is too large a number")


#: Made once: ``json.loads`` makes one for each call with such hooks.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_float=_finite,
    parse_int=_integer,
)


def _deeper_than(value: object, depth: int) -> bool:
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
