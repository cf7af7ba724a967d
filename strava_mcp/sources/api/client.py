"""The client of Strava's API v3, and the functions that open it for Strava or the sandbox."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar

from requests.adapters import BaseAdapter, HTTPAdapter

from strava_mcp.config import Config
from strava_mcp.errors import NotAdmitted, NotConnected, RateLimited, SourceError
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.notice import HOW_TO_CHANGE
from strava_mcp.sources.activity_facts import Facts, facts_of
from strava_mcp.sources.activity_query import NEWEST, ActivityQuery, Matches, Total
from strava_mcp.sources.activity_scan import MAX_PAGES, scan
from strava_mcp.sources.api.athlete_requests import AthleteRequests
from strava_mcp.sources.api.connections import Connection, parse_athlete_id
from strava_mcp.sources.api.tokens import Credentials
from strava_mcp.sources.metrics_parts import Kept, Part
from strava_mcp.sources.source import READS_AFTER_LIST, READS_AFTER_RECORDINGS
from strava_mcp.store import Store

if TYPE_CHECKING:
    from strava_mcp.sources.api.measuring import Question, Texts

SANDBOX_URL = "http://sandbox.invalid"
MAX_CONNECTIONS = 32
LIST = "/athlete/activities"
#: The parameters under which the total of the whole list is cached.
TOTAL = {"total": "all"}
#: Any order but the newest first reads the whole list.
WHOLE_LIST = ActivityQuery(order=NEWEST._replace(descending=False), limit=1)


class StravaAPI(AthleteRequests):
    """Strava's API with the data of the server's owner; ``for_athlete`` gives that of others.

    Docstrings of inherited methods are those of ``Source`` and ``Endpoints``.
    """

    name = "api"
    #: Whether to read the whole list only to count it, which may take many requests.
    counts_all: ClassVar[bool] = False

    def find_activities(self, query: ActivityQuery) -> Matches:
        if query.conditions or not query.wants_total:
            return scan(self._page, query, self._max_pages)
        generation = self._cache.generation(self._tokens.key, LIST)
        matches = scan(self._page, query, self._max_pages)
        if matches.total is None:
            return replace(matches, total=self._total_of_all(generation))
        self._cache_total(generation, matches)
        return matches

    def _total_of_all(self, generation: str) -> Total | None:
        """The total of the whole list, as cached; else None unless ``counts_all``."""
        cached = self._cache.get(generation, LIST, TOTAL) if self._reads_cache else None
        if cached or not self.counts_all:
            return Total(**cached) if cached else None
        try:
            matches = scan(self._page, WHOLE_LIST)
        except RateLimited:  # the page itself could be read
            return None
        self._cache_total(generation, matches)
        return matches.total if matches.is_complete else None

    def _cache_total(self, generation: str, matches: Matches) -> None:
        """Cache the total of the whole list like the list itself."""
        if matches.total and matches.is_complete:
            self._cache.put(generation, LIST, TOTAL, asdict(matches.total))

    def _metrics(
        self, part: Part, activities: Sequence[Mapping[str, Any]], max_reads: int
    ) -> Kept[Any]:
        from strava_mcp.sources.api.measuring import Measuring

        measuring = Measuring(
            self.keeping(READS_AFTER_RECORDINGS),
            self._cache,
            self._tokens.key,
            reads_cache=self._reads_cache,
            memo=self.measured,
        )
        return measuring.metrics(part, activities, None if self.keeps_metrics else max_reads)

    def newest_facts(self, limit: int) -> list[Facts]:
        query = ActivityQuery(limit=limit, wants_total=False)
        return [facts_of(row) for row in self.find_activities(query).rows]

    def status(self) -> JSON:
        connection = self._tokens.connection()
        max_age_min = self._cache.lifetime_s("/athlete/activities") // 60
        status: JSON = {
            "source": self.name,
            "connected": self._tokens.is_connected,
            "freshness": f"live; lists of activities are at most {max_age_min} min old",
        }
        if connection:
            since = time.strftime("%Y-%m-%d", time.gmtime(connection.since))
            status |= {"athlete": connection.name, "since": since}
            status["scopes"] = list(connection.scopes)
            if connection.missing:
                status["missing"] = connection.missing
        if limits := self.rate_limits.buckets():
            status["limits"] = [bucket.to_json() for bucket in limits]
        return status

    def connect(
        self,
        code: str,
        scopes: Iterable[str],
        becomes_owner: Callable[[int], bool],
        admits: Callable[[int], bool],
    ) -> Connection:
        """Exchange an authorization code and store the athlete's tokens.

        ``scopes``: those that the athlete granted. Raises NotAdmitted, with nothing stored, and
        SourceError.
        """
        response = self.application.exchange(code)
        athlete_id = parse_athlete_id(response)
        if becomes_owner(athlete_id):
            self.connections.claim(athlete_id)
        if not admits(athlete_id):
            for name in ("refresh_token", "access_token"):
                with suppress(SourceError):  # they are not stored here in any case
                    self.application.revoke(str(response.get(name)))
            raise NotAdmitted(athlete_id)
        connection = self.connections.add(response, scopes)
        # More scopes make more visible than what is cached.
        self._cache.invalidate(self.connections.key_of(athlete_id))
        return connection

    def find_connected(self, athlete_id: int) -> "StravaAPI | None":
        """The API for an athlete, or None if they are not connected.

        STRAVA_REFRESH_TOKEN does not say whose it is: while there is no owner, it may be anybody's.
        """
        if self.connections.get(athlete_id):
            return self.for_athlete(athlete_id)
        may_be_theirs = self.connections.owner() in (None, athlete_id)
        return self if may_be_theirs and self._tokens.is_connected else None

    def is_revoked(self) -> bool:
        """Whether Strava no longer accepts the athlete's tokens. Raises SourceError."""
        try:
            self.uncached().athlete()
        except NotConnected:
            return True
        return False

    def disconnect(self) -> str:
        """Revoke the tokens at Strava, and delete them and the cached responses.

        Returns why Strava did not confirm it; an empty string if it did. Raises StoreError.
        """
        keys, problem = self._tokens.keys(), ""
        for token in self._tokens.all():
            try:
                self.application.revoke(token)
            except SourceError as exc:
                problem = str(exc)
        self._tokens.delete()
        for key in keys:
            self._cache.delete(key)
        return problem

    @property
    def _max_pages(self) -> int | None:
        return MAX_PAGES if self._reads else None

    def _page(self, before: int | None, page: int, per_page: int) -> list[JSON]:
        """A page of the list. All but the first can be read by the next answer as well."""
        source = self.keeping(READS_AFTER_LIST if page > 1 else 0)
        return source.activities(before=before, page=page, per_page=per_page)


def open_api(config: Config, store: Store) -> StravaAPI:
    """Open Strava's API with the credentials of the settings."""
    credentials = Credentials(
        config.strava_client_id, config.strava_client_secret, config.strava_refresh_token
    )
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=MAX_CONNECTIONS)
    return StravaAPI(config, store, credentials, adapter)


class SandboxAPI(StravaAPI):
    """The same client, connected to the sandbox."""

    name = "sandbox"
    is_invented = True
    counts_all = True
    keeps_metrics = True  # most are computed ahead, and no request leaves the process
    measured: "dict[Question, Texts] | None" = {}

    def status(self) -> JSON:
        return {**super().status(), "change": HOW_TO_CHANGE}

    def _metrics(
        self, part: Part, activities: Sequence[Mapping[str, Any]], max_reads: int
    ) -> Kept[Any]:
        """The metrics that were computed ahead, and those of the remaining activities."""
        from strava_mcp.sources.api import sandbox_metrics

        if not self.keeps_metrics:
            return super()._metrics(part, activities, max_reads)
        ahead = sandbox_metrics.computed_ahead(part, activities)
        remaining = [activity for activity in activities if activity["id"] not in ahead]
        kept = super()._metrics(part, remaining, max_reads)
        values = {**ahead, **kept.values}
        ids = (int(activity["id"]) for activity in activities)
        return Kept({n: values[n] for n in ids if values.get(n) is not None}, kept.unread)


def open_sandbox(config: Config, store: Store, transport: BaseAdapter | None = None) -> StravaAPI:
    """Open the API of the sandbox.

    ``transport``: the adapter of a running sandbox; by default one is created in this process.
    """
    from strava_mcp.sandbox.adapter import WSGIAdapter
    from strava_mcp.sandbox.app import create_app
    from strava_mcp.sandbox.grants import (
        SANDBOX_CLIENT_ID,
        SANDBOX_CLIENT_SECRET,
        SANDBOX_REFRESH_TOKEN,
    )

    sandbox_config = replace(
        config,
        strava_api_url=f"{SANDBOX_URL}/api/v3",
        strava_oauth_url=f"{SANDBOX_URL}/oauth",
    )
    credentials = Credentials(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN)
    return SandboxAPI(
        sandbox_config, store, credentials, transport or WSGIAdapter(create_app(store))
    )
