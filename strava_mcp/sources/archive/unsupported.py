"""Methods of ``Source`` that an export cannot answer: they raise instead of inventing an answer."""

from collections.abc import Mapping
from typing import Any, NoReturn

from strava_mcp.errors import NotFound, NotSupported
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source, Unsupported

#: Strava's page on which an export is requested.
EXPORT_PAGE = "https://www.strava.com/athlete/delete_your_account"

_CHANGES = Unsupported(
    "changes of activities and segments",
    "The source is an archive, a copy that cannot be changed from here: make the change on "
    f"Strava, download a new export ({EXPORT_PAGE}) and import it.",
)
_UPLOADS = Unsupported(
    "uploads",
    "The archive is a copy and accepts no uploads. On the server's machine "
    "`flask archive import FILE` adds a recording to it; Strava accepts one in its own app.",
)


def _unknown(what: str, because: str = "") -> Unsupported:
    return Unsupported(
        what,
        f"Not available: Strava's export does not contain {what}{because}. STRAVA_SOURCE=api uses "
        "Strava's own API instead.",
    )


#: ``Source.unsupported`` of the archive.
UNSUPPORTED: Mapping[str, Unsupported] = {
    "create_activity": _CHANGES,
    "update_activity": _CHANGES,
    "star_segment": _CHANGES,
    "create_upload": _UPLOADS,
    "activity_zones": _unknown("time in zones", ", because it lacks the bounds of the zones"),
    "activity_comments": _unknown("kudos and comments"),
    "activity_kudoers": _unknown("kudos and comments"),
    "athlete_zones": _unknown("the zones set on Strava"),
    "segment_efforts": _unknown("efforts on segments"),
}


class ReadOnlyCopy(Source):
    """The methods for which the export has no data, and those that would change something."""

    unsupported = UNSUPPORTED
    gaps = (
        "activities later than the export, until a newer one is imported",
        "achievements",
        "of starred segments, all but id and name",
        "of routes and some gear and clubs, their ids on Strava",
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
    raise NotSupported(UNSUPPORTED[method].reason)
