"""The client of Strava's API v3: one session, timeouts on everything, every refusal explained."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from strava_mcp.config import Config
from strava_mcp.errors import NotConnected, Unavailable
from strava_mcp.store import Store
from strava_mcp.strava.api.faults import error_of, lacks_permission
from strava_mcp.strava.api.tokens import Credentials, Tokens
from strava_mcp.strava.api.vault import Vault
from strava_mcp.strava.source import RouteFormat, Source

JSON = dict[str, Any]

CONNECT_S, READ_S = 5, 20
#: A read that failed is sent again only this soon, so that no call outlasts Lambda's 29 seconds.
RETRY_WITHIN_S = 4
RETRIED = (502, 503)
REFUSED = (
    "Strava refused the refresh token: check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET, and "
    "connect again for a new STRAVA_REFRESH_TOKEN."
)
UNEXPECTED = "Strava answered something unexpected."
#: What to do where a request got no answer that can be used: a write may have happened.
AGAIN = "Try again later."
LOOK = "It may have been carried out all the same: look before you try again."
#: What an exported route begins and ends with: half a file, or a page, is none.
FILES: Mapping[RouteFormat, tuple[str, str]] = {
    "gpx": ("<gpx", "</gpx>"),
    "tcx": ("<TrainingCenterDatabase", "</TrainingCenterDatabase>"),
}
SANDBOX_URL = "http://sandbox.invalid"
MOST_CONNECTIONS = 32


class StravaAPI(Source):
    """Strava's API for one athlete. Its docstrings are those of ``Source``."""

    name = "api"

    def __init__(
        self, config: Config, store: Store, credentials: Credentials, adapter: BaseAdapter
    ) -> None:
        self._api_url = config.strava_api_url
        self._oauth_url = config.strava_oauth_url
        self._session = requests.Session()
        for base in (self._api_url, self._oauth_url):
            self._session.mount(base, adapter)
        # A .netrc of the machine would replace our Authorization header.
        self._session.trust_env = False
        # Strava's cookies mean nothing here, and the jar is shared by all threads.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        # Without a SECRET_KEY the client's own secret keeps them: it is not in the store either.
        vault = Vault(store, config.secret_key or credentials.client_secret)
        self._tokens = Tokens(vault, credentials, self._token)

    def athlete(self) -> JSON:
        return self._object("GET", "/athlete")

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
        query = {"keys": ",".join(keys), "key_by_type": "true"}
        return self._object("GET", f"/activities/{activity_id}/streams", params=query)

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

    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        form = {"starred": "true" if starred else "false"}
        return self._object("PUT", f"/segments/{segment_id}/starred", data=form)

    def routes(self, athlete_id: int, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        query = {"page": page, "per_page": per_page}
        return self._list(f"/athletes/{athlete_id}/routes", query)

    def route(self, route_id: int) -> JSON:
        return self._object("GET", f"/routes/{route_id}")

    def route_file(self, route_id: int, kind: RouteFormat) -> str:
        response = self._response("GET", f"/routes/{route_id}/export_{kind}")
        text = response.content.decode("utf-8-sig", errors="replace").strip()
        begin, end = FILES[kind]
        if response.status_code == 200 and begin in text[:1000] and text.endswith(end):
            return text
        _decoded(response, AGAIN)  # raises what a refusal means
        raise Unavailable(f"{UNEXPECTED} {AGAIN}")

    def _object(self, method: str, path: str, **options: Any) -> JSON:
        answer = self._answer(method, path, **options)
        if not isinstance(answer, dict):
            raise Unavailable(f"{UNEXPECTED} {_advice(method)}")
        return answer

    def _list(self, path: str, query: Mapping[str, Any]) -> list[JSON]:
        answer = self._answer("GET", path, params=query)
        if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
            raise Unavailable(f"{UNEXPECTED} {AGAIN}")
        return answer

    def _answer(self, method: str, path: str, **options: Any) -> Any:
        """The decoded answer of an endpoint."""
        return _decoded(self._response(method, path, **options), _advice(method))

    def _response(self, method: str, path: str, **options: Any) -> requests.Response:
        """The reply of an endpoint, with a new access token if ours has ended."""
        token = self._tokens.access()
        response = self._request(method, self._api_url + path, token, **options)
        if response.status_code == 401 and not lacks_permission(response.text):
            token = self._tokens.replace(token)
            response = self._request(method, self._api_url + path, token, **options)
        return response

    def _request(self, method: str, url: str, token: str, **options: Any) -> requests.Response:
        """Send a request; a read that failed at once is sent once more, anything else never."""
        options["headers"] = {"Authorization": f"Bearer {token}"}
        if method != "GET":
            return self._send(method, url, _advice(method), **options)
        until = time.monotonic() + RETRY_WITHIN_S
        try:
            response = self._send(method, url, AGAIN, **options)
            if response.status_code not in RETRIED or time.monotonic() > until:
                return response
        except Unavailable:
            if time.monotonic() > until:
                raise
        return self._send(method, url, AGAIN, **options)

    def _send(self, method: str, url: str, advice: str, **options: Any) -> requests.Response:
        try:
            return self._session.request(
                method, url, timeout=(CONNECT_S, READ_S), allow_redirects=False, **options
            )
        except requests.Timeout as exc:
            raise Unavailable(f"Strava did not answer within {READ_S} s. {advice}") from exc
        except requests.RequestException as exc:
            raise Unavailable(f"Strava could not be reached. {advice}") from exc

    def _token(self, form: JSON) -> JSON:
        """Strava's token endpoint (RFC 6749 §6, with Strava's JSON errors)."""
        response = self._send("POST", f"{self._oauth_url}/token", AGAIN, data=form)
        if response.status_code in (400, 401):  # Strava says 400 for a refresh token that is dead
            raise NotConnected(REFUSED)
        answer = _decoded(response, AGAIN)
        if not isinstance(answer, dict):
            raise Unavailable("Strava's token endpoint gave no token. Try again later.")
        return answer


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


def _decoded(response: requests.Response, advice: str) -> Any:
    """The JSON of a success. Raises the SourceError of anything else."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    if response.status_code >= 400:
        raise error_of(response.status_code, response.headers, body, advice)
    if body is None or response.status_code >= 300:
        raise Unavailable(f"{UNEXPECTED} {advice}")
    return body


def _form(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields of a form, with booleans as Strava writes them."""
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in fields.items()
    }


def _advice(method: str) -> str:
    return AGAIN if method == "GET" else LOOK
