"""The client of Strava's API v3 for an athlete: what each question is called there."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from strava_mcp.config import Config
from strava_mcp.errors import NotAdmitted, NotConnected, SourceError, Unavailable
from strava_mcp.store import Store
from strava_mcp.strava.api.application import Application
from strava_mcp.strava.api.budget import Budget
from strava_mcp.strava.api.cache import Cache
from strava_mcp.strava.api.connections import Connection, Connections, athlete_of
from strava_mcp.strava.api.farewells import Farewells
from strava_mcp.strava.api.faults import UNEXPECTED, decoded, lacks_permission
from strava_mcp.strava.api.subscription import Subscription
from strava_mcp.strava.api.tokens import Credentials, Tokens
from strava_mcp.strava.api.transport import AGAIN, Transport, advice_of
from strava_mcp.strava.api.vault import Vault
from strava_mcp.strava.source import RouteFormat, Source

JSON = dict[str, Any]

#: What an exported route begins and ends with: half a file, or a page, is none.
FILES: Mapping[RouteFormat, tuple[str, str]] = {
    "gpx": ("<gpx", "</gpx>"),
    "tcx": ("<TrainingCenterDatabase", "</TrainingCenterDatabase>"),
}
SANDBOX_URL = "http://sandbox.invalid"
MOST_CONNECTIONS = 32


class StravaAPI(Source):
    """Strava's API for the owner, and by ``of`` for others. Docstrings are those of ``Source``."""

    name = "api"

    def __init__(
        self, config: Config, store: Store, credentials: Credentials, adapter: BaseAdapter
    ) -> None:
        self._url = config.strava_api_url
        athletes = config.allowed_athletes
        self.budget = Budget(store, credentials.client_id, max(1, len(set(athletes))))
        transport = Transport((self._url, config.strava_oauth_url), adapter, self.budget)
        self.application = Application(config.strava_oauth_url, credentials, transport)
        # Without a SECRET_KEY the client's own secret keeps them: it is not in the store either.
        vault = Vault(store, config.secret_key or credentials.client_secret)
        self.subscription = Subscription(self._url, credentials, transport, store)
        self.farewells = Farewells(store, credentials.client_id)
        self.connections = Connections(store, vault, credentials.client_id, athletes)
        self._transport = transport
        self._looks_up = True
        self._cache = Cache(store, config.strava_cache_s)
        self._tokens_of = partial(
            Tokens, self.connections, store, vault, credentials, self.application.refresh
        )
        self._tokens = self._tokens_of()
        self._others: dict[int, StravaAPI] = {}

    def of(self, athlete_id: int) -> "StravaAPI":
        known = self._others.get(athlete_id)
        if known is None:
            other = copy(self)
            other._tokens = self._tokens_of(athlete_id)
            known = self._others.setdefault(athlete_id, other)  # each has its tokens in one place
        return known

    def fresh(self) -> Source:
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
        limits = self.budget.buckets()
        return status | ({"limits": [bucket.shown() for bucket in limits]} if limits else {})

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
        athlete_id = athlete_of(answer)
        if becomes_owner(athlete_id):
            self.connections.claim(athlete_id)
        if not admits(athlete_id):
            for name in ("refresh_token", "access_token"):
                with suppress(SourceError):  # nothing is kept of them here in any case
                    self.application.revoke(str(answer.get(name)))
            raise NotAdmitted(athlete_id)
        found = self.connections.add(answer, scopes)
        self._cache.forget(self.connections.key_of(athlete_id))  # more scopes show more
        return found

    def connected(self, athlete_id: int) -> "StravaAPI | None":
        """The API for an athlete who is connected, else None.

        STRAVA_REFRESH_TOKEN does not tell whose it is: without an owner it may be anybody's.
        """
        if self.connections.get(athlete_id):
            return self.of(athlete_id)
        may_be = self.connections.owner() in (None, athlete_id)
        return self if may_be and self._tokens.is_connected else None

    @property
    def key(self) -> str:
        """What stands for the tokens in use, and for what is kept with them."""
        return self._tokens.key

    def forget(self) -> None:
        """Ask Strava anew for everything: something changed there."""
        self._cache.forget(self._tokens.key)

    def has_ended(self) -> bool:
        """Whether Strava accepts the athlete's tokens no more. Raises SourceError."""
        try:
            self.fresh().athlete()
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
            self._cache.remove(key)
        return problem

    def athlete(self) -> JSON:
        return self._object("GET", "/athlete")

    def update_athlete(self, weight_kg: float) -> JSON:
        return self._object("PUT", "/athlete", data={"weight": weight_kg})

    def athlete_stats(self, athlete_id: int) -> JSON:
        return self._object("GET", f"/athletes/{athlete_id}/stats")

    def activities(
        self,
        *,
        before: int | None = None,
        after: int | None = None,
        page: int = 1,
        per_page: int = 30,
    ) -> list[JSON]:
        query = {"before": before, "after": after, "page": page, "per_page": per_page}
        return self._list("/athlete/activities", query)

    def activity(self, activity_id: int, *, include_all_efforts: bool = False) -> JSON:
        query = {"include_all_efforts": "true"} if include_all_efforts else {}
        return self._object("GET", f"/activities/{activity_id}", params=query)

    def activity_zones(self, activity_id: int) -> list[JSON]:
        return self._list(f"/activities/{activity_id}/zones", {})

    def streams(self, activity_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        return self._streams(f"/activities/{activity_id}", keys)

    def create_activity(self, fields: Mapping[str, Any]) -> JSON:
        return self._object("POST", "/activities", data=_form(fields))

    def update_activity(self, activity_id: int, fields: Mapping[str, Any]) -> JSON:
        # As JSON: Strava ignores booleans of a form.
        return self._object("PUT", f"/activities/{activity_id}", json=dict(fields))

    def create_upload(self, file: bytes, fields: Mapping[str, Any]) -> JSON:
        name = f"activity.{fields['data_type']}"
        return self._object("POST", "/uploads", data=_form(fields), files={"file": (name, file)})

    def upload(self, upload_id: int) -> JSON:
        return self._object("GET", f"/uploads/{upload_id}")

    def activity_laps(self, activity_id: int) -> list[JSON]:
        return self._list(f"/activities/{activity_id}/laps", {})

    def activity_comments(self, activity_id: int, *, per_page: int = 30) -> list[JSON]:
        # page and per_page are deprecated here, and here alone.
        return self._list(f"/activities/{activity_id}/comments", {"page_size": per_page})

    def activity_kudoers(
        self, activity_id: int, *, page: int = 1, per_page: int = 30
    ) -> list[JSON]:
        query = {"page": page, "per_page": per_page}
        return self._list(f"/activities/{activity_id}/kudos", query)

    def athlete_zones(self) -> JSON:
        return self._object("GET", "/athlete/zones")

    def gear(self, gear_id: str) -> JSON:
        return self._object("GET", f"/gear/{gear_id}")

    def clubs(self) -> list[JSON]:
        return self._list("/athlete/clubs", {"page": 1, "per_page": 200})

    def club(self, club_id: int) -> JSON:
        return self._object("GET", f"/clubs/{club_id}")

    def starred_segments(self, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        return self._list("/segments/starred", {"page": page, "per_page": per_page})

    def segment(self, segment_id: int) -> JSON:
        return self._object("GET", f"/segments/{segment_id}")

    def segment_efforts(
        self,
        segment_id: int,
        *,
        start_local: str | None = None,
        end_local: str | None = None,
        per_page: int = 200,
    ) -> list[JSON]:
        query = {
            "segment_id": segment_id,
            "start_date_local": start_local,
            "end_date_local": end_local,
            "per_page": per_page,
        }
        return self._list("/segment_efforts", query)

    def segment_effort(self, effort_id: int) -> JSON:
        return self._object("GET", f"/segment_efforts/{effort_id}")

    def segment_streams(self, segment_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        return self._streams(f"/segments/{segment_id}", keys)

    def effort_streams(self, effort_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        return self._streams(f"/segment_efforts/{effort_id}", keys)

    def explore_segments(
        self, bounds: tuple[float, float, float, float], activity_type: str
    ) -> list[JSON]:
        query = {"bounds": ",".join(map(str, bounds)), "activity_type": activity_type}
        answer = self._object("GET", "/segments/explore", params=query)
        found: list[JSON] = _checked(answer.get("segments"), _is_list, AGAIN)
        return found

    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        form = {"starred": "true" if starred else "false"}
        return self._object("PUT", f"/segments/{segment_id}/starred", data=form)

    def routes(self, athlete_id: int, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        query = {"page": page, "per_page": per_page}
        return self._list(f"/athletes/{athlete_id}/routes", query)

    def route(self, route_id: int) -> JSON:
        return self._object("GET", f"/routes/{route_id}")

    def route_streams(self, route_id: int) -> dict[str, JSON]:
        # Not by type, whatever is asked.
        streams = self._list(f"/routes/{route_id}/streams", {})
        return {str(stream.pop("type", "")): stream for stream in streams}

    def route_file(self, route_id: int, kind: RouteFormat) -> str:
        response = self._response(self._tokens.key, "GET", f"/routes/{route_id}/export_{kind}")
        text = response.content.decode("utf-8-sig", errors="replace").strip()
        begin, end = FILES[kind]
        if response.status_code == 200 and begin in text[:1000] and text.endswith(end):
            return text
        decoded(response, AGAIN)  # raises what a refusal means
        raise Unavailable(f"{UNEXPECTED} {AGAIN}")

    def _streams(self, path: str, keys: Sequence[str]) -> dict[str, JSON]:
        query = {"keys": ",".join(keys), "key_by_type": "true"}
        return self._object("GET", f"{path}/streams", params=query)

    def _object(self, method: str, path: str, **options: Any) -> JSON:
        found: JSON = self._answer(_is_object, method, path, **options)
        return found

    def _list(self, path: str, query: Mapping[str, Any]) -> list[JSON]:
        found: list[JSON] = self._answer(_is_list, "GET", path, params=query)
        return found

    def _answer(
        self, is_right: Callable[[Any], bool], method: str, path: str, **options: Any
    ) -> Any:
        """The decoded answer of an endpoint, or the one that it gave a while ago.

        ``is_right``: whether it has the shape that it should have; only such a one is kept.
        """
        whose, query = self._tokens.key, options.get("params", {})
        if method != "GET":
            try:
                answer = decoded(self._response(whose, method, path, **options), advice_of(method))
            finally:
                self._cache.forget(whose)  # also where it failed: it may have been carried out
            return _checked(answer, is_right, advice_of(method))
        generation = self._cache.generation(whose, path)
        known = self._cache.get(generation, path, query) if self._looks_up else None
        if known is None:
            answer = decoded(self._response(whose, method, path, **options), AGAIN)
            known = _checked(answer, is_right, AGAIN)
            self._cache.put(generation, path, query, known)
        return known

    def _response(self, whose: str, method: str, path: str, **options: Any) -> requests.Response:
        """The reply of an endpoint, with another access token if there is a better one."""
        url, token = self._url + path, self._tokens.access(whose)
        response = self._transport.call(method, url, token, whose, **options)
        if response.status_code not in (401, 403):
            return response
        better = token
        if lacks_permission(response.text):  # the athlete may have granted more meanwhile
            better = self._tokens.newest(whose, token)
        elif response.status_code == 401:
            better = self._tokens.replace(whose, token)
        if better == token:
            return response
        return self._transport.call(method, url, better, whose, **options)


def open_api(config: Config, store: Store) -> StravaAPI:
    """The athlete's own Strava, with the credentials of the settings."""
    credentials = Credentials(
        config.strava_client_id, config.strava_client_secret, config.strava_refresh_token
    )
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=MOST_CONNECTIONS)
    return StravaAPI(config, store, credentials, adapter)


class SandboxAPI(StravaAPI):
    """The same client where it speaks to the sandbox."""

    name = "sandbox"


def open_sandbox(config: Config, store: Store, transport: BaseAdapter | None = None) -> StravaAPI:
    """The sandbox athlete through the same client.

    ``transport`` leads to a sandbox that runs already; otherwise one of its own, in this process.
    """
    from strava_mcp.strava.sandbox.adapter import WSGIAdapter
    from strava_mcp.strava.sandbox.app import create_app
    from strava_mcp.strava.sandbox.grants import (
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


def _is_object(answer: Any) -> bool:
    return isinstance(answer, dict)


def _is_list(answer: Any) -> bool:
    return isinstance(answer, list) and all(map(_is_object, answer))


def _checked(answer: Any, is_right: Callable[[Any], bool], advice: str) -> Any:
    if not is_right(answer):
        raise Unavailable(f"{UNEXPECTED} {advice}")
    return answer


def _form(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields of a form, with booleans as Strava writes them."""
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in fields.items()
    }
