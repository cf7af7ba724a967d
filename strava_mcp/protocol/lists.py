"""``tools/list``, ``prompts/list``, ``resources/list`` and ``resources/templates/list``.

Every list is the same for all callers and changes only with a deployment.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc
from strava_mcp.protocol.call import Call

if TYPE_CHECKING:
    from strava_mcp.prompts.registry import Prompt, Resource
    from strava_mcp.tools.registry import Tool

#: How long a client may cache a list (2026-07-28, Caching).
TTL_MS = 300_000


def list_tools(call: Call) -> JSON:
    """List the tools, in a fixed order."""
    listings = call.server.catalogue
    if listings is None:
        listings = _listings(tool for tool in call.server.tools.values() if tool.listed)
    return _page(call, "tools", listings)


def list_prompts(call: Call) -> JSON:
    """List the prompts."""
    return _page(call, "prompts", _listings(call.server.prompts))


def list_resources(call: Call) -> JSON:
    """List the resources with a fixed URI."""
    resources = [resource for resource in call.server.resources if not resource.is_template]
    return _page(call, "resources", _listings(resources))


def list_templates(call: Call) -> JSON:
    """List the resource templates, whose URIs have variables."""
    templates = [resource for resource in call.server.resources if resource.is_template]
    return _page(call, "resourceTemplates", _listings(templates))


LISTS: dict[str, Callable[[Call], JSON]] = {
    "tools/list": list_tools,
    "prompts/list": list_prompts,
    "resources/list": list_resources,
    "resources/templates/list": list_templates,
}


def cache_hints(call: Call, ttl_ms: int, scope: str) -> JSON:
    """The fields by which a modern client may cache a result; empty for legacy versions."""
    return {"ttlMs": ttl_ms, "cacheScope": scope} if call.version.modern else {}


def _listings(items: "Iterable[Tool | Prompt | Resource]") -> list[JSON]:
    return [item.listing() for item in items]


def _page(call: Call, name: str, entries: Sequence[JSON]) -> JSON:
    """One page of a list, with the cursor of the next one."""
    size = call.server.page_size
    start = _start(call.params.get("cursor"), len(entries))
    page: JSON = {name: entries[start : start + size]}
    if start + size < len(entries):
        page["nextCursor"] = _cursor(start + size)
    return page | cache_hints(call, TTL_MS, "public")


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(b"from %d" % start).decode("ascii")


def _start(cursor: object, count: int) -> int:
    """The index of a page's first entry. Raises RpcError (-32602) for an unknown cursor."""
    if cursor is None:
        return 0
    try:
        start = int(base64.urlsafe_b64decode(cursor)[5:]) if isinstance(cursor, str) else 0
    except (ValueError, binascii.Error):
        start = 0
    if not 0 < start < count or cursor != _cursor(start):
        raise jsonrpc.invalid_params("cursor is not from this list")
    return start
