"""The places of activities among all of the athlete's: third fastest 10K, longest ride."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from strava_mcp.analysis.period import MAX_ACTIVITIES
from strava_mcp.analysis.records import family_of
from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.source import Source
from strava_mcp.sports import RIDES, RUNS
from strava_mcp.training.activity_metrics import Bests
from strava_mcp.units import BEST_EFFORTS_M

#: Lower places are not worth a mention, nor are places among few.
MAX_RANK, MIN_COMPARED = 3, 5
#: Places that are given for one activity, the best and longest first.
MAX_PLACES = 3
#: Durations of power whose places count, in seconds.
POWER_S = (3600, 1200, 300, 60, 5)
#: Distances, the longest first.
DISTANCES = tuple(sorted(BEST_EFFORTS_M, key=lambda name: -BEST_EFFORTS_M[name]))


class Quantity(NamedTuple):
    """What is compared: ``kind`` ``time``, ``power`` or ``longest``; ``name``: the distance, the
    duration in s, or the family of sports.
    """

    kind: str
    name: str | int


class Place(NamedTuple):
    """``rank``: from 1; equal values share it."""

    rank: int
    quantity: Quantity


def places(source: Source, wanted: Collection[int]) -> dict[int, list[Place]]:
    """The places of activities by id; empty unless the source has all metrics at hand."""
    if not source.keeps_metrics or not wanted:
        return {}
    facts = source.newest_facts(MAX_ACTIVITIES)
    measured = [
        {"id": one.id, "sport_type": one.sport_type}
        for one in facts
        if one.sport_type in (*RUNS, *RIDES)
    ]
    kept = source.bests(measured, 0)
    if kept.unread:  # a rank among some would be wrong
        return {}
    scores: dict[Quantity, list[float]] = {}
    own: dict[int, dict[Quantity, float]] = {}
    for one in facts:
        for quantity, score in _scores(one, kept.values.get(one.id)):
            scores.setdefault(quantity, []).append(score)
            if one.id in wanted:
                own.setdefault(one.id, {})[quantity] = score
    ordered = {quantity: sorted(values) for quantity, values in scores.items()}
    return {number: _best(values, ordered) for number, values in own.items()}


def _best(own: Mapping[Quantity, float], ordered: Mapping[Quantity, list[float]]) -> list[Place]:
    ranks = [Place(bisect_left(ordered[q], score) + 1, q) for q, score in own.items()]
    good = [
        place
        for place in ranks
        if place.rank <= MAX_RANK and len(ordered[place.quantity]) >= MIN_COMPARED
    ]
    return sorted(good, key=lambda place: place.rank)[:MAX_PLACES]


def _scores(facts: Facts, best: Bests | None) -> Iterator[tuple[Quantity, float]]:
    """What an activity is compared by, the lower the better, the most telling first."""
    if facts.distance:
        yield Quantity("longest", family_of(facts.sport_type)), -facts.distance
    if best and facts.sport_type in RUNS:
        for name in DISTANCES:
            if name in best.efforts and best.efforts[name][0] > 0:
                yield Quantity("time", name), float(best.efforts[name][0])
    if best and facts.sport_type in RIDES:
        for duration_s in POWER_S:
            if duration_s in best.power and best.power[duration_s][0] > 0:
                yield Quantity("power", duration_s), -best.power[duration_s][0]
