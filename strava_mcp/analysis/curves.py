"""The curve of power or pace over durations: of a period, of the one before it, and ever."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from strava_mcp.analysis.best_efforts import Effort, efforts_of, rankings, read_bests
from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.period import Activity, Period, activities_between
from strava_mcp.analysis.records import DEFAULT_SPORTS, Estimates, coverage_of, estimates_up_to
from strava_mcp.analysis.subject import Subject
from strava_mcp.sports import RUNS
from strava_mcp.training.activity_metrics import Bests

Measure = Literal["power", "pace"]
#: Duration in s → the best effort over it, W or m/s. It never rises with the duration.
Curve = Mapping[int, Effort]


@dataclass(frozen=True)
class Curves:
    """Curves of a ``measure``; ``previous``: of as many days before ``first``.

    ``distances``: of runs in the period, name of a distance → the fastest. ``estimates``: of the 90
    days up to ``last``; None without activities. ``first`` None: the period is everything.
    """

    measure: Measure
    first: date | None
    last: date
    current: Curve
    previous: Curve
    ever: Curve
    distances: Mapping[str, Effort]
    estimates: Estimates | None
    coverage: Coverage


def curves(
    subject: Subject, first: date | None, last: date, sports: Collection[str] | None = None
) -> Curves:
    """The curves of local days from ``first`` (None: ever) to ``last``.

    Of ``sports`` with runs it is pace, else power; without sports, power if any was measured.
    """
    if sports is None:
        by_power = _curves(subject, "power", first, last, None)
        return by_power if by_power.ever else _curves(subject, "pace", first, last, None)
    measure: Measure = "pace" if set(sports) & set(RUNS) else "power"
    return _curves(subject, measure, first, last, sports)


def _curves(
    subject: Subject,
    measure: Measure,
    first: date | None,
    last: date,
    sports: Collection[str] | None,
) -> Curves:
    period = activities_between(subject.source, None, last, sports or DEFAULT_SPORTS[measure])
    kept = read_bests(subject.source, period.activities, measure)
    everything = period.activities
    current = [a for a in everything if first is None or a.day >= first]
    begin = first and first - ((last - first) + timedelta(days=1))
    previous = [a for a in everything if first and begin and begin <= a.day < first]
    return Curves(
        measure=measure,
        first=first,
        last=last,
        current=_curve(current, kept.values, measure),
        previous=_curve(previous, kept.values, measure),
        ever=_curve(everything, kept.values, measure),
        distances=_distances(current, kept.values) if measure == "pace" else {},
        estimates=estimates_up_to(measure, everything, kept.values, last),
        coverage=coverage_of(subject, Period(current, period.is_complete), kept),
    )


def _curve(activities: Sequence[Activity], bests: Mapping[int, Bests], measure: Measure) -> Curve:
    """The best of each duration; that of a longer one stands for a shorter one it exceeds."""
    efforts = efforts_of(activities, bests, measure)
    best: Effort | None = None
    curve: dict[int, Effort] = {}
    for duration_s in sorted((d for d in efforts if isinstance(d, int)), reverse=True):
        own = max(efforts[duration_s], key=lambda effort: effort.value)
        best = own if best is None or own.value > best.value else best
        curve[duration_s] = best
    return dict(sorted(curve.items()))


def _distances(activities: Sequence[Activity], bests: Mapping[int, Bests]) -> dict[str, Effort]:
    return {
        str(ranking.name): ranking.ranked[0].effort
        for ranking in rankings(activities, bests, "distances", 1)
    }
