"""Plans an activity: distance, times, heart rate, power, gear, name."""

from datetime import date, datetime, time
from random import Random

from strava_mcp.sandbox import seasons, titles
from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.sandbox.courses import TO_WORK, Course, random_course
from strava_mcp.sandbox.gear import RUNNING_SHOES_PREFIX, TRAIL_SHOES_ID
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sports import RIDES

#: In bpm.
MAX_MEAN_HEART_RATE = 176
#: Metres per second on the flat at usual fitness; in the gym there is no distance.
SPEEDS_MS = {
    "Run": 3.0,
    "TrailRun": 2.75,
    "Ride": 8.3,
    "VirtualRide": 9.0,
    "GravelRide": 7.0,
    "Swim": 0.86,
    "Hike": 1.35,
    "Walk": 1.42,
    "WeightTraining": 0.0,
}
#: Mean heart rate of an easy session in bpm.
HEART_RATES = {
    "Run": 147,
    "TrailRun": 151,
    "Ride": 136,
    "VirtualRide": 140,
    "GravelRide": 139,
    "Swim": 134,
    "Hike": 112,
    "Walk": 98,
    "WeightTraining": 104,
}
#: Mean power of an easy ride in watts.
POWER_W = 168
#: Slowdown, as a fraction, per ten metres of ascent per kilometre.
CLIMB_SLOWDOWN = {"Run": 0.035, "TrailRun": 0.035, "Hike": 0.045, "Walk": 0.03}
#: Shortest and longest usual distance by sport and kind.
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
#: Speed of a session relative to an easy one.
EFFORTS = {"easy": 1.0, "commute": 0.95, "interval": 1.06, "tempo": 1.08, "long": 0.97, "race": 1.2}


def make_plan(
    ids: range, day: date, athlete: Athlete, slot: int, sport: str, kind: str, rng: Random
) -> Plan:
    """Plan the activity of a session. ``ids``: one of them becomes its id."""
    place = seasons.place_of(day)
    race = seasons.race_on(day) if kind == "race" else None
    may_be_indoors = sport == "Run" and kind != "race" and day.month in (12, 1, 2)
    indoor = sport in ("VirtualRide", "WeightTraining", "Swim") or (
        may_be_indoors and rng.random() < 0.25
    )
    course, distance_m = _course_and_distance(day, sport, kind, indoor, rng)
    if race:
        course = race[1]
        distance_m = course.length_m
    manual = not race and rng.random() < (
        0.18 if sport in ("Walk", "WeightTraining", "Swim") else 0.01
    )
    moving_s = _moving_s(day, sport, kind, distance_m, course, rng)
    heart_rate = HEART_RATES[sport] * (1 + (EFFORTS[kind] - 1) * 0.6) + rng.uniform(-4, 4)
    watts = POWER_W * seasons.fitness(day) * EFFORTS[kind] * rng.uniform(0.94, 1.06)
    has_meter = sport in ("Ride", "VirtualRide") and kind != "commute" and not manual
    return Plan(
        id=ids[rng.randrange(len(ids))],
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
        heart_rate=min(MAX_MEAN_HEART_RATE, round(heart_rate)),
        watts=round(watts, 1) if sport in RIDES and not manual else 0.0,
        has_meter=has_meter,
        indoor=indoor,
        manual=manual,
        has_heart_rate=not manual and rng.random() > 0.06,
        visibility=rng.choices(["everyone", "followers_only", "only_me"], [88, 8, 4])[0],
        gear_id=_gear(sport, kind, day) if athlete is MIRA else None,
    )


def _course_and_distance(
    day: date, sport: str, kind: str, indoor: bool, rng: Random
) -> tuple[Course | None, float]:
    """A course and its length as a device measures it; no course in a pool or indoors."""
    low, high = LENGTHS_M.get((sport, kind), (0, 0))
    wanted = rng.uniform(low, high) * seasons.volume(day)
    if sport == "Swim":
        return None, 50.0 * round(wanted / 50)
    if sport == "WeightTraining" or (indoor and sport == "Run"):
        return None, wanted
    if kind == "commute":
        course: Course | None = TO_WORK[sport]
    else:
        course = random_course(seasons.place_of(day), sport, wanted, rng)
    return course, (course.length_m * rng.uniform(0.994, 1.006) if course else wanted)


def _moving_s(
    day: date, sport: str, kind: str, distance_m: float, course: Course | None, rng: Random
) -> int:
    """Moving time: the distance at the speed of the session, slower with more ascent."""
    usual_speed = SPEEDS_MS[sport]
    if not usual_speed:
        return 60 * rng.randint(35, 65)
    ascent_per_km = course.ascent_m / course.length_m * 1000 if course else 0.0
    slowdown = 1 + ascent_per_km / 10 * CLIMB_SLOWDOWN.get(sport, 0.09)
    speed = usual_speed * seasons.fitness(day) * EFFORTS[kind] * rng.uniform(0.95, 1.05) / slowdown
    return round(distance_m / speed)


def _start(day: date, kind: str, slot: int, rng: Random) -> time:
    """Local time of the start."""
    if kind == "commute":
        return time(7, rng.randrange(20, 50), rng.randrange(60))
    hour = 8 if day.weekday() >= 5 or kind == "long" else 17
    return time(hour + 2 * slot, rng.randrange(50), rng.randrange(60))


def _pauses(moving_s: int, is_steady: bool, rng: Random) -> tuple[tuple[float, int], ...]:
    """Pauses as Plan has them."""
    count = 0 if is_steady else rng.choice([0, 0, 1, 1, 2]) + moving_s // 5400
    return tuple(sorted((rng.uniform(0.1, 0.9), rng.randint(15, 240)) for _ in range(count)))


def _gear(sport: str, kind: str, day: date) -> str | None:
    """The bike or shoes of an activity; running shoes are new every May."""
    if sport == "Run":
        return f"{RUNNING_SHOES_PREFIX}{day.year if day.month >= 5 else day.year - 1}"
    if kind == "commute":
        return "b11570003" if sport == "Ride" else None
    gear = {"TrailRun": TRAIL_SHOES_ID, "GravelRide": "b11570002"}
    return gear.get(sport, "b11570001" if sport in RIDES else None)
