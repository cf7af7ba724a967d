"""Fitness, fatigue and form over a period, with its races and gaps.

The loads of the days before the period count as well: fitness begins at 0 before the first of them.
``HISTORY_DAYS`` are enough, because of an older load less than e^(-500/42), a hundredth of a
permille, is left.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.evidence import Coverage, Evidence, gather, per_day
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.errors import RateLimited
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sources.activity_query import ActivityQuery, Condition
from strava_mcp.training import fitness
from strava_mcp.training.fitness import WARM_UP_DAYS, Day
from strava_mcp.training.monotony import Monotony, monotony

DAY = timedelta(days=1)
HISTORY_DAYS = 500
#: So many days in a row without an activity are a gap.
MIN_GAP_DAYS = 7
WEEK_DAYS = 7

Unit = Literal["week", "month", "quarter", "year"]
#: The greatest length of each unit.
MAX_UNIT_DAYS: Mapping[Unit, int] = {"week": 7, "month": 31, "quarter": 92, "year": 366}


class Row(NamedTuple):
    """A week, month, quarter or year; the current one ends with the last day asked for.

    ``load``: the sum of its days. ``state``: of its last day; ``ramp``: the change of fitness in
    the seven days up to it, if the rows are weeks. ``monotony``: of a whole week. ``unknown``:
    activities without a load.
    """

    first: date
    last: date
    load: float
    state: Day
    ramp: float | None
    monotony: Monotony | None
    unknown: int


class Race(NamedTuple):
    """A race; ``form``: on its morning; ``load``: None if it cannot be computed."""

    activity: Activity
    form: float
    load: float | None


class Gap(NamedTuple):
    """Days without an activity, and fitness on the day before (None before the history) and on the
    last of them.
    """

    first: date
    last: date
    fitness_before: float | None
    fitness_after: float

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class TrainingLoad:
    """The load of a period.

    ``first``, ``last``: the period, which begins with the first activity at the earliest.
    ``since``: the first day of the history that fitness rests on; ``states``: one per day from it
    to ``last``.
    ``warm_until``: the first day on which fitness is no longer warming up. ``estimated``: days with
    a load from averages, not from samples. ``hardest``: the
    activities of the period with the greatest loads. ``unit``: of the rows.
    ``thresholds``: those in the loads, as of the last day.
    """

    first: date
    last: date
    since: date
    states: Sequence[Day]
    warm_until: date
    unit: Unit
    rows: Sequence[Row]
    races: Sequence[Race]
    gaps: Sequence[Gap]
    estimated: Collection[date]
    hardest: Sequence[tuple[Activity, Load]]
    thresholds: Mapping[Name, Threshold]
    coverage: Coverage

    def on(self, day: date) -> Day:
        """The state of a day from ``since`` to ``last``."""
        return self.states[(day - self.since).days]

    def ramp(self) -> float | None:
        """The change of fitness in the last seven days."""
        return fitness.ramp(self.states)

    def monotony(self) -> Monotony | None:
        """Monotony and strain of the last seven days."""
        return monotony([state.load for state in self.states])


def training_load(
    subject: Subject,
    first: date | None,
    last: date,
    sports: Collection[str] | None = None,
    unit: Unit | None = None,
) -> TrainingLoad | Coverage:
    """The load of the local days from ``first`` (None: from the first activity) to ``last``.

    ``sports``: only of these. ``unit``: of the rows; None chooses one by the length of the period.
    Returns only what was seen if no activity up to ``last`` has a load.
    """
    begin = first - HISTORY_DAYS * DAY if first else None
    evidence = gather(subject, begin, last, sports)
    activities = evidence.period.activities
    if not any(isinstance(load, Load) for load in evidence.loads.values()):
        return evidence.coverage()
    since = activities[0].day
    states = fitness.days(per_day(evidence, since, last))
    warm_until = since + WARM_UP_DAYS * DAY
    begins = first or since
    earlier, is_complete = None, evidence.period.is_complete
    if begin and begins < warm_until:
        try:
            earlier = _activity_before(subject, begin, sports)
        except RateLimited:
            is_complete = False
    if earlier:  # an athlete who trained before and paused has no fitness left: none is missing
        warm_until = since
    first = max(begins, since)
    unit = unit or unit_for(first, last)
    days = [activity.day for activity in activities]
    unknown_days = [a.day for a in activities if not isinstance(evidence.loads[a.id], Load)]
    history = _History(evidence, unknown_days, since, states)
    inside = [activity for activity in activities if activity.day >= first]
    loads = [(a, load) for a in inside if isinstance(load := evidence.loads[a.id], Load)]
    return TrainingLoad(
        first=first,
        last=last,
        since=since,
        states=states,
        warm_until=warm_until,
        unit=unit,
        rows=[history.row(*span, unit) for span in spans(first, last, unit)],
        races=[history.race(a) for a in inside if a.facts.workout == "race"],
        gaps=[history.gap(*span) for span in _gaps(earlier, days, last) if span[1] >= begins],
        estimated={activity.day for activity, load in loads if load.is_estimate},
        hardest=sorted(loads, key=lambda pair: -pair[1].value),
        thresholds=evidence.thresholds_of_loads(last),
        coverage=replace(
            evidence.coverage(lambda activity: activity.day >= first),
            unread_before=evidence.coverage(lambda activity: activity.day < first).unread,
            is_complete=is_complete,
            limit_notice=evidence.limit_notice or subject.notice_of_limit(not is_complete),
        ),
    )


class _History(NamedTuple):
    """The states of all days from ``since`` on. ``unknown_days``: of activities without a load."""

    evidence: Evidence
    unknown_days: Sequence[date]
    since: date
    states: Sequence[Day]

    def upto(self, day: date) -> Sequence[Day]:
        return self.states[: max(0, (day - self.since).days + 1)]

    def row(self, first: date, last: date, unit: Unit) -> Row:
        states = self.upto(last)
        inside = self.states[max(0, (first - self.since).days) : len(states)]
        is_week = unit == "week"
        is_whole_week = is_week and (last - first).days + 1 == WEEK_DAYS
        loads = [state.load for state in states]
        return Row(
            first,
            last,
            sum(state.load for state in inside),
            states[-1],
            fitness.ramp(states) if is_week else None,
            monotony(loads) if is_whole_week else None,
            sum(first <= day <= last for day in self.unknown_days),
        )

    def race(self, activity: Activity) -> Race:
        load = self._load(activity)
        return Race(activity, self.upto(activity.day)[-1].form, load.value if load else None)

    def gap(self, first: date, last: date) -> Gap:
        before, after = self.upto(first - DAY), self.upto(last)
        return Gap(
            first,
            last,
            before[-1].fitness if before else None,
            after[-1].fitness if after else 0.0,
        )

    def _load(self, activity: Activity) -> Load | None:
        load = self.evidence.loads[activity.id]
        return load if isinstance(load, Load) else None


def unit_for(first: date, last: date) -> Unit:
    """The unit in which a period has at most about sixty rows."""
    days = (last - first).days
    return (
        "week" if days < 400 else "month" if days < 1830 else "quarter" if days < 5490 else "year"
    )


def spans(first: date, last: date, unit: Unit) -> Iterator[tuple[date, date]]:
    """The whole weeks (from Monday), months … with a day of the period; the last ends with it."""
    begin = _begin(first, unit)
    while begin <= last:
        following = _begin(begin + MAX_UNIT_DAYS[unit] * DAY, unit)
        yield begin, min(last, following - DAY)
        begin = following


def _begin(day: date, unit: Unit) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return date(day.year, month, 1)


def _gaps(
    earlier: Activity | None, days: Sequence[date], last: date
) -> Iterator[tuple[date, date]]:
    """The first and last day of each gap; the last one may still go on."""
    trained = [*([earlier.day] if earlier else []), *days, last + DAY]
    for before, after in zip(trained, trained[1:], strict=False):
        if (after - before).days > MIN_GAP_DAYS:
            yield before + DAY, after - DAY


def _activity_before(
    subject: Subject, day: date, sports: Collection[str] | None
) -> Activity | None:
    """The last activity before a day."""
    # The start is what the API can look for; local days begin up to 12 hours after those of UTC.
    start = int(datetime.combine(day + DAY, time(), UTC).timestamp())
    conditions = [Condition("start", "<", start), Condition("day", "<", day.isoformat())]
    conditions += [Condition("sport_type", "in", tuple(sports))] if sports else []
    query = ActivityQuery(tuple(conditions), limit=1, wants_total=False)
    rows = subject.source.find_activities(query).rows
    return Activity(facts_of(rows[0]), rows[0]) if rows else None
