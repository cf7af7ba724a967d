"""The athletes' training: a plan for each activity of a date.

Each date has its own random generator, so that past training never changes. As today moves on, a
day is added at one end and another is dropped at the other.
"""

from datetime import date, timedelta
from functools import lru_cache
from random import Random

from strava_mcp.sandbox.athlete import ATHLETES, MIRA, Athlete
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.planner import make_plan
from strava_mcp.sandbox.sessions import sessions_on

DAYS = 3 * 365
#: Ids have eleven digits, like Strava's, and grow with the date. Each day has a range of ids, which
#: is divided among the athletes, and an athlete's part among their activities of that day.
FIRST_DAY, IDS_PER_DAY, IDS_PER_ATHLETE, IDS_PER_SLOT = 720_000, 600_000, 200_000, 100_000
#: Ids of later dates belong to no activity.
DAYS_BEFORE_LAST = 400


def plans(today: date, athlete: Athlete = MIRA) -> list[Plan]:
    """All activities of the three years up to and including ``today``, oldest first."""
    first = today - timedelta(days=DAYS)
    days = (first + timedelta(days=day) for day in range(DAYS + 1))
    return [plan for day in days for plan in plans_on(day, athlete)]


def find(activity_id: int) -> Plan | None:
    """The activity with this id, which contains its date and its athlete; None if there is none."""
    day = activity_id // IDS_PER_DAY + FIRST_DAY
    if not date.min.toordinal() <= day <= date.max.toordinal() - DAYS_BEFORE_LAST:
        return None
    athlete = list(ATHLETES.values())[activity_id % IDS_PER_DAY // IDS_PER_ATHLETE]
    on_day = plans_on(date.fromordinal(day), athlete)
    return next((plan for plan in on_day if plan.id == activity_id), None)


@lru_cache(maxsize=2 * DAYS * len(ATHLETES))
def plans_on(day: date, athlete: Athlete) -> tuple[Plan, ...]:
    """The activities of one date, in order."""
    rng = Random(f"plan:{athlete.seed}:{day.isoformat()}")
    result: list[Plan] = []
    for slot, session in enumerate(sessions_on(day, athlete)):
        last = result[-1] if result else None
        after = last.start_local + timedelta(seconds=last.elapsed_s) if last else None
        ids = _ids(day, athlete, slot)
        result.append(make_plan(ids, day, athlete, session, rng, after))
    return tuple(result)


def _ids(day: date, athlete: Athlete, slot: int) -> range:
    """The ids for an athlete's activity of a date; ``slot`` counts them from 0."""
    index = list(ATHLETES).index(athlete.id)
    first = (day.toordinal() - FIRST_DAY) * IDS_PER_DAY + index * IDS_PER_ATHLETE
    return range(first + slot * IDS_PER_SLOT, first + (slot + 1) * IDS_PER_SLOT)
