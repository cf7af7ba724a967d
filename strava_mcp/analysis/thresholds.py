"""Thresholds of an athlete on a day, each with where it is from.

A value that the athlete gave counts before one of Strava, that before an estimate from the data,
and that before a default. Estimates are the best of the 90 days up to the day, and lower bounds:
training is seldom maximal (``candidates``). Sources of the rules: ``training.zones``,
``training.race_times``, ``training.heart_rate_load``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from strava_mcp.analysis.athlete_settings import SETTINGS, Given, Name, value_on
from strava_mcp.analysis.candidates import Candidates, candidates_of
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import RateLimited, SourceError, Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.heart_rate_load import (
    DEFAULT_THRESHOLD_RESERVE,
    Sex,
    default_threshold_bpm,
)
from strava_mcp.training.zones import TANAKA_DEVIATION_BPM, max_heart_rate_of_age

Basis = Literal["given", "strava", "estimated", "default"]
#: From the best to the worst; a result has the worst of its inputs.
BASES: tuple[Basis, ...] = ("given", "strava", "estimated", "default")
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


@dataclass(frozen=True)
class Thresholds:
    """All that is known about an athlete's thresholds.

    ``given``: by the athlete; ``of_strava``: fixed values of the profile; ``candidates``: efforts
    for a threshold. ``profile_problem``: why the profile cannot be read now; empty if it was.
    """

    given: Mapping[Name, Sequence[Given]] = field(default_factory=dict)
    of_strava: Mapping[Name, float] = field(default_factory=dict)
    candidates: Callable[[Name], Candidates] = candidates_of((), {})
    sex: Sex | None = None
    birth_year: int | None = None
    profile_problem: str = ""
    #: Questions about many activities ask for the same days again and again.
    _answers: dict[tuple[Name, date], Threshold | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def at(self, name: Name, day: date) -> Threshold | None:
        """The threshold ``name`` on a day; None if nothing is known of it."""
        key = name, day
        if key not in self._answers:
            self._answers[key] = self._at(name, day)
        return self._answers[key]

    def _at(self, name: Name, day: date) -> Threshold | None:
        certain = self._given(name, day) or self._of_strava(name)
        if certain:
            return certain
        estimated, default = self._estimated(name, day), self._default(name, day)
        if name == "max_hr":
            return self._plausible_maximum(estimated, default, day)
        if name == "lthr":
            return _plausible_threshold(estimated, default, self.at("max_hr", day))
        return estimated or default

    def _given(self, name: Name, day: date) -> Threshold | None:
        values = self.given.get(name)
        if not values:
            return None
        given = value_on(values, day)
        return Threshold(float(given.value), "given", "set by the athlete", None, given.since)

    def _of_strava(self, name: Name) -> Threshold | None:
        value = self.of_strava.get(name)
        return None if value is None else Threshold(value, "strava", "set on Strava")

    def _estimated(self, name: Name, day: date) -> Threshold | None:
        best = self.candidates(name).best(day)
        return best and Threshold(best.value, "estimated", HOW[name], best.activity, best.day)

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

    def _plausible_maximum(
        self, estimated: Threshold | None, default: Threshold | None, day: date
    ) -> Threshold | None:
        """The highest rate seen; but what a given threshold or the age implies if that is higher.

        Only a deviation of the age's rule counts: people differ, and easy activities show little.
        """
        lthr, rest = self._given("lthr", day), self.at("rest_hr", day)
        if lthr and rest and (estimated is None or estimated.value <= lthr.value):
            if default is None or default.value <= lthr.value:
                bpm = rest.value + (lthr.value - rest.value) / DEFAULT_THRESHOLD_RESERVE
                return Threshold(bpm, "default", "the threshold is taken as 85 % of the reserve")
            return default
        if estimated and default and estimated.value < default.value - TANAKA_DEVIATION_BPM:
            return default
        return estimated or default


def _plausible_threshold(
    estimated: Threshold | None, default: Threshold | None, maximum: Threshold | None
) -> Threshold | None:
    """The best half hour is a lower bound: without a hard one, the default is better.

    So it is where the half hour is above the maximum, which the athlete knows better than a sensor.
    """
    if estimated is None or default is None or maximum is None:
        return estimated or default
    return estimated if default.value <= estimated.value < maximum.value else default


HOW: Mapping[Name, str] = {
    "ftp": "95 % of the best 20 minutes of 90 days; at least this",
    "lthr": "best 30 minutes of 90 days; at least this",
    "max_hr": "highest rate held for 10 s in 365 days; at least this",
    "threshold_pace": "90 % of the speed at VDOT of the best run of 90 days; at least this fast",
    "css": "moving pace of the fastest swim of 90 days, a guess",
}


def thresholds(
    subject: Subject, activities: Sequence[Activity], bests: Mapping[int, Bests]
) -> Thresholds:
    """Gather what is known. ``bests``: of the ``activities`` whose recording was read."""
    given = subject.settings.all() if subject.settings else {}
    try:
        profile, problem = subject.source.athlete(), ""
    except SourceError as exc:  # the answer is still worth giving
        is_temporary = isinstance(exc, RateLimited | Unavailable)
        profile, problem = {}, str(exc) if is_temporary else ""
    sex = given["sex"][-1].value if "sex" in given else profile.get("sex")
    born = given["birth_year"][-1].value if "birth_year" in given else None
    return Thresholds(
        given={name: values for name, values in given.items() if name not in ("sex", "birth_year")},
        of_strava=_of_strava(profile),
        candidates=candidates_of(activities, bests),
        sex="F" if sex == "F" else "M" if sex == "M" else None,
        birth_year=int(born) if born is not None else None,
        profile_problem=problem,
    )


def worst(*bases: Basis) -> Basis:
    """The basis of a result: the worst of its inputs."""
    return max(bases, key=BASES.index)


def _of_strava(profile: JSON) -> dict[Name, float]:
    """What the profile says; values that cannot be count as absent, and so does 0."""
    names: tuple[Name, ...] = ("ftp", "weight")
    return {
        name: float(value)
        for name in names
        if isinstance(value := profile.get(name), (int, float))
        and SETTINGS[name].minimum <= value <= SETTINGS[name].maximum
    }
