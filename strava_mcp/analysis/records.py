"""Personal records of a period: best efforts, and the longest and hilliest activities."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from strava_mcp.analysis import estimates
from strava_mcp.analysis.best_efforts import (
    Effort,
    Measure,
    Ranking,
    efforts_of,
    ranked,
    rankings,
    read_bests,
)
from strava_mcp.analysis.candidates import WINDOW
from strava_mcp.analysis.estimates import CriticalEstimate, FTPEstimate
from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.period import Activity, Period, activities_between
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Threshold, thresholds
from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.metrics_parts import Kept
from strava_mcp.sports import RIDES, ROWS, RUNS, SKIS, SWIMS
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.mean_maximal import DURATIONS_S

EffortKind = Literal["distances", "power", "pace", "heartrate"]
ActivityKind = Literal["longest", "climbing"]
#: Sports that count if none is named; None: all.
DEFAULT_SPORTS: Mapping[EffortKind, Collection[str] | None] = {
    "distances": RUNS,
    "power": RIDES,
    "pace": RUNS,
    "heartrate": None,
}
FAMILIES = {"runs": RUNS, "rides": RIDES, "swims": SWIMS, "skiing": SKIS, "rowing": ROWS}
#: Of more families, those with most activities are ranked.
MAX_FAMILIES = 8


class Estimates(NamedTuple):
    """What the efforts of the days from ``first`` to ``last`` say.

    ``critical``: power, or speed of runs (``is_power``); ``ftp``: None without 20 minutes.
    """

    is_power: bool
    first: date
    last: date
    critical: CriticalEstimate
    ftp: FTPEstimate | None


@dataclass(frozen=True)
class Records:
    """Rankings and what they rest on.

    ``families``: rankings by family of sports; for best efforts one, named ``""``. ``estimates``:
    of power, pace and distances. ``ftp``: the one in use, for power.
    """

    families: Mapping[str, Sequence[Ranking]]
    coverage: Coverage
    estimates: Estimates | None = None
    ftp: Threshold | None = None


def effort_records(
    subject: Subject,
    kind: EffortKind,
    first: date | None,
    last: date,
    sports: Collection[str] | None = None,
    top: int = 1,
    durations_s: Collection[int] = DURATIONS_S,
) -> Records:
    """The best efforts over each distance or duration in local days; ``first`` None: ever.

    Estimates rest on the 90 days up to ``last``, even where these begin before ``first``.
    """
    window = last - WINDOW
    wider = activities_between(
        subject.source, first and min(first, window), last, sports or DEFAULT_SPORTS[kind]
    )
    kept = read_bests(subject.source, wider.activities, kind)
    recent = [activity for activity in wider.activities if activity.day > window]
    estimated = None
    if kind != "heartrate":
        estimated = estimates_up_to(
            "power" if kind == "power" else "pace", wider.activities, kept.values, last
        )
    period = _from(wider, first)
    ranked_efforts = rankings(period.activities, kept.values, kind, top, durations_s)
    coverage = coverage_of(subject, period, kept)
    if kind != "power":
        return Records({"": ranked_efforts}, coverage, estimated)
    values = thresholds(subject, recent, kept.values)
    coverage = replace(coverage, profile_problem=values.profile_problem)
    return Records({"": ranked_efforts}, coverage, estimated, values.at("ftp", last))


def activity_records(
    subject: Subject,
    kind: ActivityKind,
    first: date | None,
    last: date,
    sports: Collection[str] | None = None,
    top: int = 1,
) -> Records:
    """The longest or hilliest activities of each family of sports; for ``climbing``, the greatest
    climb as well.
    """
    period = activities_between(subject.source, first, last, sports)
    kept = (
        read_bests(subject.source, period.activities, "climb")
        if kind == "climbing"
        else Kept[Bests]({})
    )
    members: dict[str, list[Activity]] = {}
    for activity in period.activities:
        members.setdefault(family_of(activity.facts.sport_type), []).append(activity)
    most = sorted(members, key=lambda name: -len(members[name]))[:MAX_FAMILIES]
    return Records(
        {name: _of_family(kind, members[name], kept.values, top) for name in most},
        coverage_of(subject, period, kept),
    )


def family_of(sport: str | None) -> str:
    """The family of a sport type; the type itself if it has none."""
    return next((name for name, sports in FAMILIES.items() if sport in sports), sport or "unknown")


def _from(period: Period, first: date | None) -> Period:
    inside = [a for a in period.activities if first is None or a.day >= first]
    return Period(inside, period.is_complete)


def estimates_up_to(
    measure: Measure, activities: Sequence[Activity], bests: Mapping[int, Bests], last: date
) -> Estimates | None:
    """The estimates by ``power`` or ``pace`` from the activities of the 90 days up to ``last``.

    ``activities``: from the oldest to the newest. None without any in these days.
    """
    recent = [activity for activity in activities if last - WINDOW < activity.day <= last]
    if not recent:
        return None
    efforts = efforts_of(recent, bests, measure)
    if measure == "power":
        critical, ftp = estimates.critical_power(efforts), estimates.ftp(efforts)
    else:
        critical, ftp = estimates.critical_speed(efforts), None
    return Estimates(measure == "power", recent[0].day, last, critical, ftp)


#: What ranks whole activities, by its name.
QUANTITIES: Mapping[ActivityKind, Mapping[str, Callable[[Facts], float | None]]] = {
    "longest": {
        "distance": lambda facts: facts.distance,
        "moving_time": lambda facts: facts.moving_time or facts.elapsed_time,
    },
    "climbing": {"elevation_gain": lambda facts: facts.elevation_gain},
}


def _of_family(
    kind: ActivityKind, activities: Sequence[Activity], bests: Mapping[int, Bests], top: int
) -> list[Ranking]:
    result = []
    for name, quantity in QUANTITIES[kind].items():
        efforts = [
            Effort(value, activity.day, activity.id)
            for activity in activities
            if (value := quantity(activity.facts))
        ]
        result.append(Ranking(name, ranked(efforts, top)))
    if kind == "climbing":
        result += rankings(activities, bests, "climb", top)
    return [ranking for ranking in result if ranking.ranked]


def coverage_of(subject: Subject, period: Period, kept: Kept[Bests]) -> Coverage:
    """What was seen of a period; loads do not count here."""
    ids = {activity.id for activity in period.activities}
    bests = [best for number, best in kept.values.items() if number in ids]
    return Coverage(
        activities=len(ids),
        recorded=len(bests),
        heart_rate=sum(bool(best.heart_rate) for best in bests),
        power=sum(bool(best.power) for best in bests),
        estimated=0,
        without_load={},
        unread=len(ids.intersection(kept.unread)),
        is_complete=period.is_complete,
        limit_notice=subject.notice_of_limit(kept.unread or not period.is_complete),
    )
