"""The time of a race to come, from the best efforts of an athlete's runs.

Training is seldom maximal, so a prediction is what the efforts prove, and a race may be faster.
The methods and their limits are those of ``training.race_times``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal, NamedTuple

from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.race_efforts import Effort, Runs, best_efforts, is_far, recent_runs
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Thresholds, thresholds
from strava_mcp.training import grade_adjusted, race_times
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.age_grade import AgeGrade, age_grade
from strava_mcp.training.critical_power import STORE_M, Critical, critical
from strava_mcp.training.mean_maximal import hull
from strava_mcp.training.race_times import oxygen_power
from strava_mcp.training.unmeasurable import Unmeasurable

#: A goal this much faster than all methods is ambitious; beyond it, out of reach.
AMBITIOUS_SHARE = 0.02
#: How much faster than an even pace the second half is in a race with a negative split.
NEGATIVE_SHARE = 0.01

Method = Literal["riegel", "daniels", "cameron"]
METHODS: Mapping[Method, Callable[[float, float, float], float]] = {
    "riegel": race_times.riegel_s,
    "daniels": race_times.daniels_s,
    "cameron": race_times.cameron_s,
}
Verdict = Literal["within reach", "possible", "ambitious", "out of reach"]


class Prediction(NamedTuple):
    """What an effort predicts: seconds by method. ``is_far``: the target is more than four times as
    long, or less than a quarter.
    """

    effort: Effort
    times_s: Mapping[Method, float]
    is_far: bool


class Hills(NamedTuple):
    """An estimate for a hilly course: half of the way climbs evenly, half descends.

    ``grade``: in %; ``factor``: effort per metre against the flat.
    """

    climb_m: float
    grade: float
    factor: float


class Goal(NamedTuple):
    """A goal against the predictions; ``needed_s``: the time over the distance of the best effort
    that would predict it by VDOT.
    """

    time_s: float
    verdict: Verdict
    vdot: float
    needed_s: float


@dataclass(frozen=True)
class RacePrediction:
    """``predictions``: the best effort first; times are for the flat. ``fastest_s``, ``slowest_s``
    and ``middle_s`` are those of the best effort's methods, and include ``hills``.

    ``critical_speed``: its fit in m/s and m, and ``critical_s``, its time; or ``no_critical``: why
    not. ``is_fresh``: the efforts are of the last 90 days. ``age_grade``: of ``middle_s`` without
    hills, or ``no_age_grade``.
    """

    distance_m: float
    day: date
    predictions: Sequence[Prediction]
    is_fresh: bool
    fastest_s: float
    middle_s: float
    slowest_s: float
    hills: Hills | None
    critical_speed: Critical | None
    critical_s: float | None
    no_critical: str | None
    goal: Goal | None
    age_grade: AgeGrade | None
    no_age_grade: str | None
    coverage: Coverage


def predict(
    subject: Subject,
    distance_m: float,
    day: date,
    goal_s: float | None = None,
    climb_m: float | None = None,
) -> RacePrediction | Coverage:
    """Predict the time over ``distance_m`` on ``day``.

    ``climb_m``: ascent, of a course that ends as high as it begins. Returns only what was seen if
    no run is long enough.
    """
    runs = recent_runs(subject)
    if not runs.efforts:
        return _coverage(runs)
    efforts = best_efforts(runs.efforts, distance_m)
    predictions = [_prediction(effort, distance_m) for effort in efforts]
    hills = None if climb_m is None else hills_of(distance_m, climb_m)
    factor = hills.factor if hills else 1.0
    times = [seconds * factor for seconds in predictions[0].times_s.values()]
    fit, critical_s, no_critical = _by_critical_speed(runs.bests, distance_m)
    graded, no_grade = _age_grade(
        thresholds(subject, [], {}), distance_m, median(times) / factor, day
    )
    return RacePrediction(
        distance_m=distance_m,
        day=day,
        predictions=predictions,
        is_fresh=runs.is_fresh,
        fastest_s=min(times),
        middle_s=median(times),
        slowest_s=max(times),
        hills=hills,
        critical_speed=fit,
        critical_s=critical_s,
        no_critical=no_critical,
        goal=None if goal_s is None else _goal(goal_s, times, distance_m, factor, efforts[0]),
        age_grade=graded,
        no_age_grade=no_grade,
        coverage=_coverage(runs),
    )


def _prediction(effort: Effort, distance_m: float) -> Prediction:
    times = {
        name: seconds_of(effort.distance_m, effort.time_s, distance_m)
        for name, seconds_of in METHODS.items()
    }
    return Prediction(effort, times, is_far(effort.distance_m, distance_m))


def negative_split_s(time_s: float, distance_m: float, at_m: float) -> float:
    """The time at a point of a race whose second half is faster than its first."""
    half_m, half_s = distance_m / 2, time_s / 2
    if at_m <= half_m:
        return at_m / half_m * half_s * (1 + NEGATIVE_SHARE)
    rest = (distance_m - at_m) / half_m
    return time_s - rest * half_s * (1 - NEGATIVE_SHARE)


def hills_of(distance_m: float, climb_m: float) -> Hills:
    """The grade and factor of a course: half of it up, half of it down, evenly."""
    grade = 100 * climb_m / (distance_m / 2)
    up, down = grade_adjusted.pace_factor(grade), grade_adjusted.pace_factor(-grade)
    return Hills(climb_m, grade, (up + down) / 2)


def _by_critical_speed(
    bests: Mapping[int, Bests], distance_m: float
) -> tuple[Critical | None, float | None, str | None]:
    """The fit and its time, or why there is none."""
    curve: dict[int, float] = {}
    for best in bests.values():
        for duration, (speed, _) in best.speed.items():
            curve[duration] = max(speed, curve.get(duration, 0.0))
    try:
        fit = critical(hull(curve), STORE_M)
    except Unmeasurable as exc:
        return None, None, str(exc)
    seconds = race_times.critical_speed_s(fit.critical, fit.store, distance_m)
    return fit, seconds, None if seconds else "holds for races of 2 to 20 minutes only"


def _goal(
    goal_s: float, times: Sequence[float], distance_m: float, factor: float, best: Effort
) -> Goal:
    verdict: Verdict = "out of reach"
    if goal_s >= max(times):
        verdict = "within reach"
    elif goal_s >= min(times):
        verdict = "possible"
    elif goal_s >= (1 - AMBITIOUS_SHARE) * min(times):
        verdict = "ambitious"
    vdot = oxygen_power(distance_m, goal_s / factor)
    return Goal(goal_s, verdict, vdot, race_times.time_of(vdot, best.distance_m))


def _age_grade(
    values: Thresholds, distance_m: float, time_s: float, day: date
) -> tuple[AgeGrade | None, str | None]:
    if not values.sex or not values.birth_year:
        missing = [n for n, v in (("sex", values.sex), ("birth_year", values.birth_year)) if not v]
        return None, f"{' and '.join(missing)} unknown: set_athlete_thresholds"
    try:
        return age_grade(distance_m, time_s, day.year - values.birth_year, values.sex), None
    except Unmeasurable as exc:
        return None, str(exc)


def _coverage(runs: Runs) -> Coverage:
    return Coverage(
        activities=len(runs.period.activities),
        recorded=len(runs.bests),
        heart_rate=0,
        power=0,
        estimated=0,
        without_load={},
        unread=len(runs.unread),
        is_complete=runs.period.is_complete,
        limit_notice=runs.limit_notice,
    )
