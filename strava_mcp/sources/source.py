"""The interface of every source of the athlete's data.

Methods return plain dicts in the shapes of Strava's API v3 (SummaryActivity, DetailedActivity,
StreamSet …), in metres, seconds and metres per second, whatever the source. Values that a source
does not have are omitted, and questions it cannot answer raise NotSupported; nothing is invented.

Every method may raise any SourceError of ``strava_mcp.errors``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from strava_mcp.errors import NotSupported
from strava_mcp.geo import Point
from strava_mcp.json_types import JSON
from strava_mcp.polyline import decode

if TYPE_CHECKING:
    from strava_mcp.sources.activity_facts import Facts
    from strava_mcp.sources.activity_query import ActivityQuery, Matches
    from strava_mcp.sources.metrics_parts import Kept, Part
    from strava_mcp.training.activity_metrics import Bests, Intensity
    from strava_mcp.training.route_likeness import Route

#: Requests that one answer may cost where each read is one.
MAX_READS = 30
#: How many of them a list leaves to what is read after it, and recordings to what follows them.
READS_AFTER_LIST, READS_AFTER_RECORDINGS = 8, 4
#: The formats that a route can be exported as: GPX 1.1 and a TCX course.
RouteFormat = Literal["gpx", "tcx"]
#: Sources assign IDs from here on to what has no ID (and no web page) at Strava. They are greater
#: than any of Strava's, and less than 2^53, so that floating-point readers keep them exact.
FIRST_OWN_ID = 8_000_000_000_000_000
#: Characters of an outline that are read; Strava's have a few hundred.
MAX_POLYLINE_LENGTH = 50_000


class Unsupported(NamedTuple):
    """What a source can never answer or do.

    ``what``: as an entry of a list. ``reason``: the message of the NotSupported that is raised.
    """

    what: str
    reason: str


class Source(ABC):
    """An athlete's Strava data."""

    #: The value of STRAVA_SOURCE that selects this source.
    name: ClassVar[str]
    #: Whether the athlete is invented; then every reply says so.
    is_invented: ClassVar[bool] = False
    #: The methods that this source can never answer. Tools that need one of them are not listed.
    unsupported: ClassVar[Mapping[str, Unsupported]] = {}
    #: What else this source does not know, for the guide (``prompts.guide``).
    gaps: ClassVar[tuple[str, ...]] = ()
    #: Whether its lists have descriptions, private notes and weather, as Strava's lists do not.
    lists_texts: ClassVar[bool] = False
    #: Whether lists and the metrics of all activities are at hand, without a request.
    keeps_metrics: ClassVar[bool] = False

    def uncached(self) -> "Source":
        """Return the same source without reading cached responses."""
        return self

    def for_athlete(self, athlete_id: int) -> "Source":
        """Return the same source for an athlete other than the owner.

        Raises NotSupported if the source has the data of one athlete only.
        """
        raise NotSupported("This source has the data of one athlete; the token belongs to another.")

    def for_answer(self, on_read: Callable[[int], None] | None = None) -> "Source":
        """Return the same source for one answer, which costs at most MAX_READS requests.

        Reads beyond them raise ReadsUsedUp; reads from the cache cost nothing. ``on_read``: called
        with the number of requests so far, before each that the answer could do without.
        """
        return self

    def keeping(self, reads: int) -> "Source":
        """Return the same source for reads that an answer can do without.

        They leave it so many of its requests, and a tenth of each of Strava's limits; beyond that
        they raise RateLimited. Without ``for_answer`` there is nothing to keep.
        """
        return self

    @property
    def lasting(self) -> "Source":
        """The source that outlives the answer, as the key of what is remembered about it."""
        return self

    @property
    def limit_notice(self) -> str:
        """Why asking again at once would not read what is missing, and what to do.

        Strava's limit was reached, or nothing that was read is kept. Empty if it would.
        """
        return ""

    def close(self) -> None:
        """Stop what runs in the background; by default nothing does."""

    @abstractmethod
    def status(self) -> JSON:
        """The state of the connection, without a request.

        Keys: ``source``, ``connected``, ``freshness``; if known also ``athlete``, ``since`` (the
        date of the connection), ``scopes``, ``missing`` (scope → what does not work without it) and
        ``limits`` (``of``, ``used``, ``limit``, ``resets_at`` in UTC, ``resets_in_min``). A source
        may add others.
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
    def find_activities(self, query: "ActivityQuery") -> "Matches":
        """The activities that match a query, a page of them, and their total."""

    @abstractmethod
    def newest_facts(self, limit: int) -> "list[Facts]":
        """The facts of the newest activities, at most ``limit``."""

    @abstractmethod
    def activity(self, activity_id: int, *, include_all_efforts: bool = False) -> JSON:
        """One activity with laps, splits and segment efforts (DetailedActivity).

        Where the outline has gaps, ``summary_polyline`` of its ``map`` is the longest part, and
        ``summary_polylines`` are all of them, which no line may connect.
        """

    def outline(self, activity: Mapping[str, Any]) -> list[list[Point]]:
        """The track of an activity (SummaryActivity) in a few positions: its parts between gaps.

        Costs no request. Empty without positions.
        """
        drawn = activity.get("map")
        line = drawn.get("summary_polyline") if isinstance(drawn, Mapping) else None
        points = decode(line[:MAX_POLYLINE_LENGTH]) if isinstance(line, str) else []
        return [points] if points else []

    @abstractmethod
    def activity_zones(self, activity_id: int) -> list[JSON]:
        """Time in heart-rate and power zones (ActivityZone); needs a Strava subscription."""

    @abstractmethod
    def streams(self, activity_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        """Recorded streams by type (StreamSet): ``{"heartrate": {"data": [...], …}, …}``.

        Types that the recording lacks are absent. Readings that cannot be are None, and counted in
        ``left_out`` of their stream; see ``training.plausible``.
        """

    def intensities(
        self, activities: Sequence[Mapping[str, Any]], max_reads: int = 0
    ) -> "Kept[Intensity]":
        """What loads and zones of activities (SummaryActivity) are computed from.

        ``max_reads``: requests that it may cost where each recording is one, in the order given.
        """
        return self._metrics("intensity", activities, max_reads)

    def bests(self, activities: Sequence[Mapping[str, Any]], max_reads: int = 0) -> "Kept[Bests]":
        """The best efforts of activities; see ``intensities``."""
        return self._metrics("bests", activities, max_reads)

    def routes_taken(
        self, activities: Sequence[Mapping[str, Any]], max_reads: int = 0
    ) -> "Kept[Route]":
        """The routes of activities; see ``intensities``."""
        return self._metrics("route", activities, max_reads)

    @abstractmethod
    def _metrics(
        self, part: "Part", activities: Sequence[Mapping[str, Any]], max_reads: int
    ) -> "Kept[Any]":
        """One part of the metrics of activities (see ``kept_metrics``)."""

    @abstractmethod
    def create_activity(self, fields: Mapping[str, Any]) -> JSON:
        """Create a manual activity (DetailedActivity). Sent once, never retried."""

    @abstractmethod
    def update_activity(self, activity_id: int, fields: Mapping[str, Any]) -> JSON:
        """Change an activity (UpdatableActivity fields) and return it (DetailedActivity)."""

    @abstractmethod
    def create_upload(self, file: bytes, fields: Mapping[str, Any]) -> JSON:
        """Upload a recording (Upload); ``fields["data_type"]`` names its format. Never retried."""

    @abstractmethod
    def upload(self, upload_id: int) -> JSON:
        """The progress of an upload (Upload)."""

    @abstractmethod
    def activity_comments(self, activity_id: int, *, per_page: int = 30) -> list[JSON]:
        """Comments on an activity (Comment), oldest first; ``per_page``: at most 200."""

    @abstractmethod
    def activity_kudoers(
        self, activity_id: int, *, page: int = 1, per_page: int = 30
    ) -> list[JSON]:
        """The athletes who gave kudos (SummaryAthlete): first name and last initial."""

    @abstractmethod
    def athlete_zones(self) -> JSON:
        """Heart-rate and power zones (Zones), bpm and W; needs profile:read_all."""

    @abstractmethod
    def gear(self, gear_id: str) -> JSON:
        """A bike or a pair of shoes (DetailedGear)."""

    @abstractmethod
    def clubs(self) -> list[JSON]:
        """The athlete's clubs (SummaryClub), at most 200."""

    @abstractmethod
    def starred_segments(self, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        """A page of the athlete's starred segments (SummarySegment); private ones need read_all."""

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
        """The athlete's own efforts on a segment (DetailedSegmentEffort), in no particular order.

        ``start_local``, ``end_local``: local times in ISO 8601. ``per_page``: at most 200. Needs a
        Strava subscription.
        """

    @abstractmethod
    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        """Star or unstar a segment and return it (DetailedSegment). Needs profile:write."""

    @abstractmethod
    def routes(self, athlete_id: int, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        """A page of the athlete's routes (Route); private ones need read_all.

        Their IDs exceed 2^53: floating-point readers need ``id_str``.
        """

    @abstractmethod
    def route(self, route_id: int) -> JSON:
        """One route with its segments and waypoints (Route)."""

    @abstractmethod
    def route_file(self, route_id: int, kind: RouteFormat) -> str:
        """A route as GPX or TCX text."""
