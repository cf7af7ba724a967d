"""What an MCP server offers, the same for every caller, transport and era."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.prompts.registry import Prompt, Resource
from strava_mcp.protocol.mailbox import Mailbox, Sessions
from strava_mcp.sources.source import Source
from strava_mcp.tools.registry import Tools


@dataclass(kw_only=True)
class Server:
    """An MCP server.

    ``load_tools`` is called when the first tool is; ``catalogue`` holds the tools' listings where
    they are known before. ``secret`` signs request state. ``open_source`` opens the source of a
    caller's data. ``sessions`` and ``mailbox`` are only for a server that asks legacy clients
    something; without them nothing is kept between requests. ``logs``: whether any tool sends log
    messages. ``subscribable``: whether clients may subscribe to resources. ``page_size``: entries
    on a page of a list.
    """

    name: str
    title: str
    version: str
    instructions: str
    load_tools: Callable[[], Tools]
    prompts: tuple[Prompt, ...]
    resources: tuple[Resource, ...]
    secret: bytes
    open_source: Callable[[Principal], Source] | None = None
    units: str = "metric"
    sessions: Sessions | None = None
    mailbox: Mailbox | None = None
    logs: bool = False
    subscribable: bool = False
    page_size: int = 100
    catalogue: list[JSON] | None = None
    #: Encoded lists by method, era and cursor: they are the same for everybody.
    lists: dict[tuple[str, bool, str | None], bytes] = field(default_factory=dict, repr=False)

    @cached_property
    def tools(self) -> Tools:
        """The tools by name."""
        return self.load_tools()

    @property
    def info(self) -> JSON:
        """Who the server says it is (schema: Implementation)."""
        return {"name": self.name, "title": self.title, "version": self.version}

    def capabilities(self, modern: bool) -> JSON:
        """What is offered (schema: ServerCapabilities).

        Modern clients subscribe on a stream that is held open (subscriptions/listen), which a
        server on Lambda cannot give, so nothing is advertised that would need one.
        """
        found: JSON = {"tools": {}, "prompts": {}, "completions": {}}
        found["resources"] = {"subscribe": True} if self.subscribable and not modern else {}
        return found | ({"logging": {}} if self.logs else {})
