"""The totals of a planned activity: its summary shows them, its recording is fitted to them."""

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from strava_mcp.sandbox import body as physiology
from strava_mcp.sandbox import physics
from strava_mcp.sandbox.outing import Outing
from strava_mcp.sandbox.weather import temperature_c
from strava_mcp.sandbox.workouts import WORKOUTS
from strava_mcp.sports import RIDES, VIRTUAL

#: Steps of one leg, strokes or revolutions per minute: at threshold, and less per share below it.
CADENCES = {
    "Run": (90.0, 24.0),
    "TrailRun": (88.0, 26.0),
    "Hike": (80.0, 56.0),
    "Walk": (74.0, 30.0),
    "Swim": (31.0, 18.0),
}
RIDE_CADENCE = (91.0, 20.0)
#: The strongest second and the fastest metre, relative to the hardest block.
PEAK_POWER, PEAK_SPEED = 1.11, 1.09
#: Heart rate rises above that of the blocks on climbs, by this many bpm on foot.
ON_CLIMBS = {"TrailRun": 7, "Hike": 9, "Run": 3}
#: Riders push harder on climbs: by a share that shrinks with the effort, and never by more.
CLIMB_PUSH, MAX_CLIMB_PUSH = 0.62, 0.32
#: Seconds of a sprint, an attack and a long pull.
SPRINT_S, ATTACK_S, PULL_S = 13, 60, 300
#: A barometer drifts with the weather, by up to this much, in metres an hour.
BAROMETER_DRIFT = 1.2
#: Temperature indoors in °C.
INDOORS_C = 21
#: Normalized power above that of the blocks: on a trainer, outdoors, and more with pushed climbs.
STEADY_POWER, UNEVEN_POWER, PUSHED_POWER = 1.003, 1.035, 0.41


def climb_push(share: float) -> float:
    """How much harder a rider pushes on climbs, as a share, if the hardest block is ``share``."""
    return min(MAX_CLIMB_PUSH, max(0.04, CLIMB_PUSH * (1.12 - share)))


@dataclass(frozen=True)
class Plan(Outing):
    """An activity of the calendar with its totals, in closed form from body, blocks and course."""

    def __hash__(self) -> int:
        return hash(self.id)

    # Speed and power

    @cached_property
    def top_share(self) -> float:
        """The share of threshold of the hardest block."""
        return max(stretch.share for stretch in self.stretches)

    @cached_property
    def mean_share(self) -> float:
        """The share of threshold on average."""
        return sum(s.share * s.seconds for s in self.stretches) / self.moving_s

    @cached_property
    def top_speed(self) -> float:
        """Speed of the fastest second in metres per second."""
        if self.sport in RIDES and self.course:
            effort = 2.6 if self.has_sprint else 1.3 * self.top_share
            watts = self.body.ftp_w * effort
            top = physics.top_speed(watts, self.mass_kg, self.course, self.bike)
            return round(max(top, 1.25 * self.mean_speed), 1)
        ratio = self.top_share / self.mean_share
        if self.course and not self.is_structured:
            fastest = min(physics.slownesses(self.course, self.sport))
            ratio *= physics.mean_slowness(self.course, self.sport) / fastest
        elif self.is_structured:
            ratio = max(s.metres / s.seconds for s in self.stretches) / max(0.1, self.mean_speed)
        return round(self.mean_speed * ratio * PEAK_SPEED, 1)

    @property
    def has_sprint(self) -> bool:
        """Whether the rider sprints for town signs."""
        return WORKOUTS[self.workout].sprints > 0

    @property
    def climb_push(self) -> float:
        """How much harder the rider pushes on climbs, as a share."""
        return climb_push(self.top_share)

    @cached_property
    def surges(self) -> tuple[tuple[int, float], ...]:
        """Sprints, and in a group an attack and a long pull: seconds and peak power in watts."""
        sprints = WORKOUTS[self.workout].sprints
        efforts: list[tuple[int, float]] = [(SPRINT_S, float(self.top_watts))] * sprints
        if sprints > 1:
            efforts += [(length, self.body.best_power(length)) for length in (ATTACK_S, PULL_S)]
        return tuple(efforts)

    @cached_property
    def watts(self) -> float:
        """Mean power in watts while moving; 0 if it is unknown."""
        if self.sport not in RIDES or self.manual:
            return 0.0
        return round(self.mean_share * self.body.ftp_w, 1)

    @cached_property
    def top_watts(self) -> int:
        """Power of the strongest second in watts."""
        if self.has_sprint:
            return round(self.athlete.max_power_w * self.body.form * (0.93 + self.id % 13 / 100))
        outdoors = 1.0 if self.indoor else 1.45 + self.climb_push
        return round(self.body.ftp_w * self.top_share * PEAK_POWER * outdoors)

    @cached_property
    def weighted_watts(self) -> int:
        """Normalized power in watts, close to that of the recording."""
        ratio = STEADY_POWER if self.indoor else UNEVEN_POWER + PUSHED_POWER * self.climb_push
        ftp_w = self.body.ftp_w
        fourth = sum(s.seconds * (s.share * ratio) ** 4 for s in self.stretches)
        fourth += sum(
            length * (0.9 * watts / ftp_w) ** 4
            for length, watts in self.surges
            if length > SPRINT_S
        )
        return round(ftp_w * math.sqrt(math.sqrt(fourth / self.moving_s)))

    @property
    def kilojoules(self) -> float:
        """Work in kJ: mean power times moving time."""
        return round(self.watts * self.moving_s / 1000, 1)

    @cached_property
    def cadence(self) -> float:
        """Mean cadence per minute while moving and pedalling."""
        at_threshold, less = CADENCES.get(self.sport, RIDE_CADENCE)
        return at_threshold - less * (1 - self.mean_share) + self.id % 41 / 20 - 1.0

    # Heart rate

    @cached_property
    def drift(self) -> float:
        """Drift of heart rate in bpm an hour."""
        return self.body.drift(self.temperature_c)

    def steady_heart_rate(self, share: float) -> float:
        """The heart rate in bpm that a share of threshold leads to on this day, without drift."""
        day = self.id % 31 / 10 - 1.5
        steady = self.body.heart_rate(self.sport, share) + day
        steady += self.body.offset_bpm(self.temperature_c)
        return min(self.athlete.max_heart_rate - 2.0, steady)

    @property
    def first_heart_rate(self) -> float:
        """Heart rate at the start in bpm: on their feet, and looking forward to it."""
        return self.athlete.resting_heart_rate + 29.0 + self.id % 17

    @cached_property
    def _heart_rates(self) -> tuple[float, float]:
        targets = [(s.seconds, self.steady_heart_rate(s.share)) for s in self.stretches]
        return physiology.mean_and_top(targets, self.first_heart_rate, self.drift)

    @property
    def heart_rate(self) -> int:
        """The mean heart rate in bpm."""
        return round(self._heart_rates[0])

    @property
    def top_heart_rate(self) -> int:
        """The highest heart rate in bpm."""
        top = self._heart_rates[1] + 2
        if self.course and not self.is_structured and not self.indoor:
            top += ON_CLIMBS.get(self.sport, 2)
            if self.sport in RIDES:
                top += 85 * self.mean_share * self.climb_push
            if len(self.surges) > 1:
                top = max(top, self.steady_heart_rate(1.0))
        return min(self.athlete.max_heart_rate, round(top))

    # Surroundings

    @property
    def first_fix(self) -> tuple[float, float]:
        """How far off a receiver is at the start, in metres to the north and to the east."""
        angle, size = self.id % 360, 1.0 + self.id % 71 / 10
        return size * math.cos(angle), size * math.sin(angle)

    @property
    def barometer_drift(self) -> float:
        """How far the barometric altitude drifts from start to end, in metres."""
        is_real = self.athlete.has_barometer and self.sport not in VIRTUAL
        per_hour = BAROMETER_DRIFT * (self.id % 201 - 100) / 100 if is_real else 0.0
        return per_hour * self.elapsed_s / 3600

    @cached_property
    def temperature_c(self) -> float:
        """Degrees Celsius in the middle of the activity."""
        if self.indoor:
            return float(INDOORS_C)
        return temperature_c(self.place, self.start_local + timedelta(seconds=self.elapsed_s / 2))

    @property
    def mean_temperature(self) -> int:
        """Degrees Celsius as its device recorded them on average."""
        return round(self.temperature_c)

    @property
    def calories(self) -> int:
        """Energy in kcal: from work if known, otherwise from heart rate and time."""
        if self.watts:
            return round(self.kilojoules * 1.07)
        return round(self.moving_s / 60 * max(3.0, (self.heart_rate - 60) * 0.115))

    @property
    def suffer_score(self) -> int:
        """Relative effort, of the same order as Strava's, whose formula is not public."""
        share = max(0.0, (self.heart_rate - 90) / 90)
        return round(self.moving_s / 60 * math.pow(share, 1.6) * 1.9)

    @property
    def perceived_exertion(self) -> int | None:
        """How hard it felt, from 1 to 10, where she wrote it down (Borg's CR10)."""
        if self.manual or self.id % 3:
            return None
        hard = 3.2 * self.mean_share + 3.4 * self.top_share + self.moving_s / 3600
        return min(10, max(1, round(hard - 1.2)))

    @property
    def photos(self) -> int:
        """How many photos she took: of long ones and abroad."""
        is_worth_it = self.kind in ("long", "race") and not self.indoor
        return self.id % 6 if is_worth_it and self.id % 5 < 2 else 0
