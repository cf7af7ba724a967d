"""The athletes' year: races with taper and recovery, hard weeks, injuries, holidays, time zones.

Everything is a function of the date alone, so that past days never change.
"""

from datetime import date, timedelta

from strava_mcp.sandbox.courses import BOULDER, HALF_MARATHON, TEN_K, TOKYO, ZURICH, Course, Place

#: Month → the race on its last Sunday: name and course.
RACES: dict[int, tuple[str, Course]] = {
    4: ("Zürich 10k 🏁", TEN_K),
    9: ("Halbmarathon am See 🏅", HALF_MARATHON),
}
TAPER_DAYS, RECOVERY_DAYS = 9, 12
#: Volume of the weeks of a four-week cycle: three that build up, one of rest.
WEEKLY_VOLUME = (0.9, 1.0, 1.12, 0.72)


def race_on(day: date) -> tuple[str, Course] | None:
    """The race on a date: its name and course."""
    is_last_sunday = day.weekday() == 6 and (day + timedelta(days=7)).month != day.month
    return RACES.get(day.month) if is_last_sunday else None


def is_off(day: date) -> bool:
    """Whether the athletes are injured (February of even years) or ill (mid-November)."""
    injured = day.year % 2 == 0 and (2, 8) <= (day.month, day.day) <= (3, 2)
    return injured or (11, 8) <= (day.month, day.day) <= (11, 14)


def is_tapering(day: date) -> bool:
    """Whether a race is less than TAPER_DAYS away."""
    return day.month in RACES and any(
        race_on(day + timedelta(days=ahead)) for ahead in range(1, TAPER_DAYS)
    )


def is_recovering(day: date) -> bool:
    """Whether a race was less than RECOVERY_DAYS ago."""
    is_near = day.month in RACES or day.month - 1 in RACES
    return is_near and any(race_on(day - timedelta(days=ago)) for ago in range(1, RECOVERY_DAYS))


def is_away(day: date) -> bool:
    """Whether the athletes are on holiday abroad, without a bike."""
    return day.month == 7 and 12 <= day.day <= 26


def is_overreaching(day: date) -> bool:
    """Whether it is one of the two hard weeks of August, which a week of rest follows."""
    return day.month == 8 and 10 <= day.day <= 23


def volume(day: date) -> float:
    """Training volume relative to the usual one."""
    if is_tapering(day) or is_recovering(day):
        return 0.62
    if is_overreaching(day):
        return 1.3
    if day.month == 8 and 24 <= day.day <= 30:
        return 0.6
    off_season = 0.6 if day.month in (11, 12) else 1.0
    comeback = 0.7 if day.year % 2 == 0 and day.month == 3 else 1.0
    return WEEKLY_VOLUME[day.toordinal() // 7 % 4] * off_season * comeback


def place_of(day: date) -> Place:
    """Where the athletes are: at home; on holiday in Japan (odd years) or Colorado (even)."""
    if is_away(day):
        return TOKYO if day.year % 2 else BOULDER
    return ZURICH


def offset_s(day: date) -> int:
    """Offset from UTC where the athletes are. Clocks change at midnight, for simplicity."""
    if is_away(day):
        return 9 * 3600 if day.year % 2 else -6 * 3600  # Denver in July has summer time
    is_summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return 7200 if is_summer else 3600


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
