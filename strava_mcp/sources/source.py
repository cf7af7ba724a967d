"""The interface that every door to the athlete's data keeps.

Answers are plain dicts in the shapes of Strava's API v3 (SummaryActivity, DetailedActivity,
StreamSet …, metres, seconds and metres per second throughout), whatever the source. What a source
cannot know it leaves out or refuses with NotSupported; it never invents.

Every method may raise any SourceError of ``strava_mcp.errors``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from strava_mcp.errors import NotSupported
from strava_mcp.json_types import JSON

#: The formats that a route can be had in: GPX 1.1 and a TCX course.
RouteFormat = Literal["gpx", "tcx"]
#: Ids from here on were given by a source itself, for what has none at Strava, and no page there.
#: They are above all of Strava's, and below 2^53, to which every reader counts exactly.
FIRST_OWN_ID = 8_000_000_000_000_000


class Source(ABC):
    """An athlete's Strava data."""

    #: The word of STRAVA_SOURCE that chooses this source.
    name: ClassVar[str]

    def uncached(self) -> "Source":
        """The same source, asked anew: answers that were kept are not looked at."""
        return self

    def for_athlete(self, athlete_id: int) -> "Source":
        """The same source for another athlete than the owner. Raises NotSupported: it has one."""
        raise NotSupported("This source has the data of one athlete, and the token is another's.")

    @abstractmethod
    def status(self) -> JSON:
        """How the source is connected, told without asking it.

        ``source``, ``connected``, ``freshness``; where they are known ``athlete``, ``scopes``,
        ``missing`` (scope → what does not work) and ``limits`` (``of``, ``used``, ``limit``,
        ``resets_at`` in UTC, ``resets_in_min``).
        """

    @abstractmethod
    def athlete(self) -> JSON:
        """The athlete (DetailedAthlete)."""

    @abstractmethod
    def athlete_stats(self, athlete_id: int) -> JSON:
        """Recent, year-to-date and all-time totals (ActivityStats)."""

    @abstractmethod
    def activities(
        self,
        *,
        before: int | None = None,
        after: int | None = None,
        page: int = 1,
        per_page: int = 30,
    ) -> list[JSON]:
        """A page of activities (SummaryActivity), newest first; with ``after``, oldest first.

        ``before``, ``after``: seconds since the epoch, compared with the start in UTC.
        ``per_page``: at most 200.
        """

    @abstractmethod
    def activity(self, activity_id: int, *, include_all_efforts: bool = False) -> JSON:
        """One activity with laps, splits and segment efforts (DetailedActivity)."""

    @abstractmethod
    def activity_zones(self, activity_id: int) -> list[JSON]:
        """Time in heart-rate and power zones (ActivityZone); needs a Strava subscription."""

    @abstractmethod
    def streams(self, activity_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        """Recorded streams by type (StreamSet): ``{"heartrate": {"data": [...], …}, …}``.

        Types that the recording lacks are absent.
        """

    @abstractmethod
    def create_activity(self, fields: Mapping[str, Any]) -> JSON:
        """Create a manual activity (DetailedActivity). Sent once, never retried."""

    @abstractmethod
    def update_activity(self, activity_id: int, fields: Mapping[str, Any]) -> JSON:
        """Change an activity (UpdatableActivity fields) and return it whole."""

    @abstractmethod
    def create_upload(self, file: bytes, fields: Mapping[str, Any]) -> JSON:
        """Upload a recording (Upload); ``fields["data_type"]`` names its format. Never retried."""

    @abstractmethod
    def upload(self, upload_id: int) -> JSON:
        """How far an upload has got (Upload)."""

    @abstractmethod
    def activity_comments(self, activity_id: int, *, per_page: int = 30) -> list[JSON]:
        """Comments on an activity (Comment), oldest first; ``per_page``: at most 200."""

    @abstractmethod
    def activity_kudoers(
        self, activity_id: int, *, page: int = 1, per_page: int = 30
    ) -> list[JSON]:
        """Who gave kudos (SummaryAthlete): first name, and the initial of the last."""

    @abstractmethod
    def athlete_zones(self) -> JSON:
        """Heart-rate and power zones (Zones), bpm and W; needs profile:read_all."""

    @abstractmethod
    def gear(self, gear_id: str) -> JSON:
        """A bike or a pair of shoes (DetailedGear)."""

    @abstractmethod
    def clubs(self) -> list[JSON]:
        """The clubs that the athlete is a member of (SummaryClub), at most 200."""

    @abstractmethod
    def starred_segments(self, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        """A page of the segments that the athlete has starred (SummarySegment).

        Private ones only with read_all.
        """

    @abstractmethod
    def segment(self, segment_id: int) -> JSON:
        """One segment (DetailedSegment)."""

    @abstractmethod
    def segment_efforts(
        self,
        segment_id: int,
        *,
        start_local: str | None = None,
        end_local: str | None = None,
        per_page: int = 200,
    ) -> list[JSON]:
        """The athlete's own efforts on a segment (DetailedSegmentEffort), in no set order.

        ``start_local``, ``end_local``: local times in ISO 8601. ``per_page``: at most 200. Needs a
        Strava subscription.
        """

    @abstractmethod
    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        """Star a segment, or take the star away; the segment (DetailedSegment).

        Needs profile:write.
        """

    @abstractmethod
    def routes(self, athlete_id: int, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        """A page of the athlete's routes (Route); private ones only with read_all.

        Their ids exceed 2^53: ``id_str`` is for readers that count in floating point.
        """

    @abstractmethod
    def route(self, route_id: int) -> JSON:
        """One route, with the segments and waypoints on it (Route)."""

    @abstractmethod
    def route_file(self, route_id: int, kind: RouteFormat) -> str:
        """A route as the text of a GPX or TCX file."""
