"""One body: fitness follows from the training that was done, and everything else from fitness.

Sources:

* Banister 1975, as in Clarke and Skiba 2013: fitness fades with 42 days, fatigue with 7; what the
  body can do is fitness less fatigue. Here both are daily means of load.
* Riegel 1981: race times grow with distance to a power.
* Morton 1996: power over time from critical power, W′ and maximal power.
* Heart rate is linear in speed and power up to threshold, and answers with a lag of half a minute;
  it is slower to recover (Bunc 1988; Zakynthinaki 2015). It drifts upward in long sessions, more
  in heat (Coyle and González-Alonso 2001).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from strava_mcp.sandbox.athlete import Athlete
from strava_mcp.sandbox.sessions import sessions_on
from strava_mcp.sports import RIDES

FITNESS_DAYS, FATIGUE_DAYS = 42, 7
#: Change of threshold per unit of load a day, of fitness and of fatigue.
FITNESS_GAIN, FATIGUE_COST = 0.0015, 0.0005
#: Years of training: growth of threshold per year, around the start of 2025, and its bounds.
YEARLY_GAIN, MIN_GAIN, MAX_GAIN = 0.02, -0.05, 0.07
#: Riegel's exponent, somewhat above his 1.06 as for most amateurs (Vickers and Vertosick 2016):
#: speed falls with time to the power of 1 - 1 / 1.082.
ENDURANCE = 1 - 1 / 1.082
#: Critical power as a multiple of FTP (Karsten 2021).
CRITICAL_POWER = 1.03
#: Speed at threshold relative to running: walking pace is a share of this as well.
SPEED_AT_THRESHOLD = {"Run": 1.0, "TrailRun": 0.97, "Swim": 0.262, "Hike": 0.82, "Walk": 0.84}
#: Heart rate falls by this many bpm from threshold to rest, by sport; at threshold it is lower than
#: in running by the second number (Millet 2009: 6 to 10 bpm in cycling; water 10 to 20).
RUNNING_HEART_RATE = (128, 0)
HEART_RATES = dict.fromkeys(RIDES, (96, 6)) | {"Swim": (105, 20)}
LAG_UP_S, LAG_DOWN_S = 27, 42
#: Heart rate drifts after this time, in bpm an hour in the cool, and more per °C above COOL_C.
STEADY_S, DRIFT, DRIFT_PER_C, COOL_C = 600, 3.6, 0.22, 14
#: Heart rate rises by this many bpm per °C above COOL_C, and with fatigue per unit of load.
BPM_PER_C, BPM_PER_FATIGUE = 0.45, 0.06


@dataclass(frozen=True)
class Body:
    """An athlete on a date. ``form``: relative to usual; ``tired``: fatigue above fitness."""

    athlete: Athlete
    form: float
    tired: float

    @property
    def ftp_w(self) -> float:
        """Power that can be held for about an hour, in watts."""
        return self.athlete.usual_ftp_w * self.form

    def speed(self, sport: str) -> float:
        """Speed at threshold on the flat in m/s, in sports other than cycling."""
        return self.athlete.threshold_speed * self.form * SPEED_AT_THRESHOLD[sport]

    def race_speed(self, distance_m: float) -> float:
        """The best mean speed over a distance on foot, in m/s, by Riegel's law."""
        hours = distance_m / self.speed("Run") / 3600
        return self.speed("Run") * float(hours ** (-ENDURANCE / (1 - ENDURANCE)))

    def best_power(self, seconds: float) -> float:
        """The best mean power in watts over 1 s to 20 minutes, by Morton's three parameters."""
        critical = CRITICAL_POWER * self.ftp_w
        reserve = self.athlete.w_prime_j
        return critical + reserve / (seconds + reserve / (self.athlete.max_power_w - critical))

    def heart_rate(self, sport: str, share: float) -> float:
        """The steady heart rate in bpm at a share of threshold, without drift."""
        range_bpm, lower = HEART_RATES.get(sport, RUNNING_HEART_RATE)
        steady = self.athlete.threshold_heart_rate - lower - range_bpm * (1 - share)
        return min(self.athlete.max_heart_rate - 2.0, steady)

    def offset_bpm(self, temperature_c: float) -> float:
        """How much heat and fatigue add to heart rate, in bpm."""
        return BPM_PER_C * (temperature_c - COOL_C) + BPM_PER_FATIGUE * self.tired

    def drift(self, temperature_c: float) -> float:
        """How much heart rate drifts, in bpm an hour."""
        heat = max(0.0, temperature_c - COOL_C)
        return max(1.5, DRIFT + DRIFT_PER_C * heat + BPM_PER_FATIGUE * self.tired)


def drift_at(second: float, drift: float) -> float:
    """The drift in bpm at a second of a session, for a drift per hour."""
    return drift * max(0.0, second - STEADY_S) / 3600


def mean_and_top(
    targets: Sequence[tuple[float, float]], start: float, drift: float
) -> tuple[float, float]:
    """Mean and highest heart rate over blocks of (seconds, steady heart rate), from ``start``.

    The closed form of the first-order lag that recordings follow second by second.
    """
    state, total, clock, top = start, 0.0, 0.0, start
    for seconds, target in targets:
        lag = LAG_UP_S if target > state else LAG_DOWN_S
        left = math.exp(-seconds / lag)
        drifted = seconds * (drift_at(clock, drift) + drift_at(clock + seconds, drift)) / 2
        total += target * seconds + (state - target) * lag * (1 - left) + drifted
        state = target + (state - target) * left
        clock += seconds
        top = max(top, state + drift_at(clock, drift))
    return total / clock, top


@lru_cache(maxsize=8192)
def body_on(day: date, athlete: Athlete) -> Body:
    """The athlete's body in the morning of a date."""
    fitness, fatigue = _conditions(day.year, athlete)[day.timetuple().tm_yday - 1]
    years = (day - date(2025, 1, 1)).days / 365.25
    grown = min(MAX_GAIN, max(MIN_GAIN, YEARLY_GAIN * years))
    usual = athlete.usual_load
    form = 1 + grown + FITNESS_GAIN * (fitness - usual) - FATIGUE_COST * (fatigue - usual)
    return Body(athlete, form, fatigue - fitness)


@lru_cache(maxsize=32)
def _conditions(year: int, athlete: Athlete) -> list[tuple[float, float]]:
    """Fitness and fatigue before each day of a year, in load a day.

    They are counted from half a year earlier, of which 1 % is left.
    """
    day, end = date(year - 1, 6, 1), date(year, 12, 31)
    fitness = fatigue = athlete.usual_load
    keep_fitness, keep_fatigue = math.exp(-1 / FITNESS_DAYS), math.exp(-1 / FATIGUE_DAYS)
    result = []
    while day <= end:
        if day.year == year:
            result.append((fitness, fatigue))
        load = sum(session.load for session in sessions_on(day, athlete))
        fitness = load + (fitness - load) * keep_fitness
        fatigue = load + (fatigue - load) * keep_fatigue
        day += timedelta(days=1)
    return result
