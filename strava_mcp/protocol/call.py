"""One request on its way through the server: who asks what, in which era, and how to talk back."""

from dataclasses import dataclass
from functools import cached_property

from strava_mcp.context import LOG_LEVELS, Context
from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc, versions
from strava_mcp.protocol.channel import ClientChannel, Send, SessionChannel, StatelessChannel
from strava_mcp.protocol.mailbox import Session, box_for
from strava_mcp.protocol.server import Server
from strava_mcp.protocol.versions import ProtocolVersion


@dataclass(kw_only=True)
class Call:
    """A request, its era and its caller.

    ``send`` writes a message ahead of the response; None where the reply can carry nothing else.
    ``session``: what ``initialize`` settled, on transports that keep it.
    """

    server: Server
    message: JSON
    version: ProtocolVersion
    principal: Principal
    session: Session | None = None
    send: Send | None = None
    cancelled: bool = False

    @property
    def method(self) -> str:
        """The method, such as ``tools/call``."""
        return str(self.message["method"])

    @property
    def params(self) -> JSON:
        """The parameters; empty where there are none."""
        found: JSON = self.message.get("params", {})
        return found

    def text(self, name: str) -> str:
        """A parameter that must be text. Raises RpcError (-32602)."""
        value = self.params.get(name)
        if not isinstance(value, str):
            raise jsonrpc.invalid_params(f"{name} must be text")
        return value

    def texts(self, name: str, holder: JSON | None = None) -> dict[str, str]:
        """A parameter that must map text to text; empty where absent. Raises RpcError (-32602)."""
        value = (self.params if holder is None else holder).get(name, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise jsonrpc.invalid_params(f"{name} must be an object of texts")
        return value

    @cached_property
    def channel(self) -> ClientChannel:
        """The line back to the client. Raises RpcError for request state that is not ours."""
        return self._stateless_channel() if self.version.modern else self._session_channel()

    @cached_property
    def context(self) -> Context:
        """What a tool, prompt or resource gets."""
        server = self.server
        source = server.open_source(self.principal) if server.open_source else None
        return Context(self.principal, self.channel, source, server.units)

    def _session_channel(self) -> SessionChannel:
        token = versions.meta_of(self.message).get("progressToken")
        session = self.session
        if session is None:
            return SessionChannel(self.send, {}, token, None, self._gone)
        return SessionChannel(
            self.send,
            session.capabilities,
            token,
            session.log_level,
            self._gone,
            self.server.mailbox,
            box_for(session, self.message["id"]),
        )

    def _stateless_channel(self) -> StatelessChannel:
        meta = versions.meta_of(self.message)
        # The state of one request is of no use for another, nor to another caller.
        asked = {k: v for k, v in self.params.items() if k in ("name", "uri", "arguments")}
        return StatelessChannel(
            self.send,
            meta.get(versions.CAPABILITIES_KEY, {}),
            meta.get("progressToken"),
            self._modern_level(meta),
            self._gone,
            self.server.secret,
            jsonrpc.content_of([self.principal.id, self.method, asked]),
            self.params,
        )

    def _modern_level(self, meta: JSON) -> str | None:
        level = meta.get(versions.LOG_LEVEL_KEY)
        if level is not None and level not in LOG_LEVELS:
            raise jsonrpc.invalid_params(f"logLevel must be one of {', '.join(LOG_LEVELS)}")
        return level

    def _gone(self) -> bool:
        if not self.cancelled and self.session and self.server.mailbox:
            if self.server.mailbox.is_cancelled(box_for(self.session, self.message["id"])):
                self.cancelled = True  # never set back: another thread may have cancelled too
        return self.cancelled
