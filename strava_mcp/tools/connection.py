"""The connection tool: the source, the athlete, and the remaining rate limits."""

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools.registry import tool

STATUS: JSON = {
    "type": "object",
    "properties": {"source": {"type": "string"}, "connected": {"type": "boolean"}},
    "required": ["source", "connected"],
}


@tool(title="Connection", output=STATUS)
def get_connection_status(ctx: Context, arguments: JSON) -> JSON:
    """How the server reaches the data: source, athlete, scopes, call limits and their resets, and
    how old answers may be. Costs no call.
    """
    return ctx.source.status()
