"""A request on its way through the server, with its protocol version, caller and channel."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from strava_mcp.context import LOG_LEVELS, Context
from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.channel import BaseChannel, Send, SessionChannel, StatelessChannel
from strava_mcp.protocol.mailbox import box_for
from strava_mcp.protocol.server import Server
from strava_mcp.protocol.sessions import Session
from strava_mcp.protocol.versions import ProtocolVersion
from strava_mcp.sources.source import MAX_READS


class Challenge(NamedTuple):
    """How to ask a client for more scopes.

    ``value``: of ``WWW-Authenticate`` (RFC 6750 §3). ``by_status``: called when a call is refused;
    returns whether with a 403 that carries it. Otherwise the result of the tool does.
    """

    value: str
    by_status: Callable[[], bool]


@dataclass(kw_only=True)
class Call:
    """A request to be answered; ``dispatch`` answers it.

    ``session``: the one that ``initialize`` began; None on transports and servers without sessions.
    ``send`` writes a message ahead of the response; None if the reply can carry nothing else.
    ``base_url``: the server's, as the client knows it; empty on stdio, which has none.
    ``challenge``: how to ask the client for more scopes; None if it cannot request any.
    """

    server: Server
    request: jsonrpc.Request
    version: ProtocolVersion
    principal: Principal
    session: Session | None = None
    send: Send | None = None
    challenge: Challenge | None = None
    base_url: str = ""
    cancelled: bool = False

    @property
    def method(self) -> str:
        """The method, such as ``tools/call``."""
        return self.request.method

    @property
    def params(self) -> JSON:
        """The parameters; empty if there are none."""
        return self.request.params

    def text(self, name: str) -> str:
        """A required text parameter. Raises RpcError (-32602)."""
        value = self.params.get(name)
        if not isinstance(value, str):
            raise jsonrpc.invalid_params(f"{name} must be text")
        return value

    def texts(self, name: str, parent: JSON | None = None) -> dict[str, str]:
        """A parameter that maps text to text; empty if absent. Raises RpcError (-32602).

        ``parent``: the object that holds it, if not the parameters themselves. Null means absent,
        for the parameter and for its values.
        """
        value = (self.params if parent is None else parent).get(name)
        if value is None:
            return {}
        texts = {k: v for k, v in value.items() if v is not None} if type(value) is dict else None
        if texts is None or not all(isinstance(text, str) for text in texts.values()):
            raise jsonrpc.invalid_params(f"{name} must be an object of texts")
        return texts

    @property
    def progress_token(self) -> object:
        """The token that the client wants progress reported with; None if it wants none."""
        return versions.meta_of(self.params).get("progressToken")

    @cached_property
    def channel(self) -> BaseChannel:
        """The channel to the client. Raises RpcError if request state is not valid."""
        return self._stateless_channel() if self.version.modern else self._session_channel()

    @cached_property
    def context(self) -> Context:
        """The context for a tool, prompt or resource. Opens the source of the caller's data."""
        server = self.server
        source = None
        if server.open_source:
            source = server.open_source(self.principal).for_answer(self._report_read)
        settings = server.open_settings(self.principal) if server.open_settings else None
        links = None
        if server.open_links and self.base_url:
            links = server.open_links(self.principal, self.base_url)
        folder = None if self.base_url else server.folder
        return Context(self.principal, self.channel, source, server.units, settings, links, folder)

    def _report_read(self, count: int) -> None:
        """Tell the client how many requests to Strava the answer has cost."""
        message = f"{count} of at most {MAX_READS} requests to Strava"
        self.channel.progress(count, MAX_READS, message)

    def _session_channel(self) -> SessionChannel:
        session = self.session
        return SessionChannel(
            send=self.send,
            capabilities=session.capabilities if session else {},
            progress_token=self.progress_token,
            min_level=session.log_level if session else None,
            is_cancelled=self._is_cancelled,
            mailbox=self.server.mailbox if session else None,
            box=box_for(session, self.request.id) if session else "",
        )

    def _stateless_channel(self) -> StatelessChannel:
        meta = versions.meta_of(self.params)
        # Bind request state to this request and this caller.
        target = {k: v for k, v in self.params.items() if k in ("name", "uri", "arguments")}
        return StatelessChannel(
            send=self.send,
            capabilities=meta.get(versions.CAPABILITIES_KEY, {}),
            progress_token=self.progress_token,
            min_level=_log_level(meta),
            is_cancelled=self._is_cancelled,
            secret=self.server.secret,
            purpose=jsonrpc.content_of([self.principal.id, self.method, target]),
            params=self.params,
        )

    def _is_cancelled(self) -> bool:
        if not self.cancelled and self.session and self.server.mailbox:
            if self.server.mailbox.is_cancelled(box_for(self.session, self.request.id)):
                self.cancelled = True  # never reset: another thread may have set it
        return self.cancelled


def _log_level(meta: JSON) -> str | None:
    """The log level that a modern request asks for. Raises RpcError (-32602)."""
    level = meta.get(versions.LOG_LEVEL_KEY)
    if level is None:
        return None
    if level not in LOG_LEVELS:
        raise jsonrpc.invalid_params(f"logLevel must be one of {', '.join(LOG_LEVELS)}")
    return str(level)
