"""What a question is asked about: one athlete's activities, seen on one day."""

from dataclasses import dataclass
from datetime import date

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.sources.source import MAX_READS, Source

__all__ = ["MAX_READS", "Subject"]


@dataclass(frozen=True)
class Subject:
    """``today``: the athlete's own date. ``settings``: None if nothing can be given."""

    source: Source
    today: date
    settings: AthleteSettings | None = None

    def notice_of_limit(self, missing: object) -> str:
        """Which limit of Strava is why something is missing, and when to ask again.

        Empty if nothing is, or if it can be read at once.
        """
        return self.source.limit_notice if missing else ""
