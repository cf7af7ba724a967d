"""MCP methods: one function per method, and the dispatch table.

The lists, ``tools/call`` and ``completion/complete`` have modules of their own.
"""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING

from strava_mcp.context import LOG_LEVELS
from strava_mcp.errors import InvalidArguments, SourceError, StoreError, ToolError
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.completion import complete, find_prompt
from strava_mcp.protocol.lists import LISTS, TTL_MS, cache_hints
from strava_mcp.protocol.toolcalls import call_tool

if TYPE_CHECKING:
    from strava_mcp.prompts.registry import Resource

#: Characters of a resource's URI; those of our resources are shorter.
MAX_URI_LENGTH = 1000


def initialize(call: Call) -> JSON:
    """Agree on a version (2025-11-25, Lifecycle). The transport begins the session, if any."""
    if not isinstance(call.params.setdefault("capabilities", {}), dict):
        raise jsonrpc.invalid_params("capabilities must be an object")
    return {
        "protocolVersion": versions.negotiate(call.params),
        "capabilities": call.server.capabilities(modern=False),
        "serverInfo": call.server.info,
        "instructions": call.server.instructions,
    }


def discover(call: Call) -> JSON:
    """Describe the server to a stateless client (2026-07-28, Discovery)."""
    return {
        "supportedVersions": [*versions.MODERN, *versions.LEGACY],
        "capabilities": call.server.capabilities(modern=True),
        "instructions": call.server.instructions,
        "ttlMs": TTL_MS,
        "cacheScope": "public",
    }


def ping(call: Call) -> JSON:
    """Reply to ping."""
    return {}


def read_resource(call: Call) -> JSON:
    """Read a resource: text, or base64 if it is binary."""
    uri = call.text("uri")
    for resource in call.server.resources if len(uri) <= MAX_URI_LENGTH else ():
        variables = resource.match(uri)
        if variables is not None:
            return _contents(call, resource, uri, variables)
    raise _no_resource(call, uri)


def get_prompt(call: Call) -> JSON:
    """Render a prompt with its arguments."""
    prompt = find_prompt(call, call.text("name"))
    arguments = call.texts("arguments")
    try:
        checked = prompt.read(arguments)  # before the source is opened, which may fail as well
        messages = prompt.function(call.context, checked)
    except InvalidArguments as exc:
        raise jsonrpc.invalid_params(f"Invalid arguments for {prompt.name}: {exc}") from exc
    except (SourceError, ToolError, StoreError) as exc:
        raise jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, str(exc)) from exc
    return {"description": prompt.description, "messages": messages}


def set_level(call: Call) -> JSON:
    """Set the lowest level of log messages that this session receives."""
    level = call.text("level")
    if level not in LOG_LEVELS:
        raise jsonrpc.invalid_params(f"level must be one of {', '.join(LOG_LEVELS)}")
    if call.session and call.server.sessions:
        call.server.sessions.set_log_level(call.session, level)
    return {}


def subscribe(call: Call) -> JSON:
    """Subscribe this session to the changes of a resource."""
    uri = call.text("uri")
    if all(resource.match(uri) is None for resource in call.server.resources):
        raise _no_resource(call, uri)
    if call.session and call.server.sessions:
        call.server.sessions.subscribe(call.session, uri)
    return {}


def unsubscribe(call: Call) -> JSON:
    """Cancel a resource subscription."""
    uri = call.text("uri")
    if call.session and call.server.sessions:
        call.server.sessions.unsubscribe(call.session, uri)
    return {}


def _contents(call: Call, resource: "Resource", uri: str, variables: dict[str, str]) -> JSON:
    try:
        body = resource.read(call.context, variables)
    except (SourceError, ToolError, StoreError) as exc:
        raise jsonrpc.RpcError(_not_found_code(call), str(exc), {"uri": uri}) from exc
    item: JSON = {"uri": uri, "mimeType": resource.mime_type}
    if isinstance(body, bytes):
        item["blob"] = base64.b64encode(body).decode("ascii")
    else:
        item["text"] = body
    if resource.meta:
        item["_meta"] = resource.meta
    return {"contents": [item]} | cache_hints(call, 0, "private")


def _not_found_code(call: Call) -> int:
    return jsonrpc.INVALID_PARAMS if call.version.modern else jsonrpc.RESOURCE_NOT_FOUND


def _no_resource(call: Call, uri: str) -> jsonrpc.RpcError:
    data = {"uri": uri[:MAX_URI_LENGTH]}
    return jsonrpc.RpcError(_not_found_code(call), "Resource not found", data)


Method = Callable[[Call], JSON]

SHARED: dict[str, Method] = {
    **LISTS,
    "tools/call": call_tool,
    "prompts/get": get_prompt,
    "resources/read": read_resource,
    "completion/complete": complete,
}
MODERN: dict[str, Method] = {**SHARED, "server/discover": discover}
LEGACY: dict[str, Method] = {**SHARED, "initialize": initialize, "ping": ping}
#: Legacy methods of capabilities that not every server has.
LOGGING: dict[str, Method] = {"logging/setLevel": set_level}
SUBSCRIBING: dict[str, Method] = {
    "resources/subscribe": subscribe,
    "resources/unsubscribe": unsubscribe,
}


def find(call: Call) -> Method:
    """The function for the call's method.

    Raises RpcError (-32601; HTTP 404 in modern versions) if this server does not offer the method
    in the call's protocol version.
    """
    tables = [MODERN]
    if not call.version.modern:
        tables = [LEGACY, LOGGING if call.server.logs else {}]
        tables.append(SUBSCRIBING if call.server.subscribable else {})
    for table in tables:
        if method := table.get(call.method):
            return method
    text = f"Method not found: {call.method[:100]}"
    raise jsonrpc.RpcError(jsonrpc.METHOD_NOT_FOUND, text, status=404)
