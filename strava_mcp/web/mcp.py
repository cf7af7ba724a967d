"""Streamable HTTP: JSON-RPC posted to ``/mcp``, ``/mcp/`` or ``/``, which are one endpoint.

A reply is JSON, or an event stream if messages precede the response.
"""

from collections.abc import Iterator
from contextlib import closing

from flask import Blueprint, Response, g, request

from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, request_headers, sse, versions
from strava_mcp.protocol.batch import answer_batch
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.dispatch import RpcResponse, dispatch, dispatch_streaming
from strava_mcp.protocol.versions import ProtocolVersion
from strava_mcp.services import services
from strava_mcp.tools.registry import Tool
from strava_mcp.web import challenges, guard, sessions
from strava_mcp.web.server_url import base_url

bp = Blueprint("mcp", __name__)


@bp.post("/mcp")
@bp.post("/mcp/")
@bp.post("/")
def post() -> Response:
    """Answer one message, or a batch (2025-03-26 only)."""
    value: object = None
    try:
        _check_media_types()
        value = jsonrpc.parse(request.get_data())
        response = _answer_batch(value) if isinstance(value, list) else _answer(value)
    except jsonrpc.RpcError as error:
        response = RpcResponse(error.status, jsonrpc.failure(jsonrpc.id_of(value), error))
    return response if isinstance(response, Response) else _http_response(response)


@bp.get("/mcp")
@bp.get("/mcp/")
def listen() -> Response:
    """Stream a session's own messages; 405 on a server without sessions."""
    return _event_stream(sessions.listen())


@bp.delete("/mcp")
@bp.delete("/mcp/")
def end() -> Response:
    """End a session; 405 on a server without sessions."""
    sessions.end()
    return Response(status=204)


def _answer(value: object) -> RpcResponse | Response:
    """Answer a single message."""
    message = jsonrpc.read_message(value)
    version = versions.from_http(request.environ.get("HTTP_MCP_PROTOCOL_VERSION"), message)
    if not isinstance(message, jsonrpc.Request):
        return _receive(version, message)
    call = _call(version, message)
    if version.modern:
        tool = _called_tool(call)
        request_headers.check(request.headers, message, tool.input_schema if tool else None)
    if _may_stream(call):
        return _stream(call)
    response = dispatch(call)
    if call.method == "initialize" and not response.is_error:
        return sessions.begin(call, response)
    return response


def _answer_batch(values: list[object]) -> RpcResponse | Response:
    """Answer messages one after the other, in the only version that has batches."""
    header = request.headers.get("MCP-Protocol-Version", versions.ASSUMED)
    if header != versions.ASSUMED or not 0 < len(values) <= versions.MAX_BATCH_SIZE:
        raise versions.invalid_batch()
    too_many = guard.charge(len(values) - 1)
    if too_many:
        return too_many
    body = answer_batch(values, _answer_member)
    return RpcResponse(200 if body else 202, body)


def _answer_member(value: object) -> bytes:
    """The response to one message of a batch; empty if it expects none."""
    try:
        message = jsonrpc.read_message(value)
        version = ProtocolVersion(versions.ASSUMED)
        if not isinstance(message, jsonrpc.Request):
            return _receive(version, message).body
        if message.method == "initialize":
            raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, "initialize must stand alone")
        call = _call(version, message)
        if call.challenge:
            call.challenge = challenges.step_up(has_status=False)  # others have been answered
        return dispatch(call).body
    except jsonrpc.RpcError as error:
        return jsonrpc.failure(jsonrpc.id_of(value), error)


def _call(version: ProtocolVersion, message: jsonrpc.Request) -> Call:
    """Make the call for ``protocol``, and note its method and tool for the access log."""
    g.rpc_method = message.method
    challenge = None
    if message.method == "tools/call":
        g.rpc_tool = message.params.get("name")
        challenge = challenges.step_up()  # no other method can lack a scope
    return Call(
        server=services().server,
        request=message,
        version=version,
        principal=g.principal,
        session=None if version.modern else sessions.find(message),
        challenge=challenge,
        base_url=base_url(),
    )


def _receive(
    version: ProtocolVersion, message: jsonrpc.Notification | jsonrpc.ClientResponse
) -> RpcResponse:
    """Receive a message that expects no response: a notification, or a client's response."""
    if isinstance(message, jsonrpc.Notification):
        g.rpc_method = message.method
    else:
        g.rpc_method = "response"
        if version.modern:
            problem = f"MCP {version.name} has no responses from clients"
            raise jsonrpc.RpcError(jsonrpc.INVALID_REQUEST, problem, status=400)
    if not version.modern:
        sessions.deliver(message)
    return RpcResponse(202, b"")


def _called_tool(call: Call) -> Tool | None:
    """The tool named by a tools/call request, if it exists."""
    if call.method != "tools/call":
        return None
    return call.server.tools.get(str(call.params.get("name")))


def _may_stream(call: Call) -> bool:
    """Whether the tool may send messages before its response, and the client accepts a stream."""
    tool = _called_tool(call)
    if tool is None or "text/event-stream" not in _accepted():
        return False
    return tool.streams or (tool.reads_much and call.progress_token is not None)


def _stream(call: Call) -> RpcResponse | Response:
    """Answer with an event stream, or with JSON if nothing precedes the response."""
    items = dispatch_streaming(call)
    first = next(items)
    if isinstance(first, RpcResponse):
        return first

    def events() -> Iterator[bytes]:
        with closing(items):  # closed when the client disconnects, which cancels the call
            yield _event(first)
            for item in items:
                yield _event(item)

    return _event_stream(events())


def _event(item: JSON | RpcResponse | None) -> bytes:
    if item is None:
        return sse.KEEP_ALIVE
    return sse.event(item.body if isinstance(item, RpcResponse) else jsonrpc.encode(item))


def _check_media_types() -> None:
    """Raise RpcError (HTTP 415 or 406) unless the client sends JSON and accepts our replies."""
    if request.mimetype != "application/json":
        raise jsonrpc.RpcError(
            jsonrpc.INVALID_REQUEST, "Content-Type must be application/json", status=415
        )
    accept = _accepted()
    if not any(kind in accept for kind in ("application/", "text/event-stream", "*/*")):
        raise jsonrpc.RpcError(
            jsonrpc.INVALID_REQUEST,
            "Accept must allow application/json and text/event-stream",
            status=406,
        )


def _accepted() -> str:
    """The media types that the client accepts: any, without a header (RFC 9110 §12.5.1)."""
    return request.environ.get("HTTP_ACCEPT") or "*/*"


def _http_response(response: RpcResponse) -> Response:
    """Make an HTTP response: JSON, or a stream of one event if the client accepts nothing else."""
    accept = _accepted()
    if response.body and "text/event-stream" in accept and "application/" not in accept:
        if "*/*" not in accept:
            return _event_stream(iter([sse.event(response.body)]))
    media_type = "application/json" if response.body else None
    return Response(response.body, response.status, response.headers, content_type=media_type)


def _event_stream(events: Iterator[bytes]) -> Response:
    """An event-stream response with proxy buffering disabled."""
    headers = {"X-Accel-Buffering": "no"}
    return Response(events, 200, headers, content_type="text/event-stream")
