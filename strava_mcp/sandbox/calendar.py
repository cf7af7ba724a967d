"""What the sandbox's athletes trained, and when: a plan for each date.

Each date has a random generator of its own, so a day's training never changes; as today moves on,
a day is added at one end and one falls out at the other.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random

from strava_mcp.sandbox import seasons, titles
from strava_mcp.sandbox.athlete import ATHLETES, MIRA, Athlete
from strava_mcp.sandbox.courses import TO_WORK, Course, nearest
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sports import RIDES

DAYS = 3 * 365
#: What makes IDs of eleven digits, like Strava's, that grow with the date. Each athlete has a part
#: of a day's, and each of the day's activities a part of that.
FIRST_DAY, IDS_PER_DAY, IDS_PER_ATHLETE, IDS_PER_SLOT = 720_000, 600_000, 200_000, 100_000

#: Metres per second on the flat at ordinary fitness, and mean heart rate.
PACES = {
    "Run": (3.0, 147),
    "TrailRun": (2.75, 151),
    "Ride": (8.3, 136),
    "VirtualRide": (9.0, 140),
    "GravelRide": (7.0, 139),
    "Swim": (0.86, 134),
    "Hike": (1.35, 112),
    "Walk": (1.42, 98),
    "WeightTraining": (0.0, 104),
}
#: How much ten metres of ascent a kilometre slow one down.
CLIMBING = {"Run": 0.035, "TrailRun": 0.035, "Hike": 0.045, "Walk": 0.03}
LENGTHS_M = {
    ("Run", "easy"): (6000, 10500),
    ("Run", "interval"): (8000, 12000),
    ("Run", "long"): (14000, 22000),
    ("TrailRun", "long"): (10500, 18500),
    ("Ride", "tempo"): (28000, 46000),
    ("Ride", "long"): (55000, 112_000),
    ("VirtualRide", "tempo"): (21000, 33000),
    ("VirtualRide", "long"): (32000, 50000),
    ("GravelRide", "long"): (36000, 62000),
    ("Swim", "easy"): (1500, 3000),
    ("Hike", "long"): (9000, 16000),
    ("Walk", "easy"): (3200, 6200),
}
EFFORTS = {"easy": 1.0, "commute": 0.95, "interval": 1.06, "tempo": 1.08, "long": 0.97, "race": 1.2}


def plans(today: date, athlete: Athlete = MIRA) -> list[Plan]:
    """Everything of the three years up to and including ``today``, oldest first."""
    first = today - timedelta(days=DAYS)
    return [plan for day in range(DAYS + 1) for plan in on(first + timedelta(days=day), athlete)]


def find(activity_id: int) -> Plan | None:
    """The activity with this ID; the ID tells the date, and whose it is."""
    day = activity_id // IDS_PER_DAY + FIRST_DAY
    if not date.min.toordinal() <= day <= date.max.toordinal() - 400:
        return None
    athlete = list(ATHLETES.values())[activity_id % IDS_PER_DAY // IDS_PER_ATHLETE]
    known = on(date.fromordinal(day), athlete)
    return next((plan for plan in known if plan.id == activity_id), None)


@lru_cache(maxsize=2 * DAYS * len(ATHLETES))
def on(day: date, athlete: Athlete) -> tuple[Plan, ...]:
    """The activities of one date."""
    rng = Random(f"{athlete.seed}:{day.isoformat()}")
    chosen = enumerate(list(_choices(day, rng)))
    return tuple(_plan(day, athlete, slot, sport, kind, rng) for slot, (sport, kind) in chosen)


def _choices(day: date, rng: Random) -> Iterator[tuple[str, str]]:
    """Sports and kinds of session of a date."""
    if seasons.race_on(day):
        yield "Run", "race"
    elif seasons.is_off(day):
        if rng.random() < 0.2:
            yield "Walk", "easy"
    elif seasons.is_away(day):
        yield from _likely(
            rng, ("Run", "easy", 0.42), ("Hike", "long", 0.12), ("Walk", "easy", 0.1)
        )
    else:
        easing = seasons.is_tapering(day) or seasons.is_recovering(day)
        for sport, kind in _likely(rng, *_weekly(day, rng)):
            if not easing:
                yield sport, kind
            elif sport == "Run":
                yield sport, "easy"
            elif rng.random() < 0.4:  # other sports give way around a race
                yield sport, kind


def _weekly(day: date, rng: Random) -> list[tuple[str, str, float]]:
    """What a weekday usually brings, and how likely it is."""
    summer = 4 <= day.month <= 10
    ride = "Ride" if summer else "VirtualRide"
    if day.weekday() == 5:
        if rng.random() < (0.14 if summer else 0.05):
            return [("Hike", "long", 1.0)]
        gravel = rng.random() < 0.28
        return [("GravelRide" if gravel else ride, "long", 0.75)]
    return [
        [("WeightTraining", "easy", 0.35)],
        [("Ride", "commute", 0.13 if summer else 0.0), ("Run", "interval", 0.72)],
        [(ride, "tempo", 0.58)],
        [("Walk", "commute", 0.1), ("Run", "easy", 0.5)],
        [("Swim", "easy", 0.4), ("Walk", "easy", 0.06)],
        [],
        [("TrailRun" if rng.random() < 0.38 else "Run", "long", 0.62)],
    ][day.weekday()]


def _likely(rng: Random, *choices: tuple[str, str, float]) -> Iterator[tuple[str, str]]:
    for sport, kind, chance in choices:
        if rng.random() < chance:
            yield sport, kind


def _plan(day: date, athlete: Athlete, slot: int, sport: str, kind: str, rng: Random) -> Plan:
    place = seasons.place_of(day)
    race = seasons.race_on(day) if kind == "race" else None
    treadmill = sport == "Run" and kind != "race" and day.month in (12, 1, 2)
    indoor = sport in ("VirtualRide", "WeightTraining", "Swim") or (
        treadmill and rng.random() < 0.25
    )
    course, distance_m = _way(day, sport, kind, indoor, rng)
    if race:
        course = race[1]
        distance_m = course.length_m
    manual = not race and rng.random() < (
        0.18 if sport in ("Walk", "WeightTraining", "Swim") else 0.01
    )
    moving_s = _moving_s(day, sport, kind, distance_m, course, rng)
    beats = PACES[sport][1] * (1 + (EFFORTS[kind] - 1) * 0.6) + rng.uniform(-4, 4)
    mean_watts = 168 * seasons.fitness(day) * EFFORTS[kind] * rng.uniform(0.94, 1.06)
    has_meter = sport in ("Ride", "VirtualRide") and kind != "commute" and not manual
    return Plan(
        id=_first_id(day, athlete) + slot * IDS_PER_SLOT + rng.randrange(IDS_PER_SLOT),
        athlete=athlete,
        sport=sport,
        kind=kind,
        name=race[0] if race else titles.title(sport, kind, place, rng),
        description=titles.description(kind, rng),
        start_local=datetime.combine(day, _start(day, kind, slot, rng)),
        offset_s=seasons.offset_s(day),
        place=place,
        course=course,
        distance_m=round(distance_m, 1),
        moving_s=moving_s,
        pauses=_pauses(moving_s, indoor or manual or bool(race), rng),
        heart_rate=min(176, round(beats)),
        watts=round(mean_watts, 1) if sport in RIDES and not manual else 0.0,
        has_meter=has_meter,
        indoor=indoor,
        manual=manual,
        has_heart_rate=not manual and rng.random() > 0.06,
        visibility=rng.choices(["everyone", "followers_only", "only_me"], [88, 8, 4])[0],
        gear_id=_gear(sport, kind, day) if athlete is MIRA else None,
    )


def _first_id(day: date, athlete: Athlete) -> int:
    before = list(ATHLETES).index(athlete.id)
    return (day.toordinal() - FIRST_DAY) * IDS_PER_DAY + before * IDS_PER_ATHLETE


def _way(
    day: date, sport: str, kind: str, indoor: bool, rng: Random
) -> tuple[Course | None, float]:
    """A course and its length as a device measures it; indoors only a length."""
    low, high = LENGTHS_M.get((sport, kind), (0, 0))
    wanted = rng.uniform(low, high) * seasons.volume(day)
    if sport == "Swim":
        return None, 50.0 * round(wanted / 50)
    if sport == "WeightTraining" or (indoor and sport == "Run"):
        return None, wanted
    if kind == "commute":
        course: Course | None = TO_WORK[sport]
    else:
        course = nearest(seasons.place_of(day), sport, wanted, rng)
    return course, (course.length_m * rng.uniform(0.994, 1.006) if course else wanted)


def _moving_s(
    day: date, sport: str, kind: str, distance_m: float, course: Course | None, rng: Random
) -> int:
    pace = PACES[sport][0]
    if not pace:
        return 60 * rng.randint(35, 65)
    per_km = course.ascent_m / course.length_m * 1000 if course else 0.0
    slower = 1 + per_km / 10 * CLIMBING.get(sport, 0.09)
    speed = pace * seasons.fitness(day) * EFFORTS[kind] * rng.uniform(0.95, 1.05) / slower
    return round(distance_m / speed)


def _start(day: date, kind: str, slot: int, rng: Random) -> time:
    if kind == "commute":
        return time(7, rng.randrange(20, 50), rng.randrange(60))
    hour = 8 if day.weekday() >= 5 or kind == "long" else 17
    return time(hour + 2 * slot, rng.randrange(50), rng.randrange(60))


def _pauses(moving_s: int, none: bool, rng: Random) -> tuple[tuple[float, int], ...]:
    count = 0 if none else rng.choice([0, 0, 1, 1, 2]) + moving_s // 5400
    return tuple(sorted((rng.uniform(0.1, 0.9), rng.randint(15, 240)) for _ in range(count)))


def _gear(sport: str, kind: str, day: date) -> str | None:
    """Each year in May new running shoes."""
    if sport == "Run":
        return f"g2157{day.year if day.month >= 5 else day.year - 1}"
    if kind == "commute":
        return "b11570003" if sport == "Ride" else None
    gear = {"TrailRun": "g21570002", "GravelRide": "b11570002"}
    return gear.get(sport, "b11570001" if sport in RIDES else None)
