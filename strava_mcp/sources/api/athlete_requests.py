"""The way of a request to Strava's API: cached, with the athlete's tokens, within the limits."""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import requests
from requests.adapters import BaseAdapter

from strava_mcp.config import Config
from strava_mcp.errors import RateLimited, Unavailable
from strava_mcp.sources.api.answer_reads import AnswerReads
from strava_mcp.sources.api.application import Application
from strava_mcp.sources.api.cache import Cache
from strava_mcp.sources.api.connections import Connections
from strava_mcp.sources.api.deauthorizations import PendingDeauthorizations
from strava_mcp.sources.api.endpoints import Endpoints
from strava_mcp.sources.api.errors import UNEXPECTED, decode, is_missing_scope
from strava_mcp.sources.api.rate_limits import RateLimits
from strava_mcp.sources.api.subscription import Subscription
from strava_mcp.sources.api.tokens import Credentials, Tokens
from strava_mcp.sources.api.transport import Transport, advice_for
from strava_mcp.sources.api.vault import Vault
from strava_mcp.sources.source import Source
from strava_mcp.store import Store

if TYPE_CHECKING:
    from strava_mcp.sources.api.measuring import Question, Texts


class AthleteRequests(Endpoints):
    """Requests with the data of the server's owner; ``for_athlete`` gives those of others.

    Docstrings of inherited methods are those of ``Source`` and ``Endpoints``.
    """

    #: Metrics in memory, by what they depend on: of recordings that never change, or of one answer.
    measured: "dict[Question, Texts] | None" = None

    def __init__(
        self, config: Config, store: Store, credentials: Credentials, adapter: BaseAdapter
    ) -> None:
        self._url = config.strava_api_url
        athletes = config.allowed_athletes
        self.rate_limits = RateLimits(store, credentials.client_id, max(1, len(set(athletes))))
        transport = Transport((self._url, config.strava_oauth_url), adapter, self.rate_limits)
        self.application = Application(config.strava_oauth_url, credentials, transport)
        # Without a SECRET_KEY the client secret encrypts: it is not in the store either.
        vault = Vault(store, config.secret_key or credentials.client_secret)
        self.subscription = Subscription(self._url, credentials, transport, store)
        self.deauthorizations = PendingDeauthorizations(store, credentials.client_id)
        self.connections = Connections(store, vault, credentials.client_id, athletes)
        self._transport = transport
        self._reads_cache = True
        self._reads: AnswerReads | None = None
        self._keep = 0
        self._lasting: Source | None = None
        self._cache = Cache(store, config.strava_cache_s)
        self._new_tokens = partial(
            Tokens, self.connections, store, vault, credentials, self.application.refresh
        )
        self._tokens = self._new_tokens()
        self._by_athlete: dict[int, Self] = {}

    def close(self) -> None:
        self.deauthorizations.close()

    def for_athlete(self, athlete_id: int) -> Self:
        api = self._by_athlete.get(athlete_id)
        if api is None:
            other = copy(self)
            other._tokens = self._new_tokens(athlete_id)
            # One object per athlete, so that its threads share one lock for refreshing.
            api = self._by_athlete.setdefault(athlete_id, other)
        return api

    def uncached(self) -> Self:
        other = self._copy()
        other._reads_cache, other._lasting = False, None
        return other

    def for_answer(self, on_read: Callable[[int], None] | None = None) -> Self:
        if self.keeps_metrics:  # no request leaves the process
            return self
        other = self._copy()
        other._reads, other._lasting = AnswerReads(on_read, self._cache.is_on), self.lasting
        if other.measured is None:  # nothing is measured twice, even without a cache
            other.measured = {}
        return other

    def keeping(self, reads: int) -> Self:
        if self._reads is None:
            return self
        other = self._copy()
        other._keep = reads
        return other

    def _copy(self) -> Self:
        """A copy whose ``for_athlete`` returns others like it."""
        other = copy(self)
        other._by_athlete = {}
        return other

    @property
    def lasting(self) -> Source:
        return self._lasting or self

    @property
    def limit_notice(self) -> str:
        return self._reads.limit_notice if self._reads else ""

    @property
    def key(self) -> str:
        """Identifies the tokens in use, and the responses cached for them."""
        return self._tokens.key

    def invalidate_cache(self) -> None:
        """Stop using the athlete's cached responses, because something changed at Strava."""
        self._cache.invalidate(self._tokens.key)

    def _request(
        self, has_shape: Callable[[object], bool], method: str, path: str, **options: Any
    ) -> Any:
        key, query, advice = self._tokens.key, options.get("params", {}), advice_for(method)
        if method != "GET":
            try:
                response = decode(self._send(key, method, path, **options), advice)
            finally:  # after an error too: the write may have been carried out
                self._cache.invalidate(key)
            return _require_shape(response, has_shape, advice)
        generation = self._cache.generation(key, path)
        cached = self._cache.get(generation, path, query) if self._reads_cache else None
        if cached is not None:
            return cached
        try:
            response = decode(self._send(key, method, path, **options), advice)
        except RateLimited as exc:
            if self._reads:
                self._reads.note_limit(exc)
            raise
        self._cache.put(generation, path, query, _require_shape(response, has_shape, advice))
        return response

    def _get_raw(self, path: str) -> requests.Response:
        return self._send(self._tokens.key, "GET", path)

    def _send(self, key: str, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request; once more if a rejected access token can be replaced."""
        options |= {"reads": self._reads, "keep": self._keep}
        url, token = self._url + path, self._tokens.access(key)
        response = self._transport.call_api(method, url, token, key, **options)
        if response.status_code not in (401, 403):
            return response
        other = token
        if is_missing_scope(response.text):  # the athlete may have granted more since
            other = self._tokens.newest(key, token)
        elif response.status_code == 401:
            other = self._tokens.replace(key, token)
        if other == token:
            return response
        return self._transport.call_api(method, url, other, key, **options)


def _require_shape(response: Any, has_shape: Callable[[object], bool], advice: str) -> Any:
    if not has_shape(response):
        raise Unavailable(f"{UNEXPECTED} {advice}")
    return response
