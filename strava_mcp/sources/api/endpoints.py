"""Maps ``Source`` methods to Strava API v3 endpoints and checks the responses."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests

from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.errors import UNEXPECTED, decode
from strava_mcp.sources.api.transport import TRY_AGAIN
from strava_mcp.sources.plausible_responses import plausible_streams, plausible_totals
from strava_mcp.sources.source import RouteFormat, Source

#: Start and end markers of an exported route, to reject truncated files and HTML pages.
FILE_MARKERS: Mapping[RouteFormat, tuple[str, str]] = {
    "gpx": ("<gpx", "</gpx>"),
    "tcx": ("<TrainingCenterDatabase", "</TrainingCenterDatabase>"),
}


class Endpoints(Source):
    """The endpoints of API v3. Docstrings are those of ``Source``.

    Subclasses implement ``_request`` and ``_get_raw``: the tokens and the cache are theirs.
    """

    gaps = (
        "private notes, perceived exertion and weather, which only the athlete's own export has",
        "activities, members and admins of clubs, which Strava withdrew on 2026-09-01",
        "efforts on segments and time in zones, without a Strava subscription",
    )

    @abstractmethod
    def _request(
        self, has_shape: Callable[[object], bool], method: str, path: str, **options: Any
    ) -> Any:
        """Call an endpoint and return the decoded response, or a cached one.

        ``has_shape``: whether a response has the expected shape; others raise Unavailable.
        ``options`` are those of ``requests``.
        """

    @abstractmethod
    def _get_raw(self, path: str) -> requests.Response:
        """Send a GET and return the response, whatever its status."""

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
        return [plausible_totals(row) for row in self._list("/athlete/activities", query)]

    def activity(self, activity_id: int, *, include_all_efforts: bool = False) -> JSON:
        query = {"include_all_efforts": "true"} if include_all_efforts else {}
        return plausible_totals(self._object("GET", f"/activities/{activity_id}", params=query))

    def activity_zones(self, activity_id: int) -> list[JSON]:
        return self._list(f"/activities/{activity_id}/zones", {})

    def streams(self, activity_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        query = {"keys": ",".join(keys), "key_by_type": "true"}
        path = f"/activities/{activity_id}/streams"
        return plausible_streams(self._object("GET", path, params=query))

    def create_activity(self, fields: Mapping[str, Any]) -> JSON:
        return self._object("POST", "/activities", data=_form(fields))

    def update_activity(self, activity_id: int, fields: Mapping[str, Any]) -> JSON:
        # As JSON, because Strava ignores booleans in a form.
        return self._object("PUT", f"/activities/{activity_id}", json=dict(fields))

    def create_upload(self, file: bytes, fields: Mapping[str, Any]) -> JSON:
        name = f"activity.{fields['data_type']}"
        return self._object("POST", "/uploads", data=_form(fields), files={"file": (name, file)})

    def upload(self, upload_id: int) -> JSON:
        return self._object("GET", f"/uploads/{upload_id}")

    def activity_comments(self, activity_id: int, *, per_page: int = 30) -> list[JSON]:
        # Only this endpoint deprecates page and per_page.
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
        return [plausible_totals(row) for row in self._list("/segment_efforts", query)]

    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        form = {"starred": "true" if starred else "false"}
        return self._object("PUT", f"/segments/{segment_id}/starred", data=form)

    def routes(self, athlete_id: int, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        query = {"page": page, "per_page": per_page}
        return self._list(f"/athletes/{athlete_id}/routes", query)

    def route(self, route_id: int) -> JSON:
        return self._object("GET", f"/routes/{route_id}")

    def route_file(self, route_id: int, kind: RouteFormat) -> str:
        response = self._get_raw(f"/routes/{route_id}/export_{kind}")
        text = response.content.decode("utf-8-sig", errors="replace").strip()
        begin, end = FILE_MARKERS[kind]
        if response.status_code == 200 and begin in text[:1000] and text.endswith(end):
            return text
        decode(response, TRY_AGAIN)  # raises the error of an error response
        raise Unavailable(f"{UNEXPECTED} {TRY_AGAIN}")

    def _object(self, method: str, path: str, **options: Any) -> JSON:
        response: JSON = self._request(_is_object, method, path, **options)
        return response

    def _list(self, path: str, query: Mapping[str, Any]) -> list[JSON]:
        response: list[JSON] = self._request(_is_list, "GET", path, params=query)
        return response


def _is_object(response: object) -> bool:
    return isinstance(response, dict)


def _is_list(response: object) -> bool:
    return isinstance(response, list) and all(map(_is_object, response))


def _form(fields: Mapping[str, object]) -> dict[str, str]:
    """Form fields, with booleans as 0 and 1."""
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in fields.items()
    }
