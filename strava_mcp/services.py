"""What lives as long as the app: settings, store, source and MCP server, made when first needed."""

import hashlib
import logging
import time
from secrets import token_hex
from threading import RLock
from typing import TYPE_CHECKING

from strava_mcp import __version__
from strava_mcp.config import Config
from strava_mcp.errors import NotSupported, SourceError, StoreError
from strava_mcp.identity import Principal
from strava_mcp.oauth.athletes import Athletes
from strava_mcp.oauth.csrf import Tickets
from strava_mcp.oauth.grants import Grants
from strava_mcp.oauth.owner import Owner
from strava_mcp.oauth.personal_tokens import PersonalTokens
from strava_mcp.oauth.sign_ins import SignIns
from strava_mcp.protocol.server import Server
from strava_mcp.protocol.sse_sessions import Conversations
from strava_mcp.sources import Source, open_source
from strava_mcp.store import Store, open_store

if TYPE_CHECKING:
    from flask import Flask

    from strava_mcp.oauth.server import AuthorizationServer
    from strava_mcp.sources.api.client import StravaAPI
    from strava_mcp.sources.api.deauthorizations import Farewell


log = logging.getLogger(__name__)

#: How often what has expired is removed from the store.
SWEEP_S = 3600

INSTRUCTIONS = """\
One athlete's training data from Strava. Start with get_activities (date_range, sport_type) or \
search; take an id from there to get_activity_by_id and get_activity_streams. Times are local to \
where the activity took place. Units are named in each reply. Ask the user before you create or \
change an activity."""


class Services:
    """The app's own objects. A request for a list needs neither store nor source, so both wait."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._opening = RLock()
        self._random = token_hex(32)
        self._sweep_at = 0.0
        self._store: Store | None = None
        self._source: Source | None = None
        self._server: Server | None = None
        self._authorization: AuthorizationServer | None = None
        #: The named tokens, and what the owner allowed to clients; reading one opens the store.
        self.tokens = PersonalTokens(lambda: self.store)
        self.athletes = Athletes(config, lambda: self.store)
        self.grants = Grants(lambda: self.store, config.base_url, self.athletes.admits)
        self.sign_ins = SignIns(lambda: self.store)
        self.owner = Owner(config, lambda: self.store)
        #: What goes on over the 2024-11-05 transport.
        self.conversations = Conversations(lambda: self.server, lambda: self.store)
        self.tickets = Tickets(self._key("tickets"), lambda: self.store)

    @property
    def store(self) -> Store:
        """The store. Raises StoreError if it cannot be opened."""
        with self._opening:
            if self._store is None:
                self._store = open_store(self.config.store_address)
            if time.monotonic() >= self._sweep_at:
                self._sweep_at = time.monotonic() + SWEEP_S
                self._sweep(self._store)
            return self._store

    def _sweep(self, store: Store) -> None:
        """Remove what has expired: limits, tickets and codes of visitors would pile up."""
        try:
            store.sweep()
            if self.config.strava_source == "api" and self._has_farewells(store):
                self.strava.farewells.see_to(self.settle_farewells)
        except (NotSupported, StoreError) as exc:
            log.warning("The store could not be swept: %s", exc)

    def _has_farewells(self, store: Store) -> bool:
        """Whether a process before this one left a farewell unsettled."""
        from strava_mcp.sources.api.deauthorizations import Farewells

        return bool(Farewells(store, self.config.strava_client_id).pending())

    @property
    def source(self) -> Source:
        """The door to the athlete's data. Opening it makes no request yet."""
        with self._opening:
            if self._source is None:
                self._source = open_source(self.config, self.store)
            return self._source

    def source_of(self, principal: Principal) -> Source:
        """The door to the data that a caller may see. Raises NotSupported."""
        athlete_id = principal.athlete_id
        return self.source if athlete_id is None else self.source.of(athlete_id)

    @property
    def strava(self) -> "StravaAPI":
        """Strava's live API. Raises NotSupported where the data comes from elsewhere."""
        from strava_mcp.sources.api.client import StravaAPI

        if self.config.strava_source != "api" or not isinstance(self.source, StravaAPI):
            raise NotSupported("Set STRAVA_SOURCE=api: the data does not come from Strava here.")
        return self.source

    def disconnect(self, api: "StravaAPI", athlete_id: int | None) -> str:
        """End an athlete's connection, and everything of theirs here; None: the owner's.

        Returns why Strava did not confirm it; empty where it did. Raises StoreError.
        """
        owner = self.athletes.owner()
        if athlete_id is None or athlete_id == owner:
            self.grants.revoke_all({None, owner})
            return api.disconnect()
        self.grants.revoke_all({athlete_id})
        return api.of(athlete_id).disconnect()

    def settle_farewells(self) -> bool:
        """Delete everything of those who have left, where Strava confirms it.

        False: of some it is not known yet. Raises StoreError.
        """
        return all([self._is_settled(farewell) for farewell in self.strava.farewells.pending()])

    def _is_settled(self, farewell: "Farewell") -> bool:
        athlete_id, farewells = farewell.athlete_id, self.strava.farewells
        theirs = self.strava.connected(athlete_id)
        if theirs is None:
            return farewells.settle(farewell)
        whose = theirs.key
        if not farewells.may_ask(whose):
            return False
        try:
            if theirs.has_ended():
                self.disconnect(self.strava, None if theirs is self.strava else athlete_id)
                log.info("Left at Strava: everything deleted", extra={"athlete": athlete_id})
            else:
                log.warning("Not left at Strava", extra={"athlete": athlete_id})
            return farewells.settle(farewell)
        except (SourceError, StoreError) as error:
            log.warning("Not known whether they left: %s", error, extra={"athlete": athlete_id})
            farewells.not_answered(whose)
            return False

    @property
    def server(self) -> Server:
        """What the MCP server offers."""
        with self._opening:
            if self._server is None:
                self._server = self._strava_server()
            return self._server

    @property
    def authorization(self) -> "AuthorizationServer":
        """The authorization server; a server that only sees ``/mcp`` never loads it."""
        from strava_mcp.oauth.server import AuthorizationServer

        with self._opening:
            if self._authorization is None:
                self._authorization = AuthorizationServer(
                    self.config, lambda: self.store, self.grants
                )
            return self._authorization

    def _key(self, purpose: str) -> bytes:
        """A key of its own for each purpose, the same in every process of this server."""
        config = self.config
        known = config.secret_key or "".join(config.auth_tokens) or config.owner_passphrase_hash
        # Without any secret (nothing configured on Lambda) a process trusts only itself.
        known = known or self._random
        return hashlib.sha256(f"{purpose}:{known}".encode()).digest()

    def _strava_server(self) -> Server:
        from strava_mcp.prompts import PROMPTS, RESOURCES
        from strava_mcp.tools import catalogue, load_tools

        return Server(
            name="strava-mcp",
            title="Strava",
            version=__version__,
            instructions=INSTRUCTIONS,
            load_tools=load_tools,
            catalogue=catalogue.read(),
            prompts=PROMPTS,
            resources=RESOURCES,
            secret=self._key("request state"),
            door=self.source_of,
            units=self.config.units,
        )

    def close(self) -> None:
        """Let go of what was opened."""
        with self._opening:
            if self._store is not None:
                self._store.close()
            self._store = self._source = None


def services(app: "Flask | None" = None) -> Services:
    """The services of ``app``, or of the app that is handling the current request or command."""
    from flask import current_app

    found: Services = (app or current_app).extensions["strava_mcp"]
    return found
