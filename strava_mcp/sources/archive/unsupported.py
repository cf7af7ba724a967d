"""Methods of ``Source`` that an export cannot answer: they raise instead of inventing an answer."""

from collections.abc import Mapping
from typing import Any, NoReturn

from strava_mcp.errors import NotFound, NotSupported
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source

#: Strava's page on which an export is requested.
EXPORT_PAGE = "https://www.strava.com/athlete/delete_your_account"

_NO_CHANGE = (
    "The source is an archive, a copy that cannot be changed from here: make the change on "
    f"Strava, download a new export ({EXPORT_PAGE}) and import it."
)
_NO_UPLOAD = (
    "The archive is a copy and accepts no uploads. On the server's machine "
    "`flask archive import FILE` adds a recording to it; Strava accepts one in its own app."
)


def _lacks(what: str) -> str:
    return (
        f"Not available: Strava's export does not contain {what}. STRAVA_SOURCE=api uses Strava's "
        "own API instead."
    )


#: ``Source.unsupported`` of the archive.
UNSUPPORTED: Mapping[str, str] = {
    "create_activity": _NO_CHANGE,
    "update_activity": _NO_CHANGE,
    "star_segment": _NO_CHANGE,
    "create_upload": _NO_UPLOAD,
    "activity_zones": _lacks("time in zones, because it lacks the bounds of the zones"),
    "activity_comments": _lacks("kudos and comments"),
    "activity_kudoers": _lacks("kudos and comments"),
    "athlete_zones": _lacks("the athlete's zones"),
    "segment_efforts": _lacks("efforts on segments"),
}


class ReadOnlyCopy(Source):
    """The methods for which the export has no data, and those that would change something."""

    unsupported = UNSUPPORTED
    gaps = (
        "Activities later than the export; a newer one has to be imported.",
        "Achievements, kudos and segment efforts of activities.",
        "Of starred segments, all but id and name; of routes, their own ids on Strava.",
    )

    def create_activity(self, fields: Mapping[str, Any]) -> JSON:
        _refuse("create_activity")

    def update_activity(self, activity_id: int, fields: Mapping[str, Any]) -> JSON:
        _refuse("update_activity")

    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        _refuse("star_segment")

    def create_upload(self, file: bytes, fields: Mapping[str, Any]) -> JSON:
        _refuse("create_upload")

    def upload(self, upload_id: int) -> JSON:
        raise NotFound("There are no uploads: the source is an archive.")

    def activity_zones(self, activity_id: int) -> list[JSON]:
        _refuse("activity_zones")

    def activity_comments(self, activity_id: int, *, per_page: int = 30) -> list[JSON]:
        _refuse("activity_comments")

    def activity_kudoers(
        self, activity_id: int, *, page: int = 1, per_page: int = 30
    ) -> list[JSON]:
        _refuse("activity_kudoers")

    def athlete_zones(self) -> JSON:
        _refuse("athlete_zones")

    def segment_efforts(
        self,
        segment_id: int,
        *,
        start_local: str | None = None,
        end_local: str | None = None,
        per_page: int = 200,
    ) -> list[JSON]:
        _refuse("segment_efforts")


def _refuse(method: str) -> NoReturn:
    raise NotSupported(UNSUPPORTED[method])
