"""Sources of the athlete's data: the ``Source`` interface and its implementations.

* ``source``   the interface
* ``api``      Strava's live API; the sandbox is reached through the same client
* ``archive``  the athlete's own export

A list of activities is an ``activity_query`` over the facts of ``activity_facts``. An archive
answers it in SQL (``archive.listing``), the others scan Strava's list (``activity_scan``).

What is computed from every sample is kept as text (``kept_metrics``), in ``metrics_parts``.
``stream_samples`` and ``plausible_responses`` leave out what is malformed or cannot be,
``activity_file`` writes an activity as GPX or TCX, and ``data_identity`` says whose data it is.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from strava_mcp.sources.source import Source, Unsupported

if TYPE_CHECKING:
    from strava_mcp.config import Config
    from strava_mcp.store import Store

#: STRAVA_SOURCE → the function that opens the source, as a string: only one is ever imported.
SOURCES = {
    "sandbox": "strava_mcp.sources.api.client:open_sandbox",
    "archive": "strava_mcp.sources.archive.source:open_archive",
    "api": "strava_mcp.sources.api.client:open_api",
}

#: STRAVA_SOURCE → its ``Source.unsupported``, where there is any, readable without opening it.
UNSUPPORTED = {"archive": "strava_mcp.sources.archive.unsupported:UNSUPPORTED"}

__all__ = ["SOURCES", "Source", "open_source", "unsupported_by"]


def open_source(config: "Config", store: "Store") -> Source:
    """Open the source that ``config.strava_source`` names, without making a request."""
    source: Source = _load(SOURCES[config.strava_source])(config, store)
    return source


def unsupported_by(source: str) -> Mapping[str, Unsupported]:
    """``Source.unsupported`` of the source with this name. Imports nothing heavy."""
    unsupported: Mapping[str, Unsupported] = (
        _load(UNSUPPORTED[source]) if source in UNSUPPORTED else {}
    )
    return unsupported


def _load(place: str) -> Any:
    """What ``package.module:name`` names."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
