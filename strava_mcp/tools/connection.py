"""The connection tool: the source, the athlete, and the remaining rate limits."""

from typing import TypedDict

from strava_mcp.context import Context
from strava_mcp.escaping import escape
from strava_mcp.identity import ANONYMOUS, OWNER_TOKEN, STDIO, WRITE, Principal
from strava_mcp.json_types import JSON
from strava_mcp.tools.fields import CacheArguments
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import Rare, reply_schema


class RateLimit(TypedDict, total=False):
    """A rate limit of Strava's API; ``of``: which calls, in which window."""

    of: str
    used: int
    limit: int
    resets_at: Rare[str]
    resets_in_min: Rare[int]


class Status(TypedDict, total=False):
    """What the schema of get_connection_status declares.

    ``access``: how the caller came in; ``limits`` and ``scopes``: of the API.
    """

    access: str
    source: str
    connected: bool
    athlete: str
    scopes: list[str]
    limits: list[RateLimit]


STATUS = reply_schema(Status, "access", "source", "connected")


@tool(title="Connection", arguments=CacheArguments, output=STATUS)
def get_connection_status(ctx: Context, arguments: JSON) -> JSON:
    """Source, athlete and age of the data; for Strava's API also scopes and remaining calls."""
    if arguments.get("no_cache") and ctx.source.status()["connected"]:
        ctx.source.uncached().athlete()  # its answer has the remaining calls of this moment
    return {"access": access_of(ctx.principal), **ctx.source.status()}


def access_of(principal: Principal) -> str:
    """Name the credential by which a caller came in, whose it is, and what it may do."""
    return f"{_credential(principal)}; may {'read and write' if principal.may(WRITE) else 'read'}"


def _credential(principal: Principal) -> str:
    if principal.client_id:
        return f'the app "{escape(principal.name)}", which this athlete connected by OAuth'
    if principal.id == ANONYMOUS:
        return "no token, as ALLOW_AUTHLESS allows"
    if principal.id == STDIO:
        return "a program on the owner's computer, over standard input and output"
    if principal.id == OWNER_TOKEN:
        return "AUTH_TOKEN, which is the owner's"
    return f'the named token "{escape(principal.name)}", which is the owner\'s'
