"""The interface that every door to the athlete's data keeps.

Answers are plain dicts in the shapes of Strava's API v3 (SummaryActivity, DetailedActivity,
StreamSet …, metres, seconds and metres per second throughout), whatever the source. What a source
cannot know it leaves out or refuses with NotSupported; it never invents.

Every method may raise any SourceError of ``strava_mcp.errors``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

JSON = dict[str, Any]


class Source(ABC):
    """An athlete's Strava data."""

    #: The word of STRAVA_SOURCE that chooses this source.
    name: ClassVar[str]

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
        per_page: int = 30
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
