"""Thresholds of an athlete on a day, each with where it is from.

A value that the athlete gave counts before one of Strava, that before an estimate from the data,
and that before a default. Estimates are the best of the 90 days up to the day, and lower bounds:
training is seldom maximal. Sources of the rules: ``training.zones``, ``training.race_times``,
``training.mean_maximal``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from strava_mcp.analysis.athlete_settings import SETTINGS, Given, Name
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import SourceError
from strava_mcp.json_types import JSON
from strava_mcp.sports import RUNS
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.heart_rate_load import Sex, default_threshold_bpm
from strava_mcp.training.race_times import MIN_SOURCE_M, oxygen_power, threshold_speed_ms
from strava_mcp.training.zones import max_heart_rate_of_age
from strava_mcp.units import BEST_EFFORTS_M

Basis = Literal["given", "strava", "estimated", "default"]
#: From the best to the worst; a result has the worst of its inputs.
BASES: tuple[Basis, ...] = ("given", "strava", "estimated", "default")
#: An estimate rests on the days up to the one that it is for.
WINDOW = timedelta(days=90)
#: The maximal heart rate hardly changes, and is seldom reached.
MAX_HR_WINDOW = timedelta(days=365)
#: FTP is this share of the best 20 minutes (Allen and Coggan).
FTP_OF_20_MINUTES = 0.95
#: Seconds of the efforts that estimates rest on.
FTP_S, LTHR_S, MAX_HR_S = 1200, 1800, 10
DEFAULT_REST_BPM = 60.0


class Threshold(NamedTuple):
    """A threshold in the unit of its setting (``athlete_settings.SETTINGS``).

    ``how``: in words; ``activity`` and ``day``: what an estimate rests on, or since when it counts.
    """

    value: float
    basis: Basis
    how: str
    activity: int | None = None
    day: date | None = None


class Candidate(NamedTuple):
    """An effort that an estimate can rest on."""

    day: date
    value: float
    activity: int


@dataclass(frozen=True)
class Thresholds:
    """All that is known about an athlete's thresholds.

    ``given``: by the athlete; ``of_strava``: fixed values of the profile; ``candidates``: by name,
    in the order of their days.
    """

    given: Mapping[Name, Sequence[Given]] = field(default_factory=dict)
    of_strava: Mapping[Name, float] = field(default_factory=dict)
    candidates: Mapping[Name, Sequence[Candidate]] = field(default_factory=dict)
    sex: Sex | None = None
    birth_year: int | None = None

    def at(self, name: Name, day: date) -> Threshold | None:
        """The threshold ``name`` on a day; None if nothing is known of it."""
        return (
            self._given(name, day)
            or self._of_strava(name)
            or self._estimated(name, day)
            or self._default(name, day)
        )

    def _given(self, name: Name, day: date) -> Threshold | None:
        values = self.given.get(name, ())
        if not values:
            return None
        index = max(0, bisect_right([given.since for given in values], day) - 1)
        given = values[index]
        return Threshold(float(given.value), "given", "set by the athlete", None, given.since)

    def _of_strava(self, name: Name) -> Threshold | None:
        value = self.of_strava.get(name)
        return None if value is None else Threshold(value, "strava", "set on Strava")

    def _estimated(self, name: Name, day: date) -> Threshold | None:
        best = self._best(name, day)
        if best is None:
            return None
        threshold = Threshold(best.value, "estimated", HOW[name], best.activity, best.day)
        if name == "lthr":  # a lower bound: no hard half hour says nothing
            default = self._default(name, day)
            if default and default.value > threshold.value:
                return default
        return threshold

    def _best(self, name: Name, day: date) -> Candidate | None:
        """The best candidate of the window, else the last one before it, else the first after."""
        candidates = self.candidates.get(name, ())
        if not candidates:
            return None
        days = [candidate.day for candidate in candidates]
        end = bisect_right(days, day)
        window = MAX_HR_WINDOW if name == "max_hr" else WINDOW
        begin = bisect_left(days, day - window)
        lowest = name in ("threshold_pace", "css")
        key = (lambda c: -c.value) if lowest else (lambda c: c.value)
        if begin < end:
            return max(candidates[begin:end], key=key)
        return candidates[end - 1] if end else candidates[0]

    def _default(self, name: Name, day: date) -> Threshold | None:
        if name == "max_hr" and self.birth_year:
            bpm = max_heart_rate_of_age(day.year - self.birth_year)
            return Threshold(bpm, "default", "208 - 0.7 * age, which is off by 10 for many")
        if name == "rest_hr":
            return Threshold(DEFAULT_REST_BPM, "default", "not known; 60 is assumed")
        if name == "lthr":
            maximum, rest = self.at("max_hr", day), self.at("rest_hr", day)
            if maximum and rest:
                bpm = default_threshold_bpm(maximum.value, rest.value)
                return Threshold(bpm, "default", "85 % of the heart-rate reserve")
        return None


HOW: Mapping[Name, str] = {
    "ftp": "95 % of the best 20 minutes of 90 days; at least this",
    "lthr": "best 30 minutes of 90 days; at least this",
    "max_hr": "highest rate held for 10 s in 365 days",
    "threshold_pace": "90 % of the speed at VDOT of the best run of 90 days; at least this fast",
    "css": "fastest swim of 90 days; at least this fast",
}


def thresholds(
    subject: Subject, activities: Sequence[Activity], bests: Mapping[int, Bests]
) -> Thresholds:
    """Gather what is known. ``bests``: of as many ``activities`` as are at hand."""
    given = subject.settings.all() if subject.settings else {}
    profile = _profile(subject)
    sex = given["sex"][-1].value if "sex" in given else profile.get("sex")
    born = given["birth_year"][-1].value if "birth_year" in given else None
    return Thresholds(
        given={name: values for name, values in given.items() if name not in ("sex", "birth_year")},
        of_strava=_of_strava(profile),
        candidates=_candidates(activities, bests),
        sex="F" if sex == "F" else "M" if sex == "M" else None,
        birth_year=int(born) if born is not None else None,
    )


def worst(*bases: Basis) -> Basis:
    """The basis of a result: the worst of its inputs."""
    return max(bases, key=BASES.index)


def _profile(subject: Subject) -> JSON:
    try:
        return subject.source.athlete()
    except SourceError:  # the answer is still worth giving
        return {}


def _of_strava(profile: JSON) -> dict[Name, float]:
    values: dict[Name, float] = {}
    for name, key in (("ftp", "ftp"), ("weight", "weight")):
        value = profile.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            values[name] = float(value)  # type: ignore[index]
    return values


def _candidates(
    activities: Sequence[Activity], bests: Mapping[int, Bests]
) -> dict[Name, list[Candidate]]:
    result: dict[Name, list[Candidate]] = {}
    for activity in activities:
        best = bests.get(activity.id)
        if best is None:
            continue
        for name, value in _efforts(activity, best).items():
            if not SETTINGS[name].minimum <= value <= SETTINGS[name].maximum:
                continue  # a sensor's error, or nothing like a maximal effort
            result.setdefault(name, []).append(Candidate(activity.day, value, activity.id))
    return result


def _efforts(activity: Activity, best: Bests) -> dict[Name, float]:
    """What one activity says about each threshold."""
    efforts: dict[Name, float] = {}
    if FTP_S in best.power:
        efforts["ftp"] = FTP_OF_20_MINUTES * best.power[FTP_S][0]
    if LTHR_S in best.heart_rate:
        efforts["lthr"] = best.heart_rate[LTHR_S][0]
    if MAX_HR_S in best.heart_rate:
        efforts["max_hr"] = best.heart_rate[MAX_HR_S][0]
    if activity.facts.sport_type in RUNS:
        speeds = [
            threshold_speed_ms(oxygen_power(BEST_EFFORTS_M[name], seconds))
            for name, (seconds, _) in best.efforts.items()
            if seconds > 0 and BEST_EFFORTS_M.get(name, 0) >= MIN_SOURCE_M
        ]
        if speeds:
            efforts["threshold_pace"] = 1000 / max(speeds)
    facts = activity.facts
    if (
        facts.sport_type == "Swim"
        and facts.distance
        and facts.distance >= 400
        and facts.moving_time
    ):
        efforts["css"] = 100 * facts.moving_time / facts.distance
    return efforts
