"""The connection tool: the source, the athlete, and the remaining rate limits."""

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools.fields import CacheArguments
from strava_mcp.tools.registry import tool

STATUS: JSON = {
    "type": "object",
    "properties": {"source": {"type": "string"}, "connected": {"type": "boolean"}},
    "required": ["source", "connected"],
}


@tool(title="Connection", arguments=CacheArguments, output=STATUS)
def get_connection_status(ctx: Context, arguments: JSON) -> JSON:
    """Source, athlete and age of the data; for Strava's API also scopes and remaining calls."""
    if arguments.get("no_cache") and ctx.source.status()["connected"]:
        ctx.source.uncached().athlete()  # its answer has the remaining calls of this moment
    return ctx.source.status()
