"""Tools, and the registry that ``@tool`` adds them to."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from strava_mcp.context import Context
from strava_mcp.errors import NotFound, NotSupported
from strava_mcp.identity import READ, SCOPES
from strava_mcp.json_types import JSON
from strava_mcp.tools.athlete_text import mark_text
from strava_mcp.tools.ids import KINDS
from strava_mcp.tools.sandbox_replies import mark_invented, unlink

if TYPE_CHECKING:
    from strava_mcp.tools.arguments import Arguments


class Reply(NamedTuple):
    """The result of a tool that needs more than structured content (schema: CallToolResult).

    ``content``: MCP content blocks, which follow the text of ``structured``; ``structured``: the
    ``structuredContent``, matching the tool's output schema; ``is_error``: the tool failed in a way
    that the model should see; ``meta``: the ``_meta`` of the result; ``text``: what models read
    instead of ``structured`` as JSON.
    """

    content: list[JSON] | None = None
    structured: Mapping[str, Any] | None = None
    is_error: bool = False
    meta: JSON | None = None
    text: str = ""


#: A tool's function: the request context and the loaded arguments → the structured result.
Function = Callable[[Context, JSON], Mapping[str, Any] | Reply]


def unchecked(arguments: Mapping[str, Any]) -> JSON:
    """Load arguments without validation, for a tool that takes none or validates them itself."""
    return dict(arguments)


@dataclass(frozen=True)
class Tool:
    """A tool: its listing for clients, and the function to call.

    ``load`` converts the arguments of a call to those of ``function``, or raises InvalidArguments.
    ``streams``: whether the function may report progress, log, or send a request to the client
    while it runs; only then does it get a thread and an event stream. ``reads_much``: whether an
    answer may take many requests, so that it streams their progress to clients who ask for it.
    ``needs``: the methods of
    ``Source`` without which it can never answer. ``listed``: whether clients are shown it at all;
    a tool that is not listed can still be called. ``meta``: ``_meta`` of the listing, or what makes
    it when the tool is listed.
    """

    name: str
    title: str
    description: str
    function: Function
    input_schema: JSON = field(default_factory=lambda: {"type": "object"})
    output_schema: JSON | None = None
    load: Callable[[Mapping[str, Any]], JSON] = unchecked
    scope: str = READ
    annotations: JSON = field(default_factory=dict)
    streams: bool = False
    reads_much: bool = False
    meta: JSON | Callable[[], JSON] | None = None
    needs: tuple[str, ...] = ()
    listed: bool = True

    def listing(self) -> JSON:
        """The tool's entry in ``tools/list`` (schema: Tool)."""
        entry: JSON = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.input_schema,
        }
        if self.output_schema:
            entry["outputSchema"] = self.output_schema
        if self.annotations:
            entry["annotations"] = self.annotations
        meta = self.meta() if callable(self.meta) else dict(self.meta or {})
        if self.scope != READ:
            # With it, ChatGPT offers to sign in again when a call lacks the scope
            # (https://developers.openai.com/plugins/build/auth).
            meta["securitySchemes"] = [{"type": "oauth2", "scopes": list(SCOPES)}]
        return entry | ({"_meta": meta} if meta else {})


class Tools(dict[str, Tool]):
    """Tools by name, in the order of ``tools/list``."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        super().__init__((tool.name, tool) for tool in tools)

    def add(self, tool: Tool) -> None:
        """Add a tool. Raises ValueError if its name is taken."""
        if tool.name in self:
            raise ValueError(f"There are two tools called {tool.name}.")
        self[tool.name] = tool


#: The tools of our server; each module of ``tools`` adds its own when it is imported.
TOOLS = Tools()


def tool(
    *,
    title: str,
    output: JSON,
    arguments: "type[Arguments] | None" = None,
    scope: str = READ,
    destructive: bool = False,
    idempotent: bool = False,
    streams: bool = False,
    reads_much: bool = False,
    meta: JSON | Callable[[], JSON] | None = None,
    needs: Collection[str] = (),
    listed: bool = True,
) -> Callable[[Function], Function]:
    """Register a function as a tool under its own name, with its docstring as the description.

    ``output``: JSON Schema of the structured result. A tool that needs only the read scope is
    annotated as read-only; ``destructive`` and ``idempotent`` are hints for the others (MCP
    schema, ToolAnnotations). ``openWorldHint`` is left out: its default, true, is right. ``needs``,
    ``listed``, ``streams`` and ``reads_much``: see ``Tool``.

    The registered function refuses what the source cannot answer, adds to a NotFound where valid
    ids come from, and marks text that athletes wrote.
    """

    from strava_mcp.tools.arguments import Arguments  # imports marshmallow

    def register(function: Function) -> Function:
        schema = (arguments or Arguments)()
        hints: JSON = {"readOnlyHint": scope == READ, "destructiveHint": destructive}
        if scope != READ:
            hints["idempotentHint"] = idempotent
        TOOLS.add(
            Tool(
                name=function.__name__,
                title=title,
                description=" ".join((function.__doc__ or "").split()),
                function=_complete(
                    function, tuple(needs), getattr(schema.fields.get("id"), "noun", "")
                ),
                input_schema=schema.json_schema(),
                output_schema=output,
                load=schema.read,
                scope=scope,
                annotations=hints,
                streams=streams,
                reads_much=reads_much,
                meta=meta,
                needs=tuple(needs),
                listed=listed,
            )
        )
        return function

    return register


def marked(reply: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
    """``reply`` with what it says about itself: text by athletes, and an invented athlete."""
    if ctx.optional_source is not None and ctx.optional_source.is_invented:
        reply = mark_invented(reply)
    return mark_text(reply)


def _complete(function: Function, needs: tuple[str, ...], noun: str) -> Function:
    """``function`` with what all tools do before and after. ``noun``: the kind of its ``id``."""

    @wraps(function)
    def run(ctx: Context, arguments: JSON) -> Mapping[str, Any] | Reply:
        for method in needs:
            if method in ctx.source.unsupported:
                raise NotSupported(ctx.source.unsupported[method].reason)
        try:
            reply = function(ctx, arguments)
        except NotFound as exc:
            raise NotFound(f"{exc} {KINDS[noun].source}" if noun else str(exc)) from exc
        if isinstance(reply, Reply):
            structured = reply.structured and marked(reply.structured, ctx)
            blocks = unlink(reply.content) if ctx.source.is_invented else reply.content
            return reply._replace(structured=structured, content=blocks)
        return marked(reply, ctx)

    return run
