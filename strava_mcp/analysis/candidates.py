"""Efforts that thresholds are estimated from, and the best of them on a day.

Efforts that nobody can have done are left out: a car, a sensor's error.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from strava_mcp.analysis.athlete_settings import SETTINGS, Name
from strava_mcp.analysis.period import Activity
from strava_mcp.sports import RUNS, SWIMS
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.race_times import MIN_SOURCE_M, oxygen_power, threshold_speed_ms
from strava_mcp.units import BEST_EFFORTS_M

#: An estimate rests on the days up to the one that it is for.
WINDOW = timedelta(days=90)
#: The maximal heart rate hardly changes, and is seldom reached.
MAX_HR_WINDOW = timedelta(days=365)
#: FTP is this share of the best 20 minutes (Allen and Coggan).
FTP_OF_20_MINUTES = 0.95
#: Seconds of the efforts that estimates rest on.
FTP_S, LTHR_S, MAX_HR_S = 1200, 1800, 10
#: The best of Daniels' table: what is faster was not run.
MAX_VDOT = 85
#: Best efforts that say something about the threshold pace: name → metres.
PACE_SOURCES_M = {name: metres for name, metres in BEST_EFFORTS_M.items() if metres >= MIN_SOURCE_M}
#: A shorter swim says nothing about the critical speed.
MIN_SWIM_M = 400
#: A higher heart rate is rare and often a sensor's error. It counts once another activity comes
#: within this factor of it (both ours).
MAX_UNCONFIRMED_BPM, MAX_LEAD = 200, 1.05
#: Of these, the lowest is the best.
PACES = ("threshold_pace", "css")


class Candidate(NamedTuple):
    """An effort that an estimate can rest on."""

    day: date
    value: float
    activity: int


class Candidates:
    """The efforts for one threshold. ``efforts``: in the order of their days."""

    def __init__(self, name: Name, efforts: Sequence[Candidate]) -> None:
        self._efforts = efforts
        self._days = [effort.day for effort in efforts]
        self._ranks = [-e.value if name in PACES else e.value for e in efforts]
        self._is_heart_rate = name == "max_hr"
        self._window = MAX_HR_WINDOW if name == "max_hr" else WINDOW

    def best(self, day: date) -> Candidate | None:
        """The best effort of the window, else the last one before it, else the first after."""
        if not self._efforts:
            return None
        end = bisect_right(self._days, day)
        begin = bisect_left(self._days, day - self._window)
        if begin == end:
            return self._efforts[max(0, end - 1)]
        ranks = self._ranks[begin:end]
        best = max(ranks)
        if self._is_heart_rate and best > MAX_UNCONFIRMED_BPM:
            best = _credible(ranks)
        return self._efforts[self._ranks.index(best, begin, end)]


def candidates_of(
    activities: Sequence[Activity], bests: Mapping[int, Bests]
) -> Callable[[Name], Candidates]:
    """The efforts for each threshold, looked for when a threshold is first asked for.

    ``activities``: in the order of their days.
    """

    @cache
    def of(name: Name) -> Candidates:
        effort, setting = EFFORTS.get(name), SETTINGS[name]
        if effort is None:
            return Candidates(name, ())
        values = [(activity, effort(activity, bests.get(activity.id))) for activity in activities]
        return Candidates(
            name,
            [
                Candidate(activity.day, value, activity.id)
                for activity, value in values
                if value is not None and setting.minimum <= value <= setting.maximum
            ],
        )

    return of


def _ftp_w(activity: Activity, best: Bests | None) -> float | None:
    if best is None or FTP_S not in best.power:
        return None
    return FTP_OF_20_MINUTES * best.power[FTP_S][0]


def _lthr_bpm(activity: Activity, best: Bests | None) -> float | None:
    return best.heart_rate[LTHR_S][0] if best and LTHR_S in best.heart_rate else None


def _max_bpm(activity: Activity, best: Bests | None) -> float | None:
    return best.heart_rate[MAX_HR_S][0] if best and MAX_HR_S in best.heart_rate else None


def _pace_s_per_km(activity: Activity, best: Bests | None) -> float | None:
    if best is None or not best.efforts or activity.facts.sport_type not in RUNS:
        return None
    vdots = [
        oxygen_power(metres, best.efforts[name][0])
        for name, metres in PACE_SOURCES_M.items()
        if name in best.efforts and best.efforts[name][0] > 0
    ]
    possible = [vdot for vdot in vdots if vdot <= MAX_VDOT]
    return 1000 / threshold_speed_ms(max(possible)) if possible else None


def _css_s_per_100_m(activity: Activity, best: Bests | None) -> float | None:
    facts = activity.facts
    if facts.sport_type not in SWIMS or not facts.moving_time:
        return None
    if facts.distance is None or facts.distance < MIN_SWIM_M:
        return None
    return 100 * facts.moving_time / facts.distance


#: What one activity says about each threshold; None if it says nothing.
EFFORTS: Mapping[Name, Callable[[Activity, Bests | None], float | None]] = {
    "ftp": _ftp_w,
    "lthr": _lthr_bpm,
    "max_hr": _max_bpm,
    "threshold_pace": _pace_s_per_km,
    "css": _css_s_per_100_m,
}


def _credible(rates: Sequence[float]) -> float:
    """The highest rate that is usual, or that another activity comes near; else the lowest."""
    ordered = sorted(rates)
    for index in range(len(ordered) - 1, 0, -1):
        rate = ordered[index]
        if rate <= MAX_UNCONFIRMED_BPM or rate <= MAX_LEAD * ordered[index - 1]:
            return rate
    return ordered[0]
