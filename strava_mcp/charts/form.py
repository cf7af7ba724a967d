"""The view of fitness, fatigue and form: what was, and what a plan leads to.

Form is that of the morning of each day.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.load_outlook import Outlook
from strava_mcp.analysis.training_load import TrainingLoad
from strava_mcp.charts.chart import (
    Axis,
    Band,
    Chart,
    Fact,
    Mark,
    Marker,
    Number,
    Panel,
    Quantity,
    Tab,
    Tick,
)
from strava_mcp.charts.quantity_words import date_of, day_of, plain, write, write_date, write_dates
from strava_mcp.charts.scales import number_ticks
from strava_mcp.training.fitness import Day

POINTS, SIGNED, LOAD = Quantity(digits=1), Quantity("signed", digits=1), Quantity()
EDGE = Quantity("signed")
#: The edges of form's bands, conventions of coaches and not limits of an athlete.
BANDS = (
    Band("fresh", 5, None, is_filled=True),
    Band("neutral", -10, 5),
    Band("building", -30, -10, is_filled=True),
    Band("high risk", None, -30),
)
MIN_DOMAIN = (-38.0, 14.0)
#: Of more days every second, third … is drawn, the last one always.
MAX_VALUES = 400
#: Of more races only the newest are marked: their lines would hide the curves.
MAX_RACES = 20
MAX_NAME_LENGTH = 24
METHOD = (
    "Load: an hour at the threshold is 100. Fitness and fatigue: exponentially weighted means over "
    "42 and 7 days. Form: fitness less fatigue, in the morning; its bands are conventions."
)


def draw(history: TrainingLoad | Coverage, outlook: Outlook | None) -> Chart:
    """The chart of a history of loads. ``outlook``: what follows it, if a day to come is named."""
    if isinstance(history, Coverage):
        reason = "no activity has a load" if history.activities else "there is no activity"
        state = f"Fitness, fatigue and form are unknown: {reason}."
        return Chart("form", "Form", "Form", state, state=state)
    ahead = _ahead(outlook)
    past = [history.on(day) for day in _days(history.first, history.last)]
    step = -(-(len(past) + len(ahead)) // MAX_VALUES)
    days = [day_of(history.first) + i for i in range(len(past) + len(ahead))]
    kept = range((len(days) - 1) % step, len(days), step)
    drawn = _Drawn(past, ahead, kept)
    return Chart(
        view="form",
        title="Fitness and form",
        heading="Fitness and form",
        subtitle=write_dates(history.first, date_of(days[-1])),
        reading=plain(_reading(history, outlook)),
        facts=_facts(history),
        axis=Axis("day", Quantity("day"), (days[0] - 0.5, days[-1] + 0.5), [days[i] for i in kept]),
        tabs=[Tab("Form", [_fitness(drawn), _form(drawn), _load(drawn, history, outlook)])],
        markers=_markers(history, outlook),
        notes=[METHOD, *_notes(history, outlook, step)],
    )


class _Drawn:
    """The days that are drawn: those of the past, then those ahead."""

    def __init__(self, past: Sequence[Day], ahead: Sequence[Day], kept: Sequence[int]) -> None:
        self._past, self._ahead, self._kept = past, ahead, kept

    def past(self, value: Callable[[Day], float]) -> list[Number]:
        """A value of each day up to the last of the history, then gaps."""
        return self.each([value(day) for day in self._past])

    def each(self, values: Sequence[Number]) -> list[Number]:
        """The same of values that are known, one a day."""
        return [values[i] if i < len(values) else None for i in self._kept]

    def ahead(self, value: Callable[[Day], float]) -> list[Number]:
        """A value of each day to come, after that of the last day, which the line begins at."""
        states = [*self._past, *self._ahead]
        first = len(self._past) - 1
        return [value(states[i]) if i >= first and self._ahead else None for i in self._kept]

    def all(self, value: Callable[[Day], float]) -> list[float]:
        """A value of all days, also of those that are not drawn."""
        return [value(state) for state in (*self._past, *self._ahead)]


def _fitness(drawn: _Drawn) -> Panel:
    top = max(10.0, *drawn.all(lambda day: max(day.fitness, day.fatigue)))
    marks = [
        Mark("area", drawn.past(lambda day: day.fitness), "pace", "Fitness"),
        Mark("line", drawn.past(lambda day: day.fatigue), "power", "Fatigue"),
        Mark("line", drawn.ahead(lambda day: day.fitness), "pace", "Fitness", "dashed"),
        Mark("line", drawn.ahead(lambda day: day.fatigue), "power", "Fatigue", "dashed"),
    ]
    present = [mark for mark in marks if any(value is not None for value in mark.values)]
    domain = (0.0, top * 1.05)
    return Panel("Fitness and fatigue", POINTS, "pace", domain, number_ticks(*domain), present, 1.3)


def _form(drawn: _Drawn) -> Panel:
    values = drawn.all(lambda day: day.form)
    domain = min(MIN_DOMAIN[0], min(values) * 1.05), max(MIN_DOMAIN[1], max(values) * 1.05)
    ticks = [Tick(edge, write(EDGE, edge)) for edge in (-30, -10, 5)]
    past, ahead = drawn.past(lambda day: day.form), drawn.ahead(lambda day: day.form)
    marks = [Mark("bars", past, "form")]
    if any(value is not None for value in ahead):
        marks.append(Mark("line", ahead, "form", style="dashed"))
    return Panel("Form", SIGNED, "form", domain, ticks, marks, 1.0, bands=BANDS)


def _load(drawn: _Drawn, history: TrainingLoad, outlook: Outlook | None) -> Panel:
    top = max(100.0, *drawn.all(lambda day: day.load))
    days = _days(history.first, history.last)
    loads = [history.on(day).load or None for day in days]
    exact = [
        None if day in history.estimated else load for day, load in zip(days, loads, strict=True)
    ]
    marks = [Mark("spikes", drawn.each(exact), "altitude", "Load" if history.estimated else "")]
    if history.estimated:
        guesses = [
            load if day in history.estimated else None
            for day, load in zip(days, loads, strict=True)
        ]
        marks.append(Mark("spikes", drawn.each(guesses), "ever", "Estimated"))
    planned = drawn.ahead(lambda day: day.load)
    if any(planned):
        first = next(i for i, value in enumerate(planned) if value is not None)
        values = [None] * (first + 1) + planned[first + 1 :]
        name = "Planned" if outlook and outlook.plan else "As usual"
        marks.append(Mark("spikes", values, "earlier", name))
    domain = (0.0, top * 1.05)
    ticks = number_ticks(*domain, 3)
    return Panel("Daily load", LOAD, "altitude", domain, ticks, marks, 0.7)


def _markers(history: TrainingLoad, outlook: Outlook | None) -> list[Marker]:
    markers = [
        Marker(
            day_of(race.activity.day),
            "Race",
            str(race.activity.summary.get("name") or "")[:MAX_NAME_LENGTH],
            {"view": "activity", "ids": race.activity.id},
        )
        for race in history.races[-MAX_RACES:]
    ]
    if outlook:
        markers += [Marker(day_of(history.last), "Today"), Marker(day_of(outlook.until), "Goal")]
    return markers


def _facts(history: TrainingLoad) -> list[Fact]:
    today, ramp = history.on(history.last), history.ramp()
    facts = [
        Fact("Fitness", write(POINTS, today.fitness)),
        Fact("Fatigue", write(POINTS, today.fatigue)),
        Fact("Form in the morning", write(SIGNED, today.form)),
    ]
    if ramp is not None:
        facts.append(Fact("Fitness change, 7 days", write(SIGNED, ramp)))
    return facts


def _reading(history: TrainingLoad, outlook: Outlook | None) -> str:
    today, day = history.on(history.last), write_date(history.last)
    begin = history.on(history.first)
    peak = max(_days(history.first, history.last), key=lambda one: history.on(one).fitness)
    sentences = [
        f"On {day} fitness was {write(POINTS, today.fitness)}, fatigue "
        f"{write(POINTS, today.fatigue)}, and form in the morning {write(SIGNED, today.form)} "
        f"({band_of(today.form)}).",
    ]
    if history.first < history.last:
        sentences.append(
            f"From {write_date(history.first)} on, fitness went from "
            f"{write(POINTS, begin.fitness)} to {write(POINTS, today.fitness)}, with its peak of "
            f"{write(POINTS, history.on(peak).fitness)} on {write_date(peak)}."
        )
    if outlook:
        scenario = outlook.plan or outlook.usual
        sentences.append(
            f"On the morning of {write_date(outlook.until)}, {_how(outlook)}, form would be "
            f"{write(SIGNED, scenario.form)} ({band_of(scenario.form)}) at a fitness of "
            f"{write(POINTS, scenario.fitness)}."
        )
    else:
        sentences.append(_mean_load(history))
    return " ".join(sentences)


def _mean_load(history: TrainingLoad) -> str:
    """The mean load per week; of less than a week, all of it."""
    days = _days(history.first, history.last)
    total = sum(history.on(day).load for day in days)
    if len(days) < 7:
        return f"The load of the {len(days)} day{'s' * (len(days) > 1)} was {write(LOAD, total)}."
    return f"The mean load was {write(LOAD, total / len(days) * 7)} per week."


def _how(outlook: Outlook) -> str:
    """What is assumed of the days to come."""
    if outlook.plan:
        return "with the plan"
    return f"at the usual load of {write(LOAD, outlook.usual_load)} per day"


def band_of(form: float) -> str:
    """The name of the band that a form lies in."""
    return next(band.label for band in BANDS if band.low is None or form > band.low)


def _notes(history: TrainingLoad, outlook: Outlook | None, step: int) -> list[str]:
    notes = [f"Days to come (curves dashed): {_how(outlook)}."] if outlook else []
    if history.estimated:
        days = f"{len(history.estimated)} day{'s' * (len(history.estimated) > 1)}"
        notes.append(f"Estimated from averages, not from samples: the load of {days}.")
    if history.first < history.warm_until:
        until = write_date(history.warm_until)
        notes.append(f"Too low until {until}: fitness begins at 0 before the first known load.")
    notes += history.coverage.notes()
    if len(history.races) > MAX_RACES:
        notes.append(f"The last {MAX_RACES} of {len(history.races)} races are marked.")
    if step > 1:
        notes.append(f"One of {step} days is drawn.")
    return notes


def _ahead(outlook: Outlook | None) -> Sequence[Day]:
    """The states of the days to come, up to the morning of the day in question."""
    if outlook is None:
        return ()
    states = (outlook.plan or outlook.usual).states
    eve = states[-1]
    return [*states[1:], Day(0.0, eve.fitness, eve.fatigue, eve.form_after)]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]
