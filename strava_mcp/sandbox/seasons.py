"""The athlete's years: races and the way to them, setbacks, holidays, and how fit they make.

Everything is a function of the date alone, so that a day of the past never changes.
"""

import math
from datetime import date, timedelta

from strava_mcp.sandbox.courses import BOULDER, HALF_MARATHON, TEN_K, TOKYO, ZURICH, Course, Place

#: Month → the race on its last Sunday: name and course.
RACES: dict[int, tuple[str, Course]] = {
    4: ("Zürich 10k 🏁", TEN_K),
    9: ("Halbmarathon am See 🏅", HALF_MARATHON),
}
TAPER_DAYS, RECOVERY_DAYS = 9, 12
#: Three weeks of more and more, then one of less.
WAVES = (0.9, 1.0, 1.12, 0.72)


def race_on(day: date) -> tuple[str, Course] | None:
    """The race of a date."""
    is_last_sunday = day.weekday() == 6 and (day + timedelta(days=7)).month != day.month
    return RACES.get(day.month) if is_last_sunday else None


def is_off(day: date) -> bool:
    """Injured in February of even years, ill in the second week of November."""
    injured = day.year % 2 == 0 and (2, 8) <= (day.month, day.day) <= (3, 2)
    return injured or (11, 8) <= (day.month, day.day) <= (11, 14)


def is_tapering(day: date) -> bool:
    """Within the days of less before a race."""
    return any(race_on(day + timedelta(days=ahead)) for ahead in range(1, TAPER_DAYS))


def is_recovering(day: date) -> bool:
    """Within the easy days after a race."""
    return any(race_on(day - timedelta(days=ago)) for ago in range(1, RECOVERY_DAYS))


def is_away(day: date) -> bool:
    """On holiday abroad, without a bike."""
    return day.month == 7 and 12 <= day.day <= 26


def volume(day: date) -> float:
    """How much of the usual the athlete does, about 1."""
    if is_tapering(day) or is_recovering(day):
        return 0.62
    off_season = 0.75 if day.month in (11, 12) else 1.0
    comeback = 0.7 if day.year % 2 == 0 and day.month == 3 else 1.0
    return WAVES[day.toordinal() // 7 % 4] * off_season * comeback


def fitness(day: date) -> float:
    """About 1: better each year and until early autumn, then it fades; less after injury."""
    season = 0.035 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 160) / 365)
    injury = 0.04 if day.year % 2 == 0 and 3 <= day.month <= 4 else 0.0
    return 0.97 + 0.012 * ((day.year - 2023) % 6) + season - injury


def place_of(day: date) -> Place:
    """At home, or in Japan in odd years' holidays and in Colorado in even ones'."""
    if is_away(day):
        return TOKYO if day.year % 2 else BOULDER
    return ZURICH


def offset_s(day: date) -> int:
    """Seconds east of UTC where the athlete is. Of the clock changes only the date is kept."""
    if is_away(day):
        return 9 * 3600 if day.year % 2 else -6 * 3600  # Denver in July has summer time
    is_summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return 7200 if is_summer else 3600


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
