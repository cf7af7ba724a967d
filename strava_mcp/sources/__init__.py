"""Sources of the athlete's data: the ``Source`` interface and its implementations.

* ``source``   the interface
* ``api``      Strava's live API; the sandbox is reached through the same client
* ``archive``  the athlete's own export
"""

from importlib import import_module
from typing import TYPE_CHECKING

from strava_mcp.sources.source import Source

if TYPE_CHECKING:
    from strava_mcp.config import Config
    from strava_mcp.store import Store

#: STRAVA_SOURCE → the function that opens the source, as a string: only one is ever imported.
SOURCES = {
    "sandbox": "strava_mcp.sources.api.client:open_sandbox",
    "archive": "strava_mcp.sources.archive.source:open_archive",
    "api": "strava_mcp.sources.api.client:open_api",
}

__all__ = ["SOURCES", "Source", "open_source"]


def open_source(config: "Config", store: "Store") -> Source:
    """Open the source that ``config.strava_source`` names, without making a request."""
    module, _, name = SOURCES[config.strava_source].partition(":")
    source: Source = getattr(import_module(module), name)(config, store)
    return source
