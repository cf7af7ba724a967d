"""What a question is asked about: one athlete's activities, seen on one day."""

from dataclasses import dataclass
from datetime import date

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.sources.source import Source

#: Recordings that one answer may read where each is a request.
MAX_READS = 30


@dataclass(frozen=True)
class Subject:
    """``today``: the athlete's own date. ``settings``: None if nothing can be given."""

    source: Source
    today: date
    settings: AthleteSettings | None = None
