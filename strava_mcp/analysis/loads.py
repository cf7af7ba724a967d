"""The training load of an activity, on one scale: an hour at the threshold is 100.

Power counts before pace, pace before heart rate, heart rate before perceived exertion. From every
sample where there is a recording, else from the averages of the list, which is an estimate.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from strava_mcp.analysis.athlete_settings import HEART_RATES, Name
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.thresholds import Basis, Threshold, Thresholds, worst
from strava_mcp.sports import RIDES, RUNS, SWIMS
from strava_mcp.training import heart_rate_load, pace_load, power
from strava_mcp.training.activity_metrics import Intensity

Kind = Literal["power", "pace", "swim", "heart rate", "exertion"]
#: The thresholds that a load of each kind rests on.
THRESHOLDS_OF: Mapping[Kind, tuple[Name, ...]] = {
    "power": ("ftp",),
    "pace": ("threshold_pace",),
    "swim": ("css",),
    "heart rate": ("lthr", "max_hr", "rest_hr"),
    "exertion": (),
}
#: Heart rate must cover this share of the recording.
MIN_HEART_RATE_COVERAGE = 0.7


class Load(NamedTuple):
    """``value``: the load; ``basis``: of the worst threshold in it. ``is_estimate``: from averages
    and not from samples.
    """

    value: float
    kind: Kind
    basis: Basis
    is_estimate: bool


class NoLoad(NamedTuple):
    """Why an activity has no load."""

    reason: str


def load_of(
    activity: Activity, intensity: Intensity | None, thresholds: Thresholds
) -> Load | NoLoad:
    """The load of an activity. ``intensity``: None without a recording, or if it was not read."""
    sport = activity.facts.sport_type or ""
    load: Load | None = None
    if sport in RIDES:
        load = _by_power(activity, intensity, thresholds)
    elif sport in RUNS:
        load = _by_pace(activity, intensity, thresholds)
    elif sport in SWIMS:
        load = _by_swim_speed(activity, thresholds)
    return (
        load
        or _by_heart_rate(activity, intensity, thresholds)
        or _by_exertion(activity)
        or NoLoad(_why_not(activity, intensity, thresholds))
    )


def loads_of(
    activities: Sequence[Activity], intensities: Mapping[int, Intensity], thresholds: Thresholds
) -> dict[int, Load | NoLoad]:
    """The load of each activity by its id."""
    return {a.id: load_of(a, intensities.get(a.id), thresholds) for a in activities}


def _by_power(
    activity: Activity, intensity: Intensity | None, thresholds: Thresholds
) -> Load | None:
    ftp = thresholds.at("ftp", activity.day)
    facts = activity.facts
    if not ftp:
        return None
    if intensity and intensity.normalized_w is not None:
        value = power.stress_score(intensity.recorded_s, intensity.normalized_w, ftp.value)
        return Load(value, "power", ftp.basis, False)
    if intensity is None and activity.summary.get("device_watts") is True:
        if facts.weighted_watts and facts.moving_time:
            value = power.stress_score(facts.moving_time, facts.weighted_watts, ftp.value)
            return Load(value, "power", ftp.basis, True)
    return None


def _by_pace(
    activity: Activity, intensity: Intensity | None, thresholds: Thresholds
) -> Load | None:
    threshold = thresholds.at("threshold_pace", activity.day)
    facts = activity.facts
    if not threshold:
        return None
    threshold_ms = 1000 / threshold.value
    if intensity and intensity.graded_m and intensity.moving_s:
        speed = intensity.graded_m / intensity.moving_s
        value = pace_load.run_load(intensity.moving_s, speed, threshold_ms)
        return Load(value, "pace", threshold.basis, False)
    if intensity is None and facts.distance and facts.moving_time:
        speed = facts.distance / facts.moving_time
        value = pace_load.run_load(facts.moving_time, speed, threshold_ms)
        return Load(value, "pace", threshold.basis, True)
    return None


def _by_swim_speed(activity: Activity, thresholds: Thresholds) -> Load | None:
    css = thresholds.at("css", activity.day)
    facts = activity.facts
    if not css or not facts.distance or not facts.moving_time or not facts.elapsed_time:
        return None
    speed = facts.distance / facts.moving_time
    value = pace_load.swim_load(facts.elapsed_time, speed, 100 / css.value)
    return Load(value, "swim", css.basis, False)


def _by_heart_rate(
    activity: Activity, intensity: Intensity | None, thresholds: Thresholds
) -> Load | None:
    rates = {name: thresholds.at(name, activity.day) for name in ("lthr", "max_hr", "rest_hr")}
    lthr, maximum, rest = rates["lthr"], rates["max_hr"], rates["rest_hr"]
    if not (lthr and maximum and rest) or not rest.value < lthr.value <= maximum.value:
        return None
    seconds_at: Mapping[int, float] = intensity.heart_rate if intensity else {}
    is_estimate = False
    if intensity and sum(seconds_at.values()) < MIN_HEART_RATE_COVERAGE * intensity.recorded_s:
        return None
    if not seconds_at:
        facts = activity.facts
        if not facts.average_heartrate or not facts.moving_time:
            return None
        seconds_at, is_estimate = {round(facts.average_heartrate): facts.moving_time}, True
    value = heart_rate_load.stress_score(
        seconds_at, lthr.value, maximum.value, rest.value, thresholds.sex
    )
    return Load(value, "heart rate", _basis(lthr, maximum, rest), is_estimate)


def _by_exertion(activity: Activity) -> Load | None:
    exertion = activity.summary.get("perceived_exertion")
    seconds = activity.facts.moving_time or activity.facts.elapsed_time
    if not isinstance(exertion, (int, float)) or isinstance(exertion, bool) or not seconds:
        return None
    if not 1 <= exertion <= 10:
        return None
    return Load(pace_load.exertion_load(seconds, exertion), "exertion", "given", True)


def _basis(*thresholds: Threshold) -> Basis:
    return worst(*(threshold.basis for threshold in thresholds))


def _why_not(activity: Activity, intensity: Intensity | None, thresholds: Thresholds) -> str:
    has_heart_rate = activity.facts.average_heartrate or (intensity and intensity.heart_rate)
    if has_heart_rate:
        rest, lthr, maximum = (thresholds.at(name, activity.day) for name in HEART_RATES)
        if not (rest and lthr and maximum):
            return "heart rate, but no maximal heart rate is known"
        if not rest.value < lthr.value <= maximum.value:
            return "resting, threshold and maximal heart rate contradict each other"
        return "heart rate covers too little of the recording"
    if intensity and intensity.normalized_w is not None:
        return "power, but no FTP is known"
    return "no power, pace or heart rate to compute it from"
