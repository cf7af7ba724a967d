"""Wires the objects that live as long as the app.

Each is created, and its module imported, when it is first used: ``tools/list`` with AUTH_TOKEN
needs none but the MCP server.
"""

import hmac
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from strava_mcp import __version__
from strava_mcp.config import Config
from strava_mcp.derived_keys import DerivedKeys
from strava_mcp.errors import NotSupported
from strava_mcp.identity import ANONYMOUS, OWNER_TOKEN, Principal
from strava_mcp.json_types import JSON
from strava_mcp.protocol.server import Server
from strava_mcp.sources import Source, open_source, unsupported_by
from strava_mcp.store import open_store
from strava_mcp.store.lazy import LazyStore

if TYPE_CHECKING:
    from flask import Flask

    from strava_mcp.analysis.athlete_settings import AthleteSettings
    from strava_mcp.links import LinkIssuer, Links
    from strava_mcp.oauth.athletes import Athletes
    from strava_mcp.oauth.csrf import FormTokens
    from strava_mcp.oauth.disconnections import Disconnections
    from strava_mcp.oauth.grants import Grants
    from strava_mcp.oauth.owner import Owner
    from strava_mcp.oauth.personal_tokens import PersonalTokens
    from strava_mcp.oauth.server import AuthorizationServer
    from strava_mcp.oauth.sign_ins import SignIns
    from strava_mcp.oauth.step_ups import StepUps
    from strava_mcp.protocol.sse_sessions import SseSessions
    from strava_mcp.sources.api.client import StravaAPI
    from strava_mcp.sources.data_identity import DataIdentity

#: The extensions of MCP that the server supports: MCP Apps (2026-01-26), without settings.
EXTENSIONS: JSON = {"io.modelcontextprotocol/ui": {}}
T = TypeVar("T")


class shared(Generic[T]):
    """A property of ``Services`` that is created when it is first read, once for all threads.

    ``functools.cached_property`` has no lock from Python 3.12 on; of two ``Grants``, a revocation
    would clear the cache of one only.
    """

    def __init__(self, create: "Callable[[Services], T]") -> None:
        self._create = create
        self._name = create.__name__
        self.__doc__ = create.__doc__

    @overload
    def __get__(self, services: None, owner: type) -> "shared[T]": ...

    @overload
    def __get__(self, services: "Services", owner: type) -> T: ...

    def __get__(self, services: "Services | None", owner: type) -> "shared[T] | T":
        if services is None:
            return self
        with services.lock:
            if self._name not in vars(services):
                vars(services)[self._name] = self._create(services)
            created: T = vars(services)[self._name]
            return created


class Services:
    """Application-scoped objects. ``lock`` guards their creation."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.lock = RLock()
        self._keys = DerivedKeys(config)
        self._source: Source | None = None
        self.store = LazyStore(
            lambda: open_store(config.store_address), self._resume_deauthorizations
        )

    @shared
    def tokens(self) -> "PersonalTokens":
        """The personal tokens."""
        from strava_mcp.oauth.personal_tokens import PersonalTokens

        return PersonalTokens(self.store)

    @shared
    def athletes(self) -> "Athletes":
        """The athletes who may use the server."""
        from strava_mcp.oauth.athletes import Athletes

        return Athletes(self.config, self.store)

    @shared
    def data(self) -> "DataIdentity":
        """Whose data the server has."""
        from strava_mcp.sources.data_identity import DataIdentity

        return DataIdentity(self.config, self.store, lambda: self.source)

    @shared
    def grants(self) -> "Grants":
        """The grants of OAuth clients."""
        from strava_mcp.oauth.grants import Grants

        return Grants(self.store, self.config.public_url, self.athletes.admits, self.data)

    @shared
    def sign_ins(self) -> "SignIns":
        """The sign-ins with Strava that have begun."""
        from strava_mcp.oauth.sign_ins import SignIns

        return SignIns(self.store)

    @shared
    def links(self) -> "Links":
        """The links that open once."""
        from strava_mcp.links import Links

        return Links(self.store)

    @shared
    def step_ups(self) -> "StepUps":
        """Clients that were refused a tool for a missing scope."""
        from strava_mcp.oauth.step_ups import StepUps

        return StepUps(self.store)

    @shared
    def owner(self) -> "Owner":
        """The server's owner, known by a passphrase."""
        from strava_mcp.oauth.owner import Owner

        return Owner(self.config, self.store)

    @shared
    def disconnections(self) -> "Disconnections":
        """Ends the connections of athletes."""
        from strava_mcp.oauth.disconnections import Disconnections

        return Disconnections(
            self.athletes, self.grants, lambda: self.strava, self._forget_settings
        )

    @shared
    def sse_sessions(self) -> "SseSessions":
        """The open sessions of the 2024-11-05 transport."""
        from strava_mcp.protocol.sse_sessions import SseSessions

        return SseSessions(lambda: self.server, self.store)

    @shared
    def form_tokens(self) -> "FormTokens":
        """The tickets of forms."""
        from strava_mcp.oauth.csrf import FormTokens

        return FormTokens(self._keys.key_for("tickets"), self.store)

    def _resume_deauthorizations(self) -> None:
        """Settle deauthorizations that an earlier process left pending; called after each sweep.

        The source is opened only if there are any.
        """
        if self.config.strava_source != "api":
            return
        from strava_mcp.sources.api.deauthorizations import PendingDeauthorizations

        if PendingDeauthorizations(self.store, self.config.strava_client_id).pending():
            settle = self.disconnections.settle_pending
            self.strava.deauthorizations.settle_in_background(settle)

    @property
    def source(self) -> Source:
        """The source that STRAVA_SOURCE selects. Opening it makes no request."""
        with self.lock:
            if self._source is None:
                self._source = open_source(self.config, self.store)
            return self._source

    def source_for(self, principal: Principal) -> Source:
        """The source with the data that a caller may see.

        Raises NotSupported if the source has only the data of another athlete.
        """
        athlete_id = principal.athlete_id
        return self.source if athlete_id is None else self.source.for_athlete(athlete_id)

    def settings_for(self, principal: Principal) -> "AthleteSettings":
        """What the athlete whose data a caller may see gives about themselves.

        It belongs to the data: the owner's is the same with AUTH_TOKEN and after a sign-in, and
        none of an invented athlete reaches a real one.
        """
        from strava_mcp.analysis.athlete_settings import AthleteSettings

        return AthleteSettings(self.store, lambda: self.data.of(principal.athlete_id))

    def _forget_settings(self, athlete_id: int | None) -> None:
        """Delete what an athlete gave about themselves; None is the owner."""
        from strava_mcp.analysis.athlete_settings import AthleteSettings

        AthleteSettings(self.store, self.data.of(athlete_id)).forget()

    def links_for(self, principal: Principal, base_url: str) -> "LinkIssuer":
        """Makes links for a caller who knows the server by ``base_url``."""
        from strava_mcp.links import LinkIssuer

        def identify() -> str:
            return self.data.of(principal.athlete_id)

        credential = self.setting_credential(principal.id)
        has_sign_in = self.config.oauth_enabled
        return LinkIssuer(self.links, principal, identify, base_url, credential, has_sign_in)

    def setting_credential(self, principal_id: str) -> str:
        """A fingerprint of the setting that a caller presents: AUTH_TOKEN or AUTHLESS_SECRET.

        Empty for other callers, whose credential has a record that can be revoked.
        """
        from strava_mcp.oauth.credentials import digest

        if principal_id == OWNER_TOKEN:
            return digest(" ".join(self.config.auth_tokens))
        return digest(self.config.authless_secret) if principal_id == ANONYMOUS else ""

    @property
    def strava(self) -> "StravaAPI":
        """The source as Strava's live API. Raises NotSupported if it is another source."""
        from strava_mcp.sources.api.client import StravaAPI

        if self.config.strava_source != "api" or not isinstance(self.source, StravaAPI):
            raise NotSupported("Set STRAVA_SOURCE=api: the data does not come from Strava here.")
        return self.source

    @shared
    def authorization(self) -> "AuthorizationServer":
        """The authorization server. Requests to ``/mcp`` alone never load it."""
        from strava_mcp.oauth.server import AuthorizationServer

        return AuthorizationServer(self.config, self.store, self.grants)

    @shared
    def server(self) -> Server:
        """The MCP server: what all transports offer."""
        from strava_mcp.prompts import load_prompts, load_resources
        from strava_mcp.sandbox.notice import INVENTED
        from strava_mcp.tools import catalogue, load_tools
        from strava_mcp.tools.instructions import instructions_for

        source = self.config.strava_source
        return Server(
            name="strava-mcp",
            title=f"Strava ({INVENTED})" if source == "sandbox" else "Strava",
            version=__version__,
            instructions=instructions_for(source),
            load_tools=load_tools,
            catalogue=catalogue.read(unsupported_by(source)),
            load_prompts=load_prompts,
            load_resources=load_resources,
            secret=self._keys.key_for("request state"),
            open_source=self.source_for,
            open_settings=self.settings_for,
            open_links=self.links_for,
            folder=self.config.home,
            units=self.config.units,
            extensions=EXTENSIONS,
        )

    def proof(self, challenge: str) -> str:
        """What only a server with the same secrets can compute: shows which server answers."""
        return hmac.new(self._keys.key_for("health"), challenge.encode(), "sha256").hexdigest()

    def close(self) -> None:
        """Close the store and the source."""
        source = self._source
        if source is not None:
            source.close()  # without the lock: a thread that it waits for may need it
        with self.lock:
            self._source = None
            self.store.close()


def services(app: "Flask | None" = None) -> Services:
    """The services of ``app``, or of the app that is handling the current request or command."""
    import flask  # the stdio transport runs without it

    services_of_app: Services = (app or flask.current_app).extensions["strava_mcp"]
    return services_of_app
