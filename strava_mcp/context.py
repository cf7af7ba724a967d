"""What a tool, prompt or resource may use while it answers one request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from strava_mcp.errors import NotConnected
from strava_mcp.identity import Principal
from strava_mcp.sources.source import Source

#: RFC 5424 severities in MCP's spelling, the mildest first.
LOG_LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")


class Channel(Protocol):
    """The line back to the client while a request is being answered; the protocol provides it."""

    @property
    def cancelled(self) -> bool:
        """Whether the client has cancelled this request or gone away."""

    def supports(self, capability: str) -> bool:
        """Whether the client declared a capability: ``sampling``, ``elicitation``, ``roots``."""

    def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Send ``notifications/progress``, if the client asked for it."""

    def log(self, level: str, data: Any, logger: str | None) -> None:
        """Send ``notifications/message``, if the client asked for that level."""

    def ask(self, requests: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Have the client answer ``requests`` (key → ``{"method", "params"}``), all at once.

        Returns key → result. Raises a protocol error where the client cannot answer.
        """


class NullChannel:
    """A channel to nobody: for direct calls, and for replies that cannot carry anything else."""

    cancelled = False

    def supports(self, capability: str) -> bool:
        """Nobody supports anything."""
        return False

    def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Say nothing."""

    def log(self, level: str, data: Any, logger: str | None) -> None:
        """Say nothing."""

    def ask(self, requests: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Nobody can answer."""
        raise RuntimeError("This request has no channel back to the client.")


@dataclass(frozen=True)
class Context:
    """Request context: the caller, their data and the channel to their client.

    ``optional_source`` is None on a server without any source of data; ``units`` is ``metric`` or
    ``imperial``.
    """

    principal: Principal
    channel: Channel = field(default_factory=NullChannel)
    optional_source: Source | None = None
    units: str = "metric"

    @property
    def source(self) -> Source:
        """The caller's data. Raises NotConnected if the server has no source."""
        if self.optional_source is None:
            raise NotConnected("This server has no source of Strava data configured.")
        return self.optional_source
