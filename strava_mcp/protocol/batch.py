"""Batches: several messages in one array, answered in one. Only MCP 2025-03-26 has them.

Every transport applies the same bounds: MAX_BATCH_SIZE messages, and MAX_RESPONSE_BYTES of
responses. How the messages count against the caller's rate limit is up to the transport.
"""

from collections.abc import Callable, Iterable

from strava_mcp.protocol import jsonrpc
from strava_mcp.protocol.dispatch import MAX_RESPONSE_BYTES

TOO_LARGE = "The responses to this batch are too large: send fewer messages in one batch."


def answer_batch(values: Iterable[object], answer: Callable[[object], bytes]) -> bytes:
    """Answer messages one after the other; returns the encoded responses, empty if there are none.

    ``answer`` returns the response to one message, empty if the message expects none. Once the
    responses exceed MAX_RESPONSE_BYTES, the remaining messages are not handled: each gets an error.
    """
    bodies: list[bytes] = []
    size = 0
    for value in values:
        body = answer(value) if size <= MAX_RESPONSE_BYTES else _rejection(value)
        if body:
            bodies.append(body)
            size += len(body)
    return b"[%b]" % b",".join(bodies) if bodies else b""


def _rejection(value: object) -> bytes:
    """The error for a request that is not handled; empty for a message that expects no response."""
    if jsonrpc.id_of(value) is None:
        return b""
    error = jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, TOO_LARGE)
    return jsonrpc.failure(jsonrpc.id_of(value), error)
