"""What the sandbox athlete trained, and when: a plan for each date.

Each date has a random generator of its own, so a day's training never changes; as today moves on,
a day is added at one end and one falls out at the other. Seasons, races with a taper, an injury, a
week of illness and a holiday abroad come round at fixed times of the year.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random

SEED = "mira"
DAYS = 3 * 365

#: Metres per second on the flat at ordinary fitness, ascent in metres a kilometre, mean heart rate.
PACES = {
    "Run": (2.95, 7, 148),
    "TrailRun": (2.45, 32, 152),
    "Ride": (7.6, 9, 136),
    "VirtualRide": (8.6, 6, 140),
    "GravelRide": (6.2, 14, 139),
    "Swim": (0.86, 0, 134),
    "Hike": (1.15, 62, 112),
    "Walk": (1.42, 5, 98),
    "WeightTraining": (0.0, 0, 104),
}

NAMES = {
    "Run": [
        "Morning Run",
        "Limmatlauf",
        "Easy around the lake",
        "朝ラン",
        "Утренняя пробежка",
        "جري",
    ],
    "TrailRun": ["Uetliberg-Grat", "Forêt et crêtes", "Trail 🌲", "山を走る"],
    "Ride": ["Afternoon Ride", "Zürichsee-Runde", "Pässefahrt", "Café ride ☕", "Велопрогулка"],
    "VirtualRide": ["Zwift - Tempus Fugit", "Zwift - Volcano Circuit", "Indoor: 3×12 min"],
    "GravelRide": ["Kiesweg ins Tösstal", "Gravel am Greifensee", "Schotter & Wald"],
    "Swim": ["Hallenbad City", "Lunch Swim", "Technik und Tempo"],
    "Hike": ["Wanderung auf den Rigi", "Randonnée en famille", "Speer über die Nordkante"],
    "Walk": ["Evening Walk", "Spaziergang", "Zu Fuss zur Arbeit"],
    "WeightTraining": ["Strength", "Kraft & Rumpf", "Gym"],
}

RACES = {4: ("Run", "Zürich 10k 🏁", 10_000), 9: ("Run", "Berglauf-Halbmarathon 🏅", 21_097.5)}
HOME = (47.3769, 8.5417)


@dataclass(frozen=True)
class Place:
    """Where an activity was: coordinates, Strava's name of the zone, seconds east of UTC."""

    latlng: tuple[float, float]
    timezone: str
    offset_s: int
    base_altitude_m: float


@dataclass(frozen=True)
class Plan:
    """An activity in its totals; its recording is made from them and agrees with them."""

    id: int
    sport: str
    name: str
    start_local: datetime
    place: Place
    distance_m: float
    moving_s: int
    ascent_m: float
    heart_rate: int
    kind: str = "easy"
    description: str = ""
    pauses: tuple[tuple[float, int], ...] = ()
    course: int = 0
    indoor: bool = False
    manual: bool = False
    commute: bool = False
    has_heart_rate: bool = True
    visibility: str = "everyone"
    gear_id: str | None = None
    power: str | None = None
    watts: float = 0.0
    extra: dict[str, object] = field(default_factory=dict, hash=False, compare=False)

    @property
    def elapsed_s(self) -> int:
        """Moving time and pauses."""
        return self.moving_s + sum(length for _, length in self.pauses)

    @property
    def start_utc(self) -> datetime:
        """The start in UTC, without a zone attached."""
        return self.start_local - timedelta(seconds=self.place.offset_s)


def plans(today: date) -> list[Plan]:
    """Everything of the three years up to and including ``today``, oldest first."""
    first = today - timedelta(days=DAYS)
    return [plan for day in range(DAYS + 1) for plan in on(first + timedelta(days=day))]


@lru_cache(maxsize=2 * DAYS)
def on(day: date) -> tuple[Plan, ...]:
    """The activities of one date."""
    rng = Random(f"{SEED}:{day.isoformat()}")
    return tuple(_plan(day, slot, *choice, rng) for slot, choice in enumerate(_choices(day, rng)))


def _choices(day: date, rng: Random) -> Iterator[tuple[str, str]]:
    """Sports and kinds of session of a date."""
    race = race_on(day)
    if race:
        yield race[0], "race"
        return
    if _off(day) or (_tapering(day) and rng.random() < 0.5):
        if rng.random() < 0.12:
            yield "Walk", "easy"
        return
    summer = 4 <= day.month <= 10
    weekly = {
        0: [("WeightTraining", "easy", 0.42)],
        1: [("Run", "interval", 0.72)],
        2: [("Ride" if summer else "VirtualRide", "tempo", 0.58)],
        3: [("Run", "easy", 0.55), ("Walk", "commute", 0.12)],
        4: [("Swim", "easy", 0.44), ("Walk", "easy", 0.08)],
        5: [(_weekend_ride(day, rng, summer), "long", 0.74)],
        6: [("TrailRun" if rng.random() < 0.3 else "Run", "long", 0.62)],
    }
    if day.weekday() == 5 and rng.random() < (0.16 if summer else 0.05):
        yield "Hike", "long"
        return
    for sport, kind, chance in weekly[day.weekday()]:
        if rng.random() < chance:
            yield sport, kind


def _weekend_ride(day: date, rng: Random, summer: bool) -> str:
    if not summer:
        return "VirtualRide" if rng.random() < 0.7 else "GravelRide"
    return "GravelRide" if rng.random() < 0.25 else "Ride"


def race_on(day: date) -> tuple[str, str, float] | None:
    """The race of a date: the last Sunday of April and of September."""
    last_week = (day + timedelta(days=7)).month != day.month
    return RACES.get(day.month) if day.weekday() == 6 and last_week else None


def _off(day: date) -> bool:
    """Injured in February of even years, ill in the second week of November."""
    injured = day.year % 2 == 0 and (2, 8) <= (day.month, day.day) <= (3, 2)
    return injured or (11, 8) <= (day.month, day.day) <= (11, 14)


def _tapering(day: date) -> bool:
    return any(race_on(day + timedelta(days=ahead)) for ahead in range(1, 8))


def fitness(day: date) -> float:
    """About 1: better from year to year and towards late summer, worse after injury."""
    season = 0.035 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 120) / 365)
    injury = 0.04 if day.year % 2 == 0 and 3 <= day.month <= 4 else 0.0
    return 0.97 + 0.012 * ((day.year - 2023) % 6) + season - injury


def place_of(day: date) -> Place:
    """At home, or on holiday abroad in the second half of July."""
    if day.month == 7 and 12 <= day.day <= 26:
        if day.year % 2:
            return Place((35.6812, 139.7671), "(GMT+09:00) Asia/Tokyo", 9 * 3600, 12.0)
        return Place((40.0150, -105.2705), "(GMT-07:00) America/Denver", -6 * 3600, 1630.0)
    return Place(HOME, "(GMT+01:00) Europe/Zurich", 7200 if _summer_time(day) else 3600, 408.0)


def _summer_time(day: date) -> bool:
    """Central European summer time: from the last Sunday of March to that of October."""
    return _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


LENGTHS_M = {
    "Run": {"easy": (6500, 10500), "interval": (8000, 12000), "long": (14000, 24000)},
    "TrailRun": {"long": (11000, 21000)},
    "Ride": {"tempo": (28000, 46000), "long": (55000, 115000)},
    "VirtualRide": {"tempo": (21000, 33000), "long": (32000, 52000)},
    "GravelRide": {"long": (38000, 72000)},
    "Swim": {"easy": (1500, 3000)},
    "Hike": {"long": (9000, 18000)},
    "Walk": {"easy": (3000, 7000), "commute": (2400, 2900)},
}
EFFORTS = {"easy": 1.0, "commute": 1.0, "interval": 1.07, "tempo": 1.08, "long": 0.97, "race": 1.2}


def _plan(day: date, slot: int, sport: str, kind: str, rng: Random) -> Plan:
    pace, climb, beats = PACES[sport]
    race = race_on(day) if kind == "race" else None
    low, high = LENGTHS_M.get(sport, {}).get(kind, (0, 0))
    distance = race[2] if race else round(rng.uniform(low, high), 1)
    if sport == "Swim":
        distance = 50.0 * round(distance / 50)
    ascent = round(distance / 1000 * climb * rng.uniform(0.7, 1.4), 1)
    steep = ascent / max(distance, 1.0) * (3.5 if pace > 4 else 5.0)
    speed = pace * fitness(day) * EFFORTS[kind] * rng.uniform(0.95, 1.05) / (1 + steep)
    moving = round(distance / speed) if speed else 60 * rng.randint(35, 65)
    indoor = sport in ("VirtualRide", "WeightTraining", "Swim") or (
        sport == "Run" and day.month in (12, 1, 2) and rng.random() < 0.25
    )
    manual = sport in ("Walk", "WeightTraining", "Swim") and rng.random() < 0.18
    bike = "Ride" in sport
    return Plan(
        id=(day.toordinal() - 720_000) * 600_000 + slot * 100_000 + rng.randrange(100_000),
        sport=sport,
        name=race[1] if race else _name(sport, kind, rng),
        description=_description(kind, rng),
        start_local=datetime.combine(day, _start(day, kind, slot, rng)),
        place=place_of(day),
        distance_m=distance,
        moving_s=moving,
        ascent_m=0.0 if sport in ("Swim", "WeightTraining") or indoor and not bike else ascent,
        heart_rate=min(178, round(beats * (1 + (EFFORTS[kind] - 1) * 0.6) + rng.uniform(-4, 4))),
        kind=kind,
        pauses=_pauses(moving, indoor or manual, rng),
        course=rng.randrange(5),
        indoor=indoor,
        manual=manual,
        commute=kind == "commute",
        has_heart_rate=not manual and rng.random() > 0.06,
        visibility=rng.choices(["everyone", "followers_only", "only_me"], [88, 8, 4])[0],
        gear_id=_gear(sport),
        power=_power(sport),
        watts=(
            round(168 * fitness(day) * EFFORTS[kind] * rng.uniform(0.94, 1.06), 1) if bike else 0.0
        ),
    )


def _name(sport: str, kind: str, rng: Random) -> str:
    if sport == "Run" and kind == "interval":
        return rng.choice(["6 × 800 m", "Track: 5 × 1 km", "Fartlek", "Intervalle am Fluss"])
    return rng.choice(NAMES[sport])


def _description(kind: str, rng: Random) -> str:
    if kind == "race":
        return "Everything went to plan until two thirds, then it was willpower."
    said = ["Legs heavy, head fine.", "Wind from everywhere.", "Mit Jonas und Aïcha. Merci!", ""]
    return rng.choice(said) if rng.random() < 0.35 else ""


def _start(day: date, kind: str, slot: int, rng: Random) -> time:
    weekend = day.weekday() >= 5
    hour = 8 if weekend else (7 if kind == "commute" else 17)
    return time(hour + slot, rng.randrange(60), rng.randrange(60))


def _pauses(moving_s: int, none: bool, rng: Random) -> tuple[tuple[float, int], ...]:
    """Where on the way (0 to 1) and for how many seconds the athlete stood still."""
    count = 0 if none else rng.choice([0, 0, 1, 1, 2]) + moving_s // 5400
    return tuple(sorted((rng.uniform(0.1, 0.9), rng.randint(15, 240)) for _ in range(count)))


def _gear(sport: str) -> str | None:
    gear = {"Run": "g21570001", "TrailRun": "g21570002", "GravelRide": "b11570002"}
    return gear.get(sport, "b11570001" if "Ride" in sport else None)


def _power(sport: str) -> str | None:
    """``meter`` on the road bike and indoors, ``estimated`` on gravel."""
    return {"Ride": "meter", "VirtualRide": "meter", "GravelRide": "estimated"}.get(sport)
