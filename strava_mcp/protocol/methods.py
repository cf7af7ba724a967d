"""The methods of MCP: a function a method, from a call to its result, and the table of them."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from strava_mcp.context import LOG_LEVELS
from strava_mcp.errors import SourceError, StoreError, ToolError
from strava_mcp.json_types import JSON
from strava_mcp.prompts.registry import Argument, Prompt, Resource
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.toolcalls import call_tool
from strava_mcp.tools.registry import Tool

#: How long a client may keep a list (2026-07-28, Caching): lists change with a deployment only.
LISTS_TTL_MS = 300_000
MAX_COMPLETIONS = 100


def initialize(call: Call) -> JSON:
    """Settle the revision (2025-11-25, Lifecycle). The transport begins the session, if any."""
    if not isinstance(call.params.setdefault("capabilities", {}), dict):
        raise jsonrpc.invalid_params("capabilities must be an object")
    return {
        "protocolVersion": versions.negotiate(call.params),
        "capabilities": call.server.capabilities(modern=False),
        "serverInfo": call.server.info,
        "instructions": call.server.instructions,
    }


def discover(call: Call) -> JSON:
    """What a stateless client learns first (2026-07-28, Discovery)."""
    return {
        "supportedVersions": [*versions.MODERN, *versions.LEGACY],
        "capabilities": call.server.capabilities(modern=True),
        "instructions": call.server.instructions,
        "ttlMs": LISTS_TTL_MS,
        "cacheScope": "public",
    }


def ping(call: Call) -> JSON:
    """Say that we are here."""
    return {}


def list_tools(call: Call) -> JSON:
    """All tools, in a fixed order, whoever asks."""
    listings = call.server.catalogue
    if listings is None:
        listings = _listings(call.server.tools.values())
    return _page(call, "tools", listings)


def list_prompts(call: Call) -> JSON:
    """All prompts."""
    return _page(call, "prompts", _listings(call.server.prompts))


def list_resources(call: Call) -> JSON:
    """Resources at fixed addresses."""
    found = [resource for resource in call.server.resources if not resource.is_template]
    return _page(call, "resources", _listings(found))


def list_templates(call: Call) -> JSON:
    """Resources whose addresses have variables."""
    found = [resource for resource in call.server.resources if resource.is_template]
    return _page(call, "resourceTemplates", _listings(found))


def read_resource(call: Call) -> JSON:
    """A resource's content: text, or base64 where it is bytes."""
    uri = call.text("uri")
    for resource in call.server.resources:
        variables = resource.match(uri)
        if variables is not None:
            return _contents(call, resource, uri, variables)
    raise _no_resource(call, uri)


def get_prompt(call: Call) -> JSON:
    """A prompt with its arguments filled in."""
    prompt = _prompt(call, call.text("name"))
    arguments = call.texts("arguments")
    lacking = [a.name for a in prompt.arguments if a.required and not arguments.get(a.name)]
    if lacking:
        raise jsonrpc.invalid_params(f"{prompt.name} needs the arguments {', '.join(lacking)}")
    try:
        messages = prompt.function(call.context, arguments)
    except (SourceError, ToolError, StoreError) as exc:
        raise jsonrpc.RpcError(jsonrpc.INTERNAL_ERROR, str(exc)) from exc
    return {"description": prompt.description, "messages": messages}


def complete(call: Call) -> JSON:
    """Suggestions for an argument of a prompt or a variable of a template."""
    wanted = call.texts("argument")
    if not {"name", "value"} <= wanted.keys():
        raise jsonrpc.invalid_params("argument must have a name and a value")
    name, typed = wanted["name"], wanted["value"]
    for argument in _completable(call, call.texts("ref")):
        if argument.name == name and argument.complete:
            context = call.params.get("context")
            chosen = call.texts("arguments", context if isinstance(context, dict) else {})
            return {"completion": _suggestions(argument.complete(call.context, typed, chosen))}
    return {"completion": _suggestions([])}


def set_level(call: Call) -> JSON:
    """The least level of log messages that a legacy client wants."""
    level = call.text("level")
    if level not in LOG_LEVELS:
        raise jsonrpc.invalid_params(f"level must be one of {', '.join(LOG_LEVELS)}")
    if call.session and call.server.sessions:
        call.server.sessions.set_log_level(call.session, level)
    return {}


def subscribe(call: Call) -> JSON:
    """Tell this session when a resource changes."""
    uri = call.text("uri")
    if all(resource.match(uri) is None for resource in call.server.resources):
        raise _no_resource(call, uri)
    if call.session and call.server.sessions:
        call.server.sessions.subscribe(call.session, uri)
    return {}


def unsubscribe(call: Call) -> JSON:
    """Tell it no longer."""
    uri = call.text("uri")
    if call.session and call.server.sessions:
        call.server.sessions.unsubscribe(call.session, uri)
    return {}


def _listings(offers: Iterable[Tool | Prompt | Resource]) -> list[JSON]:
    return [offer.listing() for offer in offers]


def _page(call: Call, name: str, entries: Sequence[JSON]) -> JSON:
    """One page of a list; the cursor is where the next one begins."""
    size = call.server.page_size
    start = _start(call.params.get("cursor"), len(entries))
    found: JSON = {name: entries[start : start + size]}
    if start + size < len(entries):
        found["nextCursor"] = _cursor(start + size)
    return found | _cacheable(call, LISTS_TTL_MS, "public")


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(b"from %d" % start).decode("ascii")


def _start(cursor: Any, count: int) -> int:
    """Where a page begins. Raises RpcError (-32602) for a cursor that was not given out."""
    if cursor is None:
        return 0
    try:
        start = int(base64.urlsafe_b64decode(cursor)[5:])
    except (TypeError, ValueError, binascii.Error):
        start = 0
    if not 0 < start < count or cursor != _cursor(start):
        raise jsonrpc.invalid_params("cursor is not one that this list gave out")
    return start


def _cacheable(call: Call, ttl_ms: int, scope: str) -> JSON:
    return {"ttlMs": ttl_ms, "cacheScope": scope} if call.version.modern else {}


def _contents(call: Call, resource: Resource, uri: str, variables: dict[str, str]) -> JSON:
    try:
        body = resource.read(call.context, variables)
    except (SourceError, ToolError, StoreError) as exc:
        raise jsonrpc.RpcError(_missing_code(call), str(exc), {"uri": uri}) from exc
    item: JSON = {"uri": uri, "mimeType": resource.mime_type}
    if isinstance(body, bytes):
        item["blob"] = base64.b64encode(body).decode("ascii")
    else:
        item["text"] = body
    if resource.meta:
        item["_meta"] = resource.meta
    return {"contents": [item]} | _cacheable(call, 0, "private")


def _missing_code(call: Call) -> int:
    return jsonrpc.INVALID_PARAMS if call.version.modern else jsonrpc.RESOURCE_NOT_FOUND


def _no_resource(call: Call, uri: str) -> jsonrpc.RpcError:
    return jsonrpc.RpcError(_missing_code(call), "Resource not found", {"uri": uri[:1000]})


def _prompt(call: Call, name: str) -> Prompt:
    for prompt in call.server.prompts:
        if prompt.name == name:
            return prompt
    raise jsonrpc.invalid_params(f"Unknown prompt: {name[:100]}")


def _completable(call: Call, reference: dict[str, str]) -> Sequence[Argument]:
    """The arguments of the prompt, or the variables of the template, that ``ref`` names."""
    if reference.get("type") == "ref/prompt":
        return _prompt(call, reference.get("name", "")).arguments
    if reference.get("type") == "ref/resource":
        for resource in call.server.resources:
            if resource.uri == reference.get("uri"):
                return resource.variables
        raise jsonrpc.invalid_params("ref names no resource of this server")
    raise jsonrpc.invalid_params("ref must be of type ref/prompt or ref/resource")


def _suggestions(values: Sequence[str]) -> JSON:
    return {
        "values": list(values[:MAX_COMPLETIONS]),
        "total": len(values),
        "hasMore": len(values) > MAX_COMPLETIONS,
    }


Method = Callable[[Call], JSON]

SHARED: dict[str, Method] = {
    "tools/list": list_tools,
    "tools/call": call_tool,
    "prompts/list": list_prompts,
    "prompts/get": get_prompt,
    "resources/list": list_resources,
    "resources/templates/list": list_templates,
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

LISTS = ("tools/list", "prompts/list", "resources/list", "resources/templates/list")


def find(call: Call) -> Method:
    """The function of a method, where this server offers it in this era.

    Raises RpcError (-32601, HTTP 404 in the modern era).
    """
    offered = dict(MODERN if call.version.modern else LEGACY)
    if not call.version.modern:
        offered |= LOGGING if call.server.logs else {}
        offered |= SUBSCRIBING if call.server.subscribable else {}
    if call.method not in offered:
        text = f"Method not found: {call.method[:100]}"
        raise jsonrpc.RpcError(jsonrpc.METHOD_NOT_FOUND, text, status=404)
    return offered[call.method]
