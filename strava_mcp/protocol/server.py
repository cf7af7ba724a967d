"""What an MCP server offers: the same for every caller, transport and protocol version."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON

if TYPE_CHECKING:
    from strava_mcp.analysis.athlete_settings import AthleteSettings
    from strava_mcp.links import LinkIssuer
    from strava_mcp.prompts.registry import Prompt, Resource
    from strava_mcp.protocol.mailbox import Mailbox
    from strava_mcp.protocol.sessions import Sessions
    from strava_mcp.sources.source import Source
    from strava_mcp.tools.registry import Tools


@dataclass(kw_only=True)
class Server:
    """An MCP server.

    ``load_tools``, ``load_prompts`` and ``load_resources`` are called when one is first looked up;
    ``catalogue`` holds the listings of the tools if they are known without loading them.
    ``secret`` signs request state. ``open_source`` opens the source of a caller's data,
    ``open_settings`` what that athlete gives about themselves, ``open_links`` the maker of links at
    a base URL. ``folder``: for files of callers on stdio.
    ``page_size``: entries per page of a list.

    Only a server that asks legacy clients something needs ``sessions`` and ``mailbox``; without
    them nothing is kept between requests. ``logs``: whether any tool sends log messages.
    ``subscribable``: whether clients may subscribe to resources. ``extensions``: settings of the
    extensions of MCP that it supports, by their identifiers.
    """

    name: str
    title: str
    version: str
    instructions: str
    load_tools: "Callable[[], Tools]"
    load_prompts: "Callable[[], tuple[Prompt, ...]]"
    load_resources: "Callable[[], tuple[Resource, ...]]"
    secret: bytes
    open_source: "Callable[[Principal], Source] | None" = None
    open_settings: "Callable[[Principal], AthleteSettings] | None" = None
    open_links: "Callable[[Principal, str], LinkIssuer] | None" = None
    folder: Path | None = None
    units: str = "metric"
    sessions: "Sessions | None" = None
    mailbox: "Mailbox | None" = None
    logs: bool = False
    subscribable: bool = False
    extensions: JSON = field(default_factory=dict)
    page_size: int = 100
    catalogue: list[JSON] | None = None
    #: Encoded lists by method, whether the version is modern, and cursor.
    lists: dict[tuple[str, bool, str | None], bytes] = field(default_factory=dict, repr=False)

    @cached_property
    def tools(self) -> "Tools":
        """The tools by name."""
        return self.load_tools()

    @cached_property
    def prompts(self) -> "tuple[Prompt, ...]":
        """The prompts."""
        return self.load_prompts()

    @cached_property
    def resources(self) -> "tuple[Resource, ...]":
        """The resources and resource templates."""
        return self.load_resources()

    @property
    def info(self) -> JSON:
        """The server's name and version (schema: Implementation)."""
        return {"name": self.name, "title": self.title, "version": self.version}

    def capabilities(self, modern: bool) -> JSON:
        """The server's capabilities (schema: ServerCapabilities).

        Modern clients subscribe with ``subscriptions/listen``, a stream that stays open. A server
        on Lambda cannot keep one, so subscriptions are not advertised to them.
        """
        capabilities: JSON = {"tools": {}, "prompts": {}, "completions": {}}
        subscribe = self.subscribable and not modern
        capabilities["resources"] = {"subscribe": True} if subscribe else {}
        if self.extensions:
            # Of 2026-07-28; clients of earlier versions ignore what they do not know.
            capabilities["extensions"] = self.extensions
        return capabilities | ({"logging": {}} if self.logs else {})
