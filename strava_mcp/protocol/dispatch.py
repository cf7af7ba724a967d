"""Answer a call: find its method, call it, and encode the response.

A reply is one response, or a stream of messages that ends with the response.
"""

import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from strava_mcp.escaping import visible
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.channel import InputRequired
from strava_mcp.protocol.lists import LISTS
from strava_mcp.protocol.methods import find

#: Idle seconds before a transport sends a keep-alive.
KEEPALIVE_INTERVAL_S = 15
#: Maximum size of a response, far above what a tool returns; larger ones are replaced by an error.
MAX_RESPONSE_BYTES = 4 << 20


@dataclass(frozen=True)
class RpcResponse:
    """An encoded JSON-RPC response, with the HTTP status and headers of the reply."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    is_error: bool = False


def dispatch(call: Call) -> RpcResponse:
    """Answer a call; protocol errors become error responses.

    Raises InsufficientScope if a missing scope is refused by status (``Challenge``).
    """
    request_id = call.request.id
    try:
        body = jsonrpc.result(request_id, _result(call))
        if len(body) > MAX_RESPONSE_BYTES:
            raise _too_large(len(body))
        return RpcResponse(200, body)
    except InputRequired as question:
        return RpcResponse(200, jsonrpc.result(request_id, _complete(call, question.result)))
    except jsonrpc.RpcError as error:
        # Legacy versions answer JSON-RPC errors with HTTP 200.
        status = error.status if call.version.modern else 200
        return RpcResponse(status, jsonrpc.failure(request_id, error), is_error=True)


def dispatch_streaming(call: Call) -> Generator[JSON | RpcResponse | None]:
    """Answer a call in its own thread, and yield its messages as they are sent.

    Yields messages, None after every KEEPALIVE_INTERVAL_S of silence, and the RpcResponse last.
    Closing the generator cancels the call. Raises what ``dispatch`` raises.
    """
    sent: queue.SimpleQueue[JSON | RpcResponse | BaseException] = queue.SimpleQueue()
    call.send = sent.put

    def work() -> None:
        try:
            sent.put(dispatch(call))
        except BaseException as exc:  # raised again in the thread that sends the reply
            sent.put(exc)

    threading.Thread(target=work, name="call", daemon=True).start()
    try:
        yield from _until_response(sent)
    finally:
        call.cancelled = True


def _until_response(
    sent: "queue.SimpleQueue[JSON | RpcResponse | BaseException]",
) -> Iterator[JSON | RpcResponse | None]:
    while True:
        try:
            item = sent.get(timeout=KEEPALIVE_INTERVAL_S)
        except queue.Empty:
            yield None
            continue
        if isinstance(item, BaseException):
            raise item
        yield item
        if isinstance(item, RpcResponse):
            return


def _result(call: Call) -> bytes:
    method, cursor = find(call), call.params.get("cursor")
    if call.method not in LISTS or not isinstance(cursor, str | None):
        return _encode(_complete(call, method(call)))
    # Lists are the same for every caller, so they are encoded once.
    key = (call.method, call.version.modern, cursor)
    if key not in call.server.lists:
        call.server.lists[key] = _encode(_complete(call, method(call)))
    return call.server.lists[key]


def _encode(result: JSON) -> bytes:
    """Encode a result without what only a model would see in the text of others."""
    return visible(jsonrpc.content_of(result)).encode("utf-8")


def _too_large(size: int) -> jsonrpc.RpcError:
    limit = f"{MAX_RESPONSE_BYTES >> 20} MiB"
    problem = (
        f"The response has {size / (1 << 20):.1f} MiB, above the limit of {limit}: ask for less"
    )
    return jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, problem)


def _complete(call: Call, result: JSON) -> JSON:
    """Add the fields that modern versions require in every result."""
    if not call.version.modern:
        return result
    meta = {**result.get("_meta", {}), versions.PREFIX + "serverInfo": call.server.info}
    return {"resultType": "complete", **result, "_meta": meta}
