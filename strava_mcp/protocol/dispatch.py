"""From a call to its encoded response, at once or as a stream of messages before it."""

import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from strava_mcp.errors import InsufficientScope
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.channel import InputRequired
from strava_mcp.protocol.methods import LISTS, find

#: How long a stream may be quiet before a transport should show that it lives.
KEEPALIVE_INTERVAL_S = 15


@dataclass(frozen=True)
class RpcResponse:
    """An encoded JSON-RPC response, and the HTTP status and headers that go with it."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def dispatch(call: Call) -> RpcResponse:
    """Answer a call; protocol errors are answers too. Raises InsufficientScope."""
    request_id = call.message["id"]
    try:
        return RpcResponse(200, jsonrpc.result(request_id, _result(call)))
    except InputRequired as question:
        return RpcResponse(200, jsonrpc.result(request_id, _finished(call, question.result)))
    except jsonrpc.RpcError as error:
        # Legacy JSON-RPC errors ride on HTTP 200.
        status = error.status if call.version.modern else 200
        return RpcResponse(status, jsonrpc.failure(request_id, error))


def dispatch_without_status(call: Call) -> RpcResponse:
    """Answer a call where no HTTP status can tell of a missing scope: an error like others."""
    try:
        return dispatch(call)
    except InsufficientScope as exc:
        error = jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, str(exc))
        return RpcResponse(200, jsonrpc.failure(call.message["id"], error))


def dispatch_streaming(call: Call) -> Generator[JSON | RpcResponse | None]:
    """Answer a call in a thread of its own, handing on each message as it is sent.

    Yields messages, None after every KEEPALIVE_INTERVAL_S of silence, and the RpcResponse last.
    Closing the iterator cancels the call. Raises whatever ``dispatch`` raises.
    """
    sent: queue.SimpleQueue[JSON | RpcResponse | BaseException] = queue.SimpleQueue()
    call.send = sent.put

    def work() -> None:
        try:
            sent.put(dispatch(call))
        except BaseException as exc:  # handed on, to be raised where the reply is made
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


def _result(call: Call) -> JSON | bytes:
    method, cursor = find(call), call.params.get("cursor")
    if call.method not in LISTS or not isinstance(cursor, str | None):
        return _finished(call, method(call))
    # The lists are the same for everybody: their bytes are made once.
    key = (call.method, call.version.modern, cursor)
    if key not in call.server.lists:
        call.server.lists[key] = jsonrpc.encode(_finished(call, method(call)))
    return call.server.lists[key]


def _finished(call: Call, result: JSON) -> JSON:
    """Add what the modern era wants in every result."""
    if not call.version.modern:
        return result
    meta = {**result.get("_meta", {}), versions.PREFIX + "serverInfo": call.server.info}
    return {"resultType": "complete", **result, "_meta": meta}
