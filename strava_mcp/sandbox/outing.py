"""What an activity of the calendar consists of, before its totals are worked out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random

from strava_mcp.sandbox import physics
from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.body import Body
from strava_mcp.sandbox.courses import Course, Place
from strava_mcp.sandbox.workouts import WORK, WORKOUTS
from strava_mcp.sports import VIRTUAL

SENSOR_FAULTS = ("strap", "lock", "dropouts")


@dataclass(frozen=True)
class Stretch:
    """A block of a workout as it was done (see ``workouts.Block``)."""

    kind: str
    share: float
    seconds: int
    metres: float
    slope: float = 0.0


@dataclass(frozen=True)
class Outing:
    """An activity of the calendar: when, where, and what is done in it.

    ``kind``: the kind of session (easy, commute, interval, tempo, long, race); ``workout``: its
    name among WORKOUTS. ``stretches``: its blocks while moving. ``pauses``: where the athlete
    stands still, as a fraction of the moving time, and for how many seconds. ``course``: None in a
    pool, on a treadmill or in a gym.
    """

    id: int
    athlete: Athlete
    body: Body
    sport: str
    kind: str
    workout: str
    name: str
    description: str
    private_note: str
    start_local: datetime
    offset_s: int
    place: Place
    course: Course | None
    stretches: tuple[Stretch, ...]
    distance_m: float
    pauses: tuple[tuple[float, int], ...]
    indoor: bool
    manual: bool
    has_heart_rate: bool
    visibility: str
    gear_id: str | None

    @cached_property
    def moving_s(self) -> int:
        """Moving time in seconds."""
        return sum(stretch.seconds for stretch in self.stretches)

    @cached_property
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
    def is_structured(self) -> bool:
        """Whether its blocks have lengths of their own, rather than shares of a course."""
        return (
            WORKOUTS[self.workout].blocks is not None
            and (self.indoor or self.sport == "Run")
            and any(stretch.kind == WORK for stretch in self.stretches)
        )

    @property
    def has_hand_laps(self) -> bool:
        """Whether the athlete presses the lap button at each block."""
        return any(stretch.kind == WORK for stretch in self.stretches)

    @property
    def has_track(self) -> bool:
        """Whether its recording has positions: those of a virtual world are positions too."""
        is_on_course = self.course is not None and self.is_recorded
        return is_on_course and (not self.indoor or self.sport in VIRTUAL)

    @property
    def has_meter(self) -> bool:
        """Whether a power meter recorded it: she has one on the road bike and on the trainer."""
        has_one = self.sport in ("Ride", "VirtualRide") and not self.commute
        return has_one and self.is_recorded and self.athlete.has_meter

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
    def bike(self) -> str:
        """The kind of bike, as ``physics`` knows it."""
        return "commute" if self.commute else self.sport

    @property
    def mass_kg(self) -> float:
        """Mass of rider and bicycle."""
        return self.athlete.weight_kg + physics.BICYCLE_KG

    @property
    def goes_through_tunnel(self) -> bool:
        """Whether it leads through a tunnel, as the favourite long rides do."""
        return self.sport == "Ride" and self.distance_m > 40_000 and self.course is not None

    @property
    def sensor_fault(self) -> str | None:
        """What was wrong with the heart-rate sensor: about one recording in eight has something."""
        draw = self.id * 7919 % 24
        return SENSOR_FAULTS[draw] if draw < len(SENSOR_FAULTS) else None

    def rng(self, purpose: str) -> Random:
        """A random generator for one purpose."""
        return Random(f"{purpose}:{self.id}")
