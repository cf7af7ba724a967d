"""A planned activity and its totals: its summary shows them, its recording is fitted to them."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.courses import Course, Place
from strava_mcp.sports import VIRTUAL

#: The fastest second as a multiple of the mean speed.
TOP_SPEED_RATIO = {"Run": 1.28, "TrailRun": 1.7, "Swim": 1.25, "Hike": 1.6, "Walk": 1.3}
#: Mean cadence: steps of one leg, strokes or revolutions per minute.
CADENCE = {"Run": 84, "TrailRun": 80, "Hike": 52, "Walk": 57, "Swim": 28}
#: Highest heart rate above the mean in bpm, by kind of session.
TOP_HEART_RATE_MARGIN = {
    "easy": 17,
    "commute": 14,
    "interval": 30,
    "tempo": 26,
    "long": 21,
    "race": 12,
}
MAX_HEART_RATE = 188
#: Normalized power as a multiple of mean power, as in the recordings.
VARIABILITY_INDEX = {"tempo": 1.19}


@dataclass(frozen=True)
class Plan:
    """An activity of the calendar.

    ``kind``: the kind of session (easy, commute, interval, tempo, long, race). ``pauses``: where
    the athlete stands still, as a fraction of the moving time, and for how many seconds.
    ``course``: None in a pool, on a treadmill or in a gym. ``heart_rate``: the mean in bpm.
    ``watts``: the mean while moving, 0 if power is unknown.
    """

    id: int
    athlete: Athlete
    sport: str
    kind: str
    name: str
    description: str
    start_local: datetime
    offset_s: int
    place: Place
    course: Course | None
    distance_m: float
    moving_s: int
    pauses: tuple[tuple[float, int], ...]
    heart_rate: int
    watts: float
    has_meter: bool
    indoor: bool
    manual: bool
    has_heart_rate: bool
    visibility: str
    gear_id: str | None

    @property
    def elapsed_s(self) -> int:
        """Moving time plus pauses."""
        return self.moving_s + sum(length for _, length in self.pauses)

    @property
    def start_utc(self) -> datetime:
        """The start in UTC, without a zone attached."""
        return self.start_local - timedelta(seconds=self.offset_s)

    @cached_property
    def began_at(self) -> float:
        """The start in seconds since the epoch."""
        return self.start_utc.replace(tzinfo=UTC).timestamp()

    @property
    def commute(self) -> bool:
        """Whether it is a commute."""
        return self.kind == "commute"

    @property
    def is_recorded(self) -> bool:
        """Whether a device recorded it."""
        return not self.manual

    @property
    def has_track(self) -> bool:
        """Whether its recording has positions: those of a virtual world are positions too."""
        is_on_course = self.course is not None and self.is_recorded
        return is_on_course and (not self.indoor or self.sport in VIRTUAL)

    @property
    def ascent_m(self) -> float:
        """Metres climbed; 0 for a manual entry."""
        return self.course.ascent_m if self.course and self.is_recorded else 0.0

    @property
    def mean_speed(self) -> float:
        """Metres per second while moving."""
        return self.distance_m / self.moving_s

    @property
    def upload_id(self) -> int | None:
        """The id of the upload that it was made from; None for a manual entry."""
        return self.id + 500_000_000 if self.is_recorded else None

    @property
    def top_speed(self) -> float:
        """Speed of the fastest second in metres per second."""
        ratio = 1.5 if self.kind == "interval" else TOP_SPEED_RATIO.get(self.sport, 1.9)
        return round(self.mean_speed * ratio, 1)

    @property
    def top_heart_rate(self) -> int:
        """The highest heart rate in bpm."""
        return min(MAX_HEART_RATE, self.heart_rate + TOP_HEART_RATE_MARGIN[self.kind])

    @property
    def top_watts(self) -> int:
        """Power of the strongest second in watts."""
        return round(self.watts * 2.3)

    @property
    def cadence(self) -> float:
        """Mean cadence per minute while moving."""
        return CADENCE.get(self.sport, 84) + self.id % 41 / 10 - 2.0

    @property
    def mean_temperature(self) -> int:
        """Degrees Celsius: by season outdoors, constant indoors."""
        if self.indoor:
            return 21
        season = math.cos(2 * math.pi * (self.start_local.timetuple().tm_yday - 200) / 365)
        return round(11 + 10 * season + self.id % 7 - 3)

    @property
    def weighted_watts(self) -> int:
        """Normalized power in watts, close to that of the recording."""
        return round(self.watts * VARIABILITY_INDEX.get(self.kind, 1.15))

    @property
    def kilojoules(self) -> float:
        """Work in kJ: mean power times moving time."""
        return round(self.watts * self.moving_s / 1000, 1)

    @property
    def calories(self) -> int:
        """Energy in kcal: from work if known, otherwise from heart rate and time."""
        if self.watts:
            return round(self.kilojoules * 1.07)
        return round(self.moving_s / 60 * (self.heart_rate - 60) * 0.115)

    @property
    def suffer_score(self) -> int:
        """Relative effort, of the same order as Strava's, whose formula is not public."""
        share = max(0.0, (self.heart_rate - 90) / 90)
        return round(self.moving_s / 60 * math.pow(share, 1.6) * 1.9)
