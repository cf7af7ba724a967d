"""The efforts that a race prediction rests on: the best of an athlete's recent runs.

Efforts of 1,500 m or more count, of the last 90 days; without any, older ones.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from strava_mcp.analysis.period import Activity, Period, activities_between
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.errors import RateLimited
from strava_mcp.sports import RUNS
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.race_times import MAX_EXTRAPOLATION, MIN_SOURCE_M, oxygen_power
from strava_mcp.units import BEST_EFFORTS_M

#: Fresh efforts are of the last 90 days; else those of two years count, else all.
FRESH_DAYS, OLD_DAYS = 90, 730
#: Efforts that a prediction is computed from.
MAX_EFFORTS = 3
#: Slower is no run, and faster no runner: world records are at 80 to 86.
MIN_VDOT, MAX_VDOT = 8.0, 90.0


class Effort(NamedTuple):
    """An effort: metres in elapsed seconds, ``start_s`` into the activity (None: all of it)."""

    name: str
    distance_m: float
    time_s: float
    day: date
    activity: int
    start_s: int | None

    @property
    def vdot(self) -> float:
        """Daniels' VDOT."""
        return oxygen_power(self.distance_m, self.time_s)


class Runs(NamedTuple):
    """Runs, and the efforts in them that a prediction can rest on.

    ``bests``: what was read of recordings, by activity id; ``unread``: activities whose recording
    was not read yet. ``is_fresh``: the runs are of the last 90 days. ``limit_notice``: see
    ``Coverage``.
    """

    period: Period
    bests: Mapping[int, Bests]
    unread: Sequence[int]
    efforts: Sequence[Effort]
    is_fresh: bool
    limit_notice: str = ""


def recent_runs(subject: Subject) -> Runs:
    """The runs of the last 90 days; without any effort in them, of two years, and then all."""
    today, reads_left = subject.today, MAX_READS
    for days in (FRESH_DAYS, OLD_DAYS, None):
        first = today - timedelta(days=days) if days else None
        try:
            period = activities_between(subject.source, first, today, RUNS)
        except RateLimited:
            if days == FRESH_DAYS:
                raise
            period = Period(period.activities, False)  # those of less time are at hand
            break
        kept = subject.source.bests([a.summary for a in _promising(period.activities)], reads_left)
        efforts = [e for activity in period.activities for e in _efforts(activity, kept.values)]
        if efforts:
            break
        reads_left = max(0, reads_left - len(period.activities))  # of these, each was read or tried
    notice = subject.notice_of_limit(kept.unread or not period.is_complete)
    return Runs(period, kept.values, kept.unread, efforts, days == FRESH_DAYS, notice)


def best_efforts(efforts: Sequence[Effort], distance_m: float) -> list[Effort]:
    """The best effort of each activity, near distances before far ones, by VDOT; at most three."""
    ranked = sorted(efforts, key=lambda e: (is_far(e.distance_m, distance_m), -e.vdot))
    best: dict[int, Effort] = {}
    for effort in ranked:
        best.setdefault(effort.activity, effort)
    return list(best.values())[:MAX_EFFORTS]


def is_far(source_m: float, target_m: float) -> bool:
    """Whether the methods extrapolate too far for confidence."""
    return not 1 / MAX_EXTRAPOLATION <= target_m / source_m <= MAX_EXTRAPOLATION


def _promising(activities: Sequence[Activity]) -> list[Activity]:
    """Races first, then the fastest on average: where each recording costs a request."""

    def vdot(activity: Activity) -> float:
        metres, seconds = activity.facts.distance, activity.facts.moving_time
        return oxygen_power(metres, seconds) if metres and seconds else 0.0

    return sorted(activities, key=lambda a: (a.facts.workout != "race", -vdot(a)))


def _efforts(activity: Activity, bests: Mapping[int, Bests]) -> list[Effort]:
    """The efforts of a run that predictions can rest on; without its recording, all of it."""
    best, facts = bests.get(activity.id), activity.facts
    if best:
        efforts = [
            Effort(name, BEST_EFFORTS_M[name], seconds, activity.day, activity.id, start)
            for name, (seconds, start) in best.efforts.items()
            if name in BEST_EFFORTS_M
        ]
    elif facts.distance and facts.elapsed_time:
        whole = Effort(
            "all of it", facts.distance, facts.elapsed_time, activity.day, facts.id, None
        )
        efforts = [whole]
    else:
        efforts = []
    return [e for e in efforts if e.distance_m >= MIN_SOURCE_M and _is_plausible(e)]


def _is_plausible(effort: Effort) -> bool:
    return effort.time_s > 0 and MIN_VDOT <= effort.vdot <= MAX_VDOT
