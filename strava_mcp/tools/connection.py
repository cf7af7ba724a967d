"""The connection tool: the source, the athlete, and the remaining rate limits."""

from typing import TypedDict

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools.fields import CacheArguments
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import reply_schema


class RateLimit(TypedDict, total=False):
    """A rate limit of Strava's API; ``of``: which calls, in which window."""

    of: str
    used: int
    limit: int
    resets_at: str
    resets_in_min: int


class Status(TypedDict, total=False):
    """What the schema of get_connection_status declares; ``limits`` and ``scopes``: of the API."""

    source: str
    connected: bool
    athlete: str
    scopes: list[str]
    limits: list[RateLimit]


STATUS = reply_schema(Status, "source", "connected")


@tool(title="Connection", arguments=CacheArguments, output=STATUS)
def get_connection_status(ctx: Context, arguments: JSON) -> JSON:
    """Source, athlete and age of the data; for Strava's API also scopes and remaining calls."""
    if arguments.get("no_cache") and ctx.source.status()["connected"]:
        ctx.source.uncached().athlete()  # its answer has the remaining calls of this moment
    return ctx.source.status()
