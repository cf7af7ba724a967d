"""The context of one request: what a tool, prompt or resource may use to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict

from strava_mcp.errors import NotConnected
from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source

if TYPE_CHECKING:
    from strava_mcp.analysis.athlete_settings import AthleteSettings
    from strava_mcp.links import LinkIssuer

#: RFC 5424 severities in MCP's spelling, the least severe first.
LOG_LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")


class ClientRequest(TypedDict):
    """A request to the client, such as ``elicitation/create``; the channel adds its id."""

    method: str
    params: JSON


class Channel(Protocol):
    """Messages to the client while its request is being answered (see ``protocol.channel``)."""

    @property
    def cancelled(self) -> bool:
        """Whether the client cancelled the request or disconnected."""

    def supports(self, capability: str) -> bool:
        """Whether the client declared a capability: ``sampling``, ``elicitation``, ``roots``."""

    def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Send ``notifications/progress``, if the client asked for it."""

    def log(self, level: str, data: object, logger: str | None) -> None:
        """Send ``notifications/message``, if the client asked for that level."""

    def ask(self, requests: Mapping[str, ClientRequest]) -> dict[str, JSON]:
        """Send requests to the client, all at once; returns the results by the same keys.

        Raises a protocol error if the client cannot answer.
        """


class NullChannel:
    """A channel that discards everything: for direct calls, and for plain JSON replies."""

    cancelled = False

    def supports(self, capability: str) -> bool:
        """Return False: there is no client to support anything."""
        return False

    def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Discard progress."""

    def log(self, level: str, data: object, logger: str | None) -> None:
        """Discard a log message."""

    def ask(self, requests: Mapping[str, ClientRequest]) -> dict[str, JSON]:
        """Raise RuntimeError: there is no client to answer."""
        raise RuntimeError("This request has no channel back to the client.")


@dataclass(frozen=True)
class Context:
    """Request context: the caller, their data and the channel to their client.

    ``optional_source`` is None on a server without any source of data; ``settings``: what the
    athlete gives about themselves, None if there is no place to keep it; ``units`` is ``metric`` or
    ``imperial``. ``links`` makes links for the caller's browser; where there is none, on stdio,
    files are written into ``folder``.
    """

    principal: Principal
    channel: Channel = field(default_factory=NullChannel)
    optional_source: Source | None = None
    units: str = "metric"
    settings: "AthleteSettings | None" = None
    links: "LinkIssuer | None" = None
    folder: Path | None = None

    @property
    def source(self) -> Source:
        """The caller's data. Raises NotConnected if the server has no source."""
        if self.optional_source is None:
            raise NotConnected("This server has no source of Strava data configured.")
        return self.optional_source

    def source_for(self, arguments: JSON) -> Source:
        """The caller's data; read without the cache if a call's ``no_cache`` says so."""
        return self.source.uncached() if arguments.get("no_cache") else self.source
