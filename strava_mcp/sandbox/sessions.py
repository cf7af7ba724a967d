"""Which sessions a date has: sport, kind and workout, by athlete, season and weekday."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from random import Random
from typing import NamedTuple

from strava_mcp.sandbox import seasons
from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.workouts import WORKOUTS

#: Workouts of a month, by what the season is for: base, speed, then the half marathon.
INTERVALS = {
    **dict.fromkeys((11, 12, 1), ("fartlek", "hills", "3 × 10 min")),
    **dict.fromkeys((2, 3, 4), ("5 × 1 km", "3 × 10 min", "6 × 800 m", "hills")),
    **dict.fromkeys((5, 6, 7), ("10 × 400 m", "6 × 800 m", "5 × 1 km", "fartlek")),
    **dict.fromkeys((8, 9, 10), ("3 × 10 min", "4 × 5 min", "5 × 1 km", "fartlek")),
}
TRAINER = ("3 × 12 min", "5 × 4 min", "endurance")
POOL = ("10 × 100 m", "12 × 50 m", "5 × 300 m")


class Session(NamedTuple):
    """A session of the training plan. ``minutes``: how long it is meant to take."""

    sport: str
    kind: str
    workout: str
    minutes: float

    @property
    def load(self) -> float:
        """Training load: an hour at threshold is 100."""
        return self.minutes / 60 * WORKOUTS[self.workout].share ** 2 * 100


#: Sport, kind, workout and probability.
Choice = tuple[str, str, str, float]


@lru_cache(maxsize=8192)
def sessions_on(day: date, athlete: Athlete) -> tuple[Session, ...]:
    """The sessions of a date, in order."""
    rng = Random(f"{athlete.seed}:{day.isoformat()}")
    volume = seasons.volume(day)
    result = []
    for sport, kind, workout in _drawn_on(day, athlete, rng):
        usual = WORKOUTS[workout].minutes
        is_free = WORKOUTS[workout].blocks is None and kind not in ("race", "commute")
        minutes = usual * volume * rng.uniform(0.8, 1.25) if is_free else usual
        result.append(Session(sport, kind, workout, minutes))
    return tuple(result)


def _drawn_on(day: date, athlete: Athlete, rng: Random) -> Iterator[tuple[str, str, str]]:
    """Sport, kind and workout of each session."""
    if seasons.race_on(day) and athlete.races:
        yield "Run", "race", "race"
    elif seasons.is_off(day):
        if rng.random() < 0.2:
            yield "Walk", "easy", "walk"
    elif seasons.is_away(day):
        run = ("Run", "easy", "easy", 0.42)
        yield from _drawn(rng, run, ("Hike", "long", "hike", 0.12), ("Walk", "easy", "walk", 0.1))
    else:
        is_easy_week = seasons.is_tapering(day) or seasons.is_recovering(day)
        for sport, kind, workout in _drawn(rng, *WEEKS[athlete.focus](day, rng)):
            if not (is_easy_week and athlete.races):
                yield sport, kind, workout
            elif sport == "Run":
                yield sport, "easy", "easy"
            elif rng.random() < 0.4:  # around a race there is less of other sports
                yield sport, kind, workout


def _is_test_day(day: date) -> bool:
    """Whether FTP is tested: on the second Wednesday of January and of October."""
    return day.weekday() == 2 and 8 <= day.day <= 14 and day.month in (1, 10)


def is_instruction_day(day: date) -> bool:
    """Whether a session has a name that reads like an instruction: once in three years."""
    return day.year % 3 == 0 and day.month == 6 and day.day <= 7


def _triathlete(day: date, rng: Random) -> list[Choice]:
    """Mira's week: running first, with rides, a swim and strength."""
    is_summer = 4 <= day.month <= 10
    more = 1.25 if seasons.is_overreaching(day) else 1.0
    weekday = day.weekday()
    if weekday == 0:
        is_certain = is_instruction_day(day)
        return [("WeightTraining", "easy", "strength", 1.0 if is_certain else 0.35)]
    if weekday == 1:
        commute = ("Ride", "commute", "commute", 0.13 if is_summer else 0.0)
        return [commute, ("Run", "interval", rng.choice(INTERVALS[day.month]), 0.72 * more)]
    if weekday == 2:
        return _wednesday(day, rng, more)
    if weekday == 3:
        return [("Walk", "commute", "walk", 0.1), ("Run", "easy", "easy", 0.5 * more)]
    if weekday == 4:
        return [("Swim", "easy", rng.choice(POOL), 0.4), ("Walk", "easy", "walk", 0.06)]
    if weekday == 5:
        return _saturday(rng, is_summer, more)
    trail = ("TrailRun", "long", "long", 0.62)
    road = ("Run", "long", "fast end" if rng.random() < 0.35 else "long", 0.62)
    return [trail if rng.random() < 0.38 else road]


def _wednesday(day: date, rng: Random, more: float) -> list[Choice]:
    """A ride: on the trainer in winter; with a run behind it, or against the clock, in summer."""
    if _is_test_day(day):
        return [("VirtualRide", "tempo", "ramp test", 1.0)]
    if not 4 <= day.month <= 10:
        return [("VirtualRide", "tempo", rng.choice(TRAINER), 0.58)]
    if day.month in (6, 8) and 8 <= day.day <= 14:
        return [("Ride", "tempo", "time trial", 1.0)]
    if day.month in (6, 7, 8) and day.day >= 21:
        is_brick = rng.random() < 0.6
        return [
            ("Ride", "tempo", "tempo ride", float(is_brick)),
            ("Run", "easy", "brick run", float(is_brick)),
        ]
    return [("Ride", "tempo", "tempo ride", 0.58 * more)]


def _saturday(rng: Random, is_summer: bool, more: float) -> list[Choice]:
    if rng.random() < (0.14 if is_summer else 0.05):
        return [("Hike", "long", "hike", 1.0)]
    if rng.random() < 0.28:
        return [("GravelRide", "long", "long ride", 0.75)]
    if not is_summer:
        return [("VirtualRide", "long", "endurance", 0.75)]
    return [("Ride", "long", rng.choice(("group ride", "long ride")), 0.75 * more)]


def _cyclist(day: date, rng: Random) -> list[Choice]:
    """Jonas's week: on the bike, with a short run now and then."""
    is_summer = 4 <= day.month <= 10
    ride, indoors = ("Ride", "VirtualRide")[not is_summer], rng.choice(TRAINER)
    if _is_test_day(day):
        return [("VirtualRide", "tempo", "ramp test", 1.0)]
    return [
        [("WeightTraining", "easy", "strength", 0.3)],
        [(ride, "tempo", "tempo ride" if is_summer else indoors, 0.85)],
        [("Ride", "commute", "commute", 0.4), ("Run", "easy", "easy", 0.06)],
        [(ride, "tempo", "time trial" if is_summer else indoors, 0.75)],
        [("Ride", "commute", "commute", 0.3)],
        [(ride, "long", "group ride" if is_summer else "endurance", 0.85)],
        [("GravelRide" if rng.random() < 0.3 else ride, "long", "long ride", 0.6)],
    ][day.weekday()]


def _runner(day: date, rng: Random) -> list[Choice]:
    """Anouk's week: nothing but running."""
    quality = rng.choice(INTERVALS[day.month])
    return [
        [],
        [("Run", "interval", quality, 0.8)],
        [("Run", "easy", "easy", 0.75)],
        [("Run", "interval", "3 × 10 min", 0.55)],
        [("Run", "easy", "easy", 0.3)],
        [("TrailRun" if rng.random() < 0.3 else "Run", "easy", "easy", 0.6)],
        [("Run", "long", "fast end" if rng.random() < 0.3 else "long", 0.85)],
    ][day.weekday()]


WEEKS = {"triathlete": _triathlete, "cyclist": _cyclist, "runner": _runner}


def _drawn(rng: Random, *choices: Choice) -> Iterator[tuple[str, str, str]]:
    """Draw from sessions that each have a probability."""
    for sport, kind, workout, probability in choices:
        if rng.random() < probability:
            yield sport, kind, workout
