"""Methods of ``Source`` that an export cannot answer: they raise instead of inventing an answer."""

from collections.abc import Mapping
from typing import Any, NoReturn

from strava_mcp.errors import NotFound, NotSupported
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source

#: Strava's page on which an export is requested.
EXPORT_PAGE = "https://www.strava.com/athlete/delete_your_account"


class ReadOnlyCopy(Source):
    """The methods for which the export has no data, and those that would change something."""

    def create_activity(self, fields: Mapping[str, Any]) -> JSON:
        _refuse_change()

    def update_activity(self, activity_id: int, fields: Mapping[str, Any]) -> JSON:
        _refuse_change()

    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        _refuse_change()

    def create_upload(self, file: bytes, fields: Mapping[str, Any]) -> JSON:
        raise NotSupported(
            "The archive is a copy and accepts no uploads. On the server's machine "
            "`flask archive import FILE` adds a recording to it; Strava accepts one in its own app."
        )

    def upload(self, upload_id: int) -> JSON:
        raise NotFound("There are no uploads: the source is an archive.")

    def activity_zones(self, activity_id: int) -> list[JSON]:
        _refuse_unknown("time in zones, because it lacks the bounds of the zones")

    def activity_comments(self, activity_id: int, *, per_page: int = 30) -> list[JSON]:
        _refuse_unknown("comments on an activity")

    def activity_kudoers(
        self, activity_id: int, *, page: int = 1, per_page: int = 30
    ) -> list[JSON]:
        _refuse_unknown("kudos and comments")

    def athlete_zones(self) -> JSON:
        _refuse_unknown("the athlete's zones")

    def segment_efforts(
        self,
        segment_id: int,
        *,
        start_local: str | None = None,
        end_local: str | None = None,
        per_page: int = 200,
    ) -> list[JSON]:
        _refuse_unknown("efforts on segments")


def _refuse_change() -> NoReturn:
    raise NotSupported(
        "The source is an archive, a copy that cannot be changed from here: make the change on "
        f"Strava, download a new export ({EXPORT_PAGE}) and import it."
    )


def _refuse_unknown(what: str) -> NoReturn:
    raise NotSupported(
        f"Not available: Strava's export does not contain {what}. STRAVA_SOURCE=api uses Strava's "
        "own API instead."
    )
