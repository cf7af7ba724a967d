"""The doors to the athlete's data: one interface, several sources."""

from importlib import import_module
from typing import TYPE_CHECKING

from strava_mcp.sources.source import Source

if TYPE_CHECKING:
    from strava_mcp.config import Config
    from strava_mcp.store import Store

#: STRAVA_SOURCE → the function that opens it, named and not imported: a server uses one.
SOURCES = {
    "sandbox": "strava_mcp.sources.api.client:open_sandbox",
    "archive": "strava_mcp.sources.archive.source:open_archive",
    "api": "strava_mcp.sources.api.client:open_api",
}

__all__ = ["SOURCES", "Source", "open_source"]


def open_source(config: "Config", store: "Store") -> Source:
    """Open the door that ``config.strava_source`` names. Makes no request yet."""
    module, _, name = SOURCES[config.strava_source].partition(":")
    source: Source = getattr(import_module(module), name)(config, store)
    return source
