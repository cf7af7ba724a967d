"""The best efforts of activities, ranked, each with the record that it broke."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.subject import MAX_READS
from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.metrics_parts import Kept
from strava_mcp.sources.source import Source
from strava_mcp.sports import RUNS
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.training.mean_maximal import DURATIONS_S
from strava_mcp.units import BEST_EFFORTS_M

#: What is recorded: time over a distance, mean over a duration, or the greatest climb.
Measure = Literal["distances", "power", "pace", "heartrate", "climb"]
#: Speed and power fall with about this power of distance or time (Riegel 1981).
FATIGUE = 0.06


class Effort(NamedTuple):
    """``value``: s over a distance, mean W, m/s or bpm over a duration, or m climbed.

    ``start_s``: where it begins, in seconds from the start of the recording; None for a whole
    activity. ``length_m``: of a climb.
    """

    value: float
    day: date
    activity: int
    start_s: int | None = None
    length_m: float | None = None


class Ranked(NamedTuple):
    """``rank``: from 1, shared by equal efforts; ``broken``: the record that it broke, if any."""

    rank: int
    effort: Effort
    broken: Effort | None


class Ranking(NamedTuple):
    """The best efforts of one kind. ``name``: of a distance, a duration in s, or in words."""

    name: str | int
    ranked: list[Ranked]


def read_bests(source: Source, activities: Sequence[Activity], measure: Measure) -> Kept[Bests]:
    """The best efforts of activities; where each costs a request, of the most promising.

    Recordings that cannot have the measure are not read: no power meter, no heart rate, no run.
    """
    promises = [(PROMISE[measure](a.facts, a.summary), a.summary) for a in activities]
    promising = [(promise, summary) for promise, summary in promises if promise]
    promising.sort(key=lambda one: -one[0])
    read = source.bests([summary for _, summary in promising], MAX_READS)
    others = source.bests([summary for promise, summary in promises if not promise], 0)
    return Kept({**others.values, **read.values}, read.unread)


def rankings(
    activities: Iterable[Activity],
    bests: Mapping[int, Bests],
    measure: Measure,
    top: int,
    durations_s: Collection[int] = DURATIONS_S,
) -> list[Ranking]:
    """The best ``top`` efforts over each distance, or each of ``durations_s``.

    ``activities``: from the oldest to the newest.
    """
    efforts = efforts_of(activities, bests, measure, durations_s)
    is_time = measure == "distances"
    order = list(BEST_EFFORTS_M) if is_time else sorted(efforts)
    return [
        Ranking(name, ranked(efforts[name], top, is_lower_better=is_time))
        for name in order
        if name in efforts
    ]


def efforts_of(
    activities: Iterable[Activity],
    bests: Mapping[int, Bests],
    measure: Measure,
    durations_s: Collection[int] = DURATIONS_S,
) -> dict[str | int, list[Effort]]:
    """The best effort of each activity over each distance or duration."""
    efforts: dict[str | int, list[Effort]] = {}
    for activity in activities:
        best = bests.get(activity.id)
        if best is None:
            continue
        for name, effort in EFFORTS[measure](activity, best, durations_s):
            efforts.setdefault(name, []).append(effort)
    return efforts


def ranked(efforts: Sequence[Effort], top: int, *, is_lower_better: bool = False) -> list[Ranked]:
    """The best ``top`` of ``efforts``, which are in the order of their dates.

    Of equal efforts the earlier one comes first; a record is broken only by a better one.
    """
    sign = -1 if is_lower_better else 1
    broken: dict[int, Effort | None] = {}
    record: Effort | None = None
    for index, effort in enumerate(efforts):
        if record is None or sign * effort.value > sign * record.value:
            broken[index], record = record, effort
    order = sorted(range(len(efforts)), key=lambda index: -sign * efforts[index].value)[:top]
    result: list[Ranked] = []
    for place, index in enumerate(order, start=1):
        is_equal = bool(result) and result[-1].effort.value == efforts[index].value
        rank = result[-1].rank if is_equal else place
        result.append(Ranked(rank, efforts[index], broken.get(index)))
    return result


def _distances(
    activity: Activity, best: Bests, _: Collection[int]
) -> Iterable[tuple[str | int, Effort]]:
    for name, (seconds, start_s) in best.efforts.items():
        if seconds > 0:
            yield name, Effort(seconds, activity.day, activity.id, start_s)


def _curve(field: str) -> "Reader":
    def efforts(
        activity: Activity, best: Bests, durations_s: Collection[int]
    ) -> Iterable[tuple[str | int, Effort]]:
        curve: Mapping[int, tuple[float, int]] = getattr(best, field)
        day, number = activity.day, activity.id
        return [
            (duration_s, Effort(curve[duration_s][0], day, number, curve[duration_s][1]))
            for duration_s in durations_s
            if duration_s in curve and curve[duration_s][0] > 0
        ]

    return efforts


def _climb(
    activity: Activity, best: Bests, _: Collection[int]
) -> Iterable[tuple[str | int, Effort]]:
    if best.climb:
        gain_m, length_m, start_s = best.climb
        yield "climb", Effort(gain_m, activity.day, activity.id, start_s, length_m)


Reader = Callable[[Activity, Bests, Collection[int]], Iterable[tuple[str | int, Effort]]]
EFFORTS: Mapping[Measure, Reader] = {
    "distances": _distances,
    "power": _curve("power"),
    "pace": _curve("speed"),
    "heartrate": _curve("heart_rate"),
    "climb": _climb,
}


def _fast_run(facts: Facts, _: Mapping[str, object]) -> float | None:
    if facts.sport_type not in RUNS or not facts.distance or not facts.moving_time:
        return None
    return facts.distance / facts.moving_time * float(facts.distance**FATIGUE)


def _powerful(facts: Facts, summary: Mapping[str, object]) -> float | None:
    watts = facts.weighted_watts or facts.average_watts
    if summary.get("device_watts") is not True or not watts or not facts.moving_time:
        return None
    return watts * float(facts.moving_time**FATIGUE)


#: How promising a recording is, to be read first; None if it cannot have the measure.
PROMISE: Mapping[Measure, Callable[[Facts, Mapping[str, object]], float | None]] = {
    "distances": _fast_run,
    "power": _powerful,
    "pace": _fast_run,
    "heartrate": lambda facts, _: facts.max_heartrate or facts.average_heartrate,
    "climb": lambda facts, _: facts.elevation_gain,
}
