"""Streamable HTTP: JSON-RPC posted to ``/mcp``, or to the base URL, which is the same endpoint.

A reply is JSON, or an event stream where messages precede the response.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, g, request

from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, sse, versions
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.dispatch import RpcResponse, dispatch, dispatch_streaming
from strava_mcp.services import services
from strava_mcp.tools.registry import Tool
from strava_mcp.web import guard, sessions

bp = Blueprint("mcp", __name__)

MAX_BATCH_SIZE = 50


@bp.post("/mcp")
@bp.post("/")
def post() -> Response:
    """Take one message, or a batch of 2025-03-26, and answer it."""
    message: Any = None
    try:
        _check_media()
        message = jsonrpc.parse(request.get_data())
        answer = _batch(message) if isinstance(message, list) else _one(message)
    except jsonrpc.RpcError as error:
        answer = RpcResponse(error.status, jsonrpc.failure(jsonrpc.id_of(message), error))
    return answer if isinstance(answer, Response) else _reply(answer)


@bp.get("/mcp")
def listen() -> Response:
    """The stream of a session's own messages; 405 on a server that keeps no sessions."""
    return _events(sessions.listen())


@bp.delete("/mcp")
def end() -> Response:
    """The end of a session; 405 on a server that keeps none."""
    sessions.end()
    return Response(status=204)


def _one(message: Any) -> RpcResponse | Response:
    """RpcResponse a single message."""
    kind = jsonrpc.kind(message)
    version = versions.from_http(request.headers.get("MCP-Protocol-Version"), message)
    if kind != "request":
        return _take(kind, version, message)
    call = _call(version, message)
    if version.modern:
        tool = _tool(call)
        versions.check_headers(request.headers, message, tool.input_schema if tool else None)
    if _streams(call):
        return _stream(call)
    answer = dispatch(call)
    if call.method == "initialize" and answer.status == 200:
        return sessions.begin(call, answer)
    return answer


def _batch(messages: list[Any]) -> RpcResponse | Response:
    """RpcResponse messages one after the other, for the one revision that has batches."""
    header = request.headers.get("MCP-Protocol-Version", versions.ASSUMED)
    if header != versions.ASSUMED or not 0 < len(messages) <= MAX_BATCH_SIZE:
        raise jsonrpc.RpcError(
            jsonrpc.INVALID_REQUEST,
            f"Batches are of MCP {versions.ASSUMED} only, and hold 1 to {MAX_BATCH_SIZE} messages",
            status=400,
        )
    too_many = guard.charge(len(messages) - 1)
    if too_many:
        return too_many
    bodies = [body for message in messages if (body := _member(message))]
    return RpcResponse(200, b"[%b]" % b",".join(bodies)) if bodies else RpcResponse(202, b"")


def _member(message: Any) -> bytes:
    """The response to one message of a batch; empty where there is none to give."""
    try:
        kind = jsonrpc.kind(message)
        version = versions.ProtocolVersion(versions.ASSUMED)
        if kind != "request":
            return _take(kind, version, message).body
        if message["method"] == "initialize":
            raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, "initialize must stand alone")
        return dispatch(_call(version, message)).body
    except jsonrpc.RpcError as error:
        return jsonrpc.failure(jsonrpc.id_of(message), error)


def _call(version: versions.ProtocolVersion, message: JSON) -> Call:
    g.rpc_method = message["method"]
    if message["method"] == "tools/call":
        g.rpc_tool = message.get("params", {}).get("name")
    return Call(
        server=services().server,
        message=message,
        version=version,
        principal=g.principal,
        session=None if version.modern else sessions.of(message),
    )


def _take(kind: str, version: versions.ProtocolVersion, message: JSON) -> RpcResponse:
    """Accept what wants no answer: a notification, or a client's response to a question."""
    g.rpc_method = message.get("method", "response")
    if version.modern and kind == "response":
        raise jsonrpc.RpcError(
            jsonrpc.INVALID_REQUEST, f"MCP {version.name} has no responses from clients", status=400
        )
    if not version.modern:
        sessions.take(kind, message)
    return RpcResponse(202, b"")


def _tool(call: Call) -> Tool | None:
    """The tool that is called, if it is a tool that is called, and there is such a one."""
    if call.method != "tools/call":
        return None
    return call.server.tools.get(str(call.params.get("name")))


def _streams(call: Call) -> bool:
    """Whether the reply may have to carry more than the response, and can."""
    tool = _tool(call)
    accept = request.headers.get("Accept", "")
    return tool is not None and tool.streams and "text/event-stream" in accept


def _stream(call: Call) -> RpcResponse | Response:
    """RpcResponse in JSON after all if the response comes first, else stream what precedes it."""
    items = dispatch_streaming(call)
    first = next(items)
    if isinstance(first, RpcResponse):
        return first

    def events() -> Iterator[bytes]:
        with closing(items):  # a client that goes away closes this, which cancels the call
            yield _event(first)
            for item in items:
                yield _event(item)

    return _events(events())


def _event(item: JSON | RpcResponse | None) -> bytes:
    if item is None:
        return sse.KEEP_ALIVE
    return sse.event(item.body if isinstance(item, RpcResponse) else jsonrpc.encode(item))


def _check_media() -> None:
    if request.mimetype != "application/json":
        raise jsonrpc.RpcError(
            jsonrpc.INVALID_REQUEST, "Content-Type must be application/json", status=415
        )
    accept = request.headers.get("Accept") or "*/*"
    if not any(kind in accept for kind in ("application/", "text/event-stream", "*/*")):
        raise jsonrpc.RpcError(
            jsonrpc.INVALID_REQUEST,
            "Accept must allow application/json and text/event-stream",
            status=406,
        )


def _reply(answer: RpcResponse) -> Response:
    accept = request.headers.get("Accept") or "*/*"
    if answer.body and "text/event-stream" in accept and "application/" not in accept:
        if "*/*" not in accept:  # a client that reads nothing but streams gets a short one
            return _events(iter([sse.event(answer.body)]))
    kind = "application/json" if answer.body else None
    return Response(answer.body, answer.status, answer.headers, content_type=kind)


def _events(events: Iterator[bytes]) -> Response:
    """A stream that no proxy should hold back."""
    headers = {"X-Accel-Buffering": "no"}
    return Response(events, 200, headers, content_type="text/event-stream")
