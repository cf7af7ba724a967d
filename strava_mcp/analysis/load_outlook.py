"""Form on a day to come: with a plan, as usual, with rest, and with a taper.

A plan begins tomorrow; of today, what has been trained counts. The last load is the day before the
day in question, because form is that of its morning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import NamedTuple

from strava_mcp.analysis.training_load import TrainingLoad
from strava_mcp.training import fitness
from strava_mcp.training.fitness import Day

#: The usual load is the mean of this many days.
USUAL_DAYS = 28
#: Lengths of tapers that are compared, in days.
TAPER_DAYS = (7, 10, 14, 21)


class Scenario(NamedTuple):
    """A way to train until the day: one load and one state per day, the last on its eve."""

    loads: Sequence[float]
    states: Sequence[Day]

    @property
    def fitness(self) -> float:
        """On the morning of the day."""
        return self.states[-1].fitness

    @property
    def fatigue(self) -> float:
        """On the morning of the day."""
        return self.states[-1].fatigue

    @property
    def form(self) -> float:
        """On the morning of the day."""
        return self.states[-1].form_after


class Taper(NamedTuple):
    """The last ``days`` at a constant ``load`` per day, which ends with the wanted form."""

    days: int
    load: float
    scenario: Scenario


@dataclass(frozen=True)
class Outlook:
    """What leads to ``until``.

    ``plan``: None without one. ``usual``: every day the mean load of the last ``usual_days``.
    ``tapers``: after the plan, else after usual days; empty with ``no_taper``, the reason.
    """

    until: date
    form_wanted: float
    plan: Scenario | None
    usual: Scenario
    usual_load: float
    usual_days: int
    rest: Scenario
    tapers: Sequence[Taper]
    no_taper: str | None

    @property
    def days(self) -> int:
        """Days that a plan has."""
        return len(self.rest.loads)


def outlook(
    history: TrainingLoad, until: date, planned: Sequence[float] | None, form_wanted: float
) -> Outlook:
    """Project from the last day of ``history`` to the morning of ``until``, which is later.

    ``planned``: loads of the days from the day after; missing days are rest, further ones are not
    used.
    """
    days = (until - history.last).days - 1
    recent = [state.load for state in history.states[-USUAL_DAYS:]]
    usual_load = fmean(recent)
    today = history.states[-1]
    usual = _scenario(today, [usual_load] * days)
    plan = None
    if planned is not None:
        plan = _scenario(today, [*planned[:days], *[0.0] * (days - len(planned))])
    rest = _scenario(today, [0.0] * days)
    base = plan or usual
    tapers = _tapers(today, base.loads, form_wanted)
    return Outlook(
        until=until,
        form_wanted=form_wanted,
        plan=plan,
        usual=usual,
        usual_load=usual_load,
        usual_days=len(recent),
        rest=rest,
        tapers=tapers,
        no_taper=None if tapers else _why_not(base, rest, form_wanted),
    )


def _scenario(today: Day, loads: Sequence[float]) -> Scenario:
    """``states`` begins with today, so that it is never empty."""
    return Scenario(loads, [today, *fitness.days(loads, today.fitness, today.fatigue)])


def _tapers(today: Day, loads: Sequence[float], form_wanted: float) -> list[Taper]:
    """The tapers that end with the wanted form and are easier than the days they replace."""
    tapers = []
    for days in (days for days in TAPER_DAYS if days <= len(loads)):
        before = loads[: len(loads) - days]
        start = _scenario(today, before).states[-1]
        load = fitness.taper_load(start.fitness, start.fatigue, days, form_wanted)
        if load is not None and load <= fmean(loads[len(loads) - days :]):
            tapers.append(Taper(days, load, _scenario(today, [*before, *[load] * days])))
    return tapers


def _why_not(base: Scenario, rest: Scenario, form_wanted: float) -> str:
    if base.form >= form_wanted:
        return "none needed: that form is reached without one"
    if rest.form < form_wanted:
        return f"even rest until then leads to a form of {rest.form:.0f} only"
    if len(rest.loads) < TAPER_DAYS[0]:
        return f"too few days: tapers of {TAPER_DAYS[0]} days or more are compared"
    return f"tapers of up to {TAPER_DAYS[-1]} days are too short for it"
