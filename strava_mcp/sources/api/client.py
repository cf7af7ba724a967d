"""The client of Strava's API v3 for one athlete: connected, with their tokens and their cache."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from strava_mcp.config import Config
from strava_mcp.errors import NotAdmitted, NotConnected, SourceError
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.application import Application
from strava_mcp.sources.api.cache import Cache
from strava_mcp.sources.api.connections import Connection, Connections, parse_athlete_id
from strava_mcp.sources.api.deauthorizations import PendingDeauthorizations
from strava_mcp.sources.api.endpoints import Endpoints, checked
from strava_mcp.sources.api.errors import decode, is_missing_scope
from strava_mcp.sources.api.rate_limits import RateLimits
from strava_mcp.sources.api.subscription import Subscription
from strava_mcp.sources.api.tokens import Credentials, Tokens
from strava_mcp.sources.api.transport import TRY_AGAIN, Transport, advice_for
from strava_mcp.sources.api.vault import Vault
from strava_mcp.sources.source import Source
from strava_mcp.store import Store

SANDBOX_URL = "http://sandbox.invalid"
MAX_CONNECTIONS = 32


class StravaAPI(Endpoints):
    """Strava's API for the owner, and by ``of`` for others. Docstrings are those of ``Source``."""

    name = "api"

    def __init__(
        self, config: Config, store: Store, credentials: Credentials, adapter: BaseAdapter
    ) -> None:
        self._url = config.strava_api_url
        athletes = config.allowed_athletes
        self.rate_limits = RateLimits(store, credentials.client_id, max(1, len(set(athletes))))
        transport = Transport((self._url, config.strava_oauth_url), adapter, self.rate_limits)
        self.application = Application(config.strava_oauth_url, credentials, transport)
        # Without a SECRET_KEY the client's own secret keeps them: it is not in the store either.
        vault = Vault(store, config.secret_key or credentials.client_secret)
        self.subscription = Subscription(self._url, credentials, transport, store)
        self.deauthorizations = PendingDeauthorizations(store, credentials.client_id)
        self.connections = Connections(store, vault, credentials.client_id, athletes)
        self._transport = transport
        self._looks_up = True
        self._cache = Cache(store, config.strava_cache_s)
        self._tokens_of = partial(
            Tokens, self.connections, store, vault, credentials, self.application.refresh
        )
        self._tokens = self._tokens_of()
        self._others: dict[int, StravaAPI] = {}

    def for_athlete(self, athlete_id: int) -> "StravaAPI":
        known = self._others.get(athlete_id)
        if known is None:
            other = copy(self)
            other._tokens = self._tokens_of(athlete_id)
            known = self._others.setdefault(athlete_id, other)  # each has its tokens in one place
        return known

    def uncached(self) -> Source:
        there = copy(self)
        there._looks_up, there._others = False, {}
        return there

    def status(self) -> JSON:
        found = self._tokens.connection()
        kept_min = self._cache.lifetime_s("/athlete/activities") // 60
        status: JSON = {
            "source": self.name,
            "connected": self._tokens.is_connected,
            "freshness": f"live; lists of activities are at most {kept_min} min old",
        }
        if found:
            since = time.strftime("%Y-%m-%d", time.gmtime(found.since))
            status |= {"athlete": found.name, "since": since, "scopes": list(found.scopes)}
            status |= {"missing": found.missing} if found.missing else {}
        limits = self.rate_limits.buckets()
        return status | ({"limits": [bucket.to_json() for bucket in limits]} if limits else {})

    def connect(
        self,
        code: str,
        scopes: Iterable[str],
        becomes_owner: Callable[[int], bool],
        admits: Callable[[int], bool],
    ) -> Connection:
        """Trade the code that an athlete came back with, and keep their tokens.

        ``scopes``: those that they granted. Raises NotAdmitted, with nothing kept, and SourceError.
        """
        answer = self.application.exchange(code)
        athlete_id = parse_athlete_id(answer)
        if becomes_owner(athlete_id):
            self.connections.claim(athlete_id)
        if not admits(athlete_id):
            for name in ("refresh_token", "access_token"):
                with suppress(SourceError):  # nothing is kept of them here in any case
                    self.application.revoke(str(answer.get(name)))
            raise NotAdmitted(athlete_id)
        found = self.connections.add(answer, scopes)
        self._cache.invalidate(self.connections.key_of(athlete_id))  # more scopes show more
        return found

    def find_connected(self, athlete_id: int) -> "StravaAPI | None":
        """The API for an athlete who is connected, else None.

        STRAVA_REFRESH_TOKEN does not tell whose it is: without an owner it may be anybody's.
        """
        if self.connections.get(athlete_id):
            return self.for_athlete(athlete_id)
        may_be = self.connections.owner() in (None, athlete_id)
        return self if may_be and self._tokens.is_connected else None

    @property
    def key(self) -> str:
        """What stands for the tokens in use, and for what is kept with them."""
        return self._tokens.key

    def invalidate_cache(self) -> None:
        """Ask Strava anew for everything: something changed there."""
        self._cache.invalidate(self._tokens.key)

    def is_revoked(self) -> bool:
        """Whether Strava accepts the athlete's tokens no more. Raises SourceError."""
        try:
            self.uncached().athlete()
        except NotConnected:
            return True
        return False

    def disconnect(self) -> str:
        """End the connection: at Strava, and here with everything that was kept.

        Returns why Strava did not confirm it; empty where it did. Raises StoreError.
        """
        keys, problem = self._tokens.keys(), ""
        for token in self._tokens.all():
            try:
                self.application.revoke(token)
            except SourceError as exc:
                problem = str(exc)
        self._tokens.forget()
        for key in keys:
            self._cache.delete(key)
        return problem

    def _answer(
        self, is_right: Callable[[Any], bool], method: str, path: str, **options: Any
    ) -> Any:
        whose, query = self._tokens.key, options.get("params", {})
        if method != "GET":
            try:
                answer = decode(self._response(whose, method, path, **options), advice_for(method))
            finally:
                self._cache.invalidate(whose)  # also where it failed: it may have been carried out
            return checked(answer, is_right, advice_for(method))
        generation = self._cache.generation(whose, path)
        known = self._cache.get(generation, path, query) if self._looks_up else None
        if known is None:
            answer = decode(self._response(whose, method, path, **options), TRY_AGAIN)
            known = checked(answer, is_right, TRY_AGAIN)
            self._cache.put(generation, path, query, known)
        return known

    def _raw(self, path: str) -> requests.Response:
        return self._response(self._tokens.key, "GET", path)

    def _response(self, whose: str, method: str, path: str, **options: Any) -> requests.Response:
        """The reply of an endpoint, with another access token if there is a better one."""
        url, token = self._url + path, self._tokens.access(whose)
        response = self._transport.call_api(method, url, token, whose, **options)
        if response.status_code not in (401, 403):
            return response
        better = token
        if is_missing_scope(response.text):  # the athlete may have granted more meanwhile
            better = self._tokens.newest(whose, token)
        elif response.status_code == 401:
            better = self._tokens.replace(whose, token)
        if better == token:
            return response
        return self._transport.call_api(method, url, better, whose, **options)


def open_api(config: Config, store: Store) -> StravaAPI:
    """The athlete's own Strava, with the credentials of the settings."""
    credentials = Credentials(
        config.strava_client_id, config.strava_client_secret, config.strava_refresh_token
    )
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=MAX_CONNECTIONS)
    return StravaAPI(config, store, credentials, adapter)


class SandboxAPI(StravaAPI):
    """The same client where it speaks to the sandbox."""

    name = "sandbox"


def open_sandbox(config: Config, store: Store, transport: BaseAdapter | None = None) -> StravaAPI:
    """The sandbox athlete through the same client.

    ``transport`` leads to a sandbox that runs already; otherwise one of its own, in this process.
    """
    from strava_mcp.sandbox.adapter import WSGIAdapter
    from strava_mcp.sandbox.app import create_app
    from strava_mcp.sandbox.grants import (
        SANDBOX_CLIENT_ID,
        SANDBOX_CLIENT_SECRET,
        SANDBOX_REFRESH_TOKEN,
    )

    there = replace(
        config,
        strava_api_url=f"{SANDBOX_URL}/api/v3",
        strava_oauth_url=f"{SANDBOX_URL}/oauth",
    )
    credentials = Credentials(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN)
    return SandboxAPI(there, store, credentials, transport or WSGIAdapter(create_app(store)))
