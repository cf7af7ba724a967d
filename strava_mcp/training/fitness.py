"""Fitness, fatigue and form from daily loads.

Exponentially weighted means with time constants of 42 and 7 days: v += α · (load − v) once a day,
α = 1 − e^(−1/τ). They are Banister's sums (J Appl Physiol 1990) times α. Fitness starts at 0 on the
day before the first load.
"""

from collections.abc import Iterable, Sequence
from math import exp, log
from typing import NamedTuple

FITNESS_DAYS = 42
FATIGUE_DAYS = 7
#: Days until fitness has reached 95 % of a constant load; before that it is still warming up.
WARM_UP_DAYS = 3 * FITNESS_DAYS


def alpha(time_constant_days: float) -> float:
    """The share of a day's load that enters the mean on that day."""
    return 1 - exp(-1 / time_constant_days)


FITNESS_ALPHA = alpha(FITNESS_DAYS)
FATIGUE_ALPHA = alpha(FATIGUE_DAYS)


class Day(NamedTuple):
    """The state of a day.

    ``fitness`` and ``fatigue``: after its load. ``form``: fitness less fatigue when the day begins,
    so a race day shows what the athlete races with. ``form_after``: the same after its load.
    """

    load: float
    fitness: float
    fatigue: float
    form: float

    @property
    def form_after(self) -> float:
        """Fitness less fatigue after the day's load."""
        return self.fitness - self.fatigue


def days(loads: Iterable[float], fitness: float = 0.0, fatigue: float = 0.0) -> list[Day]:
    """The state of each day. ``loads``: one per day, 0 on days of rest.

    ``fitness``, ``fatigue``: before the first of them.
    """
    states = []
    for load in loads:
        form = fitness - fatigue
        fitness += FITNESS_ALPHA * (load - fitness)
        fatigue += FATIGUE_ALPHA * (load - fatigue)
        states.append(Day(load, fitness, fatigue, form))
    return states


def ramp(states: Sequence[Day]) -> float | None:
    """The change of fitness in the last seven days; None if there are fewer."""
    return states[-1].fitness - states[-8].fitness if len(states) > 7 else None


def rest_days_until_fresh(fitness: float, fatigue: float) -> float:
    """Days of rest until form is 0, if it is below; both above 0."""
    if fatigue <= fitness:
        return 0.0
    return log(fatigue / fitness) / (1 / FATIGUE_DAYS - 1 / FITNESS_DAYS)


def load_for_form(fitness: float, fatigue: float, form_after: float) -> float:
    """The load of one day that leaves ``form_after`` at its end; below 0 if even rest does not."""
    decayed = fitness * exp(-1 / FITNESS_DAYS) - fatigue * exp(-1 / FATIGUE_DAYS)
    return (decayed - form_after) / (FATIGUE_ALPHA - FITNESS_ALPHA)


def taper_load(fitness: float, fatigue: float, days_left: int, form: float) -> float | None:
    """The constant daily load that reaches ``form`` on the morning after ``days_left`` days.

    Form is linear in the load. None if even rest leaves less.
    """
    kept_fitness, kept_fatigue = exp(-days_left / FITNESS_DAYS), exp(-days_left / FATIGUE_DAYS)
    at_rest = fitness * kept_fitness - fatigue * kept_fatigue
    per_load = (1 - kept_fitness) - (1 - kept_fatigue)
    if at_rest < form or not per_load:
        return None
    return (form - at_rest) / per_load
