"""Totals of a period: by week, month, year, sport, gear or weekday, and against another period."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.evidence import Coverage, Evidence, gather
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.analysis.thresholds import Basis, Threshold, Thresholds
from strava_mcp.sports import SWIMS
from strava_mcp.training.activity_metrics import POWER_STEP_W, SPEED_STEP_MS, Intensity
from strava_mcp.training.intensity_distribution import (
    FIRST_OF_HEART_RATE,
    FIRST_OF_POWER,
    FIRST_OF_SPEED,
    MIN_DURATION_S,
    Shares,
    polarization_index,
    seconds_between,
    shares,
)

By = Literal["week", "month", "year", "sport", "gear", "weekday", "none"]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_GEAR = "none"
#: Easy, moderate and hard.
Seconds = tuple[float, float, float]
#: Heart rate must cover this share of the recording, else power or pace is taken.
MIN_COVERAGE = 0.7


class Longest(NamedTuple):
    """The longest activity of a group, by distance, else by moving time."""

    activity: int
    distance_m: float
    moving_s: float


@dataclass(frozen=True)
class Group:
    """The totals of some activities; metres, seconds, and load (an hour at the threshold is 100).

    ``name``: of the week (its Monday), month, year, sport, gear id or weekday. ``active_days``:
    local days with an activity. ``zones_s``: seconds easy, moderate and hard, of what has zones;
    ``intensity``: their shares, None without zones.
    ``polarization``: None below five hours in zones.
    """

    name: str
    activities: int
    distance_m: float
    moving_s: float
    climb_m: float
    load: float | None
    active_days: int
    days: int
    zones_s: Seconds
    intensity: Shares | None
    polarization: float | None
    longest: Longest | None
    first: date | None
    last: date | None

    @property
    def days_off(self) -> int:
        """Days of the group's span without an activity."""
        return self.days - self.active_days


@dataclass(frozen=True)
class Summary:
    """``total`` of the days from ``first`` to ``last``, and its ``groups`` in order.

    ``thresholds``: what the loads rest on, as of the last day; ``basis``: the worst of them.
    """

    first: date
    last: date
    total: Group
    groups: Sequence[Group]
    basis: Basis | None
    thresholds: Mapping[Name, Threshold]
    coverage: Coverage


def summarize(
    subject: Subject,
    first: date | None,
    last: date,
    by: By,
    sports: Collection[str] | None = None,
    max_reads: int = MAX_READS,
) -> Summary:
    """Summarize the local days from ``first`` (None: the first activity) to ``last``."""
    evidence = gather(subject, first, last, sports, max_reads)
    activities = evidence.period.activities
    if first is None:
        first = activities[0].day if activities else last
    zones = _in_zones(evidence)
    groups = [
        _group(name, members, evidence, zones, days)
        for name, members, days in _grouped(activities, by, first, last)
    ]
    return Summary(
        first=first,
        last=last,
        total=_group("total", activities, evidence, zones, (last - first).days + 1),
        groups=groups,
        basis=evidence.basis(activities),
        thresholds=_rested_on(evidence.thresholds, last),
        coverage=evidence.coverage(),
    )


def _grouped(
    activities: Sequence[Activity], by: By, first: date, last: date
) -> Iterable[tuple[str, list[Activity], int]]:
    """Yield the name of each group, its activities, and how many days it spans."""
    if by == "none":
        return
    spans = dict(_spans(by, first, last)) if by in STARTS else {}
    members: dict[str, list[Activity]] = {name: [] for name in spans}
    if by == "weekday":
        members = {name: [] for name in WEEKDAYS}
    for activity in activities:
        members.setdefault(NAMES[by](activity), []).append(activity)
    if by in ("sport", "gear"):
        members = dict(sorted(members.items(), key=lambda group: -len(group[1])))
    for name, group in members.items():
        days = spans.get(name) or len({activity.day for activity in group})
        if by == "weekday":
            days = _weekdays(WEEKDAYS.index(name), first, last)
        yield name, group, days


def _spans(by: By, first: date, last: date) -> Iterable[tuple[str, int]]:
    """The name of each week, month or year, and how many of its days are in the period."""
    starts = [first]
    while (following := STARTS[by](starts[-1])) <= last:
        starts.append(following)
    for begin, end in pairwise([*starts, last + timedelta(days=1)]):
        yield _name_of_span(by, begin), (end - begin).days


def _name_of_span(by: By, day: date) -> str:
    if by == "week":
        return str(day - timedelta(days=day.weekday()))
    return f"{day:%Y-%m}" if by == "month" else f"{day:%Y}"


def _weekdays(index: int, first: date, last: date) -> int:
    """How many days of the period are this day of the week."""
    ahead = (index - first.weekday()) % 7
    return max(0, ((last - first).days - ahead) // 7 + 1)


STARTS: Mapping[By, Callable[[date], date]] = {
    "week": lambda day: day + timedelta(days=7 - day.weekday()),
    "month": lambda day: (day.replace(day=1) + timedelta(days=32)).replace(day=1),
    "year": lambda day: date(day.year + 1, 1, 1),
}
NAMES: Mapping[By, Callable[[Activity], str]] = {
    "week": lambda activity: _name_of_span("week", activity.day),
    "month": lambda activity: _name_of_span("month", activity.day),
    "year": lambda activity: _name_of_span("year", activity.day),
    "sport": lambda activity: activity.facts.sport_type or "unknown",
    "gear": lambda activity: activity.facts.gear or NO_GEAR,
    "weekday": lambda activity: WEEKDAYS[activity.day.weekday()],
}


def _group(
    name: str,
    activities: Sequence[Activity],
    evidence: Evidence,
    zones: Mapping[int, Seconds],
    days: int,
) -> Group:
    facts = [activity.facts for activity in activities]
    easy = moderate = hard = 0.0
    for activity in activities:
        if seconds := zones.get(activity.id):
            easy, moderate, hard = easy + seconds[0], moderate + seconds[1], hard + seconds[2]
    distribution = shares(easy, moderate, hard)
    is_enough = easy + moderate + hard >= MIN_DURATION_S
    has_load = evidence.basis(activities) is not None
    return Group(
        name=name,
        activities=len(activities),
        distance_m=sum(fact.distance or 0.0 for fact in facts),
        moving_s=sum(fact.moving_time or fact.elapsed_time or 0.0 for fact in facts),
        climb_m=sum(fact.elevation_gain or 0.0 for fact in facts),
        load=sum(map(evidence.load, activities)) if has_load else None,
        active_days=len({activity.day for activity in activities}),
        days=days,
        zones_s=(easy, moderate, hard),
        intensity=distribution,
        polarization=polarization_index(distribution) if distribution and is_enough else None,
        longest=_longest(activities),
        first=min((activity.day for activity in activities), default=None),
        last=max((activity.day for activity in activities), default=None),
    )


def _longest(activities: Sequence[Activity]) -> Longest | None:
    candidates = [
        Longest(a.id, a.facts.distance or 0.0, a.facts.moving_time or a.facts.elapsed_time or 0.0)
        for a in activities
    ]
    return max(candidates, key=lambda one: (one.distance_m, one.moving_s), default=None)


def _in_zones(evidence: Evidence) -> dict[int, Seconds]:
    """Seconds in three zones of each activity that has any, by its id."""
    return {
        activity.id: seconds
        for activity in evidence.period.activities
        if (intensity := evidence.intensities.get(activity.id))
        and (seconds := _in_three_zones(activity, intensity, evidence.thresholds))
    }


def _in_three_zones(
    activity: Activity, intensity: Intensity, thresholds: Thresholds
) -> Seconds | None:
    """Seconds below the first threshold, between both, and above the second.

    By heart rate, else by power, else by speed on foot or in water. The first threshold is the top
    of zone 2.
    """
    lthr = thresholds.at("lthr", activity.day)
    covered_s = sum(intensity.heart_rate.values())
    if lthr and covered_s >= MIN_COVERAGE * intensity.recorded_s > 0:
        edges = (FIRST_OF_HEART_RATE * lthr.value, lthr.value)
        return _split(edges, intensity.heart_rate, 1)
    ftp = thresholds.at("ftp", activity.day)
    if ftp and intensity.power:
        edges = (FIRST_OF_POWER * ftp.value, ftp.value)
        return _split(edges, intensity.power, POWER_STEP_W)
    is_swim = activity.facts.sport_type in SWIMS
    pace = thresholds.at("css" if is_swim else "threshold_pace", activity.day)
    if pace and intensity.speed:
        speed_ms = (100 if is_swim else 1000) / pace.value
        return _split((FIRST_OF_SPEED * speed_ms, speed_ms), intensity.speed, SPEED_STEP_MS)
    return None


def _split(edges: tuple[float, float], histogram: Mapping[int, int], step: float) -> Seconds:
    seconds = [((key + (step != 1) * 0.5) * step, s) for key, s in histogram.items()]
    easy, moderate, hard = seconds_between(edges, seconds)
    return easy, moderate, hard


def _rested_on(thresholds: Thresholds, day: date) -> dict[Name, Threshold]:
    values: dict[Name, Threshold | None] = {
        "ftp": thresholds.at("ftp", day),
        "threshold_pace": thresholds.at("threshold_pace", day),
        "lthr": thresholds.at("lthr", day),
        "css": thresholds.at("css", day),
    }
    return {name: threshold for name, threshold in values.items() if threshold}
